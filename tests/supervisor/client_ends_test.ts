import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { Client } from "../../src/supervisor/client.ts";
import { FrameConnection } from "../../src/supervisor/frame_connection.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { answer, conversation, get, refusal, variable } from "./client_conversation.ts";
import { tcpPair } from "./tcp_pair.ts";

Deno.test("Client.request(): times out when no reply comes, and the next request works", async () => {
  using talk = await conversation();
  const late = refusal(talk.client.request(get("a"), { deadlineSeconds: 0.02 }), "TIMEOUT");
  const next = talk.client.request(get("b"));
  const [lateId] = await talk.far.receiveRequest();
  const error = await late;
  assertEquals(
    error.message,
    "Cannot get the reply to GetVariable: none came within 0.02 s",
  );
  assertEquals(error.request, "GetVariable");
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([lateId, variable("a"), null]);
  await talk.far.send([id, variable("b"), null]);
  assertEquals((await next).key, "b", "the late reply is dropped");
});

Deno.test("Client.request(): rejects when the caller's signal aborts", async () => {
  using talk = await conversation();
  const controller = new AbortController();
  const waiting = refusal(
    talk.client.request(get("a"), { signal: controller.signal }),
    "ABORTED",
  );
  const [id] = await talk.far.receiveRequest();
  const reason = new Error("no longer wanted");
  controller.abort(reason);
  assertEquals((await waiting).cause, reason);
  const next = talk.client.request(get("b"));
  await talk.far.send([id, variable("a"), null]);
  await answer(talk.far, 1);
  assertEquals((await next).key, "b");
});

Deno.test("Client.request(): sends nothing when its signal was aborted before its turn", async () => {
  using talk = await conversation();
  const controller = new AbortController();
  const first = talk.client.request(get("a"));
  const second = refusal(talk.client.request(get("b"), { signal: controller.signal }), "ABORTED");
  const third = talk.client.request(get("c"));
  controller.abort();
  await answer(talk.far, 2);
  await second;
  assertEquals([(await first).key, (await third).key], ["a", "c"]);
  assertEquals(talk.near.writes.length, 2);
});

Deno.test("Client.request(): rejects all pending requests when the supervisor closes", async () => {
  using talk = await conversation();
  const waiting = ["a", "b", "c"].map((key) => talk.client.request(get(key)));
  const outcomes = Promise.all(waiting.map((request) => refusal(request, "CLOSED")));
  await talk.far.receiveRequest();
  talk.far.close();
  for (const error of await outcomes) {
    assertEquals(error.message, "Cannot send GetVariable: the supervisor is gone");
    assertEquals(error.request, "GetVariable");
  }
  assertEquals(talk.near.writes.length, 1);
  assert(talk.client.closed.aborted);
  const later = await refusal(talk.client.request(get("d")), "CLOSED");
  assert(later.cause instanceof TaskRuntimeError, "it says why");
});

Deno.test("Client.closed: aborts when the supervisor closes between requests", async () => {
  using talk = await conversation();
  const closed = new Promise((resolve) => talk.client.closed.addEventListener("abort", resolve));
  talk.far.close();
  await closed;
  assert(talk.client.closed.reason instanceof TaskRuntimeError);
  assertEquals(talk.client.closed.reason.code, "CLOSED");
});

for (
  const [what, bytes] of [
    ["ends within a frame", encodeFrame([1, variable("a"), null]).subarray(0, 12)],
    ["sends no MessagePack", Uint8Array.of(0, 0, 0, 1, 0xc1)],
    ["sends no frame", encodeFrame({ id: 1 })],
    ["sends a frame without an id", encodeFrame([null, variable("a"), null])],
  ] as const
) {
  Deno.test(`Client.request(): rejects when the supervisor ${what}`, async () => {
    using talk = await conversation();
    const waiting = refusal(talk.client.request(get("a")), "CLOSED");
    await talk.far.receiveRequest();
    await talk.far.write(bytes);
    talk.far.close();
    const error = await waiting;
    assert(error.cause instanceof TaskRuntimeError);
    assertEquals(error.cause.code, "MALFORMED");
  });
}

