/**
 * A client and the supervisor's end of its connection, for tests.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorCode, TaskRuntimeError } from "../../src/error.ts";
import { Client } from "../../src/supervisor/client.ts";
import { FrameConnection } from "../../src/supervisor/frame_connection.ts";
import { type CountedSocket, type FarEnd, tcpPair } from "./tcp_pair.ts";

/** Both sides of a conversation. */
export interface Conversation extends Disposable {
  readonly client: Client;
  readonly far: FarEnd;
  readonly near: CountedSocket;
}

/** Returns a client that has received its first frame, and the supervisor's end. */
export async function conversation(): Promise<Conversation> {
  const pair = await tcpPair();
  const client = new Client(new FrameConnection(pair.near));
  await pair.far.send([0, { type: "First" }, null]);
  assertEquals(await client.first(), { id: 0, body: { type: "First" }, error: null });
  return {
    client,
    ...pair,
    [Symbol.dispose]() {
      client[Symbol.dispose]();
      pair[Symbol.dispose]();
    },
  };
}

/** Asks for the variable `key`. */
export function get(key: string): { type: "GetVariable"; key: string } {
  return { type: "GetVariable", key };
}

/** The reply that holds it. */
export function variable(key: string, value = `value of ${key}`): Record<string, unknown> {
  return { type: "VariableResult", key, value };
}

/** Answers `count` requests for variables. */
export async function answer(far: FarEnd, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const [id, { key }] = await far.receiveRequest();
    await far.send([id, variable(String(key)), null]);
  }
}

/** The error of a promise that must reject, with its code checked. */
export async function refusal(
  promise: Promise<unknown>,
  code: ErrorCode,
): Promise<TaskRuntimeError> {
  const error = await assertRejects(() => promise, TaskRuntimeError);
  assertEquals(error.code, code, error.message);
  return error;
}
