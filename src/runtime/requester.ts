/**
 * The interface by which the parts of a context send requests to Airflow.
 *
 * @module
 */
import type { RequestOptions } from "../supervisor/client.ts";
import type { ReplyOf, RequestMessage } from "../protocol/reply.ts";

/** Sends one request to the supervisor and waits for its reply. */
export interface Requester {
  /**
   * Sends `message` and resolves to Airflow's reply to it.
   *
   * @throws {TaskRuntimeError} with the code of Airflow's error, or of the connection's
   */
  request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>>;

  /** Abandons every pending request: each rejects with `ABORTED`, for `reason`. */
  abandon(reason: unknown): void;
}
