import { assert, assertEquals } from "@std/assert";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { join } from "./bytes.ts";
import { RandomValues } from "./random_value.ts";

/** A variable; undefined where this test may not read it. */
function variable(name: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted"
    ? Deno.env.get(name)
    : undefined;
}

/** A Python of Airflow, which has msgspec and msgpack; without it these tests are skipped. */
const PYTHON = variable("AIRFLOW_PYTHON");
const PEER = new URL("./python_peer.py", import.meta.url);
/** The number of values in each direction: a tenth of FUZZ_INPUTS, at least 3,000. */
const VALUES = Math.max(3000, Math.floor(Number(variable("FUZZ_INPUTS") ?? 0) / 10));
/** The number of values that go through the pipe at once. */
const BATCH = 500;
const options = { ignore: PYTHON === undefined } as const;

function startPeer(...args: string[]): Deno.ChildProcess {
  assert(PYTHON !== undefined);
  return new Deno.Command(PYTHON, {
    args: ["-I", PEER.pathname, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Yields the payloads of the peer's frames until it exits; throws if it fails. */
async function* payloads(child: Deno.ChildProcess): AsyncGenerator<Uint8Array, void, void> {
  const errors = child.stderr.text();
  const frames = new FrameDecoder();
  for await (const chunk of child.stdout) yield* frames.push(chunk);
  const { success } = await child.status;
  assert(success, await errors);
}

/** Describes a value like `describe` in python_peer.py. */
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

Deno.test(
  "encode(): writes the bytes of Python's msgspec and msgpack (AIRFLOW_PYTHON)",
  options,
  async () => {
    await using child = startPeer("check");
    const values = new RandomValues(41, { wide: true, instantDigits: 6, maps: true });
    let sent = 0;
    const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const batch = Array.from({ length: Math.min(BATCH, VALUES - sent) }, () => {
          const value = values.next();
          return encodeFrame([value, describe(value)]);
        });
        sent += batch.length;
        controller.enqueue(join(...batch));
        if (sent === VALUES) controller.close();
      },
    });
    // where the peer has found a difference it ends, and says which
    const written = input.pipeTo(child.stdin).catch(() => {});
    const found = await Array.fromAsync(payloads(child), decode);
    await written;
    assertEquals(found, [VALUES]);
  },
);

Deno.test(
  "decode(): reads random values of Python's msgspec and msgpack, and encode() writes the same bytes (AIRFLOW_PYTHON)",
  options,
  async () => {
    await using child = startPeer("make", String(VALUES));
    await child.stdin.close();
    let count = 0;
    for await (const payload of payloads(child)) {
      const pair = decode(payload);
      assert(Array.isArray(pair) && pair.length === 2);
      assertEquals(describe(pair[0]), pair[1]);
      const again = encode(pair);
      if (again.toHex() !== payload.toHex()) throw new Error(`value ${count} differs: ${pair[1]}`);
      count++;
    }
    assertEquals(count, VALUES);
  },
);
