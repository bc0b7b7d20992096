/**
 * Measures a task under the real supervisor of each Airflow release: its duration, and how often the
 * supervisor notices its exit late. The SDK for TypeScript is launched in the same way.
 *
 * @module
 */
import { AirflowHarness } from "../../conformance/harness/airflow.ts";
import { stallReport } from "../../conformance/harness/stalls.ts";
import type { TaskResult } from "../../conformance/harness/task_run.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../../conformance/harness/venv.ts";
import { writeExecutableBundle } from "../peers/executable_bundle.ts";
import { FOLDER, ROOT, RUNTIME } from "../peers/packages.ts";
import { DENO, packOurs, type Peer, tsSdk } from "../peers/peer.ts";
import { markdown, shown } from "../table.ts";

/** The number of runs of each peer under each release. */
const RUNS = 200;
/** The goal: the largest share of runs whose exit the supervisor notices late. */
const MOST = 1 / 100;
/** The delays of the API server, in ms: as in the same process, and as on the same network. */
const API_MS = [0, 10] as const;

/** A peer and the path of its bundle. */
interface Launched {
  readonly name: string;
  readonly root: string;
}

/** Returns the table of all releases, `count` runs each; throws if Airflow is not installed. */
export async function supervisedTasksTable(
  report: (text: string) => void,
  count: number = RUNS,
): Promise<string> {
  if (Deno.env.get("AIRFLOW_VENVS") === undefined) {
    Deno.env.set("AIRFLOW_VENVS", `${ROOT}.tools/airflow`);
  }
  Deno.env.delete("AIRFLOW_TASK_RUNTIME");
  Deno.env.set("DENO_DIR", `${FOLDER}deno-dir`);
  const ours = [await packed("binary", RUNTIME), await packed("deno", DENO)];
  const other = await wrapped(await tsSdk());
  const table = [
    ["Airflow", "API, ms", "", "runs", "stalled", "median, ms", "longest, ms", "goal"],
  ];
  for (const version of AIRFLOW_VERSIONS) {
    // The SDK for TypeScript needs the schema version of 3.4.
    const all = version === "3.3.2" ? ours : [...ours, other];
    await using airflow = await AirflowHarness.start(version);
    for (const apiMs of API_MS) {
      report(`under Airflow ${version}, ${apiMs} ms a call\n`);
      table.push(...await rows(airflow, version, apiMs, all, count));
    }
  }
  return markdown(table);
}

/** Packs our bundle in a folder of its own, for one program that runs it. */
async function packed(name: string, runtime: string): Promise<Launched> {
  const root = await emptyFolder(`bundles-${name}`);
  await packOurs(`${root}/bench`, runtime);
  return { name, root };
}

/** Writes the peer as a bundle in a folder of its own. */
async function wrapped(peer: Peer): Promise<Launched> {
  const root = await emptyFolder(`bundles-${peer.name}`);
  await writeExecutableBundle(`${root}/bench`, peer);
  return { name: peer.name, root };
}

async function emptyFolder(name: string): Promise<string> {
  const path = `${FOLDER}${name}`;
  await Deno.remove(path, { recursive: true }).catch(() => {});
  await Deno.mkdir(path, { recursive: true });
  return path;
}

/** Runs the peers in turn; returns a row for each. */
async function rows(
  airflow: AirflowHarness,
  version: AirflowVersion,
  apiMs: number,
  all: readonly Launched[],
  count: number,
): Promise<string[][]> {
  const api_overrides = apiMs === 0 ? [] : [{ path: ".", delay_seconds: apiMs / 1000 }];
  const found = all.map((each) => ({ ...each, results: new Array<TaskResult>() }));
  // The first run of each does not count, because Airflow imports modules in it.
  for (let i = -1; i < count; i++) {
    for (const { name, root, results } of found) {
      const run = { bundle_root: root, dag_id: "bench", task_id: "empty", api_overrides };
      const result = await airflow.runTask(run);
      if (result.state !== "success") {
        throw new Error(`${name} failed under ${version}: ${result.error}`);
      }
      if (i >= 0) results.push(result);
    }
  }
  return found.map(({ name, results }) => {
    const { runs, stalled, median, longest } = stallReport(results, airflow.heartbeatInterval);
    const goal = `at most ${MOST * runs}: ${stalled <= MOST * runs ? "reached" : "missed"}`;
    return [
      version,
      String(apiMs),
      name,
      String(runs),
      String(stalled),
      shown(1000 * median),
      shown(1000 * longest),
      name === "ts-sdk" ? "" : goal,
    ];
  });
}
