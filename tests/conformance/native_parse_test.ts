// A bundle of native Dags, packed, and parsed by the Dag processor's own process of Airflow 3.4.0b2:
// its ExecutableDagImporter claims the file, its coordinator starts it, its schema checks the result.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { configArgs } from "../author_command.ts";
import { pack } from "../../src/bundle/pack.ts";
import { taskRuntime, venvBin } from "./venv.ts";

interface Parsed {
  readonly import_errors: Readonly<Record<string, string>>;
  readonly dags: Readonly<Record<string, { dag: { tasks: unknown[] } }>>;
  readonly sources: Readonly<Record<string, { language: string; text: string }>>;
}

async function parse(entry: URL): Promise<Parsed> {
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
      args: [script, `${folder}/native`, folder],
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

Deno.test("Airflow's Dag processor parses a bundle, and shows the source of its Dag", async () => {
  const entry = new URL("../runtime/testdata/native.ts", import.meta.url);
  const { import_errors, dags, sources } = await parse(entry);
  assertEquals(import_errors, {});
  assertEquals(Object.keys(dags), ["native"]);
  const source = await Deno.readTextFile(entry);
  // What would end the comment that holds it has an invisible character in between.
  assertEquals(sources["native"], {
    language: "typescript",
    text: source.replaceAll("*/", "*\u2060/"),
  });
});

Deno.test("Airflow's Dag processor has the Dags of the files that load, and an import error", async () => {
  const { import_errors, dags } = await parse(
    new URL("../runtime/testdata/dag_files.ts", import.meta.url),
  );
  // Outside of the Dag processor itself nobody answers for variables: that too is only one file's.
  assertEquals(Object.keys(dags), ["here"]);
  assertStringIncludes(String(import_errors["native (some of its Dags)"]), "Cannot get variable");
  assertStringIncludes(
    String(import_errors["native (some of its Dags)"]),
    "no warehouse at load time",
  );
});
