import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../src/runtime/version.ts";
import { runAlone } from "../runtime/hand_supervisor.ts";
import { runTask } from "../runtime/run_task.ts";
import { ETL, FIXTURES, Folder, pack, ROOT } from "./packed.ts";

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
    assertEquals((await pack("--out", bundle, ETL)).code, 0);
    const args = ["dev", "--json", `--fixtures=${FIXTURES}`, bundle];
    const { code, stdout, stderr } = await runAlone([BINARY, ...args]);
    assertEquals([code, stderr], [0, ""]);
    const states = JSON.parse(stdout).tasks.map(({ state }: { state: string }) => state);
    assertEquals(states, ["success", "success", "failed"]);
  },
});

Deno.test({
  name: "the compiled binary stands in for node under Airflow's NodeCoordinator",
  ignore,
  async fn() {
    await using folder = await Folder.make();
    const bundle = `${folder.path}/etl.min.mjs`;
    assertEquals((await pack("--form=node", "--out", bundle, ETL)).code, 0);
    const ran = await runTask("audit", { dagId: "etl", command: [BINARY, bundle] });
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertStringIncludes(JSON.stringify(ran.log.at(-1)?.exception), "found a discrepancy");
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
