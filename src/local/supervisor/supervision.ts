/**
 * Supervises one peer from its connections to its last log line, whatever its messages mean.
 *
 * @module
 */

import type { Say } from "../api/answer_state.ts";
import { answerRequests, type Faults, type SupervisedRequest } from "./conversation.ts";
import { readLines } from "./line_reader.ts";
import {
  type LogRecord,
  maskedRecord,
  outputRecord,
  readLogLine,
  type RecordLevel,
  supervisorRecord,
} from "./log_record.ts";
import type { SupervisorReply } from "../api/reply.ts";
import type { SecretsMask } from "../../protocol/secrets_mask.ts";
import { closeQuietly, Listeners, TaskProcess, type TaskProcessOptions } from "./task_process.ts";
import { MAX_TIMER } from "../../values.ts";

/** Settings of a supervision, with Airflow's defaults. */
export interface SupervisionSettings {
  /** Receives each log record, secrets masked. */
  readonly onLog?: (record: LogRecord) => void;
  /** Receives each request when it is answered or left unanswered. */
  readonly onRequest?: (request: SupervisedRequest) => void;
  /** Terminates the peer as "mark failed" does: SIGTERM, then SIGKILL. */
  readonly signal?: AbortSignal | undefined;
  /** The seconds for the process to connect (`task_startup_timeout`); 10 by default. */
  readonly startupTimeoutSeconds?: number;
  /** The seconds to run after the terminal message (`task_success_overtime`); 20 by default. */
  readonly overtimeSeconds?: number;
  /** The seconds from SIGTERM to SIGKILL; 5 by default. */
  readonly killGraceSeconds?: number;
  /** The seconds to read after the exit while an orphan holds a pipe or socket; 5 by default. */
  readonly drainSeconds?: number;
  /** Faults that a test injects. */
  readonly faults?: Faults | undefined;
}

/** The options of a supervision. */
export interface SupervisionOptions extends SupervisionSettings {
  /** The message of the first frame. */
  readonly first: object;
  /** Answers a message; returns a text with the cause when Airflow would not answer it. */
  readonly answer: (
    body: Readonly<Record<string, unknown>> | null,
    say: Say,
  ) => SupervisorReply | string;
  /** True when a terminal message has arrived that starts the overtime. */
  readonly ended: () => boolean;
  /** The execution timeout that the task has set, in seconds. */
  readonly executionTimeout?: () => number | undefined;
  /** True when an invalid message terminates the peer, as in the Dag processor. */
  readonly endsOnInvalid?: boolean;
  /** Masks secrets in log records. */
  readonly masker: SecretsMask;
  /** The process; undefined for a peer elsewhere, such as in this process. */
  readonly process: TaskProcess | undefined;
}

/** The result of a supervision. */
export interface Supervised {
  /** True when the peer made both connections. */
  readonly connected: boolean;
  /** The exit code; undefined after a signal, 0 without a process. */
  readonly exitCode: number | undefined;
  /** The signal that terminated the process. */
  readonly signal: string | undefined;
  /** A cause that fails the task whatever it sent; undefined without one. */
  readonly failure: string | undefined;
  /** All requests, in order. */
  readonly requests: readonly SupervisedRequest[];
  /** The whole log, secrets masked. */
  readonly log: readonly LogRecord[];
  /** The lines of stdout. */
  readonly stdout: readonly string[];
  /** The lines of stderr. */
  readonly stderr: readonly string[];
  /** Seconds from the start to the end. */
  readonly durationSeconds: number;
}

/**
 * Starts a process and supervises it until it has exited.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the program cannot be started.
 */
export async function superviseProcess(
  options: Omit<SupervisionOptions, "process"> & TaskProcessOptions,
): Promise<Supervised> {
  using listeners = new Listeners();
  await using process = new TaskProcess(options, listeners);
  return await supervise(listeners, { ...options, process });
}

