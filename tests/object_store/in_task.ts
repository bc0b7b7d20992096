/**
 * Work with paths, done as a task does it.
 *
 * @module
 */
import { TaskHandler } from "@airflow-deno/task-runtime";
import { runTask, type RunTaskOptions } from "@airflow-deno/task-runtime/testing";
import { assertEquals } from "@std/assert";

/** Runs `work` within a task, and gives what it returns, or throws what it throws. */
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
