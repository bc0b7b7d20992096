/**
 * Answers the requests on task instances, and their questions to humans.
 *
 * @module
 */

import type {
  CreateHITLDetailPayload,
  GetPreviousTI,
  GetTaskStates,
  GetTICount,
  JsonObject,
  SkipDownstreamTasks,
} from "../../protocol/generated.ts";
import { among, type AnswerState, ofItself } from "./answer_state.ts";
import { isAt } from "./dag_answers.ts";
import { byTime, secondsBetween, timeOf } from "../store/time.ts";
import { EMPTY, missing, result, type SupervisorReply, unprocessable } from "./reply.ts";
import type { AirflowStore, DagRunRow, TaskInstanceRow } from "../store/store.ts";

/** The filters of GetTICount and GetTaskStates. */
type Filter = Omit<GetTaskStates, "type">;

/** Airflow's operator of a task in another language. */
const STUB_OPERATOR = "_StubOperator";
/** The states of tasks in breadcrumbs. */
const TERMINAL_STATES = ["success", "failed", "skipped", "upstream_failed", "removed"];
/** The states of tasks that cannot be skipped. */
const UNSKIPPABLE = ["running", "success", "failed"];

/** Answers GetTICount; the state `"null"` means a task without a state. */
export function countTaskInstances(request: GetTICount, { store }: AnswerState): SupervisorReply {
  const { states, task_group_id: group, ...filter } = request;
  const members = group ? groupMembers(store, request.dag_id, group) : undefined;
  if (members === null) return noGroup(request.dag_id, group);
  const found = matching(store, filter).filter((row) =>
    among(states, row.state ?? "null") && (members?.includes(row.taskId) ?? true)
  );
  return result("TICount", { count: found.length });
}

/** Answers GetTaskStates, with the tasks by id and those of the group. */
export function getTaskStates(request: GetTaskStates, { store }: AnswerState): SupervisorReply {
  const { task_group_id: group, task_ids, ...others } = request;
  const members = group ? groupMembers(store, request.dag_id, group) : undefined;
  if (members === null) return noGroup(request.dag_id, group);
  const wanted = members === undefined ? task_ids : [...task_ids ?? [], ...members];
  const none = members !== undefined && wanted?.length === 0;
  const found = none ? [] : matching(store, { ...others, task_ids: wanted });
  const runs = [...Map.groupBy(found, (row) => row.runId)].map(([runId, rows]) => [
    runId,
    Object.fromEntries(rows.map((row) => [
      row.mapIndex < 0 ? row.taskId : `${row.taskId}_${row.mapIndex}`,
      row.state,
    ])),
  ]);
  return result("TaskStatesResult", { task_states: Object.fromEntries(runs) });
}

/** Answers GetPreviousTI; without a date with the last run, which may be the current one. */
export function getPreviousTaskInstance(
  request: GetPreviousTI,
  { store }: AnswerState,
): SupervisorReply {
  const { dag_id, task_id, map_index = -1, state } = request;
  const before = timeOf(request.logical_date);
  const [row] = store.taskInstances(dag_id).filter((row) => {
    const date = logicalDate(store, row);
    return row.taskId === task_id && row.mapIndex === map_index &&
      (!state || row.state === state) &&
      (before === null || (date !== null && byTime(date, before) < 0));
  }).sort((a, b) => byTime(logicalDate(store, b), logicalDate(store, a)));
  return result("PreviousTIResult", {
    task_instance: row === undefined ? null : {
      task_id,
      dag_id,
      run_id: row.runId,
      logical_date: logicalDate(store, row),
      start_date: row.startDate ?? null,
      end_date: row.endDate ?? null,
      state: row.state,
      try_number: row.tryNumber ?? 1,
      map_index: row.mapIndex,
      duration: duration(row),
    },
  });
}

/** Answers GetTaskBreadcrumbs with the tasks of a run in terminal states. */
export function getBreadcrumbs(
  { dag_id, run_id }: { dag_id: string; run_id: string },
  { store }: AnswerState,
): SupervisorReply {
  const ended = store.taskInstances(dag_id)
    .filter((row) => row.runId === run_id && TERMINAL_STATES.includes(row.state ?? ""))
    .sort((a, b) => a.mapIndex - b.mapIndex)
    .sort((a, b) => a.taskId < b.taskId ? -1 : Number(a.taskId > b.taskId));
  return result("TaskBreadcrumbsResult", {
    breadcrumbs: ended.map((row) => ({
      task_id: row.taskId,
      map_index: row.mapIndex,
      state: row.state,
      operator: row.operator === undefined ? STUB_OPERATOR : row.operator,
      duration: duration(row),
    })),
  });
}

