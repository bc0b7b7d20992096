import { assert, assertEquals } from "@std/assert";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { join } from "./bytes.ts";
import { isSameValue, RandomValues } from "./random_value.ts";

/** A Python that has msgspec, as every Airflow has; the tests here need one. */
const PYTHON = Deno.permissions.querySync({ name: "env", variable: "AIRFLOW_PYTHON" }).state ===
    "granted"
  ? Deno.env.get("AIRFLOW_PYTHON")
  : undefined;
const PEER = new URL("./python_peer.py", import.meta.url);
const options = { ignore: PYTHON === undefined } as const;

/** Runs the peer on `input` and returns the payloads of the frames that it writes. */
async function runPeer(mode: string, input: Uint8Array<ArrayBuffer>): Promise<Uint8Array[]> {
  assert(PYTHON !== undefined);
  await using child = new Deno.Command(PYTHON, {
    args: ["-I", PEER.pathname, mode],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const written = new Blob([input]).stream().pipeTo(child.stdin);
  const output = await new Response(child.stdout).bytes();
  await written;
  assertEquals((await child.status).code, 0);
  return new FrameDecoder().push(output);
}

Deno.test(
  "encode() is read and written again by Python, byte for byte (AIRFLOW_PYTHON)",
  options,
  async () => {
    const source = new RandomValues(41, { wide: true, instantDigits: 6, maps: true });
    const values = Array.from({ length: 3000 }, () => source.next());
    const payloads = await runPeer("echo", join(...values.map((value) => encodeFrame(value))));
    assertEquals(payloads.length, values.length);
    for (const [i, payload] of payloads.entries()) {
      assert(isSameValue(decode(payload), values[i]), `value ${i} differs`);
      assertEquals(payload.toHex(), encode(values[i]).toHex());
    }
  },
);

/** The text that the peer gives with each of its values; see `describe` in python_peer.py. */
function describe(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `int:${value}`;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return `int:${value}`;
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    return `float:${bits.getBigUint64(0).toString(16).padStart(16, "0")}`;
  }
  if (typeof value === "string") return `str:${new TextEncoder().encode(value).toHex()}`;
  if (value instanceof Uint8Array) return `bytes:${value.toHex()}`;
  if (value instanceof Temporal.Instant) return `us:${value.epochNanoseconds / 1000n}`;
  if (Array.isArray(value)) return `[${value.map(describe).join(",")}]`;
  const entries: [unknown, unknown][] = value instanceof Map
    ? [...value]
    : Object.entries(Object(value));
  return `{${entries.map(([key, part]) => `${describe(key)}=${describe(part)}`).join(",")}}`;
}

Deno.test("decode() reads what Python makes up and writes (AIRFLOW_PYTHON)", options, async () => {
  const payloads = await runPeer("make", new Uint8Array(0));
  assertEquals(payloads.length, 1000);
  for (const payload of payloads) {
    const pair = decode(payload);
    assert(Array.isArray(pair) && pair.length === 2);
    assertEquals(describe(pair[0]), pair[1]);
  }
});
