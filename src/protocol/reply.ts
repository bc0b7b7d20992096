/**
 * Which reply follows which request.
 *
 * Airflow's schema does not say it: the table is read off the request handlers of its supervisor
 * (`airflow/sdk/execution_time/supervisor.py` and `request_handlers.py` in 3.3.2 and 3.4.0b2).
 *
 * @module
 */
import { type Arrival, type ArrivalOf, checkArrival } from "./arrival.ts";
import type { ToManager, ToSupervisor } from "./generated.ts";
import type { TaskHandlerParsingResult } from "./task_handlers.ts";

/** Any message that asks Airflow for something. */
export type RequestMessage = ToSupervisor | ToManager;

/** Any message that goes to Airflow: those that no released schema has among them. */
export type SentMessage = RequestMessage | TaskHandlerParsingResult;

/** The name of a request. */
export type RequestType = RequestMessage["type"];

/**
 * The type of the reply to each request; null when the reply is empty. The last messages of a task
 * are answered too, with an empty frame. Every request may be answered by an ErrorResponse instead,
 * in the place of the body or in the frame's error slot.
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

/** The name of the reply to each request. */
export type Replies = typeof REPLIES;

/** The reply of that name; null when there is none. */
export type Reply<Name> = Name extends Arrival["type"] ? ArrivalOf<Name> : null;

/** The reply to a request: `ReplyOf<"GetConnection">` is ConnectionResult, null an empty one. */
export type ReplyOf<T extends RequestType> = T extends unknown ? Reply<Replies[T]> : never;

/**
 * Reads the body of the reply to a request of type `request`, once it is known to be no error.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it is not the reply that the request calls for,
 * naming the message and the field.
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

/** The type of the reply to a request of type `request`; null when it is empty. */
export function replyType(request: RequestType): Arrival["type"] | null {
  return REPLIES[request];
}
