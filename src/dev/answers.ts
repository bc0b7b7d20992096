/**
 * What Airflow answers, one entry a request type, from what the store holds.
 *
 * A type without an entry gets an API error 501 that says so; a next one is added by one line.
 *
 * @module
 */

import type { RequestMessage } from "../protocol/reply.ts";
import { apiError, EMPTY, notFound, OK, type Reply, result } from "./reply.ts";
import type { SecretsMasker } from "./secrets_masker.ts";
import type { DagRunRow, StateScope, Store, TaskInstanceRow } from "./store.ts";
import {
  deleteXCom,
  getXCom,
  getXComCount,
  getXComItem,
  getXComSlice,
  setXCom,
} from "./xcom_answers.ts";

/** Which task asks, and what is known of it. */
export interface AskingTask {
  /** The task instance's UUID. */
  readonly id: string;
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** The task's id. */
  readonly taskId: string;
  /** The mapped task's index; -1 when the task is not mapped. */
  readonly mapIndex: number;
}

/** What an answer may look at and change. */
export interface AnswerState {
  /** Airflow's state. */
  readonly store: Store;
  /** Learns the secrets that a task reads. */
  readonly masker: SecretsMasker;
  /** The task that asks. */
  readonly task: AskingTask;
}

/** The requests by their type. */
export type Requests = { [R in RequestMessage as R["type"]]: R };

/** The request of one type, in the form that lets a table entry fit it. */
export type RequestOf<K extends keyof Requests> = { [P in K]: { type: P } & Requests[P] }[K];
type Answers = {
  readonly [K in keyof Requests]?: (request: RequestOf<K>, state: AnswerState) => Reply;
};

const ANSWERS: Answers = {
  GetConnection({ conn_id }, { store, masker }): Reply {
    const connection = store.connection(conn_id);
    if (connection === undefined) return notFound("CONNECTION_NOT_FOUND", { conn_id });
    masker.addConnection(connection);
    return result("ConnectionResult", { ...connection });
  },
  GetVariable({ key }, { store, masker }): Reply {
    const value = store.variable(key);
    if (value === undefined) return notFound("VARIABLE_NOT_FOUND", { key });
    masker.add(value, key);
    return result("VariableResult", { key, value });
  },
  GetVariableKeys({ prefix, limit, offset }, { store }): Reply {
    const [from, count] = [offset ?? 0, limit ?? 1000];
    if (from < 0 || count < 1 || count > 10_000) {
      return apiError(422, "limit must be from 1 to 10000, offset from 0 up");
    }
    const keys = store.variableKeys(prefix ?? "");
    return result("VariableKeysResult", {
      keys: keys.slice(from, from + count),
      total_entries: keys.length,
    });
  },
  PutVariable({ key, value }, { store }): Reply {
    // Seen: Airflow stores the Python text of null.
    store.setVariable(key, value ?? "None");
    return EMPTY;
  },
  DeleteVariable({ key }, { store }): Reply {
    store.deleteVariable(key);
    return OK;
  },
  GetXCom: (request, { store }) => getXCom(store, request),
  SetXCom: (request, { store }) => setXCom(store, request),
  DeleteXCom: (request, { store }) => deleteXCom(store, request),
  GetXComCount: (request, { store }) => getXComCount(store, request),
  GetXComSequenceItem: (request, { store }) => getXComItem(store, request),
  GetXComSequenceSlice: (request, { store }) => getXComSlice(store, request),
  MaskSecret({ value, name }, { masker }): Reply {
    masker.add(value, name);
    return EMPTY;
  },
  SetRenderedFields: () => EMPTY,
  SetRenderedMapIndex: () => EMPTY,
  SkipDownstreamTasks: () => EMPTY,
  SetExecutionTimeout: () => EMPTY,
  ValidateInletsAndOutlets: () => result("InactiveAssetsResult", { inactive_assets: [] }),
  GetDagRunState({ dag_id, run_id }, { store }): Reply {
    const run = store.dagRuns(dag_id).find((row) => row.runId === run_id);
    return run === undefined
      ? apiError(404, `Dag run ${run_id} of ${dag_id} was not found`, "not_found")
      : result("DagRunStateResult", { state: run.state });
  },
  GetDRCount({ dag_id, run_ids, states }, { store }): Reply {
    const wanted = (row: DagRunRow): boolean =>
      among(run_ids, row.runId) && among(states, row.state);
    return result("DRCount", { count: store.dagRuns(dag_id).filter(wanted).length });
  },
  GetTICount(request, { store }): Reply {
    const rows = taskInstances(store, request).filter((row) =>
      among(request.states, row.state ?? "null")
    );
    return result("TICount", { count: rows.length });
  },
  GetTaskStates(request, { store }): Reply {
    const runs = Map.groupBy(taskInstances(store, request), (row) => row.runId);
    const states = [...runs].map(([runId, rows]) => [
      runId,
      Object.fromEntries(rows.map((row) => [
        row.mapIndex < 0 ? row.taskId : `${row.taskId}_${row.mapIndex}`,
        row.state,
      ])),
    ]);
    return result("TaskStatesResult", { task_states: Object.fromEntries(states) });
  },
  GetPreviousDagRun: () => result("PreviousDagRunResult", { dag_run: null }),
  GetPreviousTI: () => result("PreviousTIResult", { task_instance: null }),
  GetPrevSuccessfulDagRun: () =>
    result("PrevSuccessfulDagRunResult", {
      data_interval_start: null,
      data_interval_end: null,
      start_date: null,
      end_date: null,
    }),
  GetTaskRescheduleStartDate: () => result("TaskRescheduleStartDate", { start_date: null }),
  GetTaskStateStore: ({ ti_id, key }, state) =>
    ofTask(ti_id, state, (scope) => getState(state.store, scope, key, "Task")),
  SetTaskStateStore: ({ ti_id, key, value }, state) =>
    ofTask(ti_id, state, (scope) => setState(state.store, scope, key, value)),
  DeleteTaskStateStore: ({ ti_id, key }, state) =>
    ofTask(ti_id, state, (scope) => deleteState(state.store, scope, key)),
  ClearTaskStateStore: ({ ti_id }, state) =>
    ofTask(ti_id, state, (scope) => deleteState(state.store, scope)),
  GetAssetStateStoreByName: ({ name, key }, { store }) =>
    getState(store, `asset-name:${name}`, key, "Asset"),
  GetAssetStateStoreByUri: ({ uri, key }, { store }) =>
    getState(store, `asset-uri:${uri}`, key, "Asset"),
  SetAssetStateStoreByName: ({ name, key, value }, { store }) =>
    setState(store, `asset-name:${name}`, key, value),
  SetAssetStateStoreByUri: ({ uri, key, value }, { store }) =>
    setState(store, `asset-uri:${uri}`, key, value),
  DeleteAssetStateStoreByName: ({ name, key }, { store }) =>
    deleteState(store, `asset-name:${name}`, key),
  DeleteAssetStateStoreByUri: ({ uri, key }, { store }) =>
    deleteState(store, `asset-uri:${uri}`, key),
  ClearAssetStateStoreByName: ({ name }, { store }) => deleteState(store, `asset-name:${name}`),
  ClearAssetStateStoreByUri: ({ uri }, { store }) => deleteState(store, `asset-uri:${uri}`),
  UpdateHITLDetail: () => apiError(400, "Unhandled request"),
  GetHITLDetailResponse: () => apiError(400, "Unhandled request"),
};

