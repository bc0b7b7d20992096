import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import { hex, join } from "./bytes.ts";

const codec = { permissions: "none" } as const;

const VALUES = [[0, { type: "A" }, null], "x", 7, [1, "y".repeat(300)], null];

Deno.test("FrameDecoder.push(): returns a frame that is one chunk", codec, () => {
  const frames = new FrameDecoder();
  assertEquals(frames.push(encodeFrame(["a", 1])).map(decode), [["a", 1]]);
  assertEquals(frames.pendingBytes, 0);
});

Deno.test("FrameDecoder.push(): returns the frames of one chunk in order", codec, () => {
  const frames = new FrameDecoder();
  const chunk = join(...VALUES.map((value) => encodeFrame(value)));
  assertEquals(frames.push(chunk).map(decode), VALUES);
});

Deno.test("FrameDecoder.push(): assembles frames from single bytes", codec, () => {
  const frames = new FrameDecoder();
  const stream = join(...VALUES.map((value) => encodeFrame(value)));
  const received: unknown[] = [];
  // the connection reads into one buffer again and again
  const buffer = new Uint8Array(1);
  for (const byte of stream) {
    buffer[0] = byte;
    for (const payload of frames.push(buffer)) received.push(decode(payload));
  }
  assertEquals(received, VALUES);
  assertEquals(frames.pendingBytes, 0);
});

Deno.test("FrameDecoder.push(): assembles frames from chunks of every size", codec, () => {
  const stream = join(...VALUES.map((value) => encodeFrame(value)));
  for (let size = 2; size <= stream.length; size++) {
    const frames = new FrameDecoder();
    const received: unknown[] = [];
    const buffer = new Uint8Array(size);
    for (let at = 0; at < stream.length; at += size) {
      const part = stream.subarray(at, at + size);
      buffer.set(part);
      for (const payload of frames.push(buffer.subarray(0, part.length))) {
        received.push(decode(payload));
      }
    }
    assertEquals(received, VALUES, `chunks of ${size} bytes`);
  }
});

Deno.test(
  "FrameDecoder.push(): returns a view of the chunk, or a new buffer for a frame in several chunks",
  codec,
  () => {
    const frames = new FrameDecoder();
    const chunk = join("00000002 91c0", "00000003 92");
    const [whole] = frames.push(chunk);
    assertStrictEquals(whole?.buffer, chunk.buffer);
    const rest = hex("c0c0");
    const [pieced] = frames.push(rest);
    chunk.fill(0);
    rest.fill(0);
    assertEquals(pieced, hex("92c0c0"));
  },
);

Deno.test("FrameDecoder.push(): accepts empty chunks anywhere", codec, () => {
  const frames = new FrameDecoder();
  const none = new Uint8Array(0);
  for (const part of ["00", "0000", "02", "91"]) {
    assertEquals(frames.push(none), []);
    assertEquals(frames.push(hex(part)), []);
  }
  assertEquals(frames.push(none), []);
  assertEquals(frames.push(hex("c0")), [hex("91c0")]);
  assertEquals(frames.push(none), []);
});

Deno.test(
  "FrameDecoder.pendingBytes: counts the received bytes of an incomplete frame",
  codec,
  () => {
    const frames = new FrameDecoder();
    const expected: [string, number][] = [
      ["00", 1],
      ["0000", 3],
      ["03", 4],
      ["92", 5],
      ["c0c0", 0],
      ["00000001c0 00", 1],
    ];
    assertEquals(frames.pendingBytes, 0);
    for (const [part, pending] of expected) {
      frames.push(hex(part));
      assertEquals(frames.pendingBytes, pending);
    }
  },
);

Deno.test("FrameDecoder.push(): refuses a frame of length 0", codec, () => {
  const error = assertThrows(
    () => new FrameDecoder().push(hex("00000000")),
    TaskRuntimeError,
    "Cannot read frame: it announces 0 bytes",
  );
  assertEquals(error.code, "MALFORMED");
});

