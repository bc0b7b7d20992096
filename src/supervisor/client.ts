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
import type { Connection } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import type { Pending } from "./pending.ts";
import { abortedError, closedError, timeoutError } from "./request_failure.ts";
import { errorOfReply } from "./reply_error.ts";
import { frameOf, type RequestTrace, UNTRACED } from "./request_trace.ts";

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
 */
export class Client implements Disposable {
  readonly #connection: Connection;
  readonly #frames: AsyncGenerator<unknown, void, void>;
  readonly #closed = new AbortController();
  readonly #firstSeconds: number;
  readonly #deadlineSeconds: number;
  #date: SchemaDate = "2026-06-16";
  #startTrace: (message: SentMessage) => RequestTrace = () => UNTRACED;
  readonly #deadline = new Deadline(() => this.#giveUp());
  /** Those not yet sent, in order. */
  readonly #queue: Pending[] = [];
  /** The one whose reply is awaited. */
  #current: Pending | undefined;
  /** The write that has not ended yet; a peer that does not read can hold it up for long. */
  #writing: Promise<void> | undefined;
  #lastId = 0;

  /** Takes over `connection`: it is closed with the client. */
  constructor(connection: Connection, options: ClientOptions = {}) {
    this.#connection = connection;
    this.#firstSeconds = options.firstSeconds ?? FIRST_SECONDS;
    this.#deadlineSeconds = options.deadlineSeconds ?? DEADLINE_SECONDS;
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
   * `MALFORMED` when what it says is no frame; `TIMEOUT` when it says nothing for too long
   */
  async first(): Promise<Frame> {
    const next = await this.#firstInTime();
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

  async #firstInTime(): Promise<IteratorResult<unknown, void>> {
    const { promise, reject } = Promise.withResolvers<never>();
    const seconds = this.#firstSeconds;
    const reason = `Cannot start: the supervisor did not say what to do within ${seconds} s`;
    const timer = setTimeout(
      () => reject(new TaskRuntimeError("TIMEOUT", reason)),
      seconds * 1000,
    );
    try {
      return await Promise.race([this.#frames.next(), promise]);
    } finally {
      clearTimeout(timer);
    }
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
  request<T extends RequestMessage>(
    message: T,
    options: RequestOptions = {},
  ): Promise<ReplyOf<T["type"]>> {
    return this.#ask(message, options, (body) => parseReply<T["type"]>(message.type, body), () => {
      checkRequest(message, this.#date);
    });
  }

  /** Sends what no released schema has, past the check by it; waits until Airflow has taken it. */
  answer(message: TaskHandlerParsingResult): Promise<void> {
    return this.#ask(message, {}, () => {});
  }

  async #ask<Result>(
    message: SentMessage,
    options: RequestOptions,
    read: (body: unknown) => Result,
    check: () => void = () => {},
  ): Promise<Result> {
    check();
    const pending = this.#enqueue(message, options.deadlineSeconds ?? this.#deadlineSeconds);
    const { signal } = options;
    const onAbort = (): void => pending.settle(abortedError(message, signal?.reason));
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#advance();
    const outcome = await pending.outcome;
    signal?.removeEventListener("abort", onAbort);
    // Thrown here, not where the reply was read, so that the stack shows who asked.
    if (outcome instanceof Error) {
      throw new TaskRuntimeError(outcome.code, outcome.message, {
        cause: outcome.cause,
        request: message.type,
      });
    }
    const refusal = errorOfReply(message, outcome);
    if (refusal !== undefined) throw refusal;
    return read(outcome.body);
  }

  /** Gives up every request that has had no reply yet: each ends with `ABORTED`, for `reason`. */
  abandon(reason: unknown): void {
    // The last first: when the current one ends, the next in the queue is sent.
    for (const pending of this.#open().reverse()) {
      pending.settle(abortedError(pending.message, reason));
    }
  }

  /** Resolves when every request made so far has had its reply, or its end. */
  async idle(): Promise<void> {
    for (let last = this.#open().at(-1); last !== undefined; last = this.#open().at(-1)) {
      await last.outcome;
    }
  }

  #open(): Pending[] {
    return this.#current === undefined ? [...this.#queue] : [this.#current, ...this.#queue];
  }

  #enqueue(message: SentMessage, deadlineSeconds: number): Pending {
    const { promise, resolve } = Promise.withResolvers<Frame | TaskRuntimeError>();
    const id = ++this.#lastId;
    const trace = this.#traceOf(message);
    const pending: Pending = {
      id,
      message,
      deadlineSeconds,
      trace,
      frame: frameOf(id, message, trace),
      outcome: promise,
      isSettled: false,
      settle: (outcome) => {
        if (pending.isSettled) return;
        pending.isSettled = true;
        resolve(outcome);
        if (this.#current === pending) {
          this.#current = undefined;
          this.#deadline.end();
        }
        this.#advance();
      },
    };
    if (this.#closed.signal.aborted) {
      pending.settle(closedError(message, this.#closed.signal.reason));
    } else this.#queue.push(pending);
    return pending;
  }

  /** Sends the next request, when the one before has had its end. */
  #advance(): void {
    while (this.#current === undefined) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.isSettled) continue;
      this.#current = next;
      this.#exchange(next);
    }
  }

  /** Sends a request, and sees to it that it ends in time. */
  async #exchange(pending: Pending): Promise<void> {
    const { message, deadlineSeconds, trace } = pending;
    this.#deadline.begin(deadlineSeconds);
    this.#write(pending);
    const outcome = await pending.outcome;
    trace.end(outcome instanceof Error ? outcome : errorOfReply(message, outcome));
  }

  #giveUp(): void {
    const current = this.#current;
    if (current !== undefined) {
      current.settle(timeoutError(current.message, current.deadlineSeconds));
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

  /** Writes behind what is still being written; what has been given up by then is not written. */
  async #write(pending: Pending): Promise<void> {
    const { message, frame } = pending;
    try {
      while (this.#writing !== undefined) await this.#writing.catch(() => {});
      pending.frame = undefined;
      if (pending.isSettled || frame === undefined) return;
      this.#writing = this.#connection.sendFrame(frame);
      await this.#writing.finally(() => this.#writing = undefined);
    } catch (error) {
      pending.settle(
        error instanceof TaskRuntimeError ? error : closedError(message, error),
      );
    }
  }

  /** Reads replies until the supervisor is gone; a reply that nobody waits for is dropped. */
  async #read(): Promise<void> {
    let reason: TaskRuntimeError;
    try {
      for await (const value of this.#frames) {
        const frame = parseFrame(value);
        if (frame.id === this.#current?.id) this.#current.settle(frame);
      }
      reason = new TaskRuntimeError("CLOSED", "The supervisor closed the connection");
    } catch (cause) {
      reason = cause instanceof TaskRuntimeError
        ? cause
        : new TaskRuntimeError("CLOSED", "The connection to the supervisor broke", { cause });
    }
    this.#closed.abort(reason);
    for (const pending of this.#open().reverse()) {
      pending.settle(closedError(pending.message, reason));
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
