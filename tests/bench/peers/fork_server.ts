/**
 * Launches Airflow's own Python task runner. It is not a program: a warm process forks it.
 *
 * @module
 */
import type { Started } from "./started.ts";

/** The warm process; see fork_server.py. */
export class ForkServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncIterator<string>;
  /** The version of Airflow that it has imported. */
  version = "";

  private constructor(python: string, env: Readonly<Record<string, string>>) {
    this.#process = new Deno.Command(python, {
      args: [new URL("./fork_server.py", import.meta.url).pathname],
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#answers = lines(this.#process.stdout);
  }

  /** Starts the process and waits until it has imported Airflow. */
  static async start(python: string, env: Readonly<Record<string, string>>): Promise<ForkServer> {
    const server = new ForkServer(python, env);
    server.version = String(await server.#answer("version"));
    return server;
  }

  /** Forks a task process that connects to these ports. */
  launch(comm: number, logs: number): Started {
    const begun = this.#begin(comm, logs);
    let pid = 0;
    return {
      get pid() {
        return pid;
      },
      status: begun.then(async (forked) => {
        pid = forked;
        const code = Number(await this.#answer("code"));
        return { success: code === 0, code };
      }),
      stdout: ReadableStream.from([]),
      stderr: ReadableStream.from([]),
      kill: (signal) => void begun.then((forked) => Deno.kill(forked, signal)),
    };
  }

  async #begin(comm: number, logs: number): Promise<number> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify({ comm, logs })}\n`));
    return Number(await this.#answer("pid"));
  }

  async #answer(name: string): Promise<unknown> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("the process that forks Airflow's task runner has ended");
    const answer: unknown = JSON.parse(value);
    return typeof answer === "object" && answer !== null ? Reflect.get(answer, name) : undefined;
  }

  /** Stops the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#process.status;
    await this.#answers.return?.();
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
