/**
 * Requests and replies over one connection.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { parseFrame } from "../protocol/message.ts";
import type { Frame } from "../protocol/message.ts";
import {
  parseReply,
  type ReplyOf,
  type RequestMessage,
  type SentMessage,
} from "../protocol/reply.ts";
import { checkRequest } from "../protocol/request_check.ts";
import type { TaskHandlerParsingResult } from "../protocol/task_handlers.ts";
import type { SchemaDate } from "../protocol/generated.ts";
import type { Connection } from "./frame_connection.ts";
import { Deadline } from "./reply_deadline.ts";
import { Pending } from "./pending_request.ts";
import { abortedError, closedError, timeoutError } from "./request_failure.ts";
import { type RequestTrace, UNTRACED } from "./request_trace.ts";
import { startTimer } from "./timer.ts";

/**
 * Seconds to wait for a reply. Generous: the supervisor itself retries a failing API server for
 * some seconds before it answers.
 */
const DEADLINE_SECONDS = 60;

/**
 * Seconds to wait for the supervisor's first words. Before it says what to do, it asks its API
 * server for leave, and asks again while that one fails.
 */
const FIRST_SECONDS = 600;

/** How patient a {@linkcode Client} is. */
export interface ClientOptions {
  /** Seconds to the first frame; 600 by default. */
  firstSeconds?: number | undefined;
  /** Seconds from sending a request to its reply, where the request does not say; 60 by default. */
  deadlineSeconds?: number | undefined;
}

/** How long, and whether still, to wait for a reply. */
export interface RequestOptions {
  /** Ends the wait; the reply, should it come, is dropped. */
  signal?: AbortSignal | undefined;
  /** Seconds from sending to the reply; 60 by default. */
  deadlineSeconds?: number | undefined;
}

/**
 * Our side of the conversation: sends requests, matches replies by id.
 *
 * Callers may have any number of requests open; on the wire one follows the reply to the one
 * before. Airflow's socket keeps Nagle's algorithm on and answers one at a time, so that the second
 * of two requests in flight would wait some 40 ms for an acknowledgement that the next request
 * would have carried.
 *
 * A task may ask thousands of times, and what stands between a reply and the next request is what
 * it waits for: few promises, and the next request is written before anyone is told of the reply.
 */
export class Client implements Disposable {
  readonly #connection: Connection;
  readonly #closed = new AbortController();
  readonly #firstSeconds: number;
  readonly #deadlineSeconds: number;
  #date: SchemaDate = "2026-06-16";
  #startTrace: (message: SentMessage) => RequestTrace = () => UNTRACED;
  readonly #deadline = new Deadline(() => this.#giveUp());
  /** Is given the first frame; undefined from then on. */
  #first: PromiseWithResolvers<Frame> | undefined;
  /** Why nothing can be asked any more. */
  #goneFor: TaskRuntimeError | undefined;
  /** Those not yet sent, in order. */
  readonly #queue: Pending[] = [];
  /** The one whose reply is awaited. */
  #current: Pending | undefined;
  /** The one that is being written; a peer that does not read can hold it up for long. */
  #writing: Pending | undefined;
  #lastId = 0;

  /** Takes over `connection`: it is closed with the client. */
  constructor(connection: Connection, options: ClientOptions = {}) {
    this.#connection = connection;
    this.#firstSeconds = options.firstSeconds ?? FIRST_SECONDS;
    this.#deadlineSeconds = options.deadlineSeconds ?? DEADLINE_SECONDS;
  }

  /** Aborted, with a {@linkcode TaskRuntimeError} as its reason, when the supervisor is gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Waits for the frame that the supervisor sends unasked, and goes on reading replies behind it.
   *
   * @throws {TaskRuntimeError} `CLOSED` when the supervisor closes before it said anything;
   * `MALFORMED` when what it says is no frame; `TIMEOUT` when it says nothing for too long
   */
  async first(): Promise<Frame> {
    const seconds = this.#firstSeconds;
    const first = Promise.withResolvers<Frame>();
    this.#first = first;
    const reason = `Cannot start: the supervisor did not say what to do within ${seconds} s`;
    using _timer = startTimer(
      seconds * 1000,
      () => first.reject(new TaskRuntimeError("TIMEOUT", reason)),
    );
    this.#read();
    return await first.promise;
  }

  /** Sets the schema date that requests are checked against; the oldest until then. */
  speak(date: SchemaDate): void {
    this.#date = date;
  }

  /** Has every request from now on traced by what `start` makes when it is asked for. */
  trace(start: (message: SentMessage) => RequestTrace): void {
    this.#startTrace = start;
  }

