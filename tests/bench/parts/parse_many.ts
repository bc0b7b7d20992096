/**
 * Measures the parse of 1,000 Dags of 20 tasks: our process alone, our process under Airflow's Dag
 * processor, and a Python file of the same Dags.
 *
 * @module
 */
import { decode } from "../../../src/wire/decoder.ts";
import { configArgs } from "../../author_command.ts";
import { launch } from "../launch.ts";
import { FOLDER, ROOT, run, RUNTIME } from "../peers/packages.ts";
import type { Scenario, Seen } from "../scenario.ts";
import { markdown, median, shown } from "../table.ts";

const DAGS = 1000;
const TASKS = 20_000;
/** Airflow's default `[core] dagbag_import_timeout`, in s: the limit of a language runtime. */
const LIMIT = 30;
/** `[dag_processor] dag_file_processor_timeout`, in s: the limit of a Python file. */
const PYTHON_LIMIT = 50;
const AIRFLOW = "3.4.0b2";

const HERE = new URL(".", import.meta.url).pathname;
const DAGS_FOLDER = `${FOLDER}many/`;

/** The result of a parse. */
interface Parse {
  readonly seconds: number;
  readonly peakMiB: number;
  /** Bytes of the result, or of the serialized Dags in it. */
  readonly bytes: number;
}

/** Returns the table, medians of `rounds`; without the rows of Airflow if it is not installed. */
export async function parseTable(rounds: number, report: (text: string) => void): Promise<string> {
  await Deno.mkdir(DAGS_FOLDER, { recursive: true });
  const bundle = `${DAGS_FOLDER}many`;
  const deno = Deno.execPath();
  const pack = [RUNTIME, "pack", "--deno", deno, ...configArgs()];
  await run([...pack, "--out", bundle, `${HERE}many_dags.ts`]);
  const file = `${DAGS_FOLDER}many.py`;
  await Deno.copyFile(`${HERE}many_dags.py`, file);
  const under = `under Airflow ${AIRFLOW}`;
  const rows: [string, number, () => Promise<Parse>][] = [
    ["ours, to the result's last byte", LIMIT, (): Promise<Parse> => parseAlone(bundle)],
    [`ours, ${under}`, LIMIT, (): Promise<Parse> => parseByAirflow(bundle)],
    [`a Python file, ${under}`, PYTHON_LIMIT, (): Promise<Parse> => parseByAirflow(file)],
  ];
  const hasAirflow = await Deno.stat(python()).then(() => true, () => false);
  if (!hasAirflow) report("without Airflow, which scripts/setup --airflow installs\n");
  const table = [["parse of 1,000 Dags of 20 tasks", "s", "peak MiB", "MB", "limit"]];
  for (const [name, limit, parse] of hasAirflow ? rows : rows.slice(0, 1)) {
    report(`dags-1000, ${name} `);
    const seen: Parse[] = [];
    for (let round = 0; round < rounds; round++) {
      seen.push(await parse());
      report(".");
    }
    report("\n");
    const seconds = median(seen.map((each) => each.seconds));
    table.push([
      name,
      shown(seconds),
      shown(median(seen.map((each) => each.peakMiB)), 0),
      shown(median(seen.map((each) => each.bytes)) / 1e6, 1),
      `${limit} s: ${seconds <= limit ? "kept" : "missed"}`,
    ]);
  }
  return `Medians of ${rounds}.\n\n${markdown(table)}`;
}

function python(): string {
  const venvs = Deno.env.get("AIRFLOW_VENVS") ?? `${ROOT}.tools/airflow`;
  return `${venvs}/${AIRFLOW}/bin/python`;
}

async function parseAlone(bundle: string): Promise<Parse> {
  const scenario: Scenario = {
    name: "dags-1000",
    unit: "ms",
    figure: ({ endMs }) => endMs,
    limitMs: 2 * LIMIT * 1000,
    check: checkResult,
  };
  const { endMs, peakMiB = NaN, large } = await launch({
    name: "ours",
    command: [bundle],
    env: { AIRFLOW_TASK_RUNTIME: RUNTIME },
    schema: "2026-06-16",
    about: "",
  }, scenario);
  return { seconds: endMs / 1000, peakMiB, bytes: large[0]?.length ?? NaN };
}

function checkResult({ large: [payload] }: Seen): void {
  const frame = payload === undefined ? undefined : decode(payload);
  const result: unknown = Array.isArray(frame) ? frame[1] : undefined;
  const { serialized_dags: dags = [], import_errors: errors = {} } = Object(result);
  if (dags.length !== DAGS) {
    throw new Error(`${dags.length} of ${DAGS} Dags arrived: ${JSON.stringify(errors)}`);
  }
}

async function parseByAirflow(file: string): Promise<Parse> {
  const list = [{
    name: "native",
    classpath: "airflow.dag_processing.bundles.local.LocalDagBundle",
    kwargs: { path: DAGS_FOLDER },
  }];
  const coordinator = {
    classpath: "airflow.sdk.coordinators.executable.ExecutableCoordinator",
    kwargs: { task_handler_bundle_name: "native" },
  };
  const { stdout, stderr } = await new Deno.Command(python(), {
    args: [`${HERE}parse_dags.py`, file, DAGS_FOLDER],
    env: {
      AIRFLOW_HOME: `${FOLDER}airflow`,
      AIRFLOW_TASK_RUNTIME: RUNTIME,
      AIRFLOW__CORE__LOAD_EXAMPLES: "False",
      AIRFLOW__SDK__COORDINATORS: JSON.stringify({ deno: coordinator }),
      AIRFLOW__SDK__QUEUE_TO_COORDINATOR: JSON.stringify({ deno: "deno" }),
      AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify(list),
    },
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  const { seconds, peakMiB, bytes, dags, tasks, errors } = JSON.parse(text);
  if (dags !== DAGS || tasks !== TASKS) {
    throw new Error(`${dags} Dags of ${tasks} tasks arrived: ${JSON.stringify(errors)}`);
  }
  return { seconds, peakMiB, bytes };
}
