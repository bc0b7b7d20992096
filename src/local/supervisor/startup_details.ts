/**
 * The first frame of a task: StartupDetails as Airflow would send it.
 *
 * @module
 */

import type {
  JsonObject,
  SchemaDate,
  StartupDetails,
  TaskArgBinding,
} from "../../protocol/generated.ts";
import { dagRunMessage } from "../api/dag_answers.ts";
import type { DagRunRow } from "../store/store.ts";

/** What a caller says of the task; everything else is filled in. */
export interface StartupOptions {
  /** The Dag's id. */
  readonly dagId: string;
  /** The task's id. */
  readonly taskId: string;
  /** The Dag run's id; `manual__<now>` when absent. */
  readonly runId?: string;
  /** The number of this try, from 1; 1 when absent. */
  readonly tryNumber?: number;
  /** How many retries the task has; `should_retry` follows from it. 0 when absent. */
  readonly retries?: number;
  /** The mapped task's index; -1 when absent: not mapped. */
  readonly mapIndex?: number;
  /** The Dag run's `conf`. */
  readonly conf?: JsonObject;
  /** When the Dag run was due; now when absent. */
  readonly logicalDate?: Temporal.Instant;
  /** XComs that the runtime must delete first, as Airflow 3.3 asks on a second try. */
  readonly xcomKeysToClear?: readonly string[];
  /** What else is to be said of the Dag run. */
  readonly dagRun?: Partial<DagRunRow>;
  /** The task instance's UUID, which stays the same when a task is resumed; a new one when absent. */
  readonly id?: string;
  /** When the try began; now when absent. */
  readonly startDate?: Temporal.Instant;
  /** How often the task was rescheduled in this try; 0 when absent. */
  readonly rescheduleCount?: number;
  /** When it was first rescheduled; told since 2026-10-30, before one has to ask. */
  readonly firstRescheduleDate?: Temporal.Instant;
  /** The method to resume with. */
  readonly nextMethod?: string;
  /** The arguments of the method to resume with. */
  readonly nextKwargs?: JsonObject;
  /** TaskFlow arguments, told since 2026-10-30. */
  readonly args?: readonly TaskArgBinding[];
  /** The W3C trace context of the task instance. */
  readonly contextCarrier?: JsonObject;
  /** The schema date; fields of later ones stay out. `2026-06-16` when absent. */
  readonly date?: SchemaDate;
}

/**
 * Makes StartupDetails with a new task instance id.
 *
 * @example
 * ```ts
 * import { startupDetails } from "./startup_details.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const first = startupDetails({ dagId: "etl", taskId: "extract", retries: 1 });
 * assertEquals(first.ti_context.should_retry, true);
 * ```
 */
export function startupDetails(options: StartupOptions): StartupDetails {
  const now = Temporal.Now.instant();
  const logicalDate = options.logicalDate ?? now;
  const runId = options.runId ?? `manual__${logicalDate}`;
  const tryNumber = options.tryNumber ?? 1;
  const retries = options.retries ?? 0;
  const isLater = options.date !== undefined && options.date !== "2026-06-16";
  const { nextMethod, firstRescheduleDate, args } = options;
  return {
    type: "StartupDetails",
    ti: {
      id: options.id ?? crypto.randomUUID(),
      task_id: options.taskId,
      dag_id: options.dagId,
      run_id: runId,
      try_number: tryNumber,
      dag_version_id: crypto.randomUUID(),
      map_index: options.mapIndex ?? -1,
      hostname: "localhost",
      context_carrier: options.contextCarrier ?? null,
      queue: "default",
    },
    dag_rel_path: `${options.dagId}.py`,
    bundle_info: { name: "local", version: null },
    start_date: now,
    ti_context: {
      dag_run: dagRunMessage({
        state: "running",
        logicalDate,
        startDate: now,
        conf: options.conf ?? {},
        ...options.dagRun,
        dagId: options.dagId,
        runId,
      }),
      task_reschedule_count: options.rescheduleCount ?? 0,
      max_tries: retries,
      variables: [],
      connections: [],
      next_method: nextMethod ?? null,
      next_kwargs: nextMethod === undefined ? null : options.nextKwargs ?? {},
      xcom_keys_to_clear: options.xcomKeysToClear ?? [],
      should_retry: retries > 0 && tryNumber <= retries,
      start_date: options.startDate ?? now,
      ...(isLater ? { arg_bindings: args ?? null, multi_team: false } : {}),
      ...(isLater && firstRescheduleDate !== undefined
        ? { first_task_reschedule_start_date: firstRescheduleDate }
        : {}),
    },
    sentry_integration: "",
  };
}
