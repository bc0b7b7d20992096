/**
 * The local supervisor and the runtime, connected within one process.
 *
 * @module
 */
import { answerRequests } from "../local/supervisor/conversation.ts";
import { type LogRecord, maskedRecord, readLogLine } from "../local/supervisor/log_record.ts";
import {
  type SessionSupervision,
  superviseSession,
  type SupervisorOptions,
  type TaskRun,
} from "../local/supervisor/supervisor.ts";
import type { Supervised } from "../local/supervisor/supervision.ts";
import { type Interrupter, terminated } from "../runtime/launch/process_watch.ts";
import type { ExecutionObserver } from "../runtime/session.ts";
import { converse } from "../runtime/conversation.ts";
import { Contents } from "../runtime/dag/contents.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import type { Transport } from "../supervisor/transport.ts";
import { bytePair } from "./byte_pair.ts";
import type { FakeClock } from "./fake_clock.ts";
import { type RunScope, withinRun } from "./run_scope.ts";

/** The size of the read buffer. */
const READ_BYTES = 64 * 1024;

/** The options of a run in this process. */
export interface InProcessOptions extends SupervisorOptions {
  /** The handler to run. */
  readonly handler: TaskHandler<object>;
  /** The clock of the run; undefined for the real one. */
  readonly clock: FakeClock | undefined;
  /** Environment variables for the runtime, e.g. AIRFLOW__LOGGING__LOGGING_LEVEL. */
  readonly env: Readonly<Record<string, string>>;
  /** Receives the result or error of the handler. */
  readonly observer: ExecutionObserver;
}

/** Runs a handler once, as a task process does. */
export function superviseInProcess(options: InProcessOptions): Promise<TaskRun> {
  const { signal, ...rest } = options;
  const scope: RunScope = { clock: options.clock };
  // The signal stands for Airflow's SIGTERM, which the handler receives, not the supervisor.
  return withinRun(
    scope,
    () =>
      superviseSession(
        rest,
        (supervision) => new InProcess(options, supervision).run(scope, signal),
      ),
  );
}

class InProcess {
  readonly #options: InProcessOptions;
  readonly #supervision: SessionSupervision;
  readonly #requests: Supervised["requests"][number][] = [];
  readonly #log: LogRecord[] = [];
  #failure: string | undefined;

  constructor(options: InProcessOptions, supervision: SessionSupervision) {
    this.#options = options;
    this.#supervision = supervision;
  }

  async run(scope: RunScope, signal: AbortSignal | undefined): Promise<Supervised> {
    const started = performance.now();
    using watching = new DisposableStack();
    const [comm, farComm] = bytePair();
    const [logs, farLogs] = bytePair();
    const talk = this.#converse(farComm).finally(() => farComm.close());
    const reading = this.#readLog(farLogs);
    const contents = new Contents();
    contents.add(this.#options.handler);
    const exitCode = await converse({ comm, logs }, { contents }, {
      env: (name) => this.#options.env[name],
      captureConsole: (logger) => scope.logger = logger,
      watch: (interrupter) => watching.use(watch(interrupter, scope, signal)),
      observer: this.#options.observer,
    });
    scope.logger = undefined;
    comm.close();
    logs.close();
    await Promise.all([talk, reading]);
    return {
      connected: true,
      exitCode,
      signal: undefined,
      failure: this.#failure,
      requests: this.#requests,
      log: this.#log,
      stdout: [],
      stderr: [],
      durationSeconds: (performance.now() - started) / 1000,
    };
  }

  async #converse(comm: Transport): Promise<void> {
    const { first, faults, answer } = this.#supervision;
    await answerRequests(comm, {
      first,
      answer: (body) => answer(body, () => {}),
      onRequest: (request) => this.#requests.push(request),
      onBreach: (reason) => this.#failure ??= `Airflow's supervisor would fail here: ${reason}`,
      faults,
      signal: new AbortController().signal,
    });
  }

  async #readLog(logs: Transport): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(READ_BYTES);
    let rest = "";
    for (let length = await logs.read(buffer); length !== null; length = await logs.read(buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split(
        "\n",
      );
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    }
  }

  #take(text: string): void {
    const line = readLogLine(text);
    if (line.kind === "record") {
      const record = maskedRecord(line.record, this.#supervision.masker);
      this.#log.push(record);
      this.#supervision.onLog?.(record);
    } else if (line.kind === "breach") {
      this.#failure ??= `Airflow's supervisor would fail here: ${line.reason}`;
    }
  }
}

/** Terminates the handler when the test aborts the signal, without a signal to the process. */
function watch(
  interrupter: Interrupter,
  scope: RunScope,
  signal: AbortSignal | undefined,
): Disposable {
  const onAbort = (): void => interrupter.abort(terminated());
  // It stays after the run: code that the handler started must not end the process later.
  scope.interrupter = interrupter;
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  return {
    [Symbol.dispose](): void {
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
