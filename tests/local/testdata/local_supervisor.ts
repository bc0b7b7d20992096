import { supervise } from "../../../src/local/supervisor/supervision.ts";
import {
  type SupervisorOptions,
  superviseSession,
  type TaskRun,
} from "../../../src/local/supervisor/supervisor.ts";
import { addressOf, Listeners } from "../../../src/local/supervisor/task_process.ts";

/** Supervises a peer that a test starts itself, in its own process. */
export class LocalSupervisor implements AsyncDisposable {
  readonly #stop = new AbortController();
  /** The address for the peer's comm connection, `127.0.0.1:PORT`. */
  readonly comm: string;
  /** The address for the peer's log connection, `127.0.0.1:PORT`. */
  readonly logs: string;
  /** The task's run, which ends when the peer closes its connections. It does not reject. */
  readonly run: Promise<TaskRun>;

  constructor(options: SupervisorOptions) {
    const listeners = new Listeners();
    this.comm = addressOf(listeners.comm);
    this.logs = addressOf(listeners.logs);
    const signals = [this.#stop.signal, ...(options.signal === undefined ? [] : [options.signal])];
    this.run = superviseSession(
      { ...options, signal: AbortSignal.any(signals) },
      (session) => supervise(listeners, { ...session, process: undefined }),
    );
  }

  /** Ends the run and waits for its result. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.run;
  }
}
