/**
 * The port through which what authors hold talks to Airflow.
 *
 * @module
 */
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
}

/** How long, and whether still, to wait for a reply. */
export interface RequestOptions {
  /** Ends the wait; the reply, should it come, is dropped. */
  signal?: AbortSignal | undefined;
  /** Seconds to wait for the reply; the default is the runtime's, 60. */
  deadlineSeconds?: number | undefined;
}
