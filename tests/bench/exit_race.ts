/**
 * How often the real supervisor sleeps over the end of a task: 200 runs under each Airflow release.
 *
 * @module
 */
import { AirflowHarness } from "../conformance/airflow.ts";
import { packBundle } from "../conformance/packed_bundle.ts";
import { stallReport } from "../conformance/stalls.ts";
import type { TaskResult } from "../conformance/task_run.ts";
import { AIRFLOW_VERSIONS } from "../conformance/venv.ts";
import { FOLDER, ROOT, RUNTIME } from "./packages.ts";
import { markdown, shown } from "./table.ts";

/** How many runs there are under each release. */
const RUNS = 200;
/** The share of them that may be stalled. */
const MOST = 1 / 100;

/** The table of all releases, so many runs each; throws where Airflow is not installed. */
export async function exitRaceTable(
  tell: (text: string) => void,
  count: number = RUNS,
): Promise<string> {
  if (Deno.env.get("AIRFLOW_VENVS") === undefined) {
    Deno.env.set("AIRFLOW_VENVS", `${ROOT}.tools/airflow`);
  }
  Deno.env.set("AIRFLOW_TASK_RUNTIME", RUNTIME);
  const root = `${FOLDER}bundles`;
  await Deno.mkdir(root, { recursive: true });
  await packBundle(new URL("ours.ts", import.meta.url), `${root}/bench`);
  const table = [["Airflow", "runs", "stalled", "median, s", "longest, s", "goal"]];
  for (const version of AIRFLOW_VERSIONS) {
    tell(`exit race, ${version}\n`);
    await using airflow = await AirflowHarness.start(version);
    const results: TaskResult[] = [];
    for (let i = 0; i < count; i++) {
      results.push(
        await airflow.runTask({ bundle_root: root, dag_id: "bench", task_id: "empty" }),
      );
    }
    const failed = results.filter(({ state }) => state !== "success").length;
    if (failed > 0) throw new Error(`${failed} of ${count} runs under ${version} failed`);
    const { runs, stalled, median, longest } = stallReport(results, airflow.heartbeatInterval);
    table.push([
      version,
      String(runs),
      String(stalled),
      shown(median),
      shown(longest),
      `at most ${MOST * runs}: ${stalled <= MOST * runs ? "reached" : "missed"}`,
    ]);
  }
  return markdown(table);
}
