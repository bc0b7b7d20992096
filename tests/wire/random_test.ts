import { assert } from "@std/assert";
import { decode as decodeStd, encode as encodeStd, type ValueType } from "@std/msgpack";
import { decode } from "../../src/wire/decoder.ts";
import { encode } from "../../src/wire/encoder.ts";
import { isSameValue, RandomValues } from "./random_value.ts";

const codec = { permissions: "none" } as const;

Deno.test("decode(): returns the value given to encode(), for 20,000 random values", codec, () => {
  const values = new RandomValues(20_260_616, { wide: true, instantDigits: 9, maps: true });
  for (let i = 0; i < 20_000; i++) {
    const value = values.next();
    assert(isSameValue(decode(encode(value)), value), `value ${i} differs`);
  }
});

Deno.test("decode(): returns a value or throws MALFORMED for random bytes", codec, () => {
  const values = new RandomValues(7, { wide: true, instantDigits: 9, maps: true });
  let accepted = 0;
  for (let i = 0; i < 5000; i++) {
    const bytes = encode(values.next());
    const at = (i * 7919) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
    try {
      decode(bytes);
      accepted++;
    } catch (error) {
      assert(error instanceof Error && "code" in error && error.code === "MALFORMED");
    }
  }
  assert(accepted > 0 && accepted < 5000);
});

// @std/msgpack writes integers from 2^32 on as floats, drops U+FEFF and the sign of -0, and has no
// timestamps, so none of those here

Deno.test("encode(): writes bytes that @std/msgpack reads, for 5,000 random values", codec, () => {
  const values = new RandomValues(31, { wide: false, maps: false });
  for (let i = 0; i < 5000; i++) {
    const value = values.next();
    assert(isSameValue(decodeStd(encode(value)), value), `value ${i} differs`);
  }
});

Deno.test("decode(): reads bytes of @std/msgpack, for 5,000 random values", codec, () => {
  const values = new RandomValues(37, { wide: false, maps: false });
  for (let i = 0; i < 5000; i++) {
    const value = values.next();
    assert(isValueType(value));
    assert(isSameValue(decode(encodeStd(value)), value), `value ${i} differs`);
  }
});

function isValueType(value: unknown): value is ValueType {
  return !(value instanceof Temporal.Instant || value instanceof Map);
}
