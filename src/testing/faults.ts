/**
 * What a test has go wrong between a task and Airflow.
 *
 * @module
 */
import type { Faults, RequestFault } from "../local/supervisor/conversation.ts";
import { apiError, missing, notFound, type SupervisorReply } from "../local/api/reply.ts";
import { TaskRuntimeError } from "../error.ts";
import { REPLIES } from "../protocol/reply.ts";

/** A request as it went over the wire, with Airflow's own field names. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What is said in the place of Airflow's answer. */
export type FaultReply =
  /** There is none, in the form that Airflow has for this request. */
  | "not-found"
  /** The task may not: HTTP 403 of the API server. */
  | "permission-denied"
  /** The API server failed: HTTP 500. */
  | "server-error"
  /** Nothing, ever. */
  | "none"
  /** The supervisor is gone: the connection closes. */
  | "close"
  /** Any HTTP status of the API server. */
  | { readonly status: number; readonly message?: string };

/** Something that goes wrong. */
export interface Fault {
  /** Which requests it befalls: those of a type, as `GetConnection`, or those a function says. */
  readonly on: string | ((request: RequestBody) => boolean);
  /** What is said instead of the answer; the right answer when absent, as for a slow one. */
  readonly reply?: FaultReply;
  /** Seconds until the reply, by the run's clock. */
  readonly delay?: number;
  /** How often it happens; always by default. */
  readonly times?: number;
}

/**
 * The faults of a run, in the form that the local supervisor takes; each counts for itself.
 *
 * @throws {TaskRuntimeError} `INVALID` for a request that Airflow does not have
 */
export function faultsOf(faults: readonly Fault[]): Faults {
  for (const { on } of faults) {
    if (typeof on === "function" || Object.hasOwn(REPLIES, on)) continue;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot make a fault of "${on}": no request is so called`,
    );
  }
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Infinity]));
  return {
    of: (body) => {
      const fault = faults.find((one) => (left.get(one) ?? 0) > 0 && befalls(one, body));
      if (fault === undefined) return undefined;
      left.set(fault, (left.get(fault) ?? 0) - 1);
      return requestFault(fault, body);
    },
  };
}

function befalls({ on }: Fault, body: RequestBody): boolean {
  return typeof on === "function" ? on(body) : body["type"] === on;
}

function requestFault({ reply, delay }: Fault, body: RequestBody): RequestFault {
  return {
    ...(delay === undefined ? {} : { delaySeconds: delay }),
    ...(reply === undefined ? {} : { instead: insteadOf(reply, body) }),
  };
}

function insteadOf(reply: FaultReply, body: RequestBody): SupervisorReply | "none" | "close" {
  if (reply === "none" || reply === "close") return reply;
  if (reply === "not-found") return notFoundReply(body);
  if (reply === "permission-denied") return apiError(403, "A fault denies it", "access_denied");
  if (reply === "server-error") return apiError(500, "A fault in the API server");
  return apiError(reply.status, reply.message ?? "A fault in the API server");
}

/** The error that Airflow's supervisor puts into the body; of the other requests it has none. */
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
  return error === undefined ? missing("A fault has it missing") : notFound(error, detail);
}
