// A handler may throw any value, e.g. one that throws again when it is read.

import { assertEquals } from "@std/assert";
import { RetryTask, SkipTask, TaskHandler } from "@airflow-deno/task-runtime";
import { runTask } from "@airflow-deno/task-runtime/testing";

/** A proxy all of whose traps throw `thrown`. */
function untouchable(thrown: unknown): object {
  const trap = (): never => {
    throw thrown;
  };
  return new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An error or a terminal state whose `name` throws when it is read. */
function unreadable<E extends Error>(error: E, name: keyof E): E {
  return Object.defineProperty(error, name, {
    get() {
      throw new RangeError(`no ${String(name)}`);
    },
  });
}

const FAILED = "Task failed, to be retried";

for (
  const [what, thrown, reason, fields] of [
    ["undefined", () => undefined, "undefined", { error: "undefined" }],
    ["null", () => null, "null", { error: null }],
    ["a symbol", () => Symbol("s"), "Symbol(s)", { error: "Symbol(s)" }],
    [
      "an object without a string form",
      () => Object.create(null),
      "an error that cannot be shown",
      { error: {} },
    ],
    [
      "a revoked proxy",
      revoked,
      "TypeError: Cannot perform 'getPrototypeOf' on a proxy that has been revoked",
      {},
    ],
    ["an untouchable proxy", () => untouchable(new Error("hands off")), "Error: hands off", {}],
    [
      "a proxy that throws the like of it",
      () => untouchable(untouchable("")),
      "an error that cannot be shown",
      { error: "[cannot read]" },
    ],
    [
      "an error without a cause",
      () => unreadable(new Error("x"), "cause"),
      "Error: x",
      {},
    ],
    [
      "an error without a message",
      () => unreadable(new Error("x"), "message"),
      "an error that cannot be shown",
      {},
    ],
    [
      "a terminal state without a reason",
      () => unreadable(new SkipTask("x"), "reason"),
      "RangeError: no reason",
      {},
    ],
  ] as const
) {
  Deno.test(`a handler that throws ${what}: fails the task`, async () => {
    const handler = new TaskHandler("hostile", "throws", () => {
      throw thrown();
    });
    const { state, retry, logs, requests } = await runTask(handler, { retries: 1 });
    assertEquals([state, requests.map(({ type }) => type)], ["up_for_retry", ["RetryTask"]]);
    assertEquals(retry?.reason, reason);
    assertEquals(logs.map(({ event, fields }) => ({ event, fields })), [{ event: FAILED, fields }]);
  });
}

Deno.test("a result with a getter that throws a hostile proxy: fails the task", async () => {
  const handler = new TaskHandler("hostile", "returns", () => ({
    get rows() {
      throw untouchable(new Error("hands off"));
    },
  }));
  const { state, requests } = await runTask(handler, { retries: 1 });
  assertEquals([state, requests.map(({ type }) => type)], ["up_for_retry", ["RetryTask"]]);
});

Deno.test("RetryTask: turns the reason of untyped code into a string", async () => {
  const handler = new TaskHandler("hostile", "retries", () => {
    throw Reflect.construct(RetryTask, [{ reason: 7 }]);
  });
  const { retry } = await runTask(handler, { retries: 1 });
  assertEquals(retry?.reason, "7");
});

Deno.test("a retry policy: is ignored when its reason is not a string", async () => {
  const handler = new TaskHandler("hostile", "retries", () => {
    throw new Error("it broke");
  }, { retryPolicy: () => JSON.parse('{ "after": 1, "reason": 7 }') });
  const { retry, logs } = await runTask(handler, { retries: 1 });
  assertEquals(retry?.reason, "Error: it broke");
  assertEquals(logs.map(({ event }) => event), [
    "The retry policy failed; Airflow's rule decides",
    "Task failed, to be retried",
  ]);
});
