/**
 * The paths of the Airflow releases and of the compiled binary, which `scripts/test` sets.
 *
 * @module
 */

/** The Airflow releases of the conformance tests. */
export const AIRFLOW_VERSIONS = ["3.3.2", "3.4.0b2"] as const;

/** One of {@linkcode AIRFLOW_VERSIONS}. */
export type AirflowVersion = (typeof AIRFLOW_VERSIONS)[number];

/**
 * Returns the folder of the programs of this Airflow's virtual environment.
 *
 * @throws {Error} if `AIRFLOW_VENVS` is not set: these tests must not be skipped silently.
 */
export function venvBin(version: AirflowVersion): string {
  return `${required("AIRFLOW_VENVS")}/${version}/bin`;
}

/**
 * Returns the path of the compiled `airflow-task-runtime`.
 *
 * @throws {Error} if `AIRFLOW_TASK_RUNTIME` is not set.
 */
export function taskRuntime(): string {
  return required("AIRFLOW_TASK_RUNTIME");
}

/** Returns the path of the `deno` for workers without the binary, if there is one. */
export function workerDeno(): string | undefined {
  const path = Deno.env.get("WORKER_DENO");
  return path === undefined ? undefined : Deno.realPathSync(path);
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (!value) {
    throw new Error(
      `Cannot run against Airflow: ${name} is not set; run scripts/test, which sets it`,
    );
  }
  return Deno.realPathSync(value);
}
