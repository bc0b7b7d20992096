import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import type { StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import { packedBundle } from "../cli/packed.ts";
import { HandSupervisor, printed } from "../runtime/hand_supervisor.ts";
import { answerAll, BINARY, eventsOf, isBuilt, startTask } from "./faulty.ts";
import { isQuick } from "../thoroughness.ts";

const UNPERMITTED = new URL("testdata/unpermitted.ts", import.meta.url).pathname;

const MEBIBYTE = 1024 * 1024;

/** The longest line in characters: the runtime's limit, and the logger's name and the mark. */
const MAX_LINE = 8 * MEBIBYTE + 1000;

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${i}`);
}

for (const lines of [1, 20_000, 100_000]) {
  Deno.test({
    name:
      `log: delivers ${lines} lines of the last tick in order before the last frame [fault.many-last-lines]`,
    ignore: isQuick && lines > 20_000,
    async fn() {
      await using supervisor = await startTask("logs_last", { conf: { lines } });
      const log = supervisor.logs.readText();
      const [last] = await answerAll(supervisor);
      assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
      const events = eventsOf(await log);
      assert(events.every((event, i) => event === `line ${i}`), "in order");
      assertEquals(events.length, lines);
    },
  });
}

/** Returns the sizes in bytes of the unlinked files that a process has open. */
function unnamedFiles({ pid }: HandSupervisor): number[] {
  const open = printed("ls", "-l", `/proc/${pid}/fd`).split("\n")
    .filter((line) => /airflow-task-log-.*\(deleted\)$/.test(line));
  return open.map((line) => {
    const [, fd] = / (\d+) -> /.exec(line) ?? [];
    return Number(printed("stat", "-L", "-c", "%s", `/proc/${pid}/fd/${fd}`));
  });
}

let packed: TemporaryFolder | undefined;

Deno.test.beforeAll(async () => {
  if (isQuick || !isBuilt) return;
  packed = await TemporaryFolder.create();
  await packedBundle(`${packed.path}/unpermitted`, UNPERMITTED);
});

Deno.test.afterAll(() => packed?.[Symbol.asyncDispose]());

/** Starts a faulty task in a bundle that the compiled binary lets make no file. */
async function startUnpermitted(
  taskId: string,
  options: Partial<StartupOptions>,
): Promise<HandSupervisor> {
  const env = { AIRFLOW_TASK_RUNTIME: BINARY };
  const supervisor = await HandSupervisor.start([`${packed?.path}/unpermitted`], { env });
  await supervisor.startTask(taskId, options);
  return supervisor;
}

const LOGGERS = [
  { what: "a module", isThere: true, start: startTask },
  { what: "a bundle without permissions", isThere: isBuilt, start: startUnpermitted },
];

for (const { what, isThere, start } of LOGGERS) {
  Deno.test({
    name:
      `log: bounds the memory of ${what} and loses no line when the reader pauses [fault.log-reader-pauses]`,
    ignore: isQuick || !isThere,
    async fn() {
      const mebibytes = 384;
      await using supervisor = await start("logs_mebibytes", { conf: { mebibytes } });
      const [id, { type }] = await supervisor.receive();
      assertEquals(type, "GetVariable", "all is logged by now");
      const peak = supervisor.peakMemory() / MEBIBYTE;
      assert(peak < mebibytes, `${peak} MiB for ${mebibytes} MiB of lines`);
      const [size = 0, ...more] = unnamedFiles(supervisor);
      assert(size > (mebibytes - 64) * MEBIBYTE && more.length === 0, `${size} bytes`);
      await supervisor.reply(id);
      // The log goes first: the last frame starts the clock of Airflow's patience.
      const text = await readLines(supervisor, 128 * mebibytes);
      assertEquals(eventsOf(text), numbered(128 * mebibytes));
      assertEquals(unnamedFiles(supervisor), [0], "the disk has its room back");
      const [last] = await answerAll(supervisor);
      assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
    },
  });
}

/** Reads so many lines, each without its filler. */
async function readLines({ logs }: HandSupervisor, count: number): Promise<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let text = "";
  for (let lines = 0; lines < count;) {
    const chunk = await logs.read();
    assert(chunk !== null, `the log ended after ${lines} lines`);
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    lines += parts.length;
    for (const part of parts) text += part.replace(/,"filler":"x*"/, "") + "\n";
  }
  assertEquals(rest, "");
  return text;
}

Deno.test("log: abandons a reader that never reads and reports the task [fault.log-reader-stops]", async () => {
  const settings = { stallSeconds: 0.2, memoryBytes: MEBIBYTE };
  const conf = { mebibytes: 16 };
  await using supervisor = await startTask("logs_mebibytes", { settings, conf });
  const bodies = await answerAll(supervisor);
  assertEquals(bodies.map(({ type }) => type), ["GetVariable", "SucceedTask"]);
  assertEquals((await supervisor.ended).code, 0);
});

Deno.test("log: writes lines that Airflow can read when fields have any name and value [fault.hostile-log-fields]", async () => {
  await using supervisor = await startTask("logs_hostile_fields");
  const log = supervisor.logs.readText();
  const [last] = await answerAll(supervisor);
  assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
  const lines = (await log).trimEnd().split("\n");
  assertEquals(JSON.parse(lines.at(-1) ?? "").event, "still there");
  for (const line of lines) {
    const fields = JSON.parse(line);
    assertEquals([fields.level, fields.logger, typeof fields.event], ["info", "task", "string"]);
    assert(line.length < MAX_LINE, `${fields.event}: ${line.length} characters`);
    for (const name of ["msg", "target", "self", "method_name", "positional_args", "stack"]) {
      assert(!Object.hasOwn(fields, name), `${fields.event}: a field is called ${name}`);
    }
  }
  const long = lines.find((line) => line.includes('"event":"10 MB"')) ?? "";
  assertStringIncludes(long, "… [cut, 10000000 characters]");
});

const SECRETS = {
  password: 'hunter2\n"quoted"\\&%',
  passphrase: "Zq7's own",
  token: "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0",
  masked: "told-by-maskSecret",
};

/** The length of the secrets' parts that must not appear, also where a text is cut. */
const PART = 5;

Deno.test("secrets: are masked in log, errors, labels, rendered fields and the retry reason [fault.secrets]", async () => {
  const { password, passphrase, token, masked } = SECRETS;
  await using supervisor = await startTask("leaks", { retries: 1, conf: { masked } });
  const log = supervisor.logs.readText();
  const sent: unknown[] = [];
  for (let isOver = false; !isOver;) {
    const [id, body] = await supervisor.receive();
    if (body["type"] !== "MaskSecret") sent.push({ ...body });
    isOver = body["type"] === "RetryTask";
    await supervisor.reply(id, answerTo(body, { password, passphrase, token }));
  }
  const { stdout, stderr, code } = await supervisor.ended;
  const text = await log;
  assertEquals([code, stdout, stderr], [0, "", ""]);
  assertStringIncludes(text, "***");
  for (const secret of Object.values(SECRETS)) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
      for (const [where, whole] of [["log", text], ["frames", JSON.stringify(sent)]] as const) {
        assert(!whole.includes(form.slice(0, PART)), `${form} is in the ${where}`);
      }
    }
  }
});

function answerTo(
  { type }: Record<string, unknown>,
  { password, passphrase, token }: { password: string; passphrase: string; token: string },
): unknown {
  if (type === "GetVariable") return { type: "VariableResult", key: "api_token", value: token };
  if (type !== "GetConnection") return null;
  return {
    type: "ConnectionResult",
    conn_id: "warehouse",
    conn_type: "postgres",
    host: null,
    schema: null,
    login: null,
    password,
    port: null,
    extra: JSON.stringify({ passphrase }),
  };
}
