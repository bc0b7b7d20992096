/**
 * The child process of one run: spawned with Airflow's arguments, ended as Airflow ends it.
 *
 * @module
 */

import { TaskRuntimeError } from "../../error.ts";

/** How to start the process. */
export interface TaskProcessOptions {
  /** The program and its arguments; `--comm=` and `--logs=` are appended. */
  readonly command: readonly string[];
  /** Variables over those of this process, which are inherited as under Airflow. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory; this process's when absent. */
  readonly cwd?: string;
}

/** A running (or ended) task process. */
export class TaskProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  #killTimer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  /** How the process ended. */
  readonly status: Promise<Deno.CommandStatus>;

  /**
   * Starts the process, which is to connect to the two addresses (`host:port`).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when it cannot be started.
   */
  constructor(options: TaskProcessOptions, comm: string, logs: string) {
    const [program = "", ...args] = options.command;
    try {
      this.#child = new Deno.Command(program, {
        args: [...args, `--comm=${comm}`, `--logs=${logs}`],
        env: { ...options.env },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        stdin: "null",
        // Ctrl-C in the terminal reaches us alone; a task gets SIGTERM, as under Airflow's workers.
        detached: true,
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (cause) {
      const code = cause instanceof Deno.errors.NotFound ? "NOT_FOUND" : "PERMISSION_DENIED";
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError(code, `Cannot start ${program}: ${reason}`, { cause });
    }
    this.status = this.#child.status.then((status) => {
      this.#ended = true;
      clearTimeout(this.#killTimer);
      return status;
    });
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What the process prints. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** What the process prints as errors. */
  get stderr(): ReadableStream<Uint8Array> {
    return this.#child.stderr;
  }

  /** Sends SIGTERM to the pid only, and SIGKILL after `graceSeconds` if it still runs; once. */
  terminate(graceSeconds: number): void {
    if (this.#ended || this.#killTimer !== undefined) return;
    this.#killTimer = setTimeout(() => this.#kill("SIGKILL"), graceSeconds * 1000);
    this.#kill("SIGTERM");
  }

  /** Kills the process if it still runs, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#killTimer);
    this.#kill("SIGKILL");
    await this.status;
  }

  #kill(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch {
      // It ended between the question and the signal.
    }
  }
}
