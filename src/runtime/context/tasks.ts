/**
 * `ctx.tasks` over the wire.
 *
 * @module
 */
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskInstance } from "../../sdk/context.ts";
import type { DagRun } from "../../sdk/dag_runs.ts";
import type {
  PreviousTaskInstance,
  PreviousTaskInstanceOptions,
  TaskBreadcrumb,
  TaskInstanceCountFilter,
  TaskInstanceFilter,
  TaskInstances,
  TaskStates,
} from "../../sdk/tasks.ts";
import type { Requester } from "../requester.ts";
import { isPlainObject, textOrNull } from "../../values.ts";

/** Reads task instances from the supervisor. */
export class AirflowTaskInstances implements TaskInstances {
  readonly #requester: Requester;
  readonly #ti: TaskInstance;
  readonly #dagRun: DagRun;

  /** Reads through `requester`, for the task instance `ti`. */
  constructor(requester: Requester, ti: TaskInstance, dagRun: DagRun) {
    this.#requester = requester;
    this.#ti = ti;
    this.#dagRun = dagRun;
  }

  async count(filter: TaskInstanceCountFilter = {}): Promise<number> {
    const { count } = await this.#requester.request({
      type: "GetTICount",
      ...this.#filter(filter),
      states: filter.states,
    });
    return count;
  }

  async states(filter: TaskInstanceFilter = {}): Promise<TaskStates> {
    const { task_states } = await this.#requester.request({
      type: "GetTaskStates",
      ...this.#filter(filter),
    });
    return new Map(
      Object.entries(task_states).map(([runId, states]) => [
        runId,
        new Map(
          isPlainObject(states)
            ? Object.entries(states).map(([id, state]) => [id, textOrNull(state)])
            : [],
        ),
      ]),
    );
  }

  async previous(
    options: PreviousTaskInstanceOptions = {},
  ): Promise<PreviousTaskInstance | null> {
    const { task_instance: found } = await this.#requester.request({
      type: "GetPreviousTI",
      dag_id: options.dagId ?? this.#ti.dagId,
      task_id: options.taskId ?? this.#ti.taskId,
      logical_date: options.logicalDate ?? this.#dagRun.logicalDate,
      map_index: options.mapIndex ?? -1,
      state: options.state,
    });
    if (found === undefined || found === null) return null;
    return {
      dagId: found.dag_id,
      taskId: found.task_id,
      runId: found.run_id,
      logicalDate: found.logical_date ?? null,
      startDate: found.start_date ?? null,
      endDate: found.end_date ?? null,
      state: found.state ?? null,
      tryNumber: found.try_number,
      mapIndex: found.map_index ?? -1,
      duration: found.duration ?? null,
    };
  }

  async breadcrumbs(
    run: { dagId?: string; runId?: string } = {},
  ): Promise<readonly TaskBreadcrumb[]> {
    const { breadcrumbs } = await this.#requester.request({
      type: "GetTaskBreadcrumbs",
      dag_id: run.dagId ?? this.#ti.dagId,
      run_id: run.runId ?? this.#ti.runId,
    });
    return breadcrumbs.map((crumb) => ({
      taskId: textOrNull(crumb["task_id"]) ?? "",
      mapIndex: number(crumb["map_index"]) ?? -1,
      state: textOrNull(crumb["state"]),
      operator: textOrNull(crumb["operator"]),
      duration: number(crumb["duration"]),
    }));
  }

  async rescheduleStartDate(tryNumber = 1): Promise<Temporal.Instant | null> {
    const { start_date } = await this.#requester.request({
      type: "GetTaskRescheduleStartDate",
      ti_id: this.#ti.id,
      try_number: tryNumber,
    });
    return start_date;
  }

  #filter(filter: TaskInstanceFilter): {
    dag_id: string;
    task_ids: TaskInstanceFilter["taskIds"];
    task_group_id: string | undefined;
    map_index: number | undefined;
    run_ids: TaskInstanceFilter["runIds"];
    logical_dates: TaskInstanceFilter["logicalDates"];
  } {
    return {
      dag_id: filter.dagId ?? this.#ti.dagId,
      task_ids: filter.taskIds,
      task_group_id: filter.taskGroupId,
      map_index: filter.mapIndex,
      run_ids: filter.runIds,
      logical_dates: filter.logicalDates,
    };
  }
}

// The schema does not type these values; these are the types that Airflow sends.
function number(value: JsonValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
