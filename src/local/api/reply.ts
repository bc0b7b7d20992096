/**
 * What the supervisor answers: a body, or an error in one of Airflow's two shapes.
 *
 * @module
 */

/** The two payload slots of a response frame. */
export interface Reply {
  /** The response message; null for an empty reply and beside an error. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The ErrorResponse of an API failure; null otherwise. */
  readonly error: Readonly<Record<string, unknown>> | null;
}

/** The empty reply: done, nothing to say. */
export const EMPTY: Reply = { body: null, error: null };

/** The reply to what succeeded and has no result. */
export const OK: Reply = { body: { ok: true, type: "OKResponse" }, error: null };

/** A reply with a response message. */
export function result(type: string, fields: Readonly<Record<string, unknown>>): Reply {
  return { body: { ...fields, type }, error: null };
}

/** Airflow's "not found": an ErrorResponse as the *body*, the error slot stays empty. */
export function notFound(error: string, detail: Readonly<Record<string, unknown>>): Reply {
  return { body: { error, detail, type: "ErrorResponse" }, error: null };
}

/** A failure of the API server: an ErrorResponse in the *error* slot, with an HTTP status. */
export function apiError(status: number, message: string, reason = "error"): Reply {
  return {
    body: null,
    error: {
      error: "API_SERVER_ERROR",
      detail: { status_code: status, message, detail: { detail: { reason, message } } },
      type: "ErrorResponse",
    },
  };
}

/** What Airflow's supervisor says to a request that it answers only to others than tasks. */
export function refused(): Reply {
  const detail = { status_code: 400, message: "Unhandled request" };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}

/** What the supervisor says when it fails itself, before it could ask the API server. */
export function raised(message: string): Reply {
  const detail = { status_code: null, message, exception_type: "ValueError" };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}

/** The API server's 404: an error in the *error* slot. */
export function missing(message: string): Reply {
  return apiError(404, message, "not_found");
}

/** The API server's 422 for one field of what it was sent. */
export function unprocessable(field: string, reason: string): Reply {
  const message = "Remote server returned validation error";
  const fault = { type: "value_error", loc: [field], msg: `Value error, ${reason}` };
  const detail = { status_code: 422, message, detail: { detail: [fault] } };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}
