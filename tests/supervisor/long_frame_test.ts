import { assert, assertEquals, assertRejects } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { FrameConnection } from "../../src/supervisor/frame_connection.ts";
import type { JsonValue, SetXCom } from "../../src/protocol/generated.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { answer, conversation, get, refusal, variable } from "./client_conversation.ts";
import { type FarEnd, tcpPair } from "./tcp_pair.ts";

/** More than the buffers of both sockets hold. */
const TEXT = "0123456789abcdef".repeat(2 * 1024 * 1024);

function push(key: string, value: JsonValue = TEXT): SetXCom {
  const ids = { dag_id: "d", run_id: "r", task_id: "t", map_index: -1 } as const;
  return { type: "SetXCom", ...ids, key, value };
}

/** Reads the next request, which must be the push of `TEXT` under `key`; returns its id. */
async function receivePush(far: FarEnd, key: string): Promise<number> {
  const [id, { type, value, ...rest }] = await far.receiveRequest();
  assertEquals([type, rest["key"]], ["SetXCom", key]);
  assert(value === TEXT, "the text is as it was");
  return id;
}

Deno.test("FrameConnection.send(): sends the bytes of encodeFrame() in pieces for a long text", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  const value = [1, { before: [1, 2], text: TEXT, after: "ä€😀" }];
  const expected = encodeFrame(value);
  const sent = connection.send(value);
  for (let at = 0; at < expected.length;) {
    const chunk = await pair.far.read();
    assert(chunk !== null);
    const wrong = chunk.findIndex((byte, index) => byte !== expected[at + index]);
    assertEquals(wrong, -1, `byte ${at + wrong}`);
    at += chunk.length;
  }
  await sent;
  assert(Math.max(...pair.near.writes) <= 256 * 1024, "no write is longer than a piece");
});

Deno.test("FrameConnection.send(): throws CLOSED when the supervisor goes between pieces", async () => {
  using pair = await tcpPair();
  using connection = new FrameConnection(pair.near);
  const sent = assertRejects(() => connection.send([1, TEXT]), TaskRuntimeError);
  await pair.far.read();
  pair.far.close();
  const error = await sent;
  assertEquals(error.code, "CLOSED");
  assert(error.cause instanceof Error);
});

Deno.test("FrameConnection.send(): rejects between pieces when the connection is disposed", async () => {
  using pair = await tcpPair();
  const connection = new FrameConnection(pair.near);
  const sent = assertRejects(() => connection.send([1, TEXT]), TaskRuntimeError);
  await pair.far.read();
  connection[Symbol.dispose]();
  // Deno ends a write that waits for the other end only with that.
  pair.far.close();
  assertEquals((await sent).code, "CLOSED");
});

Deno.test("Client.request(): sends each request whole after a long one", async () => {
  using talk = await conversation();
  const replies = [
    talk.client.request(push("a")),
    talk.client.request(get("b")),
    talk.client.request(push("c")),
    talk.client.request(get("d")),
  ];
  for (const key of ["a", "c"]) {
    await talk.far.send([await receivePush(talk.far, key), null, null]);
    await answer(talk.far, 1);
  }
  await Promise.all(replies);
});

Deno.test("Client.request(): sends the rest of a frame whose request was aborted", async () => {
  using talk = await conversation();
  const controller = new AbortController();
  const { signal } = controller;
  const first = refusal(talk.client.request(push("a"), { signal }), "ABORTED");
  const second = refusal(talk.client.request(push("b"), { signal }), "ABORTED");
  const next = talk.client.request(get("c"));
  assertEquals(talk.near.writes.length, 1, "the first piece is on its way");
  controller.abort();
  await Promise.all([first, second]);
  await receivePush(talk.far, "a");
  await answer(talk.far, 1);
  assertEquals((await next).key, "c", "of the second nothing was sent");
});

Deno.test("Client.request(): times out when the reader stops between pieces, and the next request works", async () => {
  using talk = await conversation();
  const waiting = talk.client.request(push("a"), { deadlineSeconds: 0.1 });
  await refusal(waiting, "TIMEOUT");
  const sent = talk.near.writes.reduce((sum, length) => sum + length, 0);
  assert(sent < TEXT.length, "the reader has stalled it");
  const next = talk.client.request(get("b"));
  const late = await receivePush(talk.far, "a");
  await talk.far.send([late, null, null]);
  const [id, { key }] = await talk.far.receiveRequest();
  await talk.far.send([id, variable(String(key)), null]);
  assertEquals((await next).key, "b", "the late reply is dropped");
});

Deno.test("Client.request(): rejects with CLOSED when the supervisor goes between pieces", async () => {
  using talk = await conversation();
  const outcomes = [push("a"), get("b"), push("c")].map((message) =>
    refusal(talk.client.request(message), "CLOSED")
  );
  await talk.far.read();
  talk.far.close();
  await Promise.all(outcomes);
  assert(talk.client.closed.aborted);
});

Deno.test("Client.request(): sends nothing of a long message that cannot be encoded", async () => {
  using talk = await conversation();
  await refusal(talk.client.request(push("a", [TEXT, `${TEXT}\ud800`])), "INVALID");
  assertEquals(talk.near.writes, []);
  const [reply] = await Promise.all([talk.client.request(get("b")), answer(talk.far, 1)]);
  assertEquals(reply.key, "b");
});
