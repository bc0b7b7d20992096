/**
 * A real Airflow 3.4 whose Dags are the packed native examples, without a Python file.
 *
 * @module
 */

import { packBundle } from "./packed_bundle.ts";
import type { RestApi } from "./rest_api.ts";
import { Standalone } from "./standalone.ts";
import type { Json, JsonObject } from "./task_run.ts";
import { removeFolder } from "./temp_dir.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url);
const FAULTS = new URL("../testdata/native_faults.ts", import.meta.url);
/** The run that is triggered of each Dag that has no schedule. */
const RUN_ID = "proof";
/** The conf of triggered runs, by Dag. */
const CONFS: Readonly<Record<string, JsonObject>> = {
  native_params: { region: "us", limit: 5 },
};
/** The intervals at which Airflow finds and parses files, in seconds; its defaults are longer. */
const INTERVALS = {
  AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: "300",
  AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: "30",
};
const LISTED_SECONDS = 120;
const ENDED_SECONDS = 300;

/** The native examples: the names of their folders, and the ids of their Dags. */
export const NATIVE_EXAMPLES: readonly string[] = Array.from(
  Deno.readDirSync(EXAMPLES),
  ({ name }) => name,
).filter((name) => name.startsWith("native_")).sort();

/** A task instance after its run. */
export interface NativeTask {
  state: Json;
  try_number: Json;
  /** The label that the UI shows for the map index; null for a task that is not mapped. */
  label: Json;
}

/** A Dag run that has ended. */
export interface NativeRun {
  run_type: Json;
  state: Json;
  /** By task id, `size[0]` for an instance of a mapped task. */
  tasks: Readonly<Record<string, NativeTask>>;
}

/** Airflow with the native examples, each of which has run once. */
export class NativeAirflow implements AsyncDisposable {
  /** Its REST API. */
  readonly api: RestApi;
  readonly #airflow: Standalone;
  readonly #folders: readonly string[];

  private constructor(airflow: Standalone, folders: readonly string[]) {
    this.api = airflow.api;
    this.#airflow = airflow;
    this.#folders = folders;
  }

  /** Packs the examples, starts Airflow, has each Dag run and waits for the end of the runs. */
  static async start(): Promise<NativeAirflow> {
    const bundleRoot = await Deno.makeTempDir({ prefix: "airflow-native-" });
    const dagsFolder = await Deno.makeTempDir({ prefix: "airflow-native-" });
    const folders = [bundleRoot, dagsFolder];
    try {
      for (const name of NATIVE_EXAMPLES) {
        await packBundle(new URL(`${name}/main.ts`, EXAMPLES), `${bundleRoot}/${name}`);
      }
      await packBundle(FAULTS, `${bundleRoot}/faults`);
      const airflow = await Standalone.start("3.4.0b2", { dagsFolder, bundleRoot, env: INTERVALS });
      const native = new NativeAirflow(airflow, folders);
      try {
        await native.#runAll();
        return native;
      } catch (error) {
        await airflow[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await Promise.all(folders.map(removeFolder));
      throw error;
    }
  }

  /** The ids of the Dags that Airflow lists, in order. */
  async dagIds(): Promise<string[]> {
    const { dags } = await this.api.get("dags?limit=100");
    return rows(dags).map(({ dag_id }) => String(dag_id)).sort();
  }

  /** Waits for import errors and returns them. */
  async importErrors(): Promise<JsonObject[]> {
    let errors: JsonObject[] = [];
    await this.#airflow.until("has no import error", LISTED_SECONDS, async () => {
      errors = rows((await this.api.get("importErrors"))["import_errors"]);
      return errors.length > 0;
    });
    return errors;
  }

