/**
 * Airflow's supervisor, played locally: `dev` runs tasks under it, and so do tests.
 *
 * @module
 */

import type { DagRun, SchemaDate, StartupDetails } from "../../protocol/generated.ts";
import type { AskingTask } from "../api/answer_state.ts";
import { dagRunRow } from "../api/dag_run_message.ts";
import { type EndState, endVerdict } from "./ending.ts";
import { SecretsMasker } from "./secrets_masker.ts";
import type { Store, TaskInstanceRow } from "../store/store.ts";
import { addressOf, Listeners } from "./listeners.ts";
import {
  supervise,
  type Supervised,
  type SupervisionOptions,
  type SupervisionSettings,
} from "./supervision.ts";
import { TaskProcess, type TaskProcessOptions } from "./task_process.ts";
import { TaskSession, type TerminalRequest } from "./task_session.ts";

/** What the supervisor of one task needs. */
export interface SupervisorOptions extends SupervisionSettings {
  /** The first frame; {@linkcode startupDetails} makes one. */
  readonly startup: StartupDetails;
  /** Airflow's state, for answers. */
  readonly store: Store;
  /** The schema date that messages are checked by; `2026-06-16` when absent. */
  readonly date?: SchemaDate;
}

/** How one task ran. */
export interface TaskRun extends Supervised {
  /** The state that Airflow would show. */
  readonly state: EndState;
  /** One sentence that says why that state. */
  readonly reason: string;
  /** The terminal frame that counted; null without one. */
  readonly terminal: TerminalRequest | null;
  /** Seconds to wait that a RetryTask asked for; null when none did. */
  readonly retryDelaySeconds: number | null;
}

/**
 * A supervisor that waits for a peer which somebody else starts, e.g. a test in its own process.
 *
 * @example A peer that connects and leaves without a word
 * ```ts
 * import { LocalSupervisor } from "./supervisor.ts";
 * import { MemoryStore } from "../store/store.ts";
 * import { startupDetails } from "./startup_details.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using supervisor = LocalSupervisor.listen({
 *   startup: startupDetails({ dagId: "etl", taskId: "extract" }),
 *   store: new MemoryStore(),
 * });
 * for (const address of [supervisor.comm, supervisor.logs]) {
 *   const [hostname = "", port] = address.split(":");
 *   (await Deno.connect({ hostname, port: Number(port) })).close();
 * }
 * assertEquals((await supervisor.run).state, "failed");
 * ```
 */
export class LocalSupervisor implements AsyncDisposable {
  readonly #stop = new AbortController();
  /** Where the peer's comm connection goes, `127.0.0.1:PORT`. */
  readonly comm: string;
  /** Where the peer's log connection goes, `127.0.0.1:PORT`. */
  readonly logs: string;
  /** How the task ran, once the peer has closed its connections. It does not reject. */
  readonly run: Promise<TaskRun>;

  private constructor(options: SupervisorOptions) {
    const listeners = new Listeners();
    this.comm = addressOf(listeners.comm);
    this.logs = addressOf(listeners.logs);
    const signals = [this.#stop.signal, ...(options.signal === undefined ? [] : [options.signal])];
    this.run = runTask(
      { ...options, signal: AbortSignal.any(signals) },
      undefined,
      (supervision) => supervise(listeners, supervision),
    );
  }

  /** Listens on two loopback ports and supervises the peer that connects there. */
  static listen(options: SupervisorOptions): LocalSupervisor {
    return new LocalSupervisor(options);
  }

  /** Ends the run if it goes on, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.run;
  }
}

/**
 * Runs one task in a process of its own, with `--comm=host:port --logs=host:port` appended to the
 * command, and says how it ended.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the program cannot be started.
 */
export async function superviseTask(
  options: SupervisorOptions & TaskProcessOptions,
): Promise<TaskRun> {
  using listeners = new Listeners();
  const comm = addressOf(listeners.comm);
  await using process = new TaskProcess(withLogging(options), comm, addressOf(listeners.logs));
  return await runTask(options, process, (supervision) => supervise(listeners, supervision));
}

/** The options with the two settings that Airflow resolves into a task's environment. */
export function withLogging<T extends TaskProcessOptions>(options: T): T {
  return {
    ...options,
    env: {
      AIRFLOW__LOGGING__LOGGING_LEVEL: "INFO",
      AIRFLOW__LOGGING__NAMESPACE_LEVELS: "",
      ...options.env,
    },
  };
}

/** Runs one task whose peer `watch` supervises to its end, and says how it ended. */
export async function runTask(
  options: SupervisorOptions,
  process: TaskProcess | undefined,
  watch: (supervision: SupervisionOptions) => Promise<Supervised>,
): Promise<TaskRun> {
  const { startup, store, date = "2026-06-16" } = options;
  const masker = new SecretsMasker();
  const session = new TaskSession(startup, store, masker, date);
  const show = (changed: Omit<TaskInstanceRow, keyof AskingTask>): void =>
    store.setTaskInstance({ ...store.taskInstance(session.task), ...session.task, ...changed });
  enterStore(store, startup.ti_context.dag_run);
  const begun = startup.ti_context.start_date ?? Temporal.Now.instant();
  const { try_number: tryNumber } = startup.ti;
  show({ state: "running", tryNumber, startDate: begun, endDate: null });
  const supervised = await watch({
    ...options,
    first: startup,
    answer: (body, say) => session.answer(body, say),
    executionTimeout: () => session.executionTimeout,
    // Airflow's overtime runs from these three; the others end with the process.
    ended: () => session.direct !== undefined || session.taskState !== undefined,
    masker,
    process,
  });
  const verdict = endVerdict({
    direct: session.direct,
    taskState: session.taskState,
    exitCode: supervised.exitCode,
    signal: supervised.signal,
    shouldRetry: startup.ti_context.should_retry ?? false,
    failure: supervised.failure,
  });
  show({ state: verdict.state, endDate: Temporal.Now.instant() });
  const { terminal } = session;
  return {
    ...supervised,
    ...verdict,
    terminal,
    retryDelaySeconds: terminal?.type === "RetryTask" ? terminal.retry_delay_seconds ?? null : null,
  };
}

/** A task that runs has a Dag and a Dag run, whoever started it. */
function enterStore(store: Store, run: DagRun): void {
  const { dag_id: dagId, run_id: runId } = run;
  if (store.dag(dagId) === undefined) store.setDag({ dagId });
  if (store.dagRun(dagId, runId) === undefined) store.setDagRun(dagRunRow(run));
}
