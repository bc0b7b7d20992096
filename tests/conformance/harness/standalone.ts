/**
 * A whole real Airflow as a resource of a test: `airflow standalone` on SQLite with LocalExecutor.
 *
 * @module
 */

import { delay } from "./delay.ts";
import { type DagRun, readDagRun } from "./dag_run.ts";
import { RestApi } from "./rest_api.ts";
import { removeFolder } from "./temp_dir.ts";
import { freePort, type StandaloneOptions, standaloneSettings } from "./standalone_settings.ts";
import type { Json, JsonObject } from "./task_run.ts";
import { type AirflowVersion, venvBin } from "./venv.ts";

const HEALTHY_SECONDS = 180;
const POLL_SECONDS = 0.25;

/** Scheduler, Dag processor, API server and workers of one Airflow release. */
export class Standalone implements AsyncDisposable {
  /** The Airflow release that runs. */
  readonly version: AirflowVersion;
  /** Its public REST API. */
  readonly api: RestApi;
  readonly #process: Deno.ChildProcess;
  readonly #home: string;

  private constructor(
    version: AirflowVersion,
    bin: string,
    home: string,
    options: StandaloneOptions,
  ) {
    this.version = version;
    this.#home = home;
    const port = freePort();
    this.api = new RestApi(`http://127.0.0.1:${port}`);
    const inherited = Object.entries(Deno.env.toObject())
      .filter(([name]) => !name.startsWith("AIRFLOW__"));
    this.#process = new Deno.Command(`${bin}/python`, {
      args: [new URL("./standalone.py", import.meta.url).pathname],
      clearEnv: true,
      env: {
        ...Object.fromEntries(inherited),
        ...standaloneSettings(version, home, port, options),
        // Standalone finds its own commands on PATH.
        PATH: `${bin}:${Deno.env.get("PATH") ?? ""}`,
      },
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  }

  /** Starts Airflow and waits until its scheduler and Dag processor are healthy. */
  static async start(version: AirflowVersion, options: StandaloneOptions): Promise<Standalone> {
    const bin = venvBin(version);
    const home = await Deno.makeTempDir({ prefix: "airflow-standalone-" });
    const standalone = new Standalone(version, bin, home, options);
    try {
      await standalone.until("is not healthy", HEALTHY_SECONDS, () => standalone.#isHealthy());
      await standalone.api.logIn();
    } catch (error) {
      await standalone[Symbol.asyncDispose]();
      throw error;
    }
    return standalone;
  }

  /** Creates a connection. */
  async createConnection(connId: string, fields: JsonObject): Promise<void> {
    await this.api.post("connections", { connection_id: connId, ...fields });
  }

  /** Creates a variable. */
  async createVariable(key: string, value: string): Promise<void> {
    await this.api.post("variables", { key, value });
  }

  /** Unpauses and triggers a Dag, waits until the run has finished and reads it. */
  async runDag(dagId: string, { conf = {}, timeoutSeconds = 120 }: {
    conf?: JsonObject;
    timeoutSeconds?: number;
  } = {}): Promise<DagRun> {
    await this.until(
      `has no Dag ${dagId}`,
      60,
      async () => (await this.api.tryGet(`dags/${dagId}`)) !== null,
    );
    await this.api.patch(`dags/${dagId}`, { is_paused: false });
    const run = await this.api.post(`dags/${dagId}/dagRuns`, { logical_date: null, conf });
    const path = `dags/${dagId}/dagRuns/${encodeURIComponent(String(run["dag_run_id"]))}`;
    await this.until(`has not ended ${path}`, timeoutSeconds, async () => {
      const { state } = await this.api.get(path);
      return state === "success" || state === "failed";
    });
    return await readDagRun(this.api, path, `${this.#home}/logs`);
  }

  /** Airflow's import errors, by file. */
  async importErrors(): Promise<Json> {
    return (await this.api.get("importErrors"))["import_errors"] ?? [];
  }

  /** The end of the output of Airflow's components, to explain a failure. */
  async output(): Promise<string> {
    const text = await Deno.readTextFile(`${this.#home}/standalone.log`).catch(() => "");
    return text.slice(-20_000);
  }

  async #isHealthy(): Promise<boolean> {
    const health = await this.api.tryGet("monitor/health");
    const parts = ["metadatabase", "scheduler", "dag_processor"];
    return parts.every((part) => JSON.stringify(health?.[part])?.includes('"status":"healthy"'));
  }

  /**
   * Waits until a condition is met.
   *
   * @throws {Error} with `problem`, import errors and output if it is not met after `seconds`, or if
   * Airflow has exited
   */
  async until(problem: string, seconds: number, met: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    let ended = false;
    this.#process.status.then(() => ended = true);
    while (!await met()) {
      if (ended || performance.now() > deadline) {
        const errors = JSON.stringify(await this.api.tryGet("importErrors"));
        throw new Error(
          `Airflow ${this.version} ${problem} after ${seconds} s; import errors: ${errors}\n` +
            await this.output(),
        );
      }
      await delay(POLL_SECONDS);
    }
  }

  /** Ends all of Airflow's processes and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stdin.close();
    await this.#process.status;
    await removeFolder(this.#home);
  }
}
