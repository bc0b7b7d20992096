// Native Dags under a real Airflow 3.4: its Dag processor lists the native examples
// from a folder without a Python file, its scheduler runs them, and its REST API and UI show them.

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { runCli } from "../../cli/cli_command.ts";
import { DENO_OPTIONS } from "../../cli/packed.ts";
import { Chromium } from "../../browser/chromium.ts";
import type { Page } from "../../browser/page.ts";
import { NATIVE_EXAMPLES, NativeAirflow, rows } from "../harness/native_airflow.ts";
import type { JsonObject } from "../harness/task_run.ts";

const PICTURES = new URL("../../../.tools/tmp/browser/", import.meta.url).pathname;

let airflow: NativeAirflow;

Deno.test.beforeAll(async () => {
  airflow = await NativeAirflow.start();
});

Deno.test.afterAll(() => airflow?.[Symbol.asyncDispose]());

/** The fields of `names`. */
function pick(fields: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}

async function source(example: string): Promise<string> {
  return await Deno.readTextFile(new URL(`../../../examples/${example}/main.ts`, import.meta.url));
}

Deno.test("native Dags under 3.4.0b2: are listed by bundle, with an import error for a file that fails", async () => {
  assertEquals(await airflow.dagIds(), [...NATIVE_EXAMPLES, "native_sound"]);
  const [error, ...others] = await airflow.importErrors();
  assertEquals([error?.["filename"], others], ["faults (some of its Dags)", []]);
  assertMatch(
    String(error?.["stack_trace"]),
    /^TypeError: no warehouse at load time\n +at .*native_faults\.ts:15:11/,
  );
});

Deno.test("native Dags under 3.4.0b2: are scheduled and run, and keep their attributes [capability.native-dag-authoring]", async () => {
  const dag = await airflow.api.get("dags/native_etl/details");
  assertEquals(
    pick(dag, ...["timetable_summary", "timetable_description", "start_date", "catchup"]),
    {
      timetable_summary: "0 0 * * *",
      timetable_description: "At 00:00",
      start_date: "2026-01-01T00:00:00Z",
      catchup: false,
    },
  );
  assertEquals(
    pick(dag, ...["description", "doc_md", "owners", "owner_links", "max_active_runs"]),
    {
      description: "Fetches the orders of a day and sums them up",
      doc_md: "# Orders\nFetched **every day**.",
      owners: ["shop"],
      owner_links: { shop: "mailto:shop@example.com" },
      max_active_runs: 1,
    },
  );
  assertEquals(dag["dag_run_timeout"], "PT2H");
  assertEquals(rows(dag["tags"]).map(({ name }) => name), ["sales", "typescript"]);
  const task = await airflow.api.get("dags/native_etl/tasks/fetch_orders");
  assertEquals(
    pick(task, "retries", "queue", "owner", "doc_md", "operator_name", "downstream_task_ids"),
    {
      retries: 1,
      queue: "deno",
      owner: "shop",
      doc_md: "Asks the **shop**.",
      operator_name: "TypeScriptTask",
      downstream_task_ids: ["sum_up"],
    },
  );

  // The scheduler has created the run by the Dag's schedule.
  const { run_type, state, tasks } = await airflow.run("native_etl");
  assertEquals([run_type, state], ["scheduled", "success"], await airflow.output());
  assertEquals(tasks, {
    done: { state: "success", try_number: 1, label: null },
    fetch_orders: { state: "success", try_number: 2, label: null },
    sum_up: { state: "success", try_number: 1, label: null },
  });
  assertEquals(await airflow.xcom("native_etl", "sum_up"), { eu: 32, us: 10 });
});

Deno.test("native Dags under 3.4.0b2: pass arguments to their tasks [capability.task-args]", async () => {
  const dagId = "native_arguments";
  assertEquals((await airflow.run(dagId)).state, "success", await airflow.output());
  assertEquals(await airflow.xcom(dagId, "measure"), { celsius: 21.5, station: "north" });
  assertEquals(await airflow.xcom(dagId, "measure", "station"), "north");
  assertEquals(await airflow.xcom(dagId, "convert"), { value: 70.7, unit: "F" });
  assertEquals(await airflow.xcom(dagId, "publish"), "north: 70.70 F");
});

Deno.test("native Dags under 3.4.0b2: have params that Airflow validates by schema [capability.dag-params]", async () => {
  const dagId = "native_params";
  const { params } = await airflow.api.get(`dags/${dagId}/details`);
  const known = Object.entries(Object(params)).map(([name, param]) => [
    name,
    Object(param)["value"],
    Object(param)["schema"],
  ]);
  assertEquals(known, [
    ["region", "eu", {
      type: "string",
      enum: ["eu", "us"],
      title: "Region",
      description_md: "Where the *orders* come from",
    }],
    ["limit", 10, { type: "integer", minimum: 1, maximum: 100, section: "Details" }],
    ["since", null, { type: ["string", "null"], format: "date", section: "Details" }],
    ["dry_run", false, {}],
  ]);
  const body = { logical_date: null, conf: { limit: 1000 } };
  const post = (): Promise<JsonObject> => airflow.api.post(`dags/${dagId}/dagRuns`, body);
  await assertRejects(post, Error, "1000 is greater than the maximum of 100");
  assertEquals(await airflow.states(dagId), { plan: "success" }, await airflow.output());
  assertEquals(await airflow.xcom(dagId, "plan"), "load 5 American orders");
});

