/**
 * A real Airflow worker without scheduler or database, as a resource of a test.
 *
 * @module
 */

import type { TaskResult, TaskRun } from "./task_run.ts";
import { removeFolder } from "./temp_dir.ts";
import { type AirflowVersion, venvBin } from "./venv.ts";

/** The options of a harness. */
export interface HarnessOptions {
  /** The supervisor's heartbeat interval in whole seconds; 1 by default, Airflow's default is 5. */
  heartbeatInterval?: number;
  /** Further settings by their environment names, e.g. `AIRFLOW__CORE__TASK_SUCCESS_OVERTIME`. */
  settings?: { [name: string]: string };
}

interface Answer {
  ready?: true;
  result?: TaskResult;
  error?: string;
}

const START_SECONDS = 120;
const NEWLINE = 0x0a;

/**
 * Runs tasks one after the other under Airflow's real `supervise_task`, in one Python process.
 * The start takes about 6 s and a task 0.15 s, so share one among the tests of a file.
 */
export class AirflowHarness implements AsyncDisposable {
  /** The Airflow release in this process. */
  readonly version: AirflowVersion;
  /** The supervisor's heartbeat interval in seconds. */
  readonly heartbeatInterval: number;
  readonly #process: Deno.ChildProcess;
  readonly #home: string;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #last: Promise<unknown> = Promise.resolve();
  #id = 0;

  private constructor(version: AirflowVersion, bin: string, options: HarnessOptions, home: string) {
    this.version = version;
    this.heartbeatInterval = options.heartbeatInterval ?? 1;
    this.#home = home;
    const settings = Object.entries(options.settings ?? {}).map(([name, value]) =>
      `${name}=${value}`
    );
    this.#process = new Deno.Command(`${bin}/python`, {
      args: [new URL("./harness.py", import.meta.url).pathname],
      env: {
        AIRFLOW_HOME: home,
        HARNESS_HEARTBEAT_INTERVAL: String(this.heartbeatInterval),
        HARNESS_SETTINGS: settings.join("\n"),
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#reader = this.#process.stdout.getReader();
  }

  /** Starts the process and waits until Airflow is imported. */
  static async start(
    version: AirflowVersion,
    options: HarnessOptions = {},
  ): Promise<AirflowHarness> {
    const bin = venvBin(version);
    const home = await Deno.makeTempDir({ prefix: "airflow-harness-" });
    const harness = new AirflowHarness(version, bin, options, home);
    const watchdog = setTimeout(() => harness.#process.kill("SIGKILL"), START_SECONDS * 1000);
    try {
      await harness.#read();
    } catch (error) {
      await harness[Symbol.asyncDispose]();
      throw error;
    } finally {
      clearTimeout(watchdog);
    }
    return harness;
  }

  /** Runs one task; calls are queued. */
  runTask(run: TaskRun): Promise<TaskResult> {
    const next = this.#last.then(() => this.#runNow(run));
    this.#last = next.catch(() => {});
    return next;
  }

  async #runNow(run: TaskRun): Promise<TaskResult> {
    const command = JSON.stringify({ id: ++this.#id, ...run });
    await this.#writer.write(new TextEncoder().encode(command + "\n"));
    const answer = await this.#read();
    if (!answer.result) {
      throw new Error(`Cannot run ${run.dag_id}.${run.task_id}: ${answer.error ?? "no result"}`);
    }
    return answer.result;
  }

  // Each command has one reply, which is one line.
  async #read(): Promise<Answer> {
    const decoder = new TextDecoder();
    const parts: string[] = [];
    while (true) {
      const { value, done } = await this.#reader.read();
      if (done) throw await this.#ended();
      parts.push(decoder.decode(value, { stream: true }));
      if (value.at(-1) === NEWLINE) return JSON.parse(parts.join(""));
    }
  }

  async #ended(): Promise<Error> {
    const { code } = await this.#process.status;
    const printed = await Deno.readTextFile(`${this.#home}/stderr.log`).catch(() => "");
    const last = printed.slice(-20_000);
    return new Error(`Airflow ${this.version} ended with exit code ${code}:\n${last}`);
  }

  /** Stops the process and removes its AIRFLOW_HOME. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#writer.close().catch(() => {});
    const watchdog = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.#process.status;
    clearTimeout(watchdog);
    await this.#reader.cancel();
    await removeFolder(this.#home);
  }
}
