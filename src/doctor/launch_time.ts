/**
 * How long a bundle takes from its start to both of its connections, which is what Airflow waits
 * for.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** Time to end by itself once nobody is at the other end, in milliseconds. */
const GRACE_MS = 2000;

/** How a launch is made. */
export interface LaunchOptions {
  /** The program and its arguments, as a coordinator has them. */
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The longest wait, in seconds. */
  readonly timeout: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the command as Airflow would, waits for both sockets, and leaves it alone: no task is told
 * to run. The time from the start to the second connection, in seconds.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when it cannot be started; `CLOSED` when it ends before,
 * with what it said; `TIMEOUT`; `ABORTED`
 */
export async function measureLaunch(options: LaunchOptions): Promise<number> {
  const [program = "", ...args] = options.command;
  using comm = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using logs = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = performance.now();
  const child = spawn(program, [
    ...args,
    `--comm=127.0.0.1:${comm.addr.port}`,
    `--logs=127.0.0.1:${logs.addr.port}`,
  ], options.env);
  const output = child.output();
  const ended = output.then(({ code, stderr }) => {
    const said = new TextDecoder().decode(stderr).trim().split("\n")[0] ?? "";
    throw new TaskRuntimeError(
      "CLOSED",
      `Cannot launch ${program}: it ended with ${code} before it connected${said && `: ${said}`}`,
    );
  });
  using limit = new Limit(program, options);
  try {
    const conns = await Promise.race([
      Promise.all([comm.accept(), logs.accept()]),
      ended,
      limit.passed,
    ]);
    const seconds = (performance.now() - start) / 1000;
    for (const conn of conns) conn.close();
    return seconds;
  } finally {
    const timer = setTimeout(() => kill(child), limit.isPassed ? 0 : GRACE_MS);
    await output;
    clearTimeout(timer);
    // Whoever lost the race is heard all the same.
    await ended.catch(() => {});
  }
}

/** Rejects when the time is over or the signal says so. */
class Limit implements Disposable {
  readonly passed: Promise<never>;
  isPassed = false;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #release: () => void;

  constructor(program: string, { timeout, signal }: LaunchOptions) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.passed = promise;
    this.passed.catch(() => {});
    const end = (code: "TIMEOUT" | "ABORTED", reason: string): void => {
      this.isPassed = true;
      reject(new TaskRuntimeError(code, `Cannot launch ${program}: ${reason}`));
    };
    const onAbort = (): void => end("ABORTED", "the caller stopped it");
    this.#timer = setTimeout(
      () => end("TIMEOUT", `it did not connect within ${timeout} s`),
      timeout * 1000,
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#release = () => signal?.removeEventListener("abort", onAbort);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#release();
  }
}

function spawn(
  program: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      env: { ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot launch ${program}: ${reason}`, { cause });
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}
