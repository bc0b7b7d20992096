/**
 * Runs code inside a task.
 *
 * @module
 */
import { TaskHandler } from "@airflow-deno/task-runtime";
import { runTask, type RunTaskOptions } from "@airflow-deno/task-runtime/testing";
import { assertEquals } from "@std/assert";

/** Runs `work` inside a task; resolves and rejects as `work` does. */
export async function inTask<Result>(
  connections: NonNullable<RunTaskOptions["connections"]>,
  work: () => Promise<Result>,
): Promise<Result> {
  const done = Promise.withResolvers<Result>();
  done.promise.catch(() => {});
  const handler = new TaskHandler("store", "work", async () => {
    await work().then(done.resolve, done.reject);
  });
  const { state } = await runTask(handler, { connections });
  assertEquals(state, "success");
  return await done.promise;
}
