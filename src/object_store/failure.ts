/**
 * Whatever goes wrong with a store, told in the one error family.
 *
 * @module
 */
import { StoreFailure } from "./store.ts";
import { type ErrorCode, TaskRuntimeError } from "./task_runtime.ts";

/** The error for what could not be done, e.g. `failure("read", "s3://…", error, signal)`. */
export function failure(
  what: string,
  uri: string,
  error: unknown,
  signal: AbortSignal,
): TaskRuntimeError {
  // Of an ended wait only the signal knows why; of a connection the runtime has said what is wrong.
  if (signal.aborted) return aborted(what, uri, signal.reason);
  if (error instanceof TaskRuntimeError) return error;
  const [code, reason] = told(error);
  return new TaskRuntimeError(code, `Cannot ${what} ${uri}: ${reason}`, { cause: error });
}

function aborted(what: string, uri: string, reason: unknown): TaskRuntimeError {
  const timedOut = reason instanceof DOMException && reason.name === "TimeoutError";
  const code = reason instanceof TaskRuntimeError ? reason.code : timedOut ? "TIMEOUT" : "ABORTED";
  const why = timedOut ? "its time is over" : "the wait was ended";
  return new TaskRuntimeError(code, `Cannot ${what} ${uri}: ${why}`, { cause: reason });
}

function told(error: unknown): [code: ErrorCode, reason: string] {
  if (error instanceof StoreFailure) return [error.code, error.message];
  const message = Error.isError(error) ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    const [denied = message] = message.split(", run again");
    return [
      "PERMISSION_DENIED",
      `it ${denied.replace(/^R/, "r")}; name it in the bundle's permissions`,
    ];
  }
  const { errors } = Deno;
  if (error instanceof errors.NotFound) return ["NOT_FOUND", "it does not exist"];
  if (error instanceof errors.PermissionDenied) {
    return ["PERMISSION_DENIED", "the system does not permit it"];
  }
  if (error instanceof errors.AlreadyExists) return ["CONFLICT", "it exists already"];
  if (error instanceof errors.IsADirectory) return ["INVALID", "it is a directory"];
  if (error instanceof errors.NotADirectory) {
    return ["INVALID", "a part of its path is no directory"];
  }
  if (Error.isError(error) && /\(os error 39\)/.test(message)) {
    return ["CONFLICT", "the directory is not empty; recursive: true deletes what is in it"];
  }
  // What fetch() throws when the other end is not there, or goes away.
  if (error instanceof TypeError) return ["CLOSED", message];
  return ["API", message];
}
