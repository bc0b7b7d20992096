/**
 * What Airflow says no with, as an error.
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

/**
 * The error in a reply; undefined when the reply holds none.
 *
 * Airflow has two forms: "not found" comes as a body of type ErrorResponse, a failure of its API
 * server in the frame's error slot with the HTTP status inside its detail.
 */
export function errorOfReply(message: SentMessage, frame: Frame): TaskRuntimeError | undefined {
  const response = frame.error ?? (frame.body?.["type"] === "ErrorResponse" ? frame.body : null);
  if (response === null) return undefined;
  const error = typeof response["error"] === "string" ? response["error"] : "GENERIC_ERROR";
  const detail = response["detail"];
  const status = field(detail, "status_code");
  const code = CODE_BY_ERROR.get(error) ??
    (typeof status === "number" ? CODE_BY_STATUS.get(status) : undefined) ?? "API";
  return new TaskRuntimeError(code, `Cannot ${deed(message)}: ${reason(code, error, detail)}`, {
    request: message.type,
    detail: response,
  });
}

function reason(code: ErrorCode, error: string, detail: unknown): string {
  if (CODE_BY_ERROR.has(error) && code === "NOT_FOUND") return "it does not exist";
  if (CODE_BY_ERROR.has(error) && code === "CONFLICT") return "it exists already";
  const status = field(detail, "status_code");
  const said = field(detail, "detail") ?? field(detail, "message") ?? detail ?? "";
  const text = typeof said === "string" ? said : jsonOf(said);
  const isStatus = typeof status === "number" || typeof status === "string";
  const who = `Airflow answered ${isStatus ? status : error}`;
  return text === "" ? who : `${who}: ${text}`;
}

/** JSON has no integers as long as MessagePack's. */
function jsonOf(value: unknown): string {
  return JSON.stringify(
    value,
    (_, held: unknown) => typeof held === "bigint" ? String(held) : held,
  );
}

/** The request in words: `GetConnection` with a conn_id reads `get connection "x"`. */
function deed(message: SentMessage): string {
  const words = message.type.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  const ids = SUBJECTS.flatMap((name) => {
    const value = field(message, name);
    return typeof value === "string" ? [`"${value}"`] : [];
  });
  return [words, ids.join(" of ")].filter((part) => part !== "").join(" ");
}

/** The fields that name what a request is about, the nearest first. */
const SUBJECTS = ["conn_id", "key", "name", "uri", "alias_name", "task_id", "dag_id"] as const;

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