Deno.test("native Dags under 3.4.0b2: keep data edges, order edges, setup and teardown [capability.taskflow-dependencies]", async () => {
  const dagId = "native_dependencies";
  assertEquals(await airflow.edges(dagId), [
    "check > praise",
    "check > repair",
    "count > check",
    "count > repair",
    "create_workspace > count",
    "create_workspace > remove_workspace (teardown)",
    "notify > remove_workspace",
    "praise > notify (whatever happened)",
    "repair > notify (whatever happened)",
  ]);
  assertEquals(await airflow.states(dagId), {
    check: "failed",
    count: "success",
    create_workspace: "success",
    notify: "success",
    praise: "upstream_failed",
    remove_workspace: "success",
    repair: "success",
  }, await airflow.output());
  assertEquals(await airflow.xcom(dagId, "repair"), "11 rows repaired");
  assertEquals(await airflow.xcom(dagId, "remove_workspace"), "workspace-a removed");
});

Deno.test("native Dags under 3.4.0b2: run the chosen branch and skip the others [capability.branching]", async () => {
  const dagId = "native_branching";
  assertEquals(await airflow.states(dagId), {
    choose_format: "success",
    delta_load: "success",
    full_load: "skipped",
    has_errors: "success",
    is_large: "success",
    report: "success",
    send_alarm: "skipped",
    write_csv: "skipped",
    write_json: "success",
  }, await airflow.output());
  assertEquals(await airflow.xcom(dagId, "report"), "loaded 42 changes");
});

Deno.test("native Dags under 3.4.0b2: have nested task groups [capability.task-group]", async () => {
  const dagId = "native_groups";
  const { nodes } = await airflow.api.getForUi(`structure/structure_data?dag_id=${dagId}`);
  assertEquals(tree(rows(nodes)), [
    "start",
    ["extract", [
      ["extract.office", ["extract.office.fetch", "extract.office.clean"]],
      ["extract.shop", ["extract.shop.fetch", "extract.shop.clean"]],
    ]],
    ["load", ["sum"]],
    "done",
  ]);
  assertEquals((await airflow.run(dagId)).state, "success", await airflow.output());
  assertEquals(await airflow.xcom(dagId, "sum"), 40);
});

type Tree = (string | [string, Tree])[];

/** The ids of tasks and groups; without the points where a group's edges meet. */
function tree(nodes: readonly JsonObject[]): Tree {
  return nodes.filter(({ type }) => type !== "join").map((node) => {
    const id = String(node["id"]);
    const { children } = node;
    return Array.isArray(children) ? [id, tree(rows(children))] : id;
  });
}

Deno.test("native Dags under 3.4.0b2: map a task over items, with labels [capability.dynamic-task-mapping]", async () => {
  const dagId = "native_mapping";
  const { state, tasks } = await airflow.run(dagId);
  assertEquals(state, "success", await airflow.output());
  const labels = Object.entries(tasks).map(([id, { label }]) => `${id} ${label}`);
  assertEquals(labels.filter((each) => each.startsWith("size")), [
    "size[0] a.csv",
    "size[1] bb.csv",
    "size[2] ccc.csv",
  ]);
  const ids = Object.keys(tasks);
  assertEquals(ids.filter((id) => id.startsWith("copy")).length, 6);
  assertEquals(ids.filter((id) => id.startsWith("regions.check")), [
    "regions.check[0]",
    "regions.check[1]",
  ]);
  assertEquals(await airflow.xcom(dagId, "copy", undefined, 3), "us/bb.csv");
  assertEquals(await airflow.xcom(dagId, "name_size", undefined, 2), "ccc.csv: 7 letters");
  assertEquals(await airflow.xcom(dagId, "total"), "5 letters + 6 letters + 7 letters");
  assertEquals(await airflow.xcom(dagId, "report"), [
    "rows of eu, checked",
    "rows of us, checked",
  ]);
  const { is_mapped } = await airflow.api.get(`dags/${dagId}/tasks/size`);
  assertEquals(is_mapped, true);
});

Deno.test("dev: reports the states of native Dags that 3.4.0b2 reports [capability.dag-test]", async () => {
  for (
    const dagId of ["native_branching", "native_dependencies", "native_groups", "native_mapping"]
  ) {
    const example = new URL(`../../../examples/${dagId}/`, import.meta.url).pathname;
    const options = [...DENO_OPTIONS, "--json", `--fixtures=${example}dev.json`];
    const { stdout, stderr } = await runCli("dev", ...options, `${example}main.ts`);
    const { tasks } = JSON.parse(stdout);
    const states = tasks.map(({ taskId, mapIndex, state }: Record<string, unknown>) => [
      typeof mapIndex === "number" && mapIndex >= 0 ? `${taskId}[${mapIndex}]` : taskId,
      state,
    ]);
    assertEquals(Object.fromEntries(states), await airflow.states(dagId), stderr);
  }
});