/** Answers GetTaskRescheduleStartDate. */
export function getRescheduleStart(
  { ti_id }: { ti_id: string },
  state: AnswerState,
): SupervisorReply {
  return ofItself(ti_id, state, () => {
    const start = state.store.taskInstance(state.task)?.firstRescheduleDate ?? null;
    return result("TaskRescheduleStartDate", { start_date: start });
  });
}

/** Answers SkipDownstreamTasks; an id alone means every map index of the task. */
export function skipDownstream(
  { tasks }: SkipDownstreamTasks,
  { store, task }: AnswerState,
): SupervisorReply {
  const now = Temporal.Now.instant();
  const { dagId, runId } = task;
  for (const target of tasks) {
    const [taskId, mapIndex] = typeof target === "string" ? [target] : target;
    const known = store.taskInstances(dagId).filter((row) =>
      row.runId === runId && row.taskId === taskId &&
      (mapIndex === undefined || row.mapIndex === mapIndex)
    );
    // A task that does not run here is added, so that its state can be requested.
    const unknown = { dagId, runId, taskId, mapIndex: mapIndex ?? -1, state: null };
    const rows = known.length > 0 ? known : [{ ...unknown, id: crypto.randomUUID() }];
    for (const row of rows) {
      if (UNSKIPPABLE.includes(row.state ?? "")) continue;
      store.setTaskInstance({ ...row, state: "skipped", startDate: now, endDate: now });
    }
  }
  return EMPTY;
}

/** Answers SetRenderedFields and SetRenderedMapIndex. */
export function setRendered(
  { store, task }: AnswerState,
  rendered: { renderedFields: JsonObject } | { renderedMapIndex: string },
): SupervisorReply {
  const row = store.taskInstance(task) ?? { ...task, state: "running" };
  store.setTaskInstance({ ...row, ...rendered });
  return EMPTY;
}

/**
 * Answers CreateHITLDetailPayload. Airflow's supervisor accepts null for params, multiple and
 * assigned_users, but the API server refuses it.
 */
export function createHitl(request: CreateHITLDetailPayload, state: AnswerState): SupervisorReply {
  const { ti_id, options, subject, body, defaults, params, assigned_users } = request;
  const multiple = request.multiple === undefined ? false : request.multiple;
  return ofItself(ti_id, state, () => {
    if (!params) return unprocessable("params", "params must be an object");
    if (!assigned_users) return unprocessable("assigned_users", "assigned_users must be a list");
    if (multiple === null) return unprocessable("multiple", "multiple must be a boolean");
    const { dagId, runId, taskId, mapIndex } = state.task;
    const asked = {
      options,
      subject,
      body: body ?? null,
      defaults: defaults ?? null,
      multiple,
      params,
    };
    state.store.setHitl({
      dagId,
      runId,
      taskId,
      mapIndex,
      ...asked,
      assignedUsers: assigned_users,
    });
    return result("HITLDetailRequestResult", { ti_id, ...asked, assigned_users });
  });
}

function matching(store: AirflowStore, filter: Omit<Filter, "task_group_id">): TaskInstanceRow[] {
  const { dag_id, map_index, task_ids, run_ids } = filter;
  const dates = filter.logical_dates?.map(timeOf) ?? [];
  const runs = new Map(store.dagRuns(dag_id).map((run) => [run.runId, run]));
  const isThen = (run: DagRunRow | undefined): boolean =>
    dates.length === 0 || (run !== undefined && isAt(dates, run));
  return store.taskInstances(dag_id).filter((row) =>
    among(task_ids, row.taskId) && among(run_ids, row.runId) && isThen(runs.get(row.runId)) &&
    (map_index === undefined || map_index === null || map_index < 0 || row.mapIndex === map_index)
  );
}

/** The tasks of a group; null when the group does not exist. */
function groupMembers(store: AirflowStore, dagId: string, group: string): readonly string[] | null {
  const groups = store.dag(dagId)?.taskGroups ?? {};
  return Object.hasOwn(groups, group) ? groups[group] ?? null : null;
}

function noGroup(dagId: string, group: string | null | undefined): SupervisorReply {
  return missing(`Task group ${group} not found in DAG ${dagId}`);
}

function logicalDate(store: AirflowStore, row: TaskInstanceRow): Temporal.Instant | null {
  return store.dagRun(row.dagId, row.runId)?.logicalDate ?? null;
}

function duration({ startDate, endDate }: TaskInstanceRow): number | null {
  return startDate && endDate ? secondsBetween(startDate, endDate) : null;
}
