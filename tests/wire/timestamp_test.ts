import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encode } from "../../src/wire/encoder.ts";
import { hex } from "./bytes.ts";

const codec = { permissions: "none" } as const;

/** Moments at both sides of each form's bounds. */
const TIMES: [string, string][] = [
  ["1970-01-01T00:00:00Z", "d6ff 00000000"],
  ["1970-01-01T00:00:00.000000001Z", "d7ff 00000004 00000000"],
  ["2106-02-07T06:28:15Z", "d6ff ffffffff"],
  ["2106-02-07T06:28:16Z", "d7ff 00000001 00000000"],
  ["2026-01-02T03:04:05.678901Z", "d7ff a1dcd420 695735a5"],
  ["2106-02-07T06:28:15.999999999Z", "d7ff ee6b27fc ffffffff"],
  ["2514-05-30T01:53:03.999999999Z", "d7ff ee6b27ff ffffffff"],
  ["2514-05-30T01:53:04Z", "c70cff 00000000 0000000400000000"],
  ["1969-12-31T23:59:59.999999999Z", "c70cff 3b9ac9ff ffffffffffffffff"],
  ["1969-12-31T23:59:59Z", "c70cff 00000000 ffffffffffffffff"],
  ["+275760-09-13T00:00:00Z", "c70cff 00000000 000007dba8218000"],
  ["-271821-04-20T00:00:00Z", "c70cff 00000000 fffff82457de8000"],
];

Deno.test("encode(): writes Temporal.Instant in the smallest timestamp form", codec, () => {
  for (const [time, bytes] of TIMES) {
    assertEquals(encode(Temporal.Instant.from(time)).toHex(), hex(bytes).toHex(), time);
  }
});

Deno.test(
  "decode(): reads every timestamp form as Temporal.Instant, to the nanosecond",
  codec,
  () => {
    for (const [time, bytes] of TIMES) {
      const value = decode(hex(bytes));
      assertInstanceOf(value, Temporal.Instant);
      assertEquals(value.epochNanoseconds, Temporal.Instant.from(time).epochNanoseconds, time);
    }
  },
);

Deno.test("encode(): writes a Date as a timestamp", codec, () => {
  for (const time of ["2026-01-02T03:04:05.678Z", "1969-12-31T23:59:59.999Z", "2600-01-01"]) {
    const date = new Date(time);
    assertEquals(encode(date).toHex(), encode(date.toTemporalInstant()).toHex(), time);
  }
});

Deno.test("decode(): reads a timestamp under any head that gives its length", codec, () => {
  for (const bytes of ["c704ff 00000001", "c80004ff 00000001", "c900000004ff 00000001"]) {
    assertEquals(String(decode(hex(bytes))), "1970-01-01T00:00:01Z");
  }
});

Deno.test("decode(): refuses timestamps outside the range of Temporal.Instant", codec, () => {
  const cases: [string, string][] = [
    ["d7ff ee6b2800 00000000", "a timestamp with 1000000000 nanoseconds"],
    ["c70cff ffffffff 0000000000000000", "a timestamp with 4294967295 nanoseconds"],
    [
      "c70cff 00000000 7fffffffffffffff",
      "a timestamp of 9223372036854775807 seconds is outside what Temporal.Instant holds",
    ],
    [
      "c70cff 00000001 000007dba8218000",
      "a timestamp of 8640000000000 seconds is outside what Temporal.Instant holds",
    ],
    ["d4ff 00", "a timestamp has 4, 8 or 12 bytes, not 1"],
    ["c700ff", "a timestamp has 4, 8 or 12 bytes, not 0"],
    ["d8ff 00000000000000000000000000000000", "a timestamp has 4, 8 or 12 bytes, not 16"],
  ];
  for (const [bytes, reason] of cases) {
    const error = assertThrows(() => decode(hex(bytes)), TaskRuntimeError);
    assertEquals(error.code, "MALFORMED");
    assertEquals(error.message, `Cannot decode value at byte 0: ${reason}`);
  }
});
