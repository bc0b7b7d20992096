/**
 * Requests and replies over the connection to the supervisor.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { SchemaVersion } from "../protocol/generated.ts";
import { type Frame, parseFrame } from "../protocol/message.ts";
import {
  parseReply,
  type ReplyOf,
  type RequestMessage,
  type SentMessage,
} from "../protocol/reply.ts";
import { checkRequest } from "../protocol/request_check.ts";
import type { TaskHandlerParsingResult } from "../protocol/task_handlers.ts";
import type { FrameConnection } from "./frame_connection.ts";
import { PendingRequest, type RequestTrace, UNTRACED } from "./pending_request.ts";
import { ReplyDeadline } from "./reply_deadline.ts";
import { abortedError, closedError, timeoutError } from "./request_error.ts";
import { startTimer } from "./timer.ts";

/**
 * Seconds to wait for a reply. The supervisor repeats requests to a failing API server for some
 * seconds before it replies.
 */
const DEADLINE_SECONDS = 60;

/**
 * Seconds to wait for the first message. Before the supervisor sends it, it asks its API server
 * whether the task may start, and repeats that for a long time.
 */
const FIRST_SECONDS = 600;

/** Options for {@linkcode Client}. */
export interface ClientOptions {
  /** Seconds to wait for the first message; 600 by default. */
  firstSeconds?: number | undefined;
  /** Seconds from sending a request to its reply; 60 by default. */
  deadlineSeconds?: number | undefined;
}

/** Options for {@linkcode Client.request}. */
export interface RequestOptions {
  /** Aborts the wait for the reply; a reply that comes later is dropped. */
  signal?: AbortSignal | undefined;
  /** Seconds from sending the request to its reply; the client's by default. */
  deadlineSeconds?: number | undefined;
}

/**
 * Sends requests to the supervisor and matches replies to them by id.
 *
 * Callers may make any number of requests at once. On the wire, each is sent when the one before has
 * its reply: the supervisor answers one at a time, and its socket uses Nagle's algorithm, so a second
 * request in flight would wait some 40 ms for an acknowledgement.
 *
 * When a reply comes, the next request is sent before the caller of the first continues.
 */
export class Client implements Disposable {
  readonly #connection: FrameConnection;
  readonly #closed = new AbortController();
  readonly #firstSeconds: number;
  readonly #deadlineSeconds: number;
  #schema: SchemaVersion = "2026-06-16";
  #startTrace: (message: SentMessage) => RequestTrace = () => UNTRACED;
  readonly #deadline = new ReplyDeadline(() => this.#onDue());
  /** Receives the first frame; undefined once it has come. */
  #first: PromiseWithResolvers<Frame> | undefined;
  /** Why the connection is closed; undefined while it is open. */
  #closedBy: TaskRuntimeError | undefined;
  /** The requests that have not been sent, in order. */
  readonly #queue: PendingRequest[] = [];
  /** The request that was sent and has no reply. */
  #current: PendingRequest | undefined;
  /** The request that is being written, which takes long if the supervisor does not read. */
  #writing: PendingRequest | undefined;
  #lastId = 0;

  /** Takes over `connection`, and closes it when disposed. */
  constructor(connection: FrameConnection, options: ClientOptions = {}) {
    this.#connection = connection;
    this.#firstSeconds = options.firstSeconds ?? FIRST_SECONDS;
    this.#deadlineSeconds = options.deadlineSeconds ?? DEADLINE_SECONDS;
  }

  /** Aborted when the supervisor is gone; the reason is a {@linkcode TaskRuntimeError}. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Starts reading, and waits for the message that the supervisor sends first.
   *
   * @throws {TaskRuntimeError} `CLOSED` when the supervisor closes the connection before;
   * `MALFORMED` when it sends something else than a frame; `TIMEOUT` when it sends nothing
   */
  async first(): Promise<Frame> {
    const seconds = this.#firstSeconds;
    const first = Promise.withResolvers<Frame>();
    this.#first = first;
    const reason = `Cannot start: the supervisor sent no first message within ${seconds} s`;
    using _timer = startTimer(
      seconds * 1000,
      () => first.reject(new TaskRuntimeError("TIMEOUT", reason)),
    );
    this.#read();
    return await first.promise;
  }

  /** Sets the schema version that requests are checked against; the oldest one by default. */
  useSchema(version: SchemaVersion): void {
    this.#schema = version;
  }

  /** Traces every later request with what `start` returns for it. */
  traceWith(start: (message: SentMessage) => RequestTrace): void {
    this.#startTrace = start;
  }

