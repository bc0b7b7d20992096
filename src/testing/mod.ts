/**
 * Runs handlers in tests as on a worker, in milliseconds and without Airflow.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { runTask } from "@airflow-deno/task-runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const extract = new TaskHandler("etl", "extract", () => ({ rows: 42 }));
 *
 * Deno.test({
 *   name: "extract: counts the rows",
 *   permissions: "none",
 *   async fn() {
 *     const run = await runTask(extract);
 *     assertEquals(run.state, "success");
 *     assertEquals(run.returnValue, { rows: 42 });
 *   },
 * });
 * ```
 *
 * @module
 */
export { FakeClock, type FakeClockOptions } from "./fake_clock.ts";
export type { Fault, FaultReply, RequestBody } from "./faults.ts";
export type { AssetInput, ConnectionInput, WorldInputs } from "./inputs.ts";
export { type AnswerInput, type ResumeInput, runTask, type RunTaskOptions } from "./run_task.ts";
export { runUntilDone, type RunUntilDoneOptions, type TaskHistory } from "./run_until_done.ts";
export type {
  AskedQuestion,
  Deferral,
  LoggedEvent,
  OutletEvent,
  RequestedRetry,
  TaskTestRun,
} from "./task_test_run.ts";
export type { EndState } from "../local/supervisor/terminal_state.ts";
export type { LogLevel } from "../sdk/logger.ts";
export type { SchemaVersion } from "../protocol/generated.ts";
