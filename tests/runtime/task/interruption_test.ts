import { assert, assertEquals } from "@std/assert";
import { TaskHandler } from "@airflow-deno/task-runtime";
import { FakeClock, runTask } from "@airflow-deno/task-runtime/testing";

/** A schema whose check never settles; `started` is called when it begins. */
function endless(started: () => void) {
  return {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (): Promise<{ value: unknown }> => {
        started();
        return new Promise(() => {});
      },
    },
  };
}

Deno.test("SIGTERM: ends a task when the check of its result never settles", async () => {
  const terminating = new AbortController();
  const handler = new TaskHandler("interrupted", "checks", () => "a result", {
    result: endless(() => terminating.abort()),
  });
  const { signal } = terminating;
  const clock = new FakeClock({ autoAdvance: true });
  const { state, retry, requests } = await runTask(handler, { retries: 1, signal, clock });
  assertEquals(state, "up_for_retry");
  assertEquals(
    retry?.reason,
    "TaskRuntimeError: Cannot continue the task: Airflow terminated it (SIGTERM)",
  );
  assertEquals(requests.map(({ type }) => type), ["RetryTask"]);
});

Deno.test("SIGTERM: shortens the time of a retry policy that never settles", async () => {
  const terminating = new AbortController();
  const handler = new TaskHandler("interrupted", "decides", () => {
    throw new Error("it broke");
  }, {
    retryPolicy: () => {
      setTimeout(() => terminating.abort(), 1);
      return new Promise(() => {});
    },
  });
  const { signal } = terminating;
  const clock = new FakeClock({ autoAdvance: true });
  const start = clock.now;
  const { retry, logs } = await runTask(handler, { retries: 1, signal, clock });
  assertEquals(retry?.reason, "Error: it broke");
  assertEquals(logs.map(({ level }) => level), ["warning", "error"]);
  const seconds = clock.now.since(start).total("seconds");
  assert(seconds < 1, `${seconds} s`);
});

Deno.test("execution timeout: ends a handler three seconds later, whatever the kill time", async () => {
  const setting = "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME";
  const before = Deno.env.get(setting);
  Deno.env.set(setting, "60");
  using restore = new DisposableStack();
  restore.defer(() =>
    before === undefined ? Deno.env.delete(setting) : Deno.env.set(setting, before)
  );
  const clock = new FakeClock({ autoAdvance: true });
  const start = clock.now;
  const handler = new TaskHandler("interrupted", "ignores", async (_args, ctx) => {
    await ctx.setExecutionTimeout(10);
    await new Promise(() => {});
  });
  const run = await runTask(handler, { clock, schema: "2026-10-30" });
  assertEquals(run.state, "failed");
  assertEquals(clock.now.since(start).total("seconds"), 13);
});
