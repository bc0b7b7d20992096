// Assets, their events, and the events that a task emits, under Airflow's real supervise_task().

import { assert, assertEquals, assertMatch } from "@std/assert";
import { sharedArea } from "../harness/area.ts";
import { AIRFLOW_VERSIONS } from "../harness/venv.ts";

const run = sharedArea("assets");
const ORDERS = { name: "orders", uri: "s3://orders" };
const WORLD = {
  assets: [ORDERS],
  asset_aliases: { all: ["orders"] },
  asset_events: [1, 2, 3].map((day) => ({
    timestamp: `2026-01-0${day}T00:00:00Z`,
    asset: ORDERS,
    extra: { day },
    source_dag_id: "upstream",
    source_task_id: "load",
    source_run_id: "r1",
    source_map_index: -1,
  })),
};
const SOURCE = { dagId: "upstream", runId: "r1", taskId: "load", mapIndex: -1 };

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`ctx.assets under ${version}: reads by name, URI and alias [capability.asset-read]`, async () => {
    const { returned } = await run(version, "reads", WORLD);
    assertEquals(returned, [
      { ...ORDERS, group: "asset", extra: {} },
      "orders",
      ["orders"],
      ["NOT_FOUND", 'Cannot get asset by name "nowhere": it does not exist'],
      ["INVALID", "Cannot get an asset: its name and URI are missing"],
      ["INVALID", "Cannot get an asset alias: its name is missing"],
    ]);
  });

  Deno.test(`ctx.assets under ${version}: lists filtered and ordered events [capability.asset-event-read]`, async () => {
    const { returned } = await run(version, "lists_events", WORLD);
    assertEquals(returned, {
      all: [1, 2, 3],
      newest: [3, 2],
      between: [2],
      byAlias: [1],
      first: {
        timestamp: "2026-01-01T00:00:00Z",
        asset: "orders",
        source: SOURCE,
        partitionKey: null,
      },
      badLimit: [
        "INVALID",
        'Cannot read asset events: "limit" must be a whole number of at least 1, got 0',
      ],
    });
  });

  Deno.test(`ctx.outlets under ${version}: emits events when the task succeeds [capability.asset-event-emit]`, async () => {
    const { state, ti, error } = await run(version, "emits");
    assertEquals([state, error], ["success", null]);
    assertEquals(ti["task_outlets"], [
      { name: "orders", uri: "s3://orders", type: "Asset" },
      { name: "s3://plain", uri: "s3://plain", type: "Asset" },
      { name: "all", uri: null, type: "AssetAlias" },
    ]);
    assertEquals(ti["outlet_events"], [
      { dest_asset_key: ORDERS, extra: { rows: 42 } },
      { dest_asset_key: ORDERS, extra: {}, partition_key: "eu" },
      { dest_asset_key: { name: "s3://plain", uri: "s3://plain" }, extra: {} },
      {
        source_alias_name: "all",
        dest_asset_key: { name: "late", uri: "s3://late" },
        dest_asset_extra: {},
        extra: { rows: 1 },
      },
    ]);
  });

  Deno.test(`ctx.outlets under ${version}: emits nothing when the task fails`, async () => {
    const { state, ti } = await run(version, "emits_and_fails");
    assertEquals([state, ti["outlet_events"]], ["failed", undefined]);
  });

  Deno.test(`ctx.outlets under ${version}: rejects invalid assets and values that are not JSON`, async () => {
    const { returned } = await run(version, "emits_badly");
    assertEquals(returned, [
      [
        "INVALID",
        "Cannot emit an asset event: the asset has neither a name nor a URI",
      ],
      [
        "INVALID",
        'Cannot emit an event of asset "orders": field "at[0]" must be a JSON value, not a point in time',
      ],
      ["INVALID", "Cannot emit an event through an asset alias: its name is missing"],
    ]);
  });

  Deno.test(`ctx.outlets under ${version}: validates before the handler runs [capability.asset-validation]`, async () => {
    const route = { path: "validate-inlets-and-outlets", status: 200 };
    const none = { ...route, body: { inactive_assets: [] } };
    const active = await run(version, "validates", { api_overrides: [none] });
    assertEquals([active.state, active.returned], ["success", "worked"]);
    const one = { ...route, body: { inactive_assets: [{ ...ORDERS, type: "Asset" }] } };
    const inactive = await run(version, "validates", { api_overrides: [one], max_tries: 1 });
    assertEquals([inactive.state, inactive.returned], ["up_for_retry", undefined]);
    assertMatch(String(inactive.ti["retry_reason"]), /not active in Airflow: "orders"/);
  });

  Deno.test(`TaskHandler under ${version}: validates its outlets, then emits them`, async () => {
    const inactive = { inactive_assets: [{ ...ORDERS, type: "Asset" }] };
    const path = "validate-inlets-and-outlets";
    const route = { path, status: 200, times: 1, body: { inactive_assets: [] } };
    const active = await run(version, "declares", { api_overrides: [route] });
    assertEquals([active.state, active.error], ["success", null]);
    const paths = active.api_calls.map((call) => call.path);
    assert(paths.some((one) => one.endsWith(path)), paths.join());
    const outlets = active.ti["task_outlets"];
    assert(Array.isArray(outlets) && outlets.length === 2);
    const one = await run(version, "declares", { api_overrides: [{ ...route, body: inactive }] });
    assertEquals(one.state, "failed");
  });

  Deno.test(`ctx.dagRun under ${version}: returns the asset events that triggered the run`, async () => {
    const { returned } = await run(version, "tells_consumed", {
      dag_run: {
        consumed_asset_events: [{
          asset: { ...ORDERS, extra: { a: 1 } },
          extra: { day: 1 },
          source_task_id: "load",
          source_dag_id: "upstream",
          source_run_id: "r1",
          source_map_index: -1,
          source_aliases: [{ name: "all" }],
          timestamp: "2026-01-01T00:00:00Z",
          partition_key: null,
        }],
      },
    });
    assertEquals(returned, [{
      asset: { ...ORDERS, extra: { a: 1 } },
      extra: { day: 1 },
      source: SOURCE,
      aliases: ["all"],
      partitionKey: null,
      timestamp: "2026-01-01T00:00:00Z",
    }]);
  });

  Deno.test(`ctx.assets under ${version}: rejects the newer filters with the older schema version`, async () => {
    const { returned } = await run(version, "filters_newly", WORLD);
    assert(Array.isArray(returned) && returned.length === 3);
    for (const failure of returned) assertMatch(JSON.stringify(failure), /^\["UNSUPPORTED"/);
  });
}

Deno.test("ctx.assets under 3.4.0b2: filters by partition and extra with the newer schema version [capability.asset-event-partition-filter]", async () => {
  const { returned, api_calls } = await run("3.4.0b2", "filters_newly", {
    ...WORLD,
    schema: "2026-10-30",
  });
  assertEquals(returned, [3, 3, 3]);
  const queries = api_calls.filter(({ path }) => path === "asset-events/by-asset")
    .map(({ query }) => [
      query["partition_key"],
      query["partition_key_regexp_pattern"],
      query["extra"],
    ]);
  assertEquals(queries, [["eu", undefined, undefined], [undefined, "^e", undefined], [
    undefined,
    undefined,
    "a=b",
  ]]);
});
