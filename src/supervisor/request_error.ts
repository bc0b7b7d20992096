/**
 * The errors with which a request fails.
 *
 * @module
 */
import { type ErrorCode, TaskRuntimeError } from "../error.ts";
import type { Frame } from "../protocol/message.ts";
import type { SentMessage } from "../protocol/reply.ts";

const CODE_BY_ERROR: ReadonlyMap<string, ErrorCode> = new Map([
  ["CONNECTION_NOT_FOUND", "NOT_FOUND"],
  ["VARIABLE_NOT_FOUND", "NOT_FOUND"],
  ["XCOM_NOT_FOUND", "NOT_FOUND"],
  ["ASSET_NOT_FOUND", "NOT_FOUND"],
  ["TASK_STORE_NOT_FOUND", "NOT_FOUND"],
  ["ASSET_STORE_NOT_FOUND", "NOT_FOUND"],
  ["DAGRUN_ALREADY_EXISTS", "CONFLICT"],
  ["PERMISSION_DENIED", "PERMISSION_DENIED"],
]);

const CODE_BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [401, "PERMISSION_DENIED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [409, "CONFLICT"],
  [422, "INVALID"],
]);

/** The fields that identify the subject of a request, the most specific first. */
const SUBJECTS = ["conn_id", "key", "name", "uri", "alias_name", "task_id", "dag_id"] as const;

/**
 * Returns the error that a reply carries, or undefined.
 *
 * Airflow sends errors in two forms: "not found" as a body of type ErrorResponse, a failure of its
 * API server in the frame's error slot, with the HTTP status inside its detail.
 */
export function errorOfReply(message: SentMessage, frame: Frame): TaskRuntimeError | undefined {
  const response = frame.error ?? (frame.body?.["type"] === "ErrorResponse" ? frame.body : null);
  if (response === null) return undefined;
  const error = typeof response["error"] === "string" ? response["error"] : "GENERIC_ERROR";
  const detail = response["detail"];
  const status = field(detail, "status_code");
  const code = CODE_BY_ERROR.get(error) ??
    (typeof status === "number" ? CODE_BY_STATUS.get(status) : undefined) ?? "API";
  const cause = causeOf(code, error, detail);
  return new TaskRuntimeError(code, `Cannot ${inWords(message)}: ${cause}`, {
    request: message.type,
    detail: response,
  });
}

/** The error of a request that was pending when the supervisor closed the connection. */
export function closedError(message: SentMessage, cause: unknown): TaskRuntimeError {
  const text = `Cannot send ${message.type}: the supervisor is gone`;
  return new TaskRuntimeError("CLOSED", text, { cause });
}

/** The error of a request that its caller, or the end of the task, aborted. */
export function abortedError(message: SentMessage, cause: unknown): TaskRuntimeError {
  const text = `Cannot wait for the reply to ${message.type}: aborted`;
  return new TaskRuntimeError("ABORTED", text, { cause });
}

/** The error of a request whose reply did not come in time. */
export function timeoutError(message: SentMessage, seconds: number): TaskRuntimeError {
  const text = `Cannot get the reply to ${message.type}: none came within ${seconds} s`;
  return new TaskRuntimeError("TIMEOUT", text);
}

function causeOf(code: ErrorCode, error: string, detail: unknown): string {
  if (CODE_BY_ERROR.has(error) && code === "NOT_FOUND") return "it does not exist";
  if (CODE_BY_ERROR.has(error) && code === "CONFLICT") return "it exists already";
  const status = field(detail, "status_code");
  const explanation = field(detail, "detail") ?? field(detail, "message") ?? detail ?? "";
  const text = typeof explanation === "string" ? explanation : jsonOf(explanation);
  const isStatus = typeof status === "number" || typeof status === "string";
  const answer = `Airflow answered ${isStatus ? status : error}`;
  return text === "" ? answer : `${answer}: ${text}`;
}

/** Returns JSON, with bigints as strings. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) => typeof held === "bigint" ? `${held}` : held);
}

/** Returns `get connection "x"` for a GetConnection whose conn_id is "x". */
function inWords(message: SentMessage): string {
  const words = message.type.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  const ids = SUBJECTS.flatMap((name) => {
    const value = field(message, name);
    return typeof value === "string" ? [`"${value}"`] : [];
  });
  return [words, ids.join(" of ")].filter((part) => part !== "").join(" ");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
