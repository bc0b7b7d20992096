/**
 * Requests and replies over one connection.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { parseFrame } from "../protocol/message.ts";
import type { Frame } from "../protocol/message.ts";
import { parseReply, type ReplyOf, type RequestMessage } from "../protocol/reply.ts";
import { checkRequest } from "../protocol/request_check.ts";
import type { SchemaDate } from "../protocol/generated.ts";
import type { Connection } from "./connection.ts";
import { errorOfReply } from "./reply_error.ts";

/**
 * Seconds to wait for a reply. Generous: the supervisor itself retries a failing API server for
 * some seconds before it answers.
 */
const DEADLINE_SECONDS = 60;

/** How long, and whether still, to wait for a reply. */
export interface RequestOptions {
  /** Ends the wait; the reply, should it come, is dropped. */
  signal?: AbortSignal | undefined;
  /** Seconds from sending to the reply; 60 by default. */
  deadlineSeconds?: number | undefined;
}

interface Pending {
  readonly id: number;
  settle(outcome: Frame | TaskRuntimeError): void;
}

/**
 * Our side of the conversation: sends requests, matches replies by id.
 *
 * Callers may have any number of requests open; on the wire one follows the reply to the one
 * before. Airflow's socket keeps Nagle's algorithm on and answers one at a time, so that the second
 * of two requests in flight would wait some 40 ms for an acknowledgement that the next request
 * would have carried.
 */
export class Client implements Disposable {
  readonly #connection: Connection;
  readonly #frames: AsyncGenerator<unknown, void, void>;
  readonly #closed = new AbortController();
  #date: SchemaDate = "2026-06-16";
  #turn: Promise<unknown> = Promise.resolve();
  #pending: Pending | undefined;
  #lastId = 0;

  /** Takes over `connection`: it is closed with the client. */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#frames = connection.frames();
  }

  /** Aborted, with a {@linkcode TaskRuntimeError} as its reason, when the supervisor is gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Waits for the frame that the supervisor sends unasked, and goes on reading replies behind it.
   *
   * @throws {TaskRuntimeError} `CLOSED` when the supervisor closes before it said anything;
   * `MALFORMED` when what it says is no frame
   */
  async first(): Promise<Frame> {
    const next = await this.#frames.next();
    if (next.done) {
      throw new TaskRuntimeError(
        "CLOSED",
        "Cannot start: the supervisor closed the connection before it said what to do",
      );
    }
    const frame = parseFrame(next.value);
    this.#read();
    return frame;
  }

  /** Sets the schema date that requests are checked against; the oldest until then. */
  speak(date: SchemaDate): void {
    this.#date = date;
  }

  /**
   * Sends `message` and waits for its reply.
   *
   * @throws {TaskRuntimeError} `INVALID` before anything is sent, when Airflow would not understand
   * the message and so never answer; `TIMEOUT`, `ABORTED`, `CLOSED` when no reply came; otherwise
   * what Airflow said no with
   */
  async request<T extends RequestMessage>(
    message: T,
    options: RequestOptions = {},
  ): Promise<ReplyOf<T["type"]>> {
    options.signal?.throwIfAborted();
    checkRequest(message, this.#date);
    const turn = this.#turn;
    const ended = Promise.withResolvers<void>();
    this.#turn = ended.promise;
    await turn;
    let outcome: Frame | TaskRuntimeError;
    try {
      outcome = await this.#exchange(message, options);
    } finally {
      ended.resolve();
    }
    // Thrown here, not where the reply was read, so that the stack shows who asked.
    if (outcome instanceof Error) {
      throw new TaskRuntimeError(outcome.code, outcome.message, {
        cause: outcome.cause,
        request: message.type,
      });
    }
    const refusal = errorOfReply(message, outcome);
    if (refusal !== undefined) throw refusal;
    return parseReply<T["type"]>(message.type, outcome.body);
  }

  /** Resolves when every request made so far has had its reply, or its end. */
  async idle(): Promise<void> {
    let turn: Promise<unknown> | undefined;
    while (turn !== this.#turn) {
      turn = this.#turn;
      await turn;
    }
  }

  async #exchange(
    message: RequestMessage,
    { signal, deadlineSeconds = DEADLINE_SECONDS }: RequestOptions,
  ): Promise<Frame | TaskRuntimeError> {
    if (this.#closed.signal.aborted) return closedError(message, this.#closed.signal.reason);
    if (signal?.aborted) return abortedError(message, signal);
    const { promise, resolve } = Promise.withResolvers<Frame | TaskRuntimeError>();
    const id = ++this.#lastId;
    this.#pending = { id, settle: resolve };
    const onAbort = (): void => resolve(abortedError(message, signal));
    const onClosed = (): void => resolve(closedError(message, this.#closed.signal.reason));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#closed.signal.addEventListener("abort", onClosed, { once: true });
    const timer = setTimeout(
      () => resolve(timeoutError(message, deadlineSeconds)),
      deadlineSeconds * 1000,
    );
    try {
      await this.#connection.send([id, message]);
      return await promise;
    } catch (error) {
      if (error instanceof TaskRuntimeError) return error;
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#closed.signal.removeEventListener("abort", onClosed);
      this.#pending = undefined;
    }
  }

  /** Reads replies until the supervisor is gone; a reply that nobody waits for is dropped. */
  async #read(): Promise<void> {
    let reason: TaskRuntimeError;
    try {
      for await (const value of this.#frames) {
        const frame = parseFrame(value);
        if (frame.id === this.#pending?.id) this.#pending.settle(frame);
      }
      reason = new TaskRuntimeError("CLOSED", "The supervisor closed the connection");
    } catch (cause) {
      reason = cause instanceof TaskRuntimeError
        ? cause
        : new TaskRuntimeError("CLOSED", "The connection to the supervisor broke", { cause });
    }
    this.#closed.abort(reason);
  }

  /** Closes the connection; what is pending ends with `CLOSED`. */
  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}

function closedError(message: RequestMessage, reason: unknown): TaskRuntimeError {
  return new TaskRuntimeError(
    "CLOSED",
    `Cannot send ${message.type}: the supervisor is gone`,
    { cause: reason },
  );
}

function abortedError(message: RequestMessage, signal: AbortSignal | undefined): TaskRuntimeError {
  return new TaskRuntimeError("ABORTED", `Cannot wait for the reply to ${message.type}: aborted`, {
    cause: signal?.reason,
  });
}

function timeoutError(message: RequestMessage, seconds: number): TaskRuntimeError {
  return new TaskRuntimeError(
    "TIMEOUT",
    `Cannot get the reply to ${message.type}: none came within ${seconds} s`,
  );
}
