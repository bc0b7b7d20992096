import { assert, assertEquals, assertIsError, assertRejects } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { FrameConnection } from "../../src/supervisor/frame_connection.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { join } from "../wire/bytes.ts";
import { type FarEnd, tcpPair } from "./tcp_pair.ts";

const VALUES = [[0, { type: "First", text: "ä€😀" }], [1, null, null], [2, { rows: [1, 2, 3] }]];

/** Returns the values that `receive()` passes on, and the error that it throws, if any. */
async function received(
  connection: FrameConnection,
): Promise<{ values: unknown[]; error?: unknown }> {
  const values: unknown[] = [];
  try {
    await connection.receive((value) => values.push(value));
    return { values };
  } catch (error) {
    return { values, error };
  }
}

/** Returns the values that `receive()` passes on after `write`, until the far end closes. */
async function arrived(
  write: (far: FarEnd) => Promise<void>,
  options: { maxFrameBytes?: number } = {},
): Promise<unknown[]> {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near, options);
  const [{ values, error }] = await Promise.all([
    received(connection),
    write(pair.far).finally(() => pair.far.close()),
  ]);
  if (error !== undefined) throw error;
  return values;
}

Deno.test("FrameConnection.receive(): assembles frames that come byte by byte", async () => {
  const values = await arrived(async (far) => {
    for (const byte of join(...VALUES.map((value) => encodeFrame(value)))) {
      await far.write(Uint8Array.of(byte));
    }
  });
  assertEquals(values, VALUES);
});

Deno.test("FrameConnection.receive(): separates frames that come at once", async () => {
  const many = Array.from({ length: 1000 }, (_, id) => [id, { id }, null]);
  const bytes = join(...many.map((value) => encodeFrame(value)));
  assertEquals(await arrived((far) => far.write(bytes)), many);
});

Deno.test("FrameConnection.receive(): reads a frame that is longer than one read", async () => {
  const long = [1, { type: "XComResult", value: "x".repeat(3_000_000) }, null];
  const values = await arrived(async (far) => {
    await far.send(long);
    await far.send(VALUES[0]);
  });
  assertEquals(values, [long, VALUES[0]]);
});

Deno.test("FrameConnection.receive(): passes complete values on, then refuses an end within a frame", async () => {
  for (const cut of [1, 3, 4, 5, 20]) {
    using pair = await tcpPair();
    using connection = new FrameConnection(pair.near);
    await pair.far.send(VALUES[1]);
    await pair.far.write(encodeFrame(VALUES[0]).subarray(0, cut));
    pair.far.close();
    const { values, error } = await received(connection);
    assertEquals(values, [VALUES[1]]);
    assertIsError(error, TaskRuntimeError, "ended within a frame");
    assertEquals(error.code, "MALFORMED", `cut after ${cut} bytes`);
  }
});

for (
  const [what, bytes] of [
    ["an unknown MessagePack type", [0, 0, 0, 1, 0xc1]],
    ["a value that ends early", [0, 0, 0, 2, 0x92, 1]],
    ["bytes behind the value", [0, 0, 0, 2, 1, 1]],
    ["invalid UTF-8", [0, 0, 0, 2, 0xa1, 0xff]],
    ["an empty frame", [0, 0, 0, 0]],
    ["a frame too long to accept", [0, 0, 0x10, 0]],
    ["HTTP", [..."HTTP/1.1 400 Bad Request\r\n"].map((char) => char.charCodeAt(0))],
  ] as const
) {
  Deno.test(`FrameConnection.receive(): refuses ${what}`, async () => {
    const error = await assertRejects(
      () => arrived((far) => far.write(Uint8Array.from(bytes)), { maxFrameBytes: 1024 }),
      TaskRuntimeError,
    );
    assertEquals(error.code, "MALFORMED");
  });
}

Deno.test("FrameConnection.receive(): throws CLOSED when the socket breaks", async () => {
  const reset = new Deno.errors.ConnectionReset("Connection reset by peer");
  using connection = new FrameConnection({
    read: () => Promise.reject(reset),
    write: (bytes) => Promise.resolve(bytes.length),
    close() {},
  });
  const error = await assertRejects(() => connection.receive(() => {}), TaskRuntimeError);
  assertEquals([error.code, error.cause], ["CLOSED", reset]);
});

Deno.test("FrameConnection.receive(): resolves when the connection is disposed", async () => {
  using pair = await tcpPair();
  const connection = new FrameConnection(pair.near);
  const waiting = received(connection);
  connection[Symbol.dispose]();
  connection[Symbol.dispose]();
  assertEquals(await waiting, { values: [] });
  assertEquals(await pair.far.read(), null, "the other end sees it too");
});

Deno.test("FrameConnection.receive(): rejects with the error that onValue throws", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  await pair.far.write(join(...VALUES.map((value) => encodeFrame(value))));
  const taken: unknown[] = [];
  const receiving = connection.receive((value) => {
    taken.push(value);
    throw new RangeError("no more");
  });
  await assertRejects(() => receiving, RangeError, "no more");
  assertEquals(taken, [VALUES[0]]);
});

Deno.test("FrameConnection.send(): sends a frame in one write", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  for (const value of VALUES) {
    await connection.send(value);
    const chunk = await pair.far.read();
    assert(chunk !== null);
    const length = new DataView(chunk.buffer).getUint32(0);
    assertEquals([length, decode(chunk.subarray(4))], [chunk.length - 4, value]);
  }
  assertEquals(pair.near.writes.length, VALUES.length);
});

Deno.test("FrameConnection.send(): sends a large frame to a slow reader", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  const value = [1, "x".repeat(16_000_000)];
  const sent = connection.send(value);
  assertEquals(await pair.far.receive(), value);
  await sent;
});

Deno.test("FrameConnection.send(): sends nothing of a value without a MessagePack form", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  for (const value of [[1, () => {}], [1, { a: [Symbol("b")] }], [1, 2n ** 64n]]) {
    const error = await assertRejects(() => connection.send(value), TaskRuntimeError);
    assertEquals(error.code, "INVALID");
  }
  assertEquals(pair.near.writes, []);
});

Deno.test("FrameConnection.send(): throws CLOSED when the supervisor is gone", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  pair.far.close();
  const error = await assertRejects(async () => {
    // The first write finds the end of the stream, a later one the reset that answered it.
    for (;;) await connection.send("x".repeat(100_000));
  }, TaskRuntimeError);
  assertEquals(error.code, "CLOSED");
  assert(error.cause instanceof Error);
});