/** Supervises one peer until it has exited or closed its connections. It does not reject. */
export async function supervise(
  listeners: Listeners,
  options: SupervisionOptions,
): Promise<Supervised> {
  using stop = new DisposableStack();
  stop.use(listeners);
  return await new Supervision(options).run(listeners);
}

class Supervision {
  readonly #options: SupervisionOptions;
  readonly #requests: SupervisedRequest[] = [];
  readonly #log: LogRecord[] = [];
  readonly #drain = new AbortController();
  readonly #lines: { stdout: string[]; stderr: string[] } = { stdout: [], stderr: [] };
  #failure: string | undefined;
  #overtime: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #conns: readonly Deno.TcpConn[] = [];

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  async run(listeners: Listeners): Promise<Supervised> {
    const started = performance.now();
    const { process, signal } = this.#options;
    const output = process === undefined
      ? []
      : [this.#readOutput("stdout", process.stdout), this.#readOutput("stderr", process.stderr)];
    const conns = await this.#accept(listeners);
    const onAbort = (): void => this.#terminate("the run was aborted");
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    const readers = [...output];
    if (conns !== undefined) {
      const talk = this.#answerRequests(conns[0]);
      readers.push(talk, this.#readLog(conns[1]));
      if (process === undefined) await talk;
    }
    const status = await process?.status;
    signal?.removeEventListener("abort", onAbort);
    await this.#drained(readers);
    this.#logExit(status);
    return {
      connected: conns !== undefined,
      exitCode: status === undefined ? 0 : status.signal === null ? status.code : undefined,
      signal: status?.signal ?? undefined,
      failure: this.#failure,
      requests: this.#requests,
      log: this.#log,
      ...this.#lines,
      durationSeconds: (performance.now() - started) / 1000,
    };
  }

  /** Accepts both connections; resolves to undefined when they are not made. */
  async #accept(listeners: Listeners): Promise<[Deno.TcpConn, Deno.TcpConn] | undefined> {
    const { process, signal, startupTimeoutSeconds = 10 } = this.#options;
    let waiting = true;
    const stop = (reason: string): void => {
      if (!waiting) return;
      waiting = false;
      this.#say("error", reason, { note: "Airflow would not write this to the task log" });
      this.#failure ??= reason;
      listeners[Symbol.dispose]();
    };
    const onAbort = (): void => stop("the run was aborted before the process connected");
    const timer = setTimeout(
      () => stop(`the process did not connect within ${startupTimeoutSeconds} s`),
      startupTimeoutSeconds * 1000,
    );
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    process?.status.then(({ code, signal }) =>
      stop(`the process exited with ${signal ?? code} before connecting`)
    );
    const accepted = await Promise.allSettled([listeners.comm.accept(), listeners.logs.accept()]);
    waiting = false;
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    const [comm, logs] = accepted;
    this.#conns = accepted.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    if (comm.status === "fulfilled" && logs.status === "fulfilled") return [comm.value, logs.value];
    this.#failure ??= "the supervisor stopped listening";
    this.#closeConns();
    process?.terminate(this.#options.killGraceSeconds ?? 5);
    return undefined;
  }

  async #answerRequests(conn: Deno.TcpConn): Promise<void> {
    const { first, faults } = this.#options;
    await answerRequests(conn, {
      first,
      answer: (body) => this.#answer(body),
      onRequest: (request) => {
        this.#requests.push(request);
        this.#options.onRequest?.(request);
      },
      onBreach: (reason) => this.#breach(reason),
      faults,
      signal: this.#drain.signal,
    });
    closeQuietly(conn);
  }

  #answer(body: Readonly<Record<string, unknown>> | null): SupervisorReply | string {
    const reply = this.#options.answer(body, (...said) => this.#say(...said));
    if (typeof reply === "string") {
      this.#say("error", "Airflow would never answer this message", {
        type: body?.["type"] ?? null,
        reason: reply,
      });
      if (this.#options.endsOnInvalid) this.#terminate("a message was invalid");
    } else if (body?.["type"] === "SetExecutionTimeout") this.#startDeadline();
    if (this.#options.ended() && this.#overtime === undefined) this.#startOvertime();
    return reply;
  }

