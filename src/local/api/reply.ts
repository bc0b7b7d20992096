/**
 * The supervisor's replies: a result, or an error in one of Airflow's two forms.
 *
 * @module
 */

/** The two slots of a reply frame. */
export interface SupervisorReply {
  /** The reply message; null for an empty reply and for an error. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The ErrorResponse of an API failure; null otherwise. */
  readonly error: Readonly<Record<string, unknown>> | null;
}

/** The empty reply. */
export const EMPTY: SupervisorReply = { body: null, error: null };

/** The reply to a request that succeeded and has no result. */
export const OK: SupervisorReply = { body: { ok: true, type: "OKResponse" }, error: null };

/** A reply with a result. */
export function result(type: string, fields: Readonly<Record<string, unknown>>): SupervisorReply {
  return { body: { ...fields, type }, error: null };
}

/** Airflow's "not found": an ErrorResponse in the *body* slot. */
export function notFound(
  error: string,
  detail: Readonly<Record<string, unknown>>,
): SupervisorReply {
  return { body: { error, detail, type: "ErrorResponse" }, error: null };
}

/** A failure of the API server: an ErrorResponse in the *error* slot, with an HTTP status. */
export function apiError(status: number, message: string, reason = "error"): SupervisorReply {
  return {
    body: null,
    error: {
      error: "API_SERVER_ERROR",
      detail: { status_code: status, message, detail: { detail: { reason, message } } },
      type: "ErrorResponse",
    },
  };
}

/** Airflow's reply to a request that tasks may not send. */
export function refused(): SupervisorReply {
  const detail = { status_code: 400, message: "Unhandled request" };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}

/** The reply when the supervisor itself fails, before it calls the API server. */
export function raised(message: string): SupervisorReply {
  const detail = { status_code: null, message, exception_type: "ValueError" };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}

/** The API server's 404: an error in the *error* slot. */
export function missing(message: string): SupervisorReply {
  return apiError(404, message, "not_found");
}

/** The API server's 422 for one field. */
export function unprocessable(field: string, reason: string): SupervisorReply {
  const message = "Remote server returned validation error";
  const fault = { type: "value_error", loc: [field], msg: `Value error, ${reason}` };
  const detail = { status_code: 422, message, detail: { detail: [fault] } };
  return { body: null, error: { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" } };
}
