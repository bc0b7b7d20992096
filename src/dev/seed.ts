/**
 * Puts fixtures into a store.
 *
 * @module
 */

import type { Fixtures } from "./fixtures.ts";
import { taskStateScope } from "./state_answers.ts";
import type { Store } from "./store.ts";

/**
 * Puts the fixtures into the store; what names no Dag or run belongs to the run `runId` of `dagId`.
 *
 * What the file says stands in the store afterwards, whatever was there; only the state of an asset
 * is left where there is one, as it is meant to go on from run to run.
 */
export function seedStore(store: Store, fixtures: Fixtures, dagId: string, runId: string): void {
  store.environment = fixtures.environment;
  for (const connection of fixtures.connections) store.setConnection(connection);
  for (const [key, value] of fixtures.variables) store.setVariable(key, value);
  for (const xcom of fixtures.xcoms) store.setXCom({ dagId, runId, ...xcom });
  seedDags(store, fixtures, dagId, runId);
  seedAssets(store, fixtures);
  for (const { taskId, key, value } of fixtures.taskState) {
    store.setStateValue(taskStateScope(dagId, runId, taskId, -1), key, value);
  }
  for (const { asset, key, value } of fixtures.assetState) {
    if (store.stateValue(`asset:${asset}`, key) !== undefined) continue;
    store.setStateValue(`asset:${asset}`, key, value);
  }
}

function seedDags(store: Store, fixtures: Fixtures, dagId: string, runId: string): void {
  for (const dag of fixtures.dags) store.setDag(dag);
  for (const run of fixtures.dagRuns) store.setDagRun({ dagId, ...run });
  for (const row of fixtures.taskInstances) {
    const key = { dagId, runId, ...row };
    const id = store.taskInstance(key)?.id ?? crypto.randomUUID();
    store.setTaskInstance({ ...key, id });
  }
}

function seedAssets(store: Store, fixtures: Fixtures): void {
  for (const asset of fixtures.assets) store.setAsset(asset);
  for (const alias of fixtures.assetAliases) {
    const known = store.assetAlias(alias.name)?.assets ?? [];
    store.setAssetAlias({ ...alias, assets: [...new Set([...known, ...alias.assets])] });
  }
  const known = store.assetEvents();
  for (const event of fixtures.assetEvents) {
    const isKnown = known.some((row) =>
      row.asset === event.asset && row.timestamp.equals(event.timestamp)
    );
    if (!isKnown) store.addAssetEvent(event);
  }
}
