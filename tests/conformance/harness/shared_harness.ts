/**
 * One harness per Airflow release for all tests of a file.
 *
 * @module
 */

import { AirflowHarness, type HarnessOptions } from "./airflow.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "./venv.ts";

/**
 * Starts a harness for each release before the tests of the calling file and stops them after. The
 * returned function returns the harness of a release. Call it at the top of a test file.
 */
export function sharedHarnesses(
  options: HarnessOptions = {},
): (version: AirflowVersion) => AirflowHarness {
  const harnesses = new Map<AirflowVersion, AirflowHarness>();
  const endAll = async (): Promise<void> => {
    await Promise.all(Array.from(harnesses.values(), (one) => one[Symbol.asyncDispose]()));
  };
  Deno.test.beforeAll(async () => {
    const starts = await Promise.allSettled(AIRFLOW_VERSIONS.map(async (version) => {
      harnesses.set(version, await AirflowHarness.start(version, options));
    }));
    for (const start of starts) {
      if (start.status === "fulfilled") continue;
      await endAll();
      throw start.reason;
    }
  });
  Deno.test.afterAll(endAll);
  return (version) => {
    const harness = harnesses.get(version);
    if (!harness) throw new Error(`No harness of Airflow ${version} has started`);
    return harness;
  };
}
