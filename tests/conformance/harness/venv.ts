/**
 * Where the real Airflow releases and our compiled binary are; set by `scripts/test`.
 *
 * @module
 */

/** The Airflow releases that the conformance runs hold us against. */
export const AIRFLOW_VERSIONS = ["3.3.2", "3.4.0b2"] as const;

/** One of {@linkcode AIRFLOW_VERSIONS}. */
export type AirflowVersion = (typeof AIRFLOW_VERSIONS)[number];

/**
 * The programs' folder of the virtual environment that holds this Airflow.
 *
 * @throws {Error} if `AIRFLOW_VENVS` is not set: these tests fail rather than pass unseen.
 */
export function venvBin(version: AirflowVersion): string {
  return `${required("AIRFLOW_VENVS")}/${version}/bin`;
}

/**
 * Path of the compiled `airflow-task-runtime`.
 *
 * @throws {Error} if `AIRFLOW_TASK_RUNTIME` is not set.
 */
export function taskRuntime(): string {
  return required("AIRFLOW_TASK_RUNTIME");
}

/** Path of the `deno` that bundles run on where a worker has no binary; undefined without one. */
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
