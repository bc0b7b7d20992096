import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseFile } from "../../src/dev/parse.ts";
import { MemoryStore } from "../../src/dev/store.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { runAlone } from "../runtime/hand_supervisor.ts";
import { runTask } from "../runtime/run_task.ts";
import { isQuick } from "../thoroughness.ts";
import { ETL, FIXTURES, Folder, pack, packedBundle, ROOT } from "./packed.ts";

/** What `scripts/build` compiles; the gate does so before the tests. */
const BINARY = `${ROOT}/dist/airflow-task-runtime`;

const ignore = !await Deno.stat(BINARY).then(() => true, () => false);

Deno.test({
  name: "the compiled binary tells its version",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await runAlone([BINARY, "--version"]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `airflow-task-runtime ${VERSION}\n`);
  },
});

Deno.test({
  name: "the compiled binary runs the example's thin bundle, which starts it by its first lines",
  ignore,
  async fn() {
    await using folder = await Folder.make();
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
  name: "the compiled binary shows the author's frames of a stack, and none of its own",
  ignore,
  async fn() {
    await using folder = await Folder.make();
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
  name: "the compiled binary closes what the sources close by `using`",
  ignore,
  async fn() {
    await using folder = await Folder.make();
    // It starts an empty bundle in a temporary folder, and removes that.
    const options = { env: { TMPDIR: folder.path, AIRFLOW_HOME: folder.path } };
    const { stdout } = await runAlone([BINARY, "doctor"], options);
    assertStringIncludes(stdout, `${folder.path}, `, "this was the folder");
    assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), []);
  },
});

/** A task that logs how much bytecode there is when its file is loaded, in bytes. */
const BYTECODE = `import { getHeapCodeStatistics } from "node:v8";
const { Bundle, TaskHandler } = globalThis[Symbol.for("airflow-task-runtime.lent")].core;
const bytes = getHeapCodeStatistics().bytecode_and_metadata_size;
const log = (_args, { log }) => log.info("Bytecode", { bytes });
await new Bundle().register(new TaskHandler("bytecode", "log", log)).serve();
`;

/** The word that a code cache of V8 begins with: 0xc0de and the number of what it refers to. */
const CACHE_MARK = [0xde, 0xc0];

Deno.test({
  name: "the compiled binary brings its code compiled, writes no cache, and can do without",
  ignore,
  async fn() {
    await using folder = await Folder.make();
    const [bundle, stranger] = [`${folder.path}/bytecode.js`, `${folder.path}/stranger`];
    await Deno.writeTextFile(bundle, BYTECODE);
    // Another engine's: the word behind the mark is the version of V8.
    const bytes = await Deno.readFile(BINARY);
    const ours = indexOf(bytes, new TextEncoder().encode("TaskRuntimeError"), bytes.length >> 1);
    const mark = indexOf(bytes, new Uint8Array(CACHE_MARK), ours);
    assert(ours !== -1 && mark !== -1, "behind Deno's are our files, and the cache among them");
    const version = mark + CACHE_MARK.length;
    bytes.set(bytes.slice(version, version + 4).map((byte) => ~byte), version);
    await Deno.writeFile(stranger, bytes, { mode: 0o755 });
    const tmpdir = await Deno.makeTempDir({ dir: folder.path });
    const found = await Promise.all([BINARY, stranger].map(async (binary) => {
      const options = { dagId: "bytecode", command: [binary, bundle], env: { TMPDIR: tmpdir } };
      const { state, log } = await runTask("log", options);
      assertEquals(state, "success");
      return Number(log.find(({ event }) => event === "Bytecode")?.fields["bytes"]);
    }));
    const [own = 0, compiled = 0] = found;
    assert(own > compiled + 50_000, `${own} bytes, ${compiled} where V8 refuses them`);
    assertEquals(Array.from(Deno.readDirSync(tmpdir)), []);
  },
});

/** Where `wanted` begins in `bytes`, from `start` on; -1 when nowhere. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array, start: number): number {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, start); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

Deno.test({
  name: "the compiled binary reads fixtures in YAML",
  ignore,
  async fn() {
    await using folder = await Folder.make();
    const fixtures = `${folder.path}/dev.yaml`;
    await Deno.writeTextFile(fixtures, "variables: {since: !wrong a}\ntasks: 7");
    const { code, stderr } = await runAlone([BINARY, "dev", `--fixtures=${fixtures}`, ETL]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Cannot read the fixtures at tasks: ");
  },
});

Deno.test({
  name: "the compiled binary stands in for node under Airflow's NodeCoordinator",
  ignore,
  async fn() {
    await using folder = await Folder.make();
    const bundle = `${folder.path}/etl.min.mjs`;
    await packedBundle(bundle, ETL, "--form=node");
    const ran = await runTask("audit", { dagId: "etl", command: [BINARY, bundle] });
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertStringIncludes(JSON.stringify(ran.log.at(-1)?.exception), "found a discrepancy");
  },
});

Deno.test({
  name: "the compiled binary runs and serializes Dags with what it loads for them, unpermitted",
  ignore,
  async fn() {
    await using folder = await Folder.make();
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
  name: "the compiled binary lends one module: the core's classes are those of the whole",
  ignore: ignore || isQuick,
  async fn() {
    await using folder = await Folder.make();
    const entry = `${folder.path}/main.ts`;
    await Deno.writeTextFile(
      entry,
      `import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
const task = new TaskHandler("etl", "same", async () => {
  const { core, whole } = globalThis[Symbol.for("airflow-task-runtime.lent")];
  const all = await whole();
  const names = Object.keys(core);
  return { all: names.every((name) => core[name] === all[name]), taken: TaskHandler === all.TaskHandler };
});
await new Bundle().register(task).serve();
`,
    );
    const bundle = `${folder.path}/same`;
    assertEquals((await pack("--out", bundle, entry)).code, 0);
    const ran = await runTask("same", { dagId: "etl", command: [BINARY, bundle] });
    assertEquals([ran.returned, ran.stderr], [{ all: true, taken: true }, []]);
  },
});

Deno.test({
  name: "the compiled binary ends with 2 for an address that is none",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await runAlone([BINARY, "x", "--comm=nowhere", "--logs=x:1"]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(stderr, "error: Cannot start: --comm=nowhere is no host:port\n");
  },
});
