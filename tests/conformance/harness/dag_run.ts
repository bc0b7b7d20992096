/**
 * Reads a finished Dag run from the REST API and the log files.
 *
 * @module
 */

import type { RestApi } from "./rest_api.ts";
import type { Json, JsonObject, LogLine } from "./task_run.ts";

/** One task of a Dag run. */
export interface DagRunTask {
  state: Json;
  try_number: Json;
  /** Values by key. */
  xcoms: { [key: string]: Json };
  /** The log of each try: lines as Airflow stored them. */
  logs: LogLine[][];
}

/** A Dag run that has ended. */
export interface DagRun {
  run_id: string;
  state: Json;
  /** Seconds from the run's start to its end. */
  duration: Json;
  tasks: { [task_id: string]: DagRunTask };
}

/** Reads a Dag run by its path in the REST API; `logs` is Airflow's log folder. */
export async function readDagRun(api: RestApi, path: string, logs: string): Promise<DagRun> {
  const run = await api.get(path);
  const tasks: { [task_id: string]: DagRunTask } = {};
  for (const ti of rows(await api.get(`${path}/taskInstances`), "task_instances")) {
    const taskId = String(ti["task_id"]);
    const folder = `${logs}/dag_id=${run["dag_id"]}/run_id=${run["dag_run_id"]}/task_id=${taskId}`;
    tasks[taskId] = {
      state: ti["state"] ?? null,
      try_number: ti["try_number"] ?? null,
      xcoms: await readXComs(api, `${path}/taskInstances/${taskId}/xcomEntries`),
      logs: await readLogs(folder),
    };
  }
  return {
    run_id: String(run["dag_run_id"]),
    state: run["state"] ?? null,
    duration: run["duration"] ?? null,
    tasks,
  };
}

async function readXComs(api: RestApi, path: string): Promise<{ [key: string]: Json }> {
  const values: { [key: string]: Json } = {};
  for (const { key, map_index } of rows(await api.get(path), "xcom_entries")) {
    const name = encodeURIComponent(String(key));
    const query = `map_index=${map_index ?? -1}&deserialize=false&stringify=false`;
    // The value of the last instance of a mapped task remains.
    const entry = await api.get(`${path}/${name}?${query}`);
    values[String(key)] = entry["value"] ?? null;
  }
  return values;
}

async function readLogs(folder: string): Promise<LogLine[][]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const tries = names.filter((name) => /^attempt=\d+\.log$/.test(name)).sort();
  return await Promise.all(tries.map(async (name) => {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    return text.split("\n").filter((line) => line).map((line): LogLine => JSON.parse(line));
  }));
}

function rows(body: JsonObject, name: string): JsonObject[] {
  const value = body[name];
  if (!Array.isArray(value)) throw new Error(`Cannot read ${name}: ${JSON.stringify(body)}`);
  return value.filter((row): row is JsonObject =>
    typeof row === "object" && row !== null && !Array.isArray(row)
  );
}
