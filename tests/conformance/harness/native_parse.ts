/**
 * Packs a bundle of native Dags and parses it with the Dag processor of Airflow 3.4.0b2, including
 * ExecutableDagImporter, coordinator and schema check.
 *
 * @module
 */
import { configArgs } from "../../author_command.ts";
import { pack } from "../../../src/bundle/pack.ts";
import { taskRuntime, venvBin } from "./venv.ts";

/** The data that the Dag processor stores for a file. */
export interface Parsed {
  /** By the file's name. */
  readonly import_errors: Readonly<Record<string, string>>;
  /** By id. */
  readonly dags: Readonly<Record<string, { dag: { tasks: unknown[] } }>>;
  /** By the Dag's id. */
  readonly sources: Readonly<Record<string, { language: string; text: string }>>;
}

/** Packs a module, as `native`, and has it parsed, with Airflow's variables where there are any. */
export async function parseNative(
  entry: URL,
  variables?: Readonly<Record<string, string>>,
): Promise<Parsed> {
  const root = await Deno.makeTempDir({ prefix: "airflow-native-" });
  try {
    const folder = `${root}/dags`;
    const [, config] = configArgs();
    await pack({ entry: entry.pathname, out: `${folder}/native`, runtime: taskRuntime(), config });
    const bundle = {
      name: "native",
      classpath: "airflow.dag_processing.bundles.local.LocalDagBundle",
      kwargs: { path: folder },
    };
    const coordinator = {
      classpath: "airflow.sdk.coordinators.executable.ExecutableCoordinator",
      kwargs: { task_handler_bundle_name: "native" },
    };
    const script = new URL("./parse_bundle.py", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(`${venvBin("3.4.0b2")}/python`, {
      args: [
        script,
        `${folder}/native`,
        folder,
        ...variables === undefined ? [] : [JSON.stringify(variables)],
      ],
      env: {
        AIRFLOW_HOME: root,
        AIRFLOW__CORE__LOAD_EXAMPLES: "False",
        AIRFLOW__SDK__COORDINATORS: JSON.stringify({ deno: coordinator }),
        AIRFLOW__SDK__QUEUE_TO_COORDINATOR: JSON.stringify({ deno: "deno" }),
        AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify([bundle]),
      },
    }).output();
    const text = new TextDecoder().decode(stdout);
    if (text === "") throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(text);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
