/**
 * Airflow's answers to requests, one entry for each type of request.
 *
 * @module
 */

import type { RequestMessage } from "../../protocol/reply.ts";
import { type AnswerState, ofItself } from "./answer_state.ts";
import {
  getAliasEvents,
  getAsset,
  getAssetEvents,
  getAssetsByAlias,
  inactiveAssets,
} from "./asset_answers.ts";
import {
  countDagRuns,
  createDagRun,
  getDag,
  getDagRun,
  getDagRunState,
  getPreviousDagRun,
  getPreviousSuccess,
  updateNote,
} from "./dag_answers.ts";
import {
  EMPTY,
  notFound,
  OK,
  refused,
  result,
  type SupervisorReply,
  unprocessable,
} from "./reply.ts";
import {
  deleteAssetState,
  deleteTaskState,
  getAssetState,
  getTaskState,
  setAssetState,
  setTaskState,
} from "./state_answers.ts";
import {
  countTaskInstances,
  createHitl,
  getBreadcrumbs,
  getPreviousTaskInstance,
  getRescheduleStart,
  getTaskStates,
  setRendered,
  skipDownstream,
} from "./task_instance_answers.ts";
import type { TerminalType } from "../supervisor/terminal_state.ts";
import {
  deleteXCom,
  getXCom,
  getXComCount,
  getXComItem,
  getXComSlice,
  setXCom,
} from "./xcom_answers.ts";

export type { AnswerState, AskingTask } from "./answer_state.ts";

/** The requests by type. */
export type Requests = { [R in RequestMessage as R["type"]]: R };

/** The types that are answered here; sessions answer the terminal messages and parsing results. */
export type AnsweredType = Exclude<keyof Requests, TerminalType | "DagFileParsingResult">;

/** The request of one type. */
export type RequestOf<K extends keyof Requests> = { [P in K]: { type: P } & Requests[P] }[K];
type Answers = {
  readonly [K in AnsweredType]: (request: RequestOf<K>, state: AnswerState) => SupervisorReply;
};

const ANSWERS: Answers = {
  GetConnection({ conn_id }, { store, masker }): SupervisorReply {
    const connection = store.connection(conn_id);
    if (connection === undefined) return notFound("CONNECTION_NOT_FOUND", { conn_id });
    masker.addConnection(connection);
    return result("ConnectionResult", { ...connection });
  },
  GetVariable({ key }, { store, masker }): SupervisorReply {
    const value = store.variable(key);
    if (value === undefined) return notFound("VARIABLE_NOT_FOUND", { key });
    masker.add(value, key);
    return result("VariableResult", { key, value });
  },
  GetVariableKeys({ prefix, limit, offset }, { store }): SupervisorReply {
    const [from, count] = [offset ?? 0, limit ?? 1000];
    if (from < 0 || count < 1 || count > 10_000) {
      return unprocessable("limit", "limit must be from 1 to 10000, offset from 0 up");
    }
    const keys = store.variableKeys(prefix ?? "");
    return result("VariableKeysResult", {
      keys: keys.slice(from, from + count),
      total_entries: keys.length,
    });
  },
  PutVariable({ key, value }, { store }): SupervisorReply {
    // Airflow stores the Python text of null.
    store.setVariable(key, value ?? "None");
    return EMPTY;
  },
  DeleteVariable({ key }, { store }): SupervisorReply {
    store.deleteVariable(key);
    return OK;
  },
  GetXCom: getXCom,
  SetXCom: setXCom,
  DeleteXCom: deleteXCom,
  GetXComCount: getXComCount,
  GetXComSequenceItem: getXComItem,
  GetXComSequenceSlice: getXComSlice,
  MaskSecret({ value, name }, { masker }): SupervisorReply {
    masker.add(value, name);
    return EMPTY;
  },
  SetRenderedFields: ({ rendered_fields }, state) =>
    setRendered(state, { renderedFields: rendered_fields }),
  SetRenderedMapIndex: ({ rendered_map_index }, state) =>
    setRendered(state, { renderedMapIndex: rendered_map_index }),
  SkipDownstreamTasks: skipDownstream,
  // supervision.ts starts the timeout.
  SetExecutionTimeout: () => EMPTY,
  GetDag: getDag,
  GetDagRun: getDagRun,
  GetDagRunState: getDagRunState,
  GetDRCount: countDagRuns,
  GetPreviousDagRun: getPreviousDagRun,
  GetPrevSuccessfulDagRun: getPreviousSuccess,
  TriggerDagRun: createDagRun,
  UpdateDagRunNote: updateNote,
  GetTICount: countTaskInstances,
  GetTaskStates: getTaskStates,
  GetPreviousTI: getPreviousTaskInstance,
  GetTaskBreadcrumbs: getBreadcrumbs,
  GetTaskRescheduleStartDate: getRescheduleStart,
  GetTaskStateStore: getTaskState,
  SetTaskStateStore: setTaskState,
  DeleteTaskStateStore: deleteTaskState,
  ClearTaskStateStore: ({ ti_id }, state) => deleteTaskState({ ti_id }, state),
  GetAssetByName: getAsset,
  GetAssetByUri: getAsset,
  GetAssetsByAlias: getAssetsByAlias,
  GetAssetEventByAsset: getAssetEvents,
  GetAssetEventByAssetAlias: getAliasEvents,
  ValidateInletsAndOutlets: ({ ti_id }, state) =>
    ofItself(ti_id, state, () => inactiveAssets(state)),
  GetAssetStateStoreByName: getAssetState,
  GetAssetStateStoreByUri: getAssetState,
  SetAssetStateStoreByName: setAssetState,
  SetAssetStateStoreByUri: setAssetState,
  DeleteAssetStateStoreByName: deleteAssetState,
  DeleteAssetStateStoreByUri: deleteAssetState,
  ClearAssetStateStoreByName: ({ name }, state) => deleteAssetState({ name }, state),
  ClearAssetStateStoreByUri: ({ uri }, state) => deleteAssetState({ uri }, state),
  CreateHITLDetailPayload: createHitl,
  UpdateHITLDetail: refused,
  GetHITLDetailResponse: refused,
  // Over TCP, Airflow sends only the number of the descriptor.
  ResendLoggingFD: () => result("SentFDs", { fds: [LOST_DESCRIPTOR] }),
};

/** The number of a file descriptor of the supervisor. */
const LOST_DESCRIPTOR = 15;

/** Answers a valid request. */
export function answer<K extends AnsweredType>(
  request: RequestOf<K>,
  state: AnswerState,
): SupervisorReply {
  return ANSWERS[request.type](request, state);
}
