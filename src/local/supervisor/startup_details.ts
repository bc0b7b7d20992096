/**
 * The first message of a task: StartupDetails as Airflow sends it.
 *
 * @module
 */

import type {
  JsonObject,
  SchemaVersion,
  StartupDetails,
  TaskArgBinding,
} from "../../protocol/generated.ts";
import { dagRunMessage } from "../api/dag_answers.ts";
import type { DagRunRow } from "../store/store.ts";

/** The options of StartupDetails; all other fields have defaults. */
export interface StartupOptions {
  /** The Dag's id. */
  readonly dagId: string;
  /** The task's id. */
  readonly taskId: string;
  /** The Dag run's id; `manual__<now>` by default. */
  readonly runId?: string | undefined;
  /** The number of this try; 1 by default. */
  readonly tryNumber?: number | undefined;
  /** The number of retries, which determines `should_retry`; 0 by default. */
  readonly retries?: number | undefined;
  /** The map index; -1 by default, for a task that is not mapped. */
  readonly mapIndex?: number | undefined;
  /** The Dag run's `conf`. */
  readonly conf?: JsonObject | undefined;
  /** The logical date; now by default. */
  readonly logicalDate?: Temporal.Instant | undefined;
  /** The XComs that the runtime must delete first, as Airflow 3.3 requests for later tries. */
  readonly xcomKeysToClear?: readonly string[] | undefined;
  /** Other fields of the Dag run. */
  readonly dagRun?: Partial<DagRunRow> | undefined;
  /** The task instance's UUID, which a resumed task keeps; a new one by default. */
  readonly id?: string | undefined;
  /** The start of the try; now by default. */
  readonly startDate?: Temporal.Instant | undefined;
  /** The number of reschedules in this try; 0 by default. */
  readonly rescheduleCount?: number | undefined;
  /** The time of the first reschedule; sent since schema version 2026-10-30. */
  readonly firstRescheduleDate?: Temporal.Instant | undefined;
  /** The method to resume with. */
  readonly nextMethod?: string | undefined;
  /** The arguments of the method to resume with. */
  readonly nextKwargs?: JsonObject | undefined;
  /** TaskFlow arguments; sent since schema version 2026-10-30. */
  readonly args?: readonly TaskArgBinding[] | undefined;
  /** The W3C trace context of the task instance. */
  readonly contextCarrier?: JsonObject | undefined;
  /** The schema version, without fields of later ones; `2026-06-16` by default. */
  readonly date?: SchemaVersion | undefined;
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
