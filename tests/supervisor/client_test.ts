import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import type { RequestMessage } from "../../src/protocol/reply.ts";
import { AirflowVariables } from "../../src/runtime/context/variables.ts";
import { MaskingRequester } from "../../src/runtime/logging/masking_requester.ts";
import type { Client } from "../../src/supervisor/client.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { answer, conversation, get, refusal, variable } from "./client_conversation.ts";

Deno.test("Client.request(): returns to each of many callers its own reply", async () => {
  using talk = await conversation();
  const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
  const [replies] = await Promise.all([
    Promise.all(keys.map((key) => talk.client.request(get(key)))),
    answer(talk.far, keys.length),
  ]);
  assertEquals(
    replies.map(({ key, value }) => [key, value]),
    keys.map((key) => [
      key,
      `value of ${key}`,
    ]),
  );
});

Deno.test("Client.request(): sends a request after the reply to the one before", async () => {
  using talk = await conversation();
  const replies = Promise.all(["a", "b", "c"].map((key) => talk.client.request(get(key))));
  const ids: number[] = [];
  for (const sent of [1, 2, 3]) {
    const [id, { key }] = await talk.far.receiveRequest();
    assertEquals(talk.near.writes.length, sent, "the next one waits, and each is one write");
    ids.push(id);
    await talk.far.send([id, variable(String(key)), null]);
  }
  assertEquals((await replies).map(({ key }) => key), ["a", "b", "c"]);
  assertEquals(new Set(ids).size, 3, "no id is used twice");
  assert(!ids.includes(0), "0 is the first frame's");
});

Deno.test("Client.request(): writes the next request before it returns a reply", async () => {
  using talk = await conversation();
  const first = talk.client.request(get("a")).then(() => talk.near.writes.length);
  const second = talk.client.request(get("b"));
  await answer(talk.far, 2);
  assertEquals(await first, 2);
  await second;
});

Deno.test("Client.request(): encodes the message at once", async () => {
  using talk = await conversation();
  const value = { rows: [1] };
  const set = { dag_id: "d", run_id: "r", task_id: "t", key: "k", value } as const;
  const replies = [talk.client.request(get("a")), talk.client.request({ type: "SetXCom", ...set })];
  value.rows.push(2);
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([id, variable("a"), null]);
  const [next, { value: sent }] = await talk.far.receiveRequest();
  assertEquals(sent, { rows: [1] });
  await talk.far.send([next, null, null]);
  await Promise.all(replies);
});

Deno.test("Client.request(): ignores replies with other ids", async () => {
  using talk = await conversation();
  const reply = talk.client.request(get("a"));
  const [id] = await talk.far.receiveRequest();
  for (const other of [0, -1, id + 1, id + 1000, 2 ** 40]) {
    await talk.far.send([other, variable("a", "of another"), null]);
  }
  await talk.far.send([id, variable("a", "the right one"), null]);
  assertEquals((await reply).value, "the right one");
});

Deno.test("Client.request(): ignores a second reply to the same request", async () => {
  using talk = await conversation();
  const first = talk.client.request(get("a"));
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([id, variable("a"), null]);
  await first;
  const second = talk.client.request(get("b"));
  const [next] = await talk.far.receiveRequest();
  await talk.far.send([id, variable("a"), null]);
  await talk.far.send([next, variable("b"), null]);
  assertEquals((await second).key, "b");
});

Deno.test("Client.request(): rejects a reply of another type as malformed, and the next request works", async () => {
  using talk = await conversation();
  const waiting = refusal(talk.client.request(get("a")), "MALFORMED");
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([id, { type: "XComResult", key: "a", value: 1 }, null]);
  await waiting;
  const [next] = await Promise.all([talk.client.request(get("b")), answer(talk.far, 1)]);
  assertEquals(next.key, "b");
});

Deno.test("Client.request(): refuses a message that Airflow would never answer", async () => {
  using talk = await conversation();
  const naive: RequestMessage = { type: "TaskState", state: "failed", end_date: "2026-01-01" };
  const error = await refusal(talk.client.request(naive), "INVALID");
  assertStringIncludes(error.message, 'Cannot send TaskState: field "end_date"');
  const newer: RequestMessage = { type: "SetExecutionTimeout", timeout_seconds: 60 };
  await refusal(talk.client.request(newer), "UNSUPPORTED");
  assertEquals(talk.near.writes, []);
  const [reply] = await Promise.all([talk.client.request(get("a")), answer(talk.far, 1)]);
  assertEquals(reply.key, "a");
});