Deno.test("native Dags under 3.4.0b2: update assets by name and alias, and read them [capability.asset-inlets-outlets]", async () => {
  const dagId = "native_assets";
  assertEquals((await airflow.run(dagId)).state, "success", await airflow.output());
  const { asset_events } = await airflow.api.get(`assets/events?source_dag_id=${dagId}`);
  assertEquals(
    rows(asset_events).map((event) => pick(event, "name", "uri", "extra", "source_task_id")),
    [
      {
        name: "native_orders",
        uri: "s3://shop/orders",
        extra: { rows: 42 },
        source_task_id: "load",
      },
      { name: "report-eu", uri: "s3://shop/reports/eu", extra: {}, source_task_id: "publish" },
    ],
  );
  assertEquals(await airflow.xcom(dagId, "look_back"), { rows: 42 });
  const { assets } = await airflow.api.get("assets?name_pattern=native_orders");
  const [orders] = rows(assets);
  assertEquals(
    [orders?.["group"], orders?.["extra"]],
    ["shop", { owner: "shop" }],
  );
  const users = ["producing_tasks", "consuming_tasks", "scheduled_dags"].map((name) =>
    rows(orders?.[name]).map(({ dag_id, task_id }) => [dag_id, task_id ?? null])
  );
  assertEquals(users, [
    [["native_assets", "load"]],
    [["native_asset_schedule", "report"], ["native_assets", "look_back"]],
    [["native_asset_schedule", null]],
  ]);
});

Deno.test("native Dags under 3.4.0b2: run when another Dag updates an asset [capability.asset-scheduling]", async () => {
  const dagId = "native_asset_schedule";
  const { asset_expression } = await airflow.api.get(`dags/${dagId}/details`);
  const named = JSON.stringify(asset_expression).replaceAll(/"(uri|group)":"[^"]*",?/g, "");
  assertStringIncludes(named, '{"any":[{"asset":{"name":"native_orders"');
  assertStringIncludes(named, '{"all":[{"asset":{"name":"native_prices"');
  const { run_type, state } = await airflow.run(dagId);
  assertEquals([run_type, state], ["asset_triggered", "success"], await airflow.output());
  assertEquals(await airflow.xcom(dagId, "report"), [
    { asset: "native_orders", rows: 42, by: "native_assets" },
  ]);
});

Deno.test("native Dags under 3.4.0b2: show their source in Airflow", async () => {
  for (const dagId of NATIVE_EXAMPLES) {
    const { content, language } = await airflow.api.get(`dagSources/${dagId}`);
    assertEquals(language, "typescript");
    // An invisible character breaks up what would end the surrounding comment.
    assertEquals(content, (await source(dagId)).replaceAll("*/", "*\u2060/"));
  }
});

Deno.test("native Dags under 3.4.0b2: show graph, code and params form in the UI", async () => {
  await Deno.mkdir(PICTURES, { recursive: true });
  await using browser = await Chromium.launch();
  await using page = await browser.page();
  const { origin } = airflow.api;

  await page.goto(`${origin}/dags/native_groups/code`);
  await page.until(shows('const dag = new Dag("native_groups"'));
  await page.until(shows("await new Bundle().register(dag).serve();"));
  await picture(page, "native-code");

  await page.goto(`${origin}/dags/native_groups`);
  await page.click('button[aria-label^="Show Graph"]');
  await page.until(nodeIs("extract"));
  await page.click('[data-testid="expand-all-button"]');
  for (const id of ["start", "extract.shop.fetch", "extract.office.clean", "sum", "done"]) {
    await page.until(nodeIs(id));
  }
  await picture(page, "native-graph");

  await page.goto(`${origin}/dags/native_params`);
  await page.click('[data-testid="trigger-dag-button"]');
  for (const text of ["Region", "Where the orders come from", "Details", "dry_run", "since"]) {
    await page.until(shows(text));
  }
  await picture(page, "native-params");
  assertEquals(page.problems, []);
});

function nodeIs(id: string): string {
  return `document.querySelector('.react-flow__node[data-id="${id}"]')?.checkVisibility()`;
}

/** Returns true if the page shows a text; the editor uses non-breaking spaces. */
function shows(text: string): string {
  const shown = "document.body.innerText.replaceAll('\\u00a0', ' ')";
  return `${shown}.includes(${JSON.stringify(text)})`;
}

async function picture(page: Page, name: string): Promise<void> {
  const path = `${PICTURES}${name}.png`;
  await page.screenshot(path);
  console.log(`picture: ${path}`);
}
