// Airflow's own SDK for TypeScript under NodeCoordinator, with the runtime binary instead of Node.

import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { packWithTsSdk } from "../../bench/peers/packages.ts";
import { writeNodeBundle } from "../harness/scripted_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import type { TaskResult, TaskRun } from "../harness/task_run.ts";
import { removeFolder } from "../harness/temp_dir.ts";
import { taskRuntime } from "../harness/venv.ts";

/** The example in the README of apache-airflow-ts-sdk, and two more tasks. */
const MAIN = `
import { Dag, DagRegistry, serveDags, type TaskHandlerArgs } from "apache-airflow-ts-sdk";

export async function sayHello({ ctx, client }: TaskHandlerArgs) {
  const greeting = await client.getVariable("greeting");
  return { message: \`Hello from \${ctx.taskId}: \${greeting}\` };
}

const dag = new Dag("example_dag");
dag.task("say_hello", sayHello);
dag.task("read_token", async () => process.env.SHOP_TOKEN);
dag.task("throw", async () => { throw new Error("no warehouse"); });

await serveDags(new DagRegistry(dag));
`;

const airflow = sharedHarnesses();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-other-bundles-" });
  const { bundle } = await packWithTsSdk("other-bundles", MAIN);
  await repack(bundle, `${root}/example.min.mjs`);
});

Deno.test.afterAll(async () => {
  if (root !== "") await removeFolder(root);
});

/**
 * Writes a bundle of that SDK's 0.1.0-beta1 in the layout that 3.4.0b2 reads. beta1 itself writes no
 * layout, only a line of metadata, YAML in Base64.
 */
async function repack(bundle: string, out: string): Promise<void> {
  const text = await Deno.readTextFile(bundle);
  const [line = ""] = text.split("\n", 1);
  const yaml = atob(line.replace("//# airflowMetadata=", ""));
  const { dags, ...metadata } = parse(yaml);
  await writeNodeBundle(out, { ...metadata, task_handlers: dags }, text.slice(line.length + 1));
}

function run(taskId: string, options: Partial<TaskRun> = {}): Promise<TaskResult> {
  return airflow("3.4.0b2").runTask({
    bundle_root: root,
    dag_id: "example_dag",
    task_id: taskId,
    kind: "node",
    node_executable: taskRuntime(),
    ...options,
  });
}

Deno.test("bundles of Airflow's TypeScript SDK under 3.4.0b2: read, return and log", async () => {
  const result = await run("say_hello", { variables: { greeting: "good morning" } });
  assertEquals([result.state, result.exit_code, result.error], ["success", 0, null]);
  const returned = result.xcoms.find(({ key }) => key === "return_value");
  assertEquals(returned?.value, { message: "Hello from say_hello: good morning" });
  assert(result.log.some(({ event }) => event === "[ts-sdk.runtime] Task succeeded"));
});

Deno.test("bundles of Airflow's TypeScript SDK under 3.4.0b2: are retried when they throw", async () => {
  const result = await run("throw", { max_tries: 1 });
  assertEquals([result.state, result.exit_code], ["up_for_retry", 0]);
});

Deno.test("bundles of Airflow's TypeScript SDK under 3.4.0b2: read the environment variables that the worker allows", async () => {
  const env = { SHOP_TOKEN: "t0ken" };
  const denied = await run("read_token", { env });
  assertEquals(denied.state, "success");
  assert(!JSON.stringify(denied).includes("t0ken"), "the token is not allowed");
  const setting = { AIRFLOW_TASK_RUNTIME_OTHER_BUNDLES: '{"env": ["SHOP_*"]}' };
  const allowed = await run("read_token", { env: { ...env, ...setting } });
  assertEquals(allowed.state, "success");
  assert(allowed.xcoms.some(({ value }) => value === "t0ken"));
});
