/**
 * The first frame of a task: StartupDetails as Airflow would send it.
 *
 * @module
 */

import type { JsonObject, SchemaDate, StartupDetails } from "../protocol/generated.ts";

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
  const later = options.date !== undefined && options.date !== "2026-06-16";
  return {
    type: "StartupDetails",
    ti: {
      id: crypto.randomUUID(),
      task_id: options.taskId,
      dag_id: options.dagId,
      run_id: runId,
      try_number: tryNumber,
      dag_version_id: crypto.randomUUID(),
      map_index: options.mapIndex ?? -1,
      hostname: "localhost",
      context_carrier: null,
      queue: "default",
    },
    dag_rel_path: `${options.dagId}.py`,
    bundle_info: { name: "local", version: null },
    start_date: now,
    ti_context: {
      dag_run: {
        dag_id: options.dagId,
        run_id: runId,
        logical_date: logicalDate,
        data_interval_start: logicalDate,
        data_interval_end: logicalDate,
        run_after: logicalDate,
        start_date: now,
        end_date: null,
        clear_number: 0,
        run_type: "manual",
        state: "running",
        conf: options.conf ?? {},
        triggering_user_name: null,
        consumed_asset_events: [],
        partition_key: null,
        note: null,
      },
      task_reschedule_count: 0,
      max_tries: retries,
      variables: [],
      connections: [],
      next_method: null,
      next_kwargs: null,
      xcom_keys_to_clear: options.xcomKeysToClear ?? [],
      should_retry: retries > 0 && tryNumber <= retries,
      start_date: now,
      ...(later ? { arg_bindings: null, multi_team: false } : {}),
    },
    sentry_integration: "",
  };
}
