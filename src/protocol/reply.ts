/**
 * The reply to each request.
 *
 * Airflow's schema does not define it. The table follows the request handlers of its supervisor
 * (`airflow/sdk/execution_time/supervisor.py` and `request_handlers.py` in 3.3.2 and 3.4.0b2).
 *
 * @module
 */
import { type Arrival, type ArrivalOf, checkArrival } from "./arrival.ts";
import type { ToManager, ToSupervisor } from "./generated.ts";
import type { TaskHandlerParsingResult } from "./task_handlers.ts";

/** A request to Airflow. */
export type RequestMessage = ToSupervisor | ToManager;

/** A message to Airflow, including those that no released schema contains. */
export type SentMessage = RequestMessage | TaskHandlerParsingResult;

/** The type of a request. */
export type RequestType = RequestMessage["type"];

/**
 * The type of the reply to each request; null for an empty reply, which terminal messages get too. An
 * ErrorResponse may come instead, as the body or in the error slot of the frame.
 */
export const REPLIES = {
  AwaitInputTask: null,
  ClearAssetStateStoreByName: "OKResponse",
  ClearAssetStateStoreByUri: "OKResponse",
  ClearTaskStateStore: "OKResponse",
  CreateHITLDetailPayload: "HITLDetailRequestResult",
  DagFileParsingResult: null,
  DeferTask: null,
  DeleteAssetStateStoreByName: "OKResponse",
  DeleteAssetStateStoreByUri: "OKResponse",
  DeleteTaskStateStore: "OKResponse",
  DeleteVariable: "OKResponse",
  DeleteXCom: null,
  GetAssetByName: "AssetResult",
  GetAssetByUri: "AssetResult",
  GetAssetEventByAsset: "AssetEventsResult",
  GetAssetEventByAssetAlias: "AssetEventsResult",
  GetAssetStateStoreByName: "AssetStateStoreResult",
  GetAssetStateStoreByUri: "AssetStateStoreResult",
  GetAssetsByAlias: "AssetsByAliasResult",
  GetConnection: "ConnectionResult",
  GetDRCount: "DRCount",
  GetDag: "DagResult",
  GetDagRun: "DagRunResult",
  GetDagRunState: "DagRunStateResult",
  // Refused for tasks: 400 "Unhandled request".
  GetHITLDetailResponse: null,
  GetPrevSuccessfulDagRun: "PrevSuccessfulDagRunResult",
  GetPreviousDagRun: "PreviousDagRunResult",
  GetPreviousTI: "PreviousTIResult",
  GetTICount: "TICount",
  GetTaskBreadcrumbs: "TaskBreadcrumbsResult",
  GetTaskRescheduleStartDate: "TaskRescheduleStartDate",
  GetTaskStateStore: "TaskStateStoreResult",
  GetTaskStates: "TaskStatesResult",
  GetVariable: "VariableResult",
  GetVariableKeys: "VariableKeysResult",
  GetXCom: "XComResult",
  GetXComCount: "XComCountResponse",
  GetXComSequenceItem: "XComSequenceIndexResult",
  GetXComSequenceSlice: "XComSequenceSliceResult",
  MaskSecret: null,
  PutVariable: null,
  RescheduleTask: null,
  ResendLoggingFD: "SentFDs",
  RetryTask: null,
  SetAssetStateStoreByName: "OKResponse",
  SetAssetStateStoreByUri: "OKResponse",
  SetExecutionTimeout: null,
  SetRenderedFields: null,
  SetRenderedMapIndex: null,
  SetTaskStateStore: "OKResponse",
  SetXCom: null,
  SkipDownstreamTasks: null,
  SucceedTask: null,
  TaskState: null,
  TriggerDagRun: "OKResponse",
  UpdateDagRunNote: "OKResponse",
  // Refused for tasks, like GetHITLDetailResponse.
  UpdateHITLDetail: null,
  ValidateInletsAndOutlets: "InactiveAssetsResult",
} as const;

/** The type of the reply to each request. */
export type Replies = typeof REPLIES;

/** The reply of a type; null for an empty one. */
export type Reply<Name> = Name extends Arrival["type"] ? ArrivalOf<Name> : null;

/** The reply to a request, e.g. ConnectionResult to GetConnection; null for an empty one. */
export type ReplyOf<T extends RequestType> = T extends unknown ? Reply<Replies[T]> : never;

/**
 * Reads the body of a reply that is not an error.
 *
 * @throws {TaskRuntimeError} `MALFORMED`, with the message and the field, when it is not the reply to
 * such a request
 */
export function parseReply<T extends RequestType>(request: T, body: unknown): ReplyOf<T> {
  const reply = REPLIES[request] === null ? null : body;
  checkReply(request, reply);
  return reply;
}

function checkReply<T extends RequestType>(
  request: T,
  body: unknown,
): asserts body is ReplyOf<T> {
  const name = replyType(request);
  if (name !== null) checkArrival(body, [name]);
}

/** Returns the type of the reply to a request; null for an empty one. */
function replyType(request: RequestType): Arrival["type"] | null {
  return REPLIES[request];
}