  /**
   * Sends a request and waits for the reply. The message is encoded at once, so the caller may change
   * it afterwards.
   *
   * @throws {TaskRuntimeError} `INVALID` or `UNSUPPORTED`, before anything is sent, when Airflow
   * would not understand the message and so never reply; `TIMEOUT`, `ABORTED` or `CLOSED` when no
   * reply came; otherwise the error in the reply
   */
  async request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>> {
    checkRequest(message, this.#schema);
    const pending = this.#send(message, options);
    const { body } = pending.replyIn(await pending.outcome);
    return parseReply<T["type"]>(message.type, body);
  }

  /** Sends a message that no released schema contains, and waits for its empty reply. */
  async answer(message: TaskHandlerParsingResult): Promise<void> {
    const pending = this.#send(message);
    pending.replyIn(await pending.outcome);
  }

  /** Fails every pending request with `ABORTED`, for `reason`. */
  abandon(reason: unknown): void {
    // The last one first, because the next in the queue is sent when the current one is settled.
    for (const pending of this.#pending().reverse()) {
      this.#settle(pending, abortedError(pending.message, reason));
    }
  }

  /** Tells whether no request is pending. */
  get isIdle(): boolean {
    return this.#current === undefined;
  }

  /** Waits until no request is pending. */
  async idle(): Promise<void> {
    for (let last = this.#pending().at(-1); last !== undefined; last = this.#pending().at(-1)) {
      await last.outcome;
    }
  }

  /** The requests without an outcome; the queue also holds aborted ones until their turn. */
  #pending(): PendingRequest[] {
    const all = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue];
    return all.filter(({ isSettled }) => !isSettled);
  }

  #send(message: SentMessage, options?: RequestOptions): PendingRequest {
    const seconds = options?.deadlineSeconds ?? this.#deadlineSeconds;
    const pending = new PendingRequest(++this.#lastId, message, this.#traceOf(message), seconds);
    const signal = options?.signal;
    if (this.#closedBy !== undefined) {
      this.#settle(pending, closedError(message, this.#closedBy));
    } else if (signal?.aborted) {
      this.#settle(pending, abortedError(message, signal.reason));
    } else {
      if (signal !== undefined) this.#abortWith(pending, signal);
      this.#queue.push(pending);
      this.#advance();
    }
    return pending;
  }

  #traceOf(message: SentMessage): RequestTrace {
    try {
      return this.#startTrace(message);
    } catch {
      // A trace must not make a request fail.
      return UNTRACED;
    }
  }

  #abortWith(pending: PendingRequest, signal: AbortSignal): void {
    const onAbort = (): void => this.#settle(pending, abortedError(pending.message, signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    pending.onSettled = () => signal.removeEventListener("abort", onAbort);
  }

  /** Settles a request once; the next one is sent before its caller continues. */
  #settle(pending: PendingRequest, outcome: Frame | TaskRuntimeError): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    if (this.#current === pending) {
      this.#current = undefined;
      this.#deadline.end();
      this.#advance();
    }
    pending.settle(outcome);
  }

  /** Sends the next request of the queue, unless one waits for its reply. */
  #advance(): void {
    while (this.#current === undefined) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.isSettled) continue;
      this.#current = next;
      this.#write(next);
      this.#deadline.begin(next.deadlineSeconds);
    }
  }

  #onDue(): void {
    const current = this.#current;
    if (current !== undefined) {
      this.#settle(current, timeoutError(current.message, current.deadlineSeconds));
    }
  }

  /** Writes a request; while another one is being written, `#onWritten` does it later. */
  #write(pending: PendingRequest): void {
    const { frame } = pending;
    if (frame === undefined || this.#writing !== undefined) return;
    pending.frame = undefined;
    this.#writing = pending;
    this.#connection.sendFrame(frame).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (): void => {
    this.#writing = undefined;
    if (this.#current !== undefined) this.#write(this.#current);
  };

  readonly #onWriteFailed = (error: unknown): void => {
    const pending = this.#writing;
    this.#writing = undefined;
    if (pending !== undefined) {
      const isOurs = error instanceof TaskRuntimeError;
      this.#settle(pending, isOurs ? error : closedError(pending.message, error));
    }
    if (this.#current !== undefined) this.#write(this.#current);
  };

  /** Reads until the supervisor closes the connection, then fails what is pending. */
  async #read(): Promise<void> {
    try {
      await this.#connection.receive(this.#onValue);
      const reason = "Cannot start: the supervisor closed the connection before its first message";
      this.#first?.reject(new TaskRuntimeError("CLOSED", reason));
      this.#close(new TaskRuntimeError("CLOSED", "The supervisor closed the connection"));
    } catch (cause) {
      const reason = cause instanceof TaskRuntimeError
        ? cause
        : new TaskRuntimeError("CLOSED", "The connection to the supervisor broke", { cause });
      this.#first?.reject(reason);
      this.#close(reason);
    }
  }

  /** Takes the first frame, then replies; drops a reply to a request that is settled. */
  readonly #onValue = (value: unknown): void => {
    const frame = parseFrame(value);
    if (this.#first !== undefined) {
      this.#first.resolve(frame);
      this.#first = undefined;
    } else if (frame.id === this.#current?.id) {
      this.#settle(this.#current, frame);
    }
  };

  #close(reason: TaskRuntimeError): void {
    this.#closedBy = reason;
    this.#closed.abort(reason);
    for (const pending of this.#pending().reverse()) {
      this.#settle(pending, closedError(pending.message, reason));
    }
  }

  /** Stops the timer of replies. The connection stays open. */
  stopTimer(): void {
    this.#deadline[Symbol.dispose]();
  }

  /** Closes the connection; pending requests fail with `CLOSED`. */
  [Symbol.dispose](): void {
    this.stopTimer();
    this.#connection[Symbol.dispose]();
  }
}
