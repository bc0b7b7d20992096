/**
 * The port through which what authors hold talks to Airflow: the client is one, a test may have
 * another.
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
   * @throws {TaskRuntimeError} with the code that tells what Airflow, or the wire, said no with
   */
  request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>>;

  /** Gives up every request that has had no reply yet: each ends with `ABORTED`, for `reason`. */
  abandon(reason: unknown): void;
}
