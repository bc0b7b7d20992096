/**
 * A supervisor that does what the test says: it starts a process as Airflow's coordinator does, and the
 * test decides what goes over the two sockets and when they close.
 *
 * @module
 */
import { startupDetails, type StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { FarEnd, type RequestParts } from "../supervisor/tcp_pair.ts";

/** The longest run in ms, so that a hang fails. */
const LIMIT = 20_000;

/** The result of a process. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** The signal that ended it; null when it exited. */
  readonly signal: Deno.Signal | null;
  /** All that it printed. */
  readonly stdout: string;
  /** All that it printed as errors. */
  readonly stderr: string;
}

/** Options of a process. */
export interface StartOptions {
  /** Variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process under a supervisor that does as the test says. */
export class HandSupervisor implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #limit: ReturnType<typeof setTimeout>;
  /** The comm socket. */
  readonly comm: FarEnd;
  /** The log socket. */
  readonly logs: FarEnd;
  /** Resolves when the process has exited. */
  readonly ended: Promise<Ended>;

  private constructor(started: Started, comm: Deno.TcpConn, logs: Deno.TcpConn) {
    this.#child = started.child;
    this.#limit = started.limit;
    this.ended = started.ended;
    this.comm = new FarEnd(comm);
    this.logs = new FarEnd(logs);
  }

  /** Starts a command and waits until it has connected both sockets. */
  static async start(
    command: readonly string[],
    options: StartOptions = {},
  ): Promise<HandSupervisor> {
    using comm = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using logs = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const started = startProcess([
      ...command,
      `--comm=127.0.0.1:${comm.addr.port}`,
      `--logs=127.0.0.1:${logs.addr.port}`,
    ], options);
    const conns = await Promise.race([
      Promise.all([comm.accept(), logs.accept()]),
      started.ended.then(({ code, stderr }) => {
        throw new Error(`the process ended with ${code} before it connected: ${stderr}`);
      }),
    ]);
    return new HandSupervisor(started, ...conns);
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Returns the peak memory of the process, which must still run, in bytes. */
  peakMemory(): number {
    const status = printed("cat", `/proc/${this.pid}/status`);
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  /** Sends StartupDetails of a task of the Dag "faults". */
  async startTask(taskId: string, options: Partial<StartupOptions> = {}): Promise<void> {
    await this.comm.write(startFrame(taskId, options));
  }

  /** The next request. */
  receive(): Promise<RequestParts> {
    return this.comm.receiveRequest();
  }

  /** Replies to the request `id`. */
  async reply(id: number, body: unknown = null): Promise<void> {
    await this.comm.send([id, body, null]);
  }

  /** Closes the comm socket; returns the rest of the log and the result of the process. */
  async hangUp(): Promise<{ log: string; ended: Ended }> {
    this.comm.close();
    const [log, ended] = await Promise.all([this.logs.readText(), this.ended]);
    return { log, ended };
  }

  /** Sends a signal to the process. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#limit);
    this.comm.close();
    this.logs.close();
    killQuietly(this.#child);
    await this.ended;
  }
}

/** The first frame of a task of the Dag "faults". */
export function startFrame(
  taskId: string,
  options: Partial<StartupOptions> = {},
): Uint8Array {
  return encodeFrame([0, startupDetails({ dagId: "faults", taskId, ...options }), null]);
}

/** Returns what a program prints: Deno itself reads /proc only with all permissions. */
export function printed(program: string, ...args: string[]): string {
  return new TextDecoder().decode(new Deno.Command(program, { args }).outputSync().stdout);
}

/** Runs a command without a supervisor until it has exited. */
export async function runAlone(
  command: readonly string[],
  options: StartOptions = {},
): Promise<Ended> {
  const { ended, limit } = startProcess(command, options);
  try {
    return await ended;
  } finally {
    clearTimeout(limit);
  }
}

interface Started {
  readonly child: Deno.ChildProcess;
  readonly limit: ReturnType<typeof setTimeout>;
  readonly ended: Promise<Ended>;
}

function startProcess([program = "", ...args]: readonly string[], options: StartOptions): Started {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...options.env },
  }).spawn();
  const limit = setTimeout(() => killQuietly(child), LIMIT);
  const ended = child.output().then(({ code, signal, stdout, stderr }) => ({
    code,
    signal,
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  }));
  return { child, limit, ended };
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}
