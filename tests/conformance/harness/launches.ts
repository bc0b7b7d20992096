/**
 * The ways in which a bundle is launched under Airflow: each release, with the runtime binary and with
 * a worker's `deno`.
 *
 * @module
 */
import type { AirflowHarness, HarnessOptions } from "./airflow.ts";
import { sharedHarnesses } from "./shared_harness.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion, workerDeno } from "./venv.ts";

/** One way. */
export interface Launch {
  /** The name for titles, e.g. `"the runtime under 3.3.2"` or `"deno under 3.3.2"`. */
  readonly name: string;
  /** The Airflow release. */
  readonly version: AirflowVersion;
  /** The harness that launches bundles in this way. */
  airflow(): AirflowHarness;
}

/** Starts harnesses for the calling file's tests and returns all ways; without a `deno` half of them. */
export function sharedLaunches(options: HarnessOptions = {}): readonly Launch[] {
  const deno = workerDeno();
  const programs: [name: string, airflow: ReturnType<typeof sharedHarnesses>][] = [
    ["the runtime", sharedHarnesses(options)],
  ];
  if (deno !== undefined) {
    const settings = { ...options.settings, AIRFLOW_TASK_RUNTIME: deno };
    programs.push(["deno", sharedHarnesses({ ...options, settings })]);
  }
  return programs.flatMap(([program, airflow]) =>
    AIRFLOW_VERSIONS.map((version) => ({
      name: `${program} under ${version}`,
      version,
      airflow: () => airflow(version),
    }))
  );
}
