import { assert, assertEquals } from "@std/assert";
import { SCHEMA_VERSIONS } from "../../src/protocol/generated_table.ts";
import { isRequest } from "../../src/protocol/request_check.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { fullRequests } from "./golden.ts";
import { isPlainObject } from "../../src/values.ts";

const python = Deno.env.get("AIRFLOW_PYTHON");
const SCRIPT = new URL("pydantic_verdicts.py", import.meta.url).pathname;

function nested(depth: number): unknown {
  let value: unknown = "x";
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
}

/** The values that replace each value of each request. */
const ODDITIES: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, -0, 1.5, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e20, NaN, Infinity],
  ...[2n ** 63n, -(2n ** 63n), "", "é", "7", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "PT1H"],
  ...["P99999999W99999999D", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "failed", "running"],
  ...[[], [null], ["a"], [1], [["a", 1]], {}, { a: 1 }, { a: null }, { a: "b" }, new Uint8Array(2)],
  ...[new Date(-62_135_596_800_000), new Date(253_402_300_799_998), new Date(8e15), nested(249)],
  ...[Temporal.Instant.from("9999-12-31T23:59:59.998999999Z"), new Map([["a", 1]]), nested(250)],
  ...[nested(251), nested(256), 86_399_999_913_600, -86_399_999_913_600, -86_399_999_999_999],
];

/** Yields copies of `value`, each with one value replaced or one key added, at any depth. */
function* mutants(value: unknown): Generator<unknown> {
  yield* ODDITIES;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      for (const mutant of mutants(value[i])) yield value.with(i, mutant);
    }
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) {
      for (const mutant of mutants(value[key])) yield { ...value, [key]: mutant };
    }
    yield { ...value, unheard_of: 1 };
  }
}

/** Returns the verdict of Airflow's own models on each frame, after a line with its schema version. */
async function judge(command: string, frames: readonly Uint8Array[]): Promise<string[]> {
  const home = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(command, {
      args: [SCRIPT],
      env: { AIRFLOW_HOME: home },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.output();
    await new Blob(frames.map((frame) => frame.slice())).stream().pipeTo(child.stdin);
    const { stdout } = await output;
    return new TextDecoder().decode(stdout).split("\n");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test({
  name: "isRequest(): accepts only requests that Airflow's models accept" +
    (python === undefined ? " (ignored: AIRFLOW_PYTHON names no Python with Airflow)" : ""),
  ignore: python === undefined,
  fn: async () => {
    if (python === undefined) return;
    const taken: unknown[] = [];
    for (const body of fullRequests().values()) {
      for (const mutant of mutants(body)) {
        if (isRequest(mutant, "2026-10-30", "ToSupervisor")) taken.push(mutant);
      }
    }
    assert(taken.length > 2000, `${taken.length} mutants were taken`);
    const lines = await judge(python, taken.map((body) => encodeFrame([1, body])));
    const [airflowDate, ...verdicts] = lines;
    const date = SCHEMA_VERSIONS.find((each) => each === airflowDate);
    assert(date !== undefined && verdicts.length === taken.length);
    const refused = taken.filter((body, i) => verdicts[i] !== "1" && isRequest(body, date));
    assertEquals(refused.slice(0, 5), [], `Airflow refuses ${refused.length}`);
  },
});