  /** Terminates a task that has not ended itself by its execution timeout. */
  #startDeadline(): void {
    const seconds = this.#options.executionTimeout?.();
    if (seconds === undefined) return;
    const { killGraceSeconds = 5, process } = this.#options;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      if (this.#options.ended()) return;
      const event = "Task did not stop before execution_timeout elapsed; terminating process";
      this.#say("error", event, {
        timeout_seconds: seconds,
        grace_period_seconds: killGraceSeconds,
      });
      // The exit by a signal decides the state, so that retries remain possible.
      if (process === undefined) this.#closeConns();
      else process.terminate(killGraceSeconds);
    }, Math.min((seconds + killGraceSeconds) * 1000, MAX_TIMER));
  }

  #startOvertime(): void {
    const seconds = this.#options.overtimeSeconds ?? 20;
    this.#overtime = setTimeout(() => {
      this.#say("warning", "Task success overtime reached; terminating process", { seconds });
      this.#terminate(`the process was still running ${seconds} s after its terminal message`);
    }, seconds * 1000);
  }

  /** Terminates a process by signals, another peer by closing its connections. */
  #terminate(failure: string): void {
    this.#failure ??= failure;
    if (this.#options.process === undefined) this.#closeConns();
    else this.#options.process.terminate(this.#options.killGraceSeconds ?? 5);
  }

  async #readLog(conn: Deno.TcpConn): Promise<void> {
    for await (const text of readLines(conn.readable, this.#drain.signal)) {
      const line = readLogLine(text);
      if (line.kind === "record") this.#add(line.record);
      else if (line.kind === "breach") this.#breach(line.reason, text);
      else this.#say("warning", `Airflow drops this log line: ${line.reason}`, { line: text });
    }
    closeQuietly(conn);
  }

  async #readOutput(name: "stdout" | "stderr", stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of readLines(stream, this.#drain.signal)) {
      const line = text.trimEnd();
      this.#lines[name].push(line);
      this.#add(outputRecord(name, line));
    }
  }

  /** Waits for the readers, but not for orphans that hold the other ends. */
  async #drained(readers: Promise<void>[]): Promise<void> {
    const seconds = this.#options.drainSeconds ?? 5;
    const timer = setTimeout(() => {
      this.#say("warning", "Process exited with open sockets; closing them", { seconds });
      this.#drain.abort();
      this.#closeConns();
    }, seconds * 1000);
    await Promise.all(readers);
    clearTimeout(timer);
    clearTimeout(this.#overtime);
    clearTimeout(this.#deadline);
  }

  #logExit(status: Deno.CommandStatus | undefined): void {
    if (status === undefined) return;
    if (status.signal !== null) {
      const oom = status.signal === "SIGKILL" ? " Likely out of memory error (OOM)." : "";
      const level = oom === "" ? "error" : "critical";
      this.#say(level, `Process terminated by signal.${oom}`, { signal_name: status.signal });
    } else if (status.code !== 0) {
      this.#say("warning", "Process exited abnormally", { exit_code: status.code });
    }
  }

  #breach(reason: string, line?: string): void {
    const event = `Airflow's supervisor would fail here: ${reason}`;
    this.#failure ??= event;
    this.#say("error", event, line === undefined ? {} : { line });
  }

  #say(level: RecordLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#add(supervisorRecord(level, event, fields));
  }

  #add(record: LogRecord): void {
    const masked = maskedRecord(record, this.#options.masker);
    this.#log.push(masked);
    this.#options.onLog?.(masked);
  }

  #closeConns(): void {
    for (const conn of this.#conns) closeQuietly(conn);
  }
}