Deno.test(
  "FrameDecoder.push(): refuses a length above the limit before the payload comes",
  codec,
  () => {
    const exact = new FrameDecoder({ maxFrameBytes: 3 });
    assertEquals(exact.push(hex("00000003 92c0c0")), [hex("92c0c0")]);
    const error = assertThrows(
      () => exact.push(hex("00000004")),
      TaskRuntimeError,
      "Cannot read frame: it announces 4 bytes, the limit is 3",
    );
    assertEquals(error.code, "MALFORMED");
    assertThrows(
      () => new FrameDecoder().push(hex("ffffffff")),
      TaskRuntimeError,
      "it announces 4294967295 bytes, the limit is 268435456",
    );
  },
);

Deno.test("FrameDecoder.push(): throws the same error after a broken frame", codec, () => {
  const frames = new FrameDecoder();
  const first = assertThrows(() => frames.push(hex("00000000")));
  assertStrictEquals(assertThrows(() => frames.push(encodeFrame(1))), first);
});

Deno.test(
  "FrameDecoder.push(): allocates memory for received bytes, not for announced ones",
  codec,
  () => {
    const before = Deno.memoryUsage().external;
    const open = Array.from({ length: 16 }, () => new FrameDecoder({ maxFrameBytes: 0xffff_ffff }));
    for (const frames of open) assertEquals(frames.push(hex("f0000000 c6")), []);
    const grown = Deno.memoryUsage().external - before;
    assert(grown < 64 * 1024 * 1024, `${grown} bytes for claims of 64 GB`);
    assertEquals(open.map((frames) => frames.pendingBytes), new Array(16).fill(5));
  },
);

Deno.test(
  "FrameDecoder.room(): holds the rest of a long frame, and no byte after it",
  codec,
  () => {
    for (const bytes of [200_000, 3_000_000, 40_000_000]) {
      const frame = encodeFrame(new Uint8Array(bytes).fill(7));
      const stream = join(frame, encodeFrame("next"));
      const frames = new FrameDecoder();
      const received: unknown[] = [];
      let directReads = 0;
      for (let at = 0; at < stream.length;) {
        const room = frames.room();
        const part = stream.subarray(at, at + Math.min(50_000, room?.length ?? Infinity));
        at += part.length;
        room?.set(part);
        if (room !== undefined) directReads++;
        const payloads = room === undefined ? frames.push(part) : frames.filled(part.length);
        assertEquals(frames.pendingBytes > 0, payloads.length === 0 || at < frame.length);
        for (const payload of payloads) received.push(decode(payload));
      }
      assert(directReads > 0);
      assertEquals(received.length, 2);
      assert(received[0] instanceof Uint8Array && received[0].every((byte) => byte === 7));
      assertEquals([received[0].length, received[1]], [bytes, "next"]);
    }
  },
);

Deno.test(
  "FrameDecoder.room(): returns undefined for a short rest and before a head",
  codec,
  () => {
    const frames = new FrameDecoder();
    assertEquals(frames.room(), undefined);
    frames.push(hex("0010 0000 c6"));
    assertEquals(frames.room()?.length, 0x1_0000 - 1);
    frames.push(new Uint8Array(0x10_0000 - 100));
    assertEquals(frames.room(), undefined);
  },
);

Deno.test(
  "FrameDecoder.push(): assembles 16 MiB from 64-byte chunks in linear time",
  codec,
  () => {
    const size = 16 * 1024 * 1024;
    const frame = encodeFrame(new Uint8Array(size).map((_, i) => i));
    const frames = new FrameDecoder();
    const started = performance.now();
    let payloads: Uint8Array[] = [];
    for (let at = 0; at < frame.length; at += 64) {
      payloads = frames.push(
        frame.subarray(at, at + 64),
      );
    }
    // copying all that has come for each chunk would move two terabytes
    assert(performance.now() - started < 5000);
    assertEquals(payloads.length, 1);
    assertEquals(payloads[0]?.length, size + 5);
    assert(payloads[0]?.every((byte, i) => byte === frame[i + 4]));
  },
);