  /**
   * Sends `message` and waits for its reply. What the message holds may change from then on: its
   * bytes are made before anything is awaited.
   *
   * @throws {TaskRuntimeError} `INVALID` before anything is sent, when Airflow would not understand
   * the message and so never answer; `TIMEOUT`, `ABORTED`, `CLOSED` when no reply came; otherwise
   * what Airflow said no with
   */
  async request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>> {
    checkRequest(message, this.#date);
    const pending = this.#send(message, options);
    const { body } = pending.reply(await pending.outcome);
    return parseReply<T["type"]>(message.type, body);
  }

  /** Sends what no released schema has, past the check by it; waits until Airflow has taken it. */
  async answer(message: TaskHandlerParsingResult): Promise<void> {
    const pending = this.#send(message);
    pending.reply(await pending.outcome);
  }

  /** Gives up every request that has had no reply yet: each ends with `ABORTED`, for `reason`. */
  abandon(reason: unknown): void {
    // The last first: when the current one ends, the next in the queue is sent.
    for (const pending of this.#open().reverse()) {
      this.#settle(pending, abortedError(pending.message, reason));
    }
  }

  /** Whether every request made so far has had its reply, or its end. */
  get isIdle(): boolean {
    return this.#current === undefined;
  }

  /** Resolves when every request made so far has had its reply, or its end. */
  async idle(): Promise<void> {
    for (let last = this.#open().at(-1); last !== undefined; last = this.#open().at(-1)) {
      await last.outcome;
    }
  }

  /** Those that have had no end yet; in the queue stand others, too, until it is their turn. */
  #open(): Pending[] {
    const all = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue];
    return all.filter(({ isSettled }) => !isSettled);
  }

  /** Sends a request, or has it wait for its turn. */
  #send(message: SentMessage, options?: RequestOptions): Pending {
    const seconds = options?.deadlineSeconds ?? this.#deadlineSeconds;
    const pending = new Pending(++this.#lastId, message, this.#traceOf(message), seconds);
    const signal = options?.signal;
    if (this.#goneFor !== undefined) {
      this.#settle(pending, closedError(message, this.#goneFor));
    } else if (signal?.aborted) {
      this.#settle(pending, abortedError(message, signal.reason));
    } else {
      if (signal !== undefined) this.#watch(pending, signal);
      this.#queue.push(pending);
      this.#advance();
    }
    return pending;
  }

  #watch(pending: Pending, signal: AbortSignal): void {
    const onAbort = (): void => this.#settle(pending, abortedError(pending.message, signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    pending.onSettled = () => signal.removeEventListener("abort", onAbort);
  }

  /** Ends a request, once; the next one is on its way before the one who asked is told. */
  #settle(pending: Pending, outcome: Frame | TaskRuntimeError): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    if (this.#current === pending) {
      this.#current = undefined;
      this.#deadline.end();
      this.#advance();
    }
    pending.settle(outcome);
  }

  /** Sends the next request, when the one before has had its end. */
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

  #giveUp(): void {
    const current = this.#current;
    if (current !== undefined) {
      this.#settle(current, timeoutError(current.message, current.deadlineSeconds));
    }
  }

  /** A trace must never stand in the way of the request. */
  #traceOf(message: SentMessage): RequestTrace {
    try {
      return this.#startTrace(message);
    } catch {
      return UNTRACED;
    }
  }

  /** Writes what has not been written yet, behind what is still being written. */
  #write(pending: Pending): void {
    const { frame } = pending;
    if (frame === undefined || this.#writing !== undefined) return;
    pending.frame = undefined;
    this.#writing = pending;
    this.#connection.sendFrame(frame).then(this.#onWritten, this.#onNotWritten);
  }

  /** What has been given up by then is not written. */
  readonly #onWritten = (): void => {
    this.#writing = undefined;
    if (this.#current !== undefined) this.#write(this.#current);
  };

  readonly #onNotWritten = (error: unknown): void => {
    const pending = this.#writing;
    this.#writing = undefined;
    if (pending !== undefined) {
      const isTold = error instanceof TaskRuntimeError;
      this.#settle(pending, isTold ? error : closedError(pending.message, error));
    }
    if (this.#current !== undefined) this.#write(this.#current);
  };

  /** Reads replies until the supervisor is gone. */
  async #read(): Promise<void> {
    try {
      await this.#connection.receive(this.#onValue);
      const reason = "Cannot start: the supervisor closed the connection before it said what to do";
      this.#first?.reject(new TaskRuntimeError("CLOSED", reason));
      this.#end(new TaskRuntimeError("CLOSED", "The supervisor closed the connection"));
    } catch (cause) {
      const reason = cause instanceof TaskRuntimeError
        ? cause
        : new TaskRuntimeError("CLOSED", "The connection to the supervisor broke", { cause });
      this.#first?.reject(reason);
      this.#end(reason);
    }
  }

  /** Takes the first frame, then replies; a reply that nobody waits for is dropped. */
  readonly #onValue = (value: unknown): void => {
    const frame = parseFrame(value);
    if (this.#first !== undefined) {
      this.#first.resolve(frame);
      this.#first = undefined;
    } else if (frame.id === this.#current?.id) {
      this.#settle(this.#current, frame);
    }
  };

  #end(reason: TaskRuntimeError): void {
    this.#goneFor = reason;
    this.#closed.abort(reason);
    for (const pending of this.#open().reverse()) {
      this.#settle(pending, closedError(pending.message, reason));
    }
  }

  /** Nothing more will be asked: the connection stays open, but no timer runs for it. */
  rest(): void {
    this.#deadline[Symbol.dispose]();
  }

  /** Closes the connection; what is pending ends with `CLOSED`. */
  [Symbol.dispose](): void {
    this.rest();
    this.#connection[Symbol.dispose]();
  }
}
