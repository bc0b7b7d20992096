import { assert, assertEquals, assertThrows } from "@std/assert";
import { decode as decodeStd } from "@std/msgpack";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { hex } from "./bytes.ts";

const FILE = new URL("../testdata/golden_airflow_3_4_0b2.json", import.meta.url);
const options = { permissions: { read: [FILE] } };

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the entries of a list of the file, each with the bytes of its frame. */
function* vectors(list: string): Generator<{ name: string; frame: Uint8Array; value: unknown }> {
  const file: unknown = JSON.parse(Deno.readTextFileSync(FILE));
  assert(isRecord(file));
  const entries = file[list];
  assert(Array.isArray(entries) && entries.length > 100);
  for (const entry of entries) {
    assert(isRecord(entry) && typeof entry["hex"] === "string");
    const name = `${entry["message"]} of ${entry["schema_version"]}`;
    yield { name, frame: hex(entry["hex"]), value: entry["decoded"] ?? entry["body"] };
  }
}

/** Returns `value` with each time as the vectors write it: `{"$datetime": "…+00:00"}`. */
function withDatetimes(value: unknown): Json {
  if (value instanceof Temporal.Instant) {
    const text = value.toString();
    return { $datetime: text.replace("Z", "+00:00") };
  }
  if (Array.isArray(value)) return value.map(withDatetimes);
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, withDatetimes(part)]),
    );
  }
  assert(value === null || ["boolean", "number", "string"].includes(typeof value));
  return JSON.parse(JSON.stringify(value));
}

function payloadOf(frame: Uint8Array): Uint8Array {
  const [payload, ...others] = new FrameDecoder().push(frame);
  assert(payload !== undefined && others.length === 0);
  return payload;
}

Deno.test("decode(): reads every frame that Airflow 3.4.0b2 sends to a task", options, () => {
  for (const { name, frame, value } of vectors("frames_to_task")) {
    assertEquals<unknown>(withDatetimes(decode(payloadOf(frame))), value, name);
  }
});

Deno.test("encodeFrame(): reproduces every frame of Airflow 3.4.0b2 byte for byte", options, () => {
  for (const list of ["frames_to_task", "frames_to_supervisor"]) {
    for (const { name, frame } of vectors(list)) {
      assertEquals(encodeFrame(decode(payloadOf(frame))).toHex(), frame.toHex(), name);
    }
  }
});

Deno.test("encodeFrame(): writes every request as Airflow 3.4.0b2 accepted it", options, () => {
  for (const { name, frame, value } of vectors("frames_to_supervisor")) {
    assertEquals(encodeFrame([5, value]).toHex(), frame.toHex(), name);
    assertEquals<unknown>(decodeStd(encode([5, value])), [5, value], name);
  }
});

Deno.test("decode(): refuses every truncation of Airflow's StartupDetails", options, () => {
  const startup = vectors("frames_to_task").find(({ name }) => name.startsWith("StartupDetails"));
  assert(startup !== undefined);
  const payload = payloadOf(startup.frame);
  for (let end = 0; end < payload.length; end++) {
    const error = assertThrows(() => decode(payload.subarray(0, end)), TaskRuntimeError);
    assertEquals(error.code, "MALFORMED");
  }
});

Deno.test("decode(): returns a value or throws MALFORMED for damaged frames", options, () => {
  const startup = vectors("frames_to_task").find(({ name }) => name.startsWith("StartupDetails"));
  assert(startup !== undefined);
  const payload = payloadOf(startup.frame).slice();
  for (let at = 0; at < payload.length; at++) {
    const original = payload[at] ?? 0;
    for (const byte of [0x00, 0x80, 0x9f, 0xc1, 0xc9, 0xdb, 0xdd, 0xdf, 0xff, original ^ 1]) {
      payload[at] = byte;
      try {
        decode(payload);
      } catch (error) {
        assert(error instanceof TaskRuntimeError && error.code === "MALFORMED", String(error));
      }
    }
    payload[at] = original;
  }
});