Deno.test("Client.useSchema(): permits the messages of a newer schema version", async () => {
  using talk = await conversation();
  talk.client.useSchema("2026-10-30");
  const newer: RequestMessage = { type: "SetExecutionTimeout", timeout_seconds: 60 };
  const sent = talk.client.request(newer);
  const [id, body] = await talk.far.receiveRequest();
  assertEquals(body["type"], "SetExecutionTimeout");
  await talk.far.send([id, null, null]);
  assertEquals(await sent, null);
});

Deno.test("Client.request(): throws the error in a reply, in both of its forms", async () => {
  using talk = await conversation();
  const missing = { type: "ErrorResponse", error: "VARIABLE_NOT_FOUND", detail: { key: "a" } };
  const broken = { type: "ErrorResponse", error: "API_SERVER_ERROR", detail: { status_code: 403 } };
  for (
    const [body, slot, code] of [
      [missing, null, "NOT_FOUND"],
      [null, broken, "PERMISSION_DENIED"],
    ] as const
  ) {
    const waiting = refusal(talk.client.request(get("a")), code);
    const [id] = await talk.far.receiveRequest();
    await talk.far.send([id, body, slot]);
    assertEquals((await waiting).detail, body ?? slot);
  }
});

Deno.test("Client.request(): has the author's code in the stack of its errors", async () => {
  async function askInAuthorCode(client: Client, deadlineSeconds: number): Promise<void> {
    await client.request(get("a"), { deadlineSeconds });
  }
  using talk = await conversation();
  const refused = refusal(askInAuthorCode(talk.client, 10), "NOT_FOUND");
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([id, { type: "ErrorResponse", error: "VARIABLE_NOT_FOUND" }, null]);
  const late = refusal(askInAuthorCode(talk.client, 0.01), "TIMEOUT");
  await talk.far.receiveRequest();
  const errors = [await refused, await late];
  const closed = refusal(askInAuthorCode(talk.client, 10), "CLOSED");
  await talk.far.receiveRequest();
  talk.far.close();
  for (const error of [...errors, await closed]) {
    assertStringIncludes(error.stack ?? "", "askInAuthorCode");
  }
});

Deno.test("ctx.variables.get(): has the author's code in the stack of its errors", async () => {
  using talk = await conversation();
  const variables = new AirflowVariables(new MaskingRequester(talk.client, new SecretsMask()));
  async function readInAuthorCode(): Promise<string> {
    return await variables.get("a");
  }
  const missing = refusal(readInAuthorCode(), "NOT_FOUND");
  const [id] = await talk.far.receiveRequest();
  await talk.far.send([id, { type: "ErrorResponse", error: "VARIABLE_NOT_FOUND" }, null]);
  assertStringIncludes((await missing).stack ?? "", "readInAuthorCode");
});

Deno.test("Client.traceWith(): ends every trace, and ignores what a trace throws", async () => {
  using talk = await conversation();
  const ends: unknown[] = [];
  talk.client.traceWith(({ type }) => ({
    carrier: null,
    end(error?: unknown) {
      ends.push(error instanceof TaskRuntimeError ? error.code : type);
      throw new Error("the exporter broke");
    },
  }));
  const first = talk.client.request(get("a"));
  const controller = new AbortController();
  const second = talk.client.request(get("b"), { signal: controller.signal });
  controller.abort();
  await refusal(second, "ABORTED");
  const [reply] = await Promise.all([first, answer(talk.far, 1)]);
  assertEquals(reply.key, "a");
  assertEquals(ends, ["ABORTED", "GetVariable"]);
});

Deno.test("Client.idle(): waits for every request, also for those made while it waits", async () => {
  using talk = await conversation();
  const done: string[] = [];
  const first = talk.client.request(get("a")).then(async () => {
    done.push("a");
    await talk.client.request(get("b"));
    done.push("b");
  });
  await Promise.all([talk.client.idle().then(() => done.push("idle")), answer(talk.far, 2), first]);
  assertEquals(done.at(0), "a");
  assertEquals(done.length, 3);
});
