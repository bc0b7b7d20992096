/**
 * The process of one task and the sockets it connects to: started and terminated as Airflow does.
 *
 * @module
 */

import { TaskRuntimeError } from "../../error.ts";

/** The options of a task's process. */
export interface TaskProcessOptions {
  /** The program and its arguments; `--comm=` and `--logs=` are appended. */
  readonly command: readonly string[];
  /** Environment variables in addition to those of this process, which are inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory; the current one by default. */
  readonly cwd?: string;
}

/** The two listening sockets of one run. */
export class Listeners implements Disposable {
  /** Listens for the comm connection. */
  readonly comm: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  /** Listens for the log connection. */
  readonly logs: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  /** Stops listening and rejects pending accepts. */
  [Symbol.dispose](): void {
    closeQuietly(this.comm);
    closeQuietly(this.logs);
  }
}

/** The address of a listener in Airflow's form: `127.0.0.1:PORT`. */
export function addressOf(listener: Deno.TcpListener): string {
  return `${listener.addr.hostname}:${listener.addr.port}`;
}

/** Closes a resource that may be closed already, for which Deno throws. */
export function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // Already closed.
  }
}

/** A task's process. */
export class TaskProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  #killTimer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  /** The exit status of the process. */
  readonly status: Promise<Deno.CommandStatus>;

  /**
   * Starts the process with the addresses of the listeners, and with the two settings of logging
   * that Airflow passes to tasks.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when it cannot be started.
   */
  constructor(options: TaskProcessOptions, listeners: Listeners) {
    const [program = "", ...args] = options.command;
    try {
      this.#child = new Deno.Command(program, {
        args: [
          ...args,
          `--comm=${addressOf(listeners.comm)}`,
          `--logs=${addressOf(listeners.logs)}`,
        ],
        env: {
          AIRFLOW__LOGGING__LOGGING_LEVEL: "INFO",
          AIRFLOW__LOGGING__NAMESPACE_LEVELS: "",
          ...options.env,
        },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        stdin: "null",
        // Ctrl-C in the terminal must not reach the task, which receives SIGTERM as in Airflow.
        detached: true,
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (cause) {
      const code = cause instanceof Deno.errors.NotFound ? "NOT_FOUND" : "PERMISSION_DENIED";
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError(code, `Cannot start "${program}": ${reason}`, { cause });
    }
    this.status = this.#child.status.then((status) => {
      this.#ended = true;
      clearTimeout(this.#killTimer);
      return status;
    });
  }

  /** The output of the process. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** The error output of the process. */
  get stderr(): ReadableStream<Uint8Array> {
    return this.#child.stderr;
  }

  /** Sends SIGTERM, and SIGKILL after `graceSeconds` when the process still runs. */
  terminate(graceSeconds: number): void {
    if (this.#ended || this.#killTimer !== undefined) return;
    this.#killTimer = setTimeout(() => this.#kill("SIGKILL"), graceSeconds * 1000);
    this.#kill("SIGTERM");
  }

  /** Kills the process and waits for its exit. */
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
      // The process exited before the signal.
    }
  }
}