Deno.test("Client.first(): rejects when the supervisor closes before its first message", async () => {
  using pair = await tcpPair();
  using client = new Client(new FrameConnection(pair.near));
  pair.far.close();
  const error = await refusal(client.first(), "CLOSED");
  assertStringIncludes(error.message, "before its first message");
});

for (
  const [what, bytes] of [
    ["ends amid it", encodeFrame([0, { type: "First" }, null]).subarray(0, 9)],
    ["is not MessagePack", Uint8Array.of(0, 0, 0, 1, 0xc1)],
    ["is not a frame", encodeFrame("hello")],
  ] as const
) {
  Deno.test(`Client.first(): refuses a first frame that ${what}`, async () => {
    using pair = await tcpPair();
    using client = new Client(new FrameConnection(pair.near));
    await pair.far.write(bytes);
    pair.far.close();
    await refusal(client.first(), "MALFORMED");
  });
}

Deno.test("Client: rejects pending requests when disposed", async () => {
  using talk = await conversation();
  const waiting = refusal(talk.client.request(get("a")), "CLOSED");
  await talk.far.receiveRequest();
  talk.client[Symbol.dispose]();
  await waiting;
});

Deno.test("Client.request(): rejects at once when its signal is already aborted", async () => {
  using talk = await conversation();
  await refusal(talk.client.request(get("a"), { signal: AbortSignal.abort() }), "ABORTED");
  const [{ value }] = await Promise.all([talk.client.request(get("b")), answer(talk.far, 1)]);
  assertEquals(value, "value of b", "nothing was sent for the first");
});

Deno.test("Client.request(): rejects a queued request when its signal is aborted", async () => {
  using talk = await conversation();
  const first = talk.client.request(get("a"));
  const controller = new AbortController();
  const second = talk.client.request(get("b"), { signal: controller.signal });
  controller.abort();
  await refusal(second, "ABORTED");
  const [third] = await Promise.all([talk.client.request(get("c")), first, answer(talk.far, 2)]);
  assertEquals(third.value, "value of c");
});

Deno.test("Client.request(): times out when its frame cannot be written", async () => {
  using talk = await conversation();
  // More than the buffers of both sockets hold, and the supervisor does not read.
  const message = {
    type: "SetXCom",
    key: "k",
    value: "x".repeat(50_000_000),
    dag_id: "d",
    run_id: "r",
    task_id: "t",
  } as const;
  await refusal(talk.client.request(message, { deadlineSeconds: 0.05 }), "TIMEOUT");
});

Deno.test("Client.request(): waits for the frame of an aborted request that is still being written", async () => {
  using talk = await conversation();
  const value = "x".repeat(50_000_000);
  const ti = { dag_id: "d", run_id: "r", task_id: "t" };
  const late = talk.client.request(
    { type: "SetXCom", key: "k", value, ...ti },
    { deadlineSeconds: 0.05 },
  );
  await refusal(late, "TIMEOUT");
  const given = new AbortController();
  const second = talk.client.request(get("a"), { signal: given.signal });
  const third = talk.client.request(get("b"));
  given.abort();
  await refusal(second, "ABORTED");
  const [, { value: arrived }] = await talk.far.receiveRequest();
  assertEquals(arrived, value, "a frame is never cut");
  await answer(talk.far, 1);
  assertEquals((await third).key, "b", "the aborted request is not written");
});

Deno.test("Client.abandon(): rejects pending requests, and later ones work", async () => {
  using talk = await conversation();
  const open = [talk.client.request(get("a")), talk.client.request(get("b"))];
  const [id] = await talk.far.receiveRequest();
  talk.client.abandon("the handler was ended");
  for (const request of open) await refusal(request, "ABORTED");
  const next = talk.client.request(get("c"));
  await talk.far.send([id, variable("a"), null]);
  await answer(talk.far, 1);
  assertEquals((await next).value, "value of c");
});

Deno.test("Client.idle(): ignores queued requests that were aborted", async () => {
  using talk = await conversation();
  const first = talk.client.request(get("a"));
  const given = new AbortController();
  const second = refusal(talk.client.request(get("b"), { signal: given.signal }), "ABORTED");
  given.abort();
  await Promise.all([talk.client.idle(), first, second, answer(talk.far, 1)]);
  assert(talk.client.isIdle);
});
