import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { parseFile } from "../../src/local/supervisor/parse.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { runAlone } from "../runtime/hand_supervisor.ts";
import { runTask } from "../runtime/run_task.ts";
import { DENO_OPTIONS, ETL, FIXTURES, packedBundle, ROOT } from "./packed.ts";

/** The binary that `scripts/build` compiles before the tests. */
const BINARY = `${ROOT}/dist/airflow-task-runtime`;

const ignore = !await Deno.stat(BINARY).then(() => true, () => false);

Deno.test({
  name: "binary --version: prints its version",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await runAlone([BINARY, "--version"]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `airflow-task-runtime ${VERSION}\n`);
  },
});

Deno.test({
  name: "binary: runs a thin bundle, whose first line starts it",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const bundle = `${folder.path}/etl`;
    await packedBundle(bundle, ETL);
    const args = ["dev", "--json", `--fixtures=${FIXTURES}`, bundle];
    const { code, stdout, stderr } = await runAlone([BINARY, ...args]);
    assertEquals([code, stderr], [0, ""]);
    const states = JSON.parse(stdout).tasks.map(({ state }: { state: string }) => state);
    assertEquals(states, ["success", "success", "failed"]);
  },
});

Deno.test({
  name: "binary: reports only the author's frames of a stack",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const bundle = `${folder.path}/etl`;
    await packedBundle(bundle, ETL);
    const env = { AIRFLOW_TASK_RUNTIME: BINARY };
    const { log } = await runTask("audit", { dagId: "etl", command: [bundle], env });
    const [exception] = log.flatMap(({ exception }) => exception ?? []);
    const { frames } = JSON.parse(JSON.stringify(exception));
    assertEquals(frames.length, 1);
    assertStringIncludes(frames[0].filename, "main.ts");
  },
});

Deno.test({
  name: "binary: disposes resources of `using` declarations",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    await using temporary = await TemporaryFolder.create();
    // pack deletes its temporary folder.
    const command = [BINARY, "pack", ...DENO_OPTIONS, "--out", `${folder.path}/etl`, ETL];
    const { code } = await runAlone(command, { env: { TMPDIR: temporary.path } });
    assertEquals(code, 0);
    assertEquals(Array.from(Deno.readDirSync(temporary.path), ({ name }) => name), []);
  },
});

Deno.test({
  name: "binary dev: reads fixtures in YAML",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const fixtures = `${folder.path}/dev.yaml`;
    await Deno.writeTextFile(fixtures, "variables: {since: !wrong a}\ntasks: 7");
    const { code, stderr } = await runAlone([BINARY, "dev", `--fixtures=${fixtures}`, ETL]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Cannot read the fixtures at tasks: ");
  },
});

Deno.test({
  name: "binary: runs a node bundle instead of node",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const bundle = `${folder.path}/etl.min.mjs`;
    await packedBundle(bundle, ETL, "--form=node");
    const ran = await runTask("audit", { dagId: "etl", command: [BINARY, bundle] });
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertStringIncludes(JSON.stringify(ran.log.at(-1)?.exception), "found a discrepancy");
  },
});

Deno.test({
  name: "binary: runs and serializes Dags in TypeScript without permissions",
  ignore,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const bundle = `${folder.path}/native`;
    await packedBundle(bundle, `${ROOT}/tests/runtime/testdata/native.ts`);
    const command = [BINARY, bundle];
    const ran = await runTask("extract", { dagId: "native", command });
    assertEquals([ran.returned, ran.exitCode], [{ rows: 42, region: "eu" }, 0]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    const { result, stderr } = await parseFile({ command, file: bundle, store: new MemoryStore() });
    const ids = result?.serialized_dags.map(({ data }) => Object(data["dag"]).dag_id);
    assertEquals([ids, result?.import_errors, stderr], [["native"], {}, []]);
  },
});

Deno.test({
  name: "binary: exits with 2 when an address is not valid",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await runAlone([BINARY, "x", "--comm=nowhere", "--logs=x:1"]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(stderr, "error: Cannot start: --comm=nowhere must be host:port\n");
  },
});
