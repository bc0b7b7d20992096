import { assertEquals } from "@std/assert";
import { registerAssetChanges } from "../../src/local/api/asset_answers.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import type { SucceedTask } from "../../src/protocol/generated.ts";

const task = { id: "1", dagId: "etl", runId: "run", taskId: "load", mapIndex: -1 };
const sales = { name: "sales", uri: "s3://sales" };

function register(fields: Partial<SucceedTask>): { store: MemoryStore; said: string[] } {
  const store = new MemoryStore();
  store.setAsset({ ...sales, group: "asset", extra: {}, active: true });
  const said: string[] = [];
  registerAssetChanges(
    { type: "SucceedTask", end_date: new Date(), ...fields },
    { store, masker: new SecretsMask(), task, say: (_level, event) => said.push(event) },
  );
  return { store, said };
}

Deno.test("registerAssetChanges(): adds one event for each outlet or outlet event", () => {
  const outlet = { ...sales, type: "Asset" };
  const given = { dest_asset_key: sales, extra: { rows: 1 } };
  const bare = register({ task_outlets: [outlet], outlet_events: [] }).store.assetEvents();
  assertEquals(bare.map(({ asset, extra, sourceTaskId }) => [asset, extra, sourceTaskId]), [
    ["sales", {}, "load"],
  ]);
  const { store } = register({
    task_outlets: [outlet],
    outlet_events: [given, { ...given, extra: { rows: 2 }, partition_key: "eu" }],
  });
  assertEquals(store.assetEvents().map(({ extra, partitionKey }) => [extra, partitionKey]), [
    [{ rows: 1 }, null],
    [{ rows: 2 }, "eu"],
  ]);
});

Deno.test("registerAssetChanges(): logs a warning when an outlet is unknown", () => {
  const unknown = { type: "Asset", name: "x", uri: "x" };
  const { store, said } = register({ task_outlets: [unknown], outlet_events: [] });
  assertEquals([store.assetEvents(), said.length], [[], 1]);
});

Deno.test("registerAssetChanges(): adds an unknown asset when an event comes through an alias", () => {
  const key = { name: "new", uri: "s3://new" };
  const event = { dest_asset_key: key, dest_asset_extra: { a: 1 }, extra: { rows: 1 } };
  const { store } = register({
    task_outlets: [{ type: "AssetAlias", name: "daily" }, { type: "AssetAlias", name: "all" }],
    outlet_events: [
      { ...event, source_alias_name: "daily" },
      { ...event, source_alias_name: "all" },
      { ...event, source_alias_name: "no outlet" },
    ],
  });
  assertEquals(store.assets().at(-1), { ...key, group: "asset", extra: { a: 1 }, active: true });
  assertEquals(store.assetEvents().map(({ asset, sourceAliases }) => [asset, sourceAliases]), [
    ["new", ["daily", "all"]],
  ]);
  assertEquals(store.assetAlias("all")?.assets, ["new"]);
});