/** Answers a valid request that is no terminal frame. */
export function answer<K extends keyof Requests>(
  request: RequestOf<K>,
  state: AnswerState,
): Reply {
  const entry = ANSWERS[request.type];
  if (entry !== undefined) return entry(request, state);
  return apiError(501, `The local supervisor does not answer ${request.type} yet`, "unsupported");
}

/** A task may look only into its own store; it is kept over tries, which have other UUIDs. */
function ofTask(tiId: string, state: AnswerState, then: (scope: StateScope) => Reply): Reply {
  const { task } = state;
  if (tiId !== task.id) {
    return apiError(403, `Task instance ${tiId} is not the one that asks`, "access_denied");
  }
  return then(`ti:${JSON.stringify([task.dagId, task.runId, task.taskId, task.mapIndex])}`);
}

function getState(store: Store, scope: StateScope, key: string, kind: "Task" | "Asset"): Reply {
  const value = store.stateValue(scope, key);
  return value === undefined
    ? notFound(`${kind.toUpperCase()}_STORE_NOT_FOUND`, { key })
    : result(`${kind}StateStoreResult`, { value });
}

function setState(store: Store, scope: StateScope, key: string, value: unknown): Reply {
  if (value === null || value === undefined) {
    return apiError(422, "a state store holds no null", "invalid_value");
  }
  store.setStateValue(scope, key, value);
  return OK;
}

function deleteState(store: Store, scope: StateScope, key?: string): Reply {
  store.deleteStateValue(scope, key);
  return OK;
}

/** What GetTICount and GetTaskStates filter by; dates and task groups are not kept here. */
interface TaskInstanceFilter {
  dag_id: string;
  map_index?: number | null | undefined;
  task_ids?: readonly string[] | null | undefined;
  run_ids?: readonly string[] | null | undefined;
}

function taskInstances(store: Store, filter: TaskInstanceFilter): TaskInstanceRow[] {
  const { dag_id, map_index, task_ids, run_ids } = filter;
  return store.taskInstances(dag_id).filter((row) =>
    among(task_ids, row.taskId) && among(run_ids, row.runId) &&
    (map_index === undefined || map_index === null || map_index < 0 || row.mapIndex === map_index)
  );
}

/** An absent or empty list filters nothing, as in Airflow. */
function among(list: readonly string[] | null | undefined, value: string): boolean {
  return list === undefined || list === null || list.length === 0 || list.includes(value);
}