  /** The one run of a Dag. */
  async run(dagId: string): Promise<NativeRun> {
    const run = await this.#lastRun(dagId);
    const { task_instances } = await this.api.get(`${runPath(run)}/taskInstances?limit=100`);
    const tasks = rows(task_instances).map((ti): [string, NativeTask] => [
      ti["map_index"] === -1 ? String(ti["task_id"]) : `${ti["task_id"]}[${ti["map_index"]}]`,
      {
        state: ti["state"] ?? null,
        try_number: ti["try_number"] ?? null,
        label: ti["rendered_map_index"] ?? null,
      },
    ]);
    return {
      run_type: run["run_type"] ?? null,
      state: run["state"] ?? null,
      tasks: Object.fromEntries(tasks.sort()),
    };
  }

  /** The states of the tasks of a Dag's one run. */
  async states(dagId: string): Promise<Record<string, Json>> {
    const { tasks } = await this.run(dagId);
    return Object.fromEntries(Object.entries(tasks).map(([id, { state }]) => [id, state]));
  }

  /** An XCom of a Dag's one run. */
  async xcom(dagId: string, taskId: string, key = "return_value", mapIndex = -1): Promise<Json> {
    const run = runPath(await this.#lastRun(dagId));
    const query = `map_index=${mapIndex}&deserialize=false&stringify=false`;
    const entry = await this.api.get(`${run}/taskInstances/${taskId}/xcomEntries/${key}?${query}`);
    return entry["value"] ?? null;
  }

  /** The edges that the UI draws, `"a > b"`; those of labels and teardowns are marked. */
  async edges(dagId: string): Promise<string[]> {
    const { edges } = await this.api.getForUi(`structure/structure_data?dag_id=${dagId}`);
    return rows(edges).map((edge) =>
      `${edge["source_id"]} > ${edge["target_id"]}` +
      (edge["label"] === null ? "" : ` (${edge["label"]})`) +
      (edge["is_setup_teardown"] === true ? " (teardown)" : "")
    ).sort();
  }

  /** The last output of Airflow's components, to explain a failure. */
  output(): Promise<string> {
    return this.#airflow.output();
  }

  async #runAll(): Promise<void> {
    const expected = JSON.stringify([...NATIVE_EXAMPLES, "native_sound"]);
    await this.#airflow.until(
      "does not list the Dags",
      LISTED_SECONDS,
      async () => JSON.stringify(await this.dagIds()) === expected,
    );
    for (const dagId of NATIVE_EXAMPLES) {
      await this.api.patch(`dags/${dagId}`, { is_paused: false });
      // These two have a schedule.
      if (dagId === "native_etl" || dagId === "native_asset_schedule") continue;
      const conf = CONFS[dagId] ?? {};
      const body = { logical_date: null, dag_run_id: RUN_ID, conf };
      await this.api.post(`dags/${dagId}/dagRuns`, body);
    }
    for (const dagId of NATIVE_EXAMPLES) {
      await this.#airflow.until(`has not ended a run of ${dagId}`, ENDED_SECONDS, async () => {
        const { dag_runs } = await this.api.get(`dags/${dagId}/dagRuns`);
        const runs = rows(dag_runs);
        return runs.length > 0 && runs.every(({ end_date }) => end_date !== null);
      });
    }
  }

  async #lastRun(dagId: string): Promise<JsonObject> {
    const { dag_runs } = await this.api.get(`dags/${dagId}/dagRuns`);
    const [run, ...others] = rows(dag_runs);
    if (run !== undefined && others.length === 0) return run;
    throw new Error(`Dag ${dagId} has ${others.length + 1} runs, not one`);
  }

  /** Ends Airflow and removes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#airflow[Symbol.asyncDispose]();
    await Promise.all(this.#folders.map(removeFolder));
  }
}

function runPath({ dag_id, dag_run_id }: JsonObject): string {
  return `dags/${dag_id}/dagRuns/${encodeURIComponent(String(dag_run_id))}`;
}

/** The objects of a list. */
export function rows(value: Json | undefined): JsonObject[] {
  if (!Array.isArray(value)) throw new Error(`no list: ${JSON.stringify(value)}`);
  return value.filter((row): row is JsonObject =>
    typeof row === "object" && row !== null && !Array.isArray(row)
  );
}
