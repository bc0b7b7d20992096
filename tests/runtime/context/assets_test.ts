import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const command = taskCommand(new URL("../testdata/assets.ts", import.meta.url));
const FIXTURES = {
  assets: { orders: "s3://orders" },
  assetAliases: { all: ["orders"] },
  assetEvents: [1, 2, 3].map((day) => ({
    asset: "orders",
    timestamp: `2026-01-0${day}T00:00:00Z`,
    extra: { day },
    source_aliases: ["all"],
  })),
};

function run(taskId: string, options: Parameters<typeof runTask>[1] = {}): Promise<Ran> {
  return runTask(taskId, { fixtures: FIXTURES, ...options, command });
}

Deno.test("ctx.assets: reads by name, URI and alias", async () => {
  const { returned } = await run("reads");
  assert(Array.isArray(returned));
  assertEquals(returned.slice(0, 3), [
    { name: "orders", uri: "s3://orders", group: "asset", extra: {} },
    "orders",
    ["orders"],
  ]);
  assertEquals(returned.slice(3).map(([code]) => code), ["NOT_FOUND", "INVALID", "INVALID"]);
});

Deno.test("ctx.assets: lists events, filtered and ordered", async () => {
  const { returned } = await run("lists_events");
  assertEquals(returned, {
    all: [1, 2, 3],
    newest: [3, 2],
    between: [2],
    byAlias: [1],
    first: {
      timestamp: "2026-01-01T00:00:00Z",
      asset: "orders",
      source: { dagId: null, runId: null, taskId: null, mapIndex: null },
      partitionKey: null,
    },
    badLimit: [
      "INVALID",
      'Cannot read asset events: "limit" must be a whole number of at least 1, got 0',
    ],
  });
});

Deno.test("ctx.assets: refuses newer filters when the schema version is older", async () => {
  const older = await run("filters_newly");
  assert(Array.isArray(older.returned));
  assertEquals(older.returned.map(([code]) => code), Array(3).fill("UNSUPPORTED"));
  const newer = await run("filters_newly", { date: "2026-10-30" });
  assertEquals(newer.returned, [0, 0, 0]);
});

Deno.test("ctx.outlets: lists each asset once when the task succeeds", async () => {
  const last = (await run("emits")).requests.at(-1);
  assertEquals(last?.type, "SucceedTask");
  assertEquals(last?.body?.["task_outlets"], [
    { type: "Asset", name: "orders", uri: "s3://orders" },
    { type: "Asset", name: "s3://plain", uri: "s3://plain" },
    { type: "AssetAlias", name: "all" },
  ]);
  const events = last?.body?.["outlet_events"];
  assert(Array.isArray(events) && events.length === 4);
});

Deno.test("ctx.outlets: emits nothing when the task fails", async () => {
  const { requests, state } = await run("emits_and_fails");
  assertEquals([state, requests.map(({ type }) => type)], ["failed", ["TaskState"]]);
});

Deno.test("ctx.outlets.validate(): names an asset that is not active", async () => {
  const fixtures = { assets: { old: { uri: "s3://old", active: false } } };
  const { state, log } = await run("validates", { fixtures });
  assertEquals(state, "failed");
  assertStringIncludes(JSON.stringify(log.at(-1)), 'not active in Airflow: \\"old\\"');
});

Deno.test("TaskHandler outlets: validates before the handler runs, and emits without an event", async () => {
  const { requests } = await run("declares");
  assertEquals(requests.map(({ type }) => type), ["ValidateInletsAndOutlets", "SucceedTask"]);
  const body = requests.at(-1)?.body;
  assertEquals(body?.["task_outlets"], [
    { type: "Asset", name: "orders", uri: "s3://orders" },
    { type: "Asset", name: "s3://plain", uri: "s3://plain" },
  ]);
  assertEquals(body?.["outlet_events"], [
    { dest_asset_key: { name: "s3://plain", uri: "s3://plain" }, extra: { rows: 1 } },
  ]);
});
