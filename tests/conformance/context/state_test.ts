// The state stores of tasks and assets under Airflow's real supervise_task().

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sharedArea } from "../harness/area.ts";
import { AIRFLOW_VERSIONS } from "../harness/venv.ts";

const run = sharedArea("state");
const ORDERS = { assets: [{ name: "orders", uri: "s3://orders" }] };

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`ctx.state under ${version}: reads, writes and deletes [capability.task-state-store]`, async () => {
    const result = await run(version, "keeps", { task_store: { cursor: 7 } });
    assertEquals([result.state, result.returned], ["success", [7, 8, "missing"]]);
    assertEquals(result.task_store, { cursor: 8, nested: { a: [1, "x", null] } });
  });

  Deno.test(`ctx.state under ${version}: clears all entries`, async () => {
    const result = await run(version, "clears", { task_store: { cursor: 7, other: 1 } });
    assertEquals([result.returned, result.task_store], ["cleared", {}]);
  });

  Deno.test(`ctx.state under ${version}: sends the expiry of an entry`, async () => {
    const { api_calls, state } = await run(version, "expires");
    assertEquals(state, "success");
    const ends = api_calls.filter(({ method, path }) => method === "PUT" && /store\/ti/.test(path))
      .map(({ body }) => new Map(Object.entries(body ?? {})).get("expires_at"));
    const now = Date.now();
    const hours = ends.slice(0, 2).map((end) =>
      Math.round((Date.parse(String(end)) - now) / 3_600_000)
    );
    assertEquals(hours, [30 * 24, 1]);
    assertStringIncludes(String(ends[2]), "2030-01-02T03:04:05");
    assertEquals(ends[3], null);
  });

  Deno.test(`ctx.state under ${version}: rejects invalid values before sending`, async () => {
    const result = await run(version, "refuses", ORDERS);
    assertEquals(result.returned, [
      ["INVALID", 'Cannot set state "k": the value must not be null. Delete the key instead'],
      [
        "INVALID",
        'Cannot set state "k": field "at[0]" must be a JSON value, not a point in time',
      ],
      ["INVALID", 'Cannot set state "k": the value must be JSON, got undefined'],
      ["INVALID", 'Cannot set state "": the key must be a text that is not empty'],
      [
        "INVALID",
        'Cannot set state "k": "retention" must be a non-negative length of time, got -1. ' +
        "Write seconds, { minutes: 5 } or a Temporal.Duration without months and years",
      ],
      ["INVALID", 'Cannot set state "k": "retention" and "expiresAt" exclude each other'],
      ["INVALID", 'Cannot set state "k": it must be a JSON value, not NaN'],
    ]);
    assert(!result.api_calls.some(({ path }) => path.startsWith("store/")));
  });

  Deno.test(`ctx.assets under ${version}: stores state by name and by URI [capability.asset-state-store]`, async () => {
    const kept = await run(version, "keeps_with_asset", ORDERS);
    assertEquals([kept.state, kept.asset_store], ["success", [
      { name: "orders", key: "mark", value: { at: 1 } },
      { name: "orders", key: "other", value: 2 },
    ]]);
    assert(Array.isArray(kept.returned));
    assertEquals(kept.returned.slice(0, 3), [{ at: 1 }, 2, null]);
    assertStringIncludes(JSON.stringify(kept.returned[3]), "NOT_FOUND");
    const asset_store = [{ name: "orders", key: "mark", value: 1 }];
    const cleared = await run(version, "clears_asset", { ...ORDERS, asset_store });
    assertEquals([cleared.returned, cleared.asset_store], ["cleared", []]);
  });
}
