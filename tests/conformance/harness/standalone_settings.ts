/**
 * Airflow's settings for a full run: quick loops, free ports, everything below one folder.
 *
 * @module
 */

import type { AirflowVersion } from "./venv.ts";

/** The paths of a full run. */
export interface StandaloneOptions {
  /** Folder of the Python Dags. */
  dagsFolder: string;
  /** Folder of the executable bundles (and `.min.mjs`); served on the queue "deno". */
  bundleRoot: string;
  /** The program that 3.4 starts instead of `node`; its queue is "deno-node". */
  nodeExecutable?: string;
  /** Environment variables that the tasks inherit. */
  env?: { [name: string]: string };
}

/** Environment of `airflow standalone`, on its REST API's port. */
export function standaloneSettings(
  version: AirflowVersion,
  home: string,
  port: number,
  options: StandaloneOptions,
): { [name: string]: string } {
  return {
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__PARALLELISM: "4",
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__DAGS_FOLDER: options.dagsFolder,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: "True",
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__API__WORKERS: "1",
    AIRFLOW__API__HOST: "127.0.0.1",
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__BASE_URL: `http://127.0.0.1:${port}`,
    AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(freePort()),
    AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(freePort()),
    // On a busy machine the API server takes longer than the 5 s after which a worker fails.
    AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: "60",
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: "0.2",
    AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC: "1",
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: "5",
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: "300",
    AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES: "1",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    ...coordinators(version, options),
    ...options.env,
  };
}

/** Returns a free port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

// 3.3 configures the bundles' folder itself, 3.4 a Dag bundle of that folder.
function coordinators(
  version: AirflowVersion,
  { dagsFolder, bundleRoot, nodeExecutable }: StandaloneOptions,
): { [name: string]: string } {
  const classpath = "airflow.sdk.coordinators.executable.ExecutableCoordinator";
  if (version === "3.3.2") {
    const deno = { classpath, kwargs: { executables_root: [bundleRoot] } };
    return {
      AIRFLOW__SDK__COORDINATORS: JSON.stringify({ deno }),
      AIRFLOW__SDK__QUEUE_TO_COORDINATOR: JSON.stringify({ deno: "deno" }),
    };
  }
  const kwargs = { task_handler_bundle_name: "task-handlers" };
  const node = {
    classpath: "airflow.sdk.coordinators.node.NodeCoordinator",
    kwargs: { ...kwargs, node_executable: nodeExecutable },
  };
  const local = (name: string, path: string) => ({
    name,
    classpath: "airflow.dag_processing.bundles.local.LocalDagBundle",
    kwargs: { path },
  });
  return {
    AIRFLOW__SDK__COORDINATORS: JSON.stringify({
      deno: { classpath, kwargs },
      ...(nodeExecutable ? { "deno-node": node } : {}),
    }),
    AIRFLOW__SDK__QUEUE_TO_COORDINATOR: JSON.stringify({
      deno: "deno",
      ...(nodeExecutable ? { "deno-node": "deno-node" } : {}),
    }),
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify([
      local("dags-folder", dagsFolder),
      local("task-handlers", bundleRoot),
    ]),
  };
}
