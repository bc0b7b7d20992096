import { assert, assertEquals } from "@std/assert";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { golden } from "../protocol/golden.ts";
import { isSameValue } from "../wire/random_value.ts";
import { CODEC_INPUTS, expectRefusal, fuzz } from "./campaign.ts";
import { claim, grammatical, mutated, noise } from "./hostile_bytes.ts";
import { plainValue, withUnsendable } from "./hostile_value.ts";
import type { Random } from "./random.ts";

const payloads = [...golden.frames_to_task, ...golden.frames_to_supervisor]
  .map(({ hex }) => Uint8Array.fromHex(hex).subarray(4));

function bytesOf(random: Random): Uint8Array {
  switch (random.below(8)) {
    case 0:
      return noise(random);
    case 1:
      return grammatical(random);
    case 2:
      return mutated(random, grammatical(random), payloads);
    case 3:
      return mutated(random, encode(plainValue(random)), payloads);
    case 4:
      return claim(random, random.below(random.once(50) ? 4000 : 60));
    default:
      return mutated(random, random.pick(payloads), payloads);
  }
}

/** Decodes `bytes`; returns undefined if they are refused with the right error. */
function decoded(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: decode(bytes) };
  } catch (error) {
    expectRefusal(error, "MALFORMED");
    return undefined;
  }
}

/** Checks that a value contains only the types that decode() documents, and shares no buffer. */
function checkParts(value: unknown): void {
  if (typeof value === "string") assert(value.isWellFormed(), "a text is not well formed");
  if (typeof value !== "object" || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    assert(prototype === Array.prototype);
    for (let i = 0; i < value.length; i++) checkParts(value[i]);
  } else if (value instanceof Map) {
    assert(prototype === Map.prototype);
    for (const [key, part] of value) {
      checkParts(key);
      checkParts(part);
    }
  } else if (value instanceof Uint8Array) {
    assert(prototype === Uint8Array.prototype && value.buffer.byteLength === value.length);
  } else if (value instanceof Temporal.Instant) {
    assert(prototype === Temporal.Instant.prototype);
  } else {
    assert(prototype === Object.prototype, "a record has a prototype from outside");
    for (const key of Reflect.ownKeys(value)) checkParts(Reflect.get(value, key));
  }
}

let accepted = 0;

Deno.test("decode(): throws MALFORMED for random bytes, or returns a value that encode() restores", () => {
  let inputs = 0;
  fuzz(CODEC_INPUTS, (random) => {
    const bytes = bytesOf(random);
    inputs++;
    const found = decoded(bytes);
    if (found === undefined) return;
    accepted++;
    checkParts(found.value);
    const again = encode(found.value);
    // whatever of the value still lay in the input would differ now
    bytes.fill(0xc1);
    assert(isSameValue(decode(again), found.value), "encode() changed the value");
  });
  // inputs that are all refused, or all accepted, would prove little
  assert(inputs === 1 || (accepted > inputs / 20 && accepted < inputs * 0.9), `${accepted} passed`);
});

Deno.test("encode() and decode(): restore random values in any state of the writer", () => {
  fuzz(CODEC_INPUTS / 5, (random) => {
    const value = plainValue(random);
    const bytes = encode(value);
    if (!isSameValue(decode(bytes), value)) {
      throw new Error(`the value changed: ${Deno.inspect(value)}`);
    }
    const limit = random.below(2 * bytes.length + 1);
    let frame: Uint8Array | undefined;
    try {
      frame = encodeFrame(value, limit);
    } catch (error) {
      expectRefusal(error, "INVALID");
    }
    assertEquals(frame !== undefined, bytes.length <= limit, "the limit was not kept");
    assert(frame === undefined || isSameValue(frame.slice(4), bytes), "the frame differs");
  });
});

Deno.test("encode(): refuses values without a MessagePack form with INVALID, and works on", () => {
  const known = { rows: [1, "é", null] };
  const bytes = encode(known);
  fuzz(CODEC_INPUTS / 50, (random) => {
    const value = withUnsendable(random);
    let refused = false;
    try {
      encode(value);
    } catch (error) {
      expectRefusal(error, "INVALID");
      refused = true;
    }
    assert(refused, "it was encoded");
    assert(isSameValue(encode(known), bytes), "a refusal left something behind");
  });
});

Deno.test("decode(): allocates no memory for lengths that are only announced", () => {
  fuzz(100, (random) => {
    const bytes = claim(random, 16 + random.below(64 * 1024));
    const before = Deno.memoryUsage();
    decoded(bytes);
    const after = Deno.memoryUsage();
    const more = after.heapUsed + after.external - before.heapUsed - before.external;
    assert(more < 64 * bytes.length + 4 * 1024 * 1024, `${more} bytes for ${bytes.length}`);
  });
});
