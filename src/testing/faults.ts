/**
 * Faults between a task and Airflow, which a test injects.
 *
 * @module
 */
import type { Faults, RequestFault } from "../local/supervisor/conversation.ts";
import { apiError, missing, notFound, type SupervisorReply } from "../local/api/reply.ts";
import { TaskRuntimeError } from "../error.ts";
import { REPLIES } from "../protocol/reply.ts";
import { type Duration, secondsOf } from "../sdk/time.ts";

/** A request as it was sent, with Airflow's field names. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** A reply that replaces Airflow's. */
export type FaultReply =
  /** The error that Airflow has for a missing value of this request. */
  | "not-found"
  /** HTTP 403 of the API server. */
  | "permission-denied"
  /** HTTP 500 of the API server. */
  | "server-error"
  /** No reply at all. */
  | "none"
  /** The supervisor closes the connection. */
  | "close"
  /** Any HTTP status of the API server. */
  | { readonly status: number; readonly message?: string };

/** A fault that affects some requests. */
export interface Fault {
  /** The affected requests: those of a type, e.g. `GetConnection`, or those that a function selects. */
  readonly on: string | ((request: RequestBody) => boolean);
  /** The reply that replaces Airflow's; Airflow's own by default, for a delay only. */
  readonly reply?: FaultReply;
  /** The time until the reply, by the clock of the run; 0 by default. */
  readonly delay?: Duration;
  /** The number of requests that it affects; all by default. */
  readonly times?: number;
}

/**
 * Converts the faults of a run for the local supervisor, which counts each of them.
 *
 * @throws {TaskRuntimeError} `INVALID` for a request that Airflow does not have, or a delay that is
 * not valid
 */
export function faultsOf(faults: readonly Fault[]): Faults {
  for (const { on } of faults) {
    if (typeof on === "function" || Object.hasOwn(REPLIES, on)) continue;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot inject a fault into "${on}": it is not a type of request`,
    );
  }
  for (const { delay = 0 } of faults) secondsOf(delay, "Cannot inject a fault", "delay");
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Infinity]));
  return (body) => {
    const fault = faults.find((one) => (left.get(one) ?? 0) > 0 && affects(one, body));
    if (fault === undefined) return undefined;
    left.set(fault, (left.get(fault) ?? 0) - 1);
    return requestFault(fault, body);
  };
}

function affects({ on }: Fault, body: RequestBody): boolean {
  return typeof on === "function" ? on(body) : body["type"] === on;
}

function requestFault({ reply, delay }: Fault, body: RequestBody): RequestFault {
  return {
    ...(delay === undefined
      ? {}
      : { delaySeconds: secondsOf(delay, "Cannot inject a fault", "delay") }),
    ...(reply === undefined ? {} : { instead: insteadOf(reply, body) }),
  };
}

function insteadOf(reply: FaultReply, body: RequestBody): SupervisorReply | "none" | "close" {
  if (reply === "none" || reply === "close") return reply;
  if (reply === "not-found") return notFoundReply(body);
  if (reply === "permission-denied") return apiError(403, "denied by a fault", "access_denied");
  if (reply === "server-error") return apiError(500, "fault in the API server");
  return apiError(reply.status, reply.message ?? "fault in the API server");
}

/** The error in the body of the reply; the other requests have no such error. */
const NOT_FOUND: ReadonlyMap<unknown, string> = new Map([
  ["GetConnection", "CONNECTION_NOT_FOUND"],
  ["GetVariable", "VARIABLE_NOT_FOUND"],
  ["GetXComSequenceItem", "XCOM_NOT_FOUND"],
  ["GetAssetByName", "ASSET_NOT_FOUND"],
  ["GetAssetByUri", "ASSET_NOT_FOUND"],
  ["GetTaskStateStore", "TASK_STORE_NOT_FOUND"],
  ["GetAssetStateStoreByName", "ASSET_STORE_NOT_FOUND"],
  ["GetAssetStateStoreByUri", "ASSET_STORE_NOT_FOUND"],
]);

function notFoundReply(body: RequestBody): SupervisorReply {
  const error = NOT_FOUND.get(body["type"]);
  const { type: _, ...detail } = body;
  return error === undefined ? missing("missing by a fault") : notFound(error, detail);
}
