import { assert, assertEquals } from "@std/assert";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { golden } from "../protocol/golden.ts";
import { join } from "../wire/bytes.ts";
import { CODEC_INPUTS, expectRefusal, fuzz } from "./campaign.ts";
import { noise } from "./hostile_bytes.ts";
import type { Random } from "./random.ts";

const frames = golden.frames_to_task.map(({ hex }) => Uint8Array.fromHex(hex));
/** The number of connections: one for 50 inputs of the codec. */
const CONNECTIONS = CODEC_INPUTS / 50;

function frameOf(random: Random): Uint8Array {
  if (random.once(2)) return random.pick(frames);
  const payload = random.bytes(1 + random.below(random.once(40) ? 200_000 : 40));
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, payload.length);
  return join(head, payload);
}

/** `stream` in pieces, each in a buffer that is overwritten once the next is asked for. */
function* chunks(random: Random, stream: Uint8Array): Generator<Uint8Array, void, void> {
  const most = random.pick([1, 2, 5, 64, 4096, 65_536, stream.length]);
  const least = stream.length > 100_000 ? 512 : 1;
  for (let at = 0; at < stream.length;) {
    const end = at + (random.once(30) ? 0 : least + random.below(most));
    const chunk = stream.slice(at, end);
    yield chunk;
    chunk.fill(0xee);
    at = end;
  }
}

Deno.test("FrameDecoder: returns the same payloads for any chunks of a stream", () => {
  fuzz(CONNECTIONS, (random) => {
    const sent = Array.from({ length: 1 + random.below(12) }, () => frameOf(random));
    const rest = random.once(3) ? frameOf(random) : undefined;
    const tail = rest?.subarray(0, random.below(rest.length)) ?? new Uint8Array(0);
    const decoder = new FrameDecoder();
    let count = 0;
    for (const chunk of chunks(random, join(...sent, tail))) {
      for (const payload of decoder.push(chunk)) {
        const frame = sent[count++];
        assert(frame !== undefined, "a payload that was not sent");
        assert(payload.length === frame.length - 4 && isEqual(payload, frame.subarray(4)));
      }
    }
    assertEquals(count, sent.length);
    assertEquals(decoder.pendingBytes, tail.length);
  });
});

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

Deno.test("FrameDecoder: throws MALFORMED for a hostile stream, or waits for more bytes", () => {
  let refused = 0;
  fuzz(CONNECTIONS, (random) => {
    const maxFrameBytes = random.pick([1, 100, 65_536, 256 * 1024 * 1024]);
    const decoder = new FrameDecoder({ maxFrameBytes });
    const good = Array.from({ length: random.below(3) }, () => frameOf(random));
    const stream = join(...good, noise(random), noise(random), noise(random));
    let failure: unknown;
    let given = 0;
    for (const chunk of chunks(random, stream)) {
      try {
        for (const { length } of decoder.push(chunk)) {
          assert(length > 0 && length <= maxFrameBytes);
          given += length;
        }
        assert(failure === undefined, "it accepts bytes after a failure");
      } catch (error) {
        expectRefusal(error, "MALFORMED");
        assert(failure === undefined || failure === error, "another error");
        failure = error;
      }
    }
    assert(given + decoder.pendingBytes <= stream.length);
    if (failure !== undefined) refused++;
  });
  assert(refused > 0 || Deno.env.get("FUZZ_INPUT") !== undefined);
});

Deno.test("FrameDecoder: allocates no memory for a length that is only announced", () => {
  const decoders: FrameDecoder[] = [];
  const before = Deno.memoryUsage();
  for (let i = 0; i < 100; i++) {
    const decoder = new FrameDecoder();
    // 256 MiB claimed, one byte sent
    decoder.push(new Uint8Array([0x10, 0, 0, 0, 1]));
    decoders.push(decoder);
  }
  const after = Deno.memoryUsage();
  const more = after.heapUsed + after.external - before.heapUsed - before.external;
  assert(more < 100 * 128 * 1024, `${more} bytes`);
  assertEquals(decoders.map(({ pendingBytes }) => pendingBytes), new Array(100).fill(5));
});
