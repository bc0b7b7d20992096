/**
 * What Airflow answers to the requests on state stores of tasks and assets.
 *
 * @module
 */

import type { DateTime } from "../../protocol/generated.ts";
import { type AnswerState, ofItself } from "./answer_state.ts";
import { activeAsset, type AssetName } from "./asset_answers.ts";
import { momentOf } from "../store/moment.ts";
import { missing, notFound, OK, type Reply, result, unprocessable } from "./reply.ts";
import type { StateScope } from "../store/store.ts";

/** The task a request is about, and the name of a value in its store. */
interface TaskValue {
  readonly ti_id: string;
  readonly key: string;
}

/** Answers GetTaskStateStore. */
export function getTaskState({ ti_id, key }: TaskValue, state: AnswerState): Reply {
  return ofItself(ti_id, state, () => {
    const value = state.store.stateValue(taskScope(state), key);
    return value === undefined
      ? notFound("TASK_STORE_NOT_FOUND", { key })
      : result("TaskStateStoreResult", { value });
  });
}

/** Answers SetTaskStateStore. */
export function setTaskState(
  { ti_id, key, value, expires_at }: TaskValue & { value: unknown; expires_at: DateTime | null },
  state: AnswerState,
): Reply {
  return ofItself(ti_id, state, () => {
    if (key === "") return emptyKey();
    if (value === null || value === undefined) return nullValue();
    state.store.setStateValue(taskScope(state), key, value, momentOf(expires_at));
    return OK;
  });
}

/** Answers DeleteTaskStateStore, or without a key ClearTaskStateStore. */
export function deleteTaskState(
  { ti_id, key }: { ti_id: string; key?: string },
  state: AnswerState,
): Reply {
  return ofItself(ti_id, state, () => {
    state.store.deleteStateValue(taskScope(state), key);
    return OK;
  });
}

/** Answers GetAssetStateStoreByName and …ByUri: not found too when there is no such asset. */
export function getAssetState(
  { name, uri, key }: AssetName & { key: string },
  { store }: AnswerState,
): Reply {
  const asset = activeAsset(store, { name, uri });
  const value = asset && store.stateValue(`asset:${asset.name}`, key);
  return value === undefined
    ? notFound("ASSET_STORE_NOT_FOUND", { key })
    : result("AssetStateStoreResult", { value });
}

/** Answers SetAssetStateStoreByName and …ByUri. */
export function setAssetState(
  { name, uri, key, value }: AssetName & { key: string; value: unknown },
  state: AnswerState,
): Reply {
  return ofAsset({ name, uri }, state, (scope) => {
    if (key === "") return emptyKey();
    if (value === null || value === undefined) return nullValue();
    state.store.setStateValue(scope, key, value);
    return OK;
  });
}

/** Answers DeleteAssetStateStoreByName and …ByUri, without a key ClearAssetStateStoreByName and …. */
export function deleteAssetState(
  { name, uri, key }: AssetName & { key?: string },
  state: AnswerState,
): Reply {
  return ofAsset({ name, uri }, state, (scope) => {
    state.store.deleteStateValue(scope, key);
    return OK;
  });
}

function ofAsset(
  name: AssetName,
  { store, say }: AnswerState,
  then: (scope: StateScope) => Reply,
): Reply {
  const asset = activeAsset(store, name);
  if (asset !== undefined) return then(`asset:${asset.name}`);
  const which = name.name === undefined ? `uri='${name.uri}'` : `name='${name.name}'`;
  say?.("warning", "The asset is not known here; the fixtures' assets can name it", { ...name });
  return missing(`Asset with ${which} not found`);
}

/** A task's store is kept over its tries, which have other UUIDs. */
function taskScope({ task }: AnswerState): StateScope {
  return taskStateScope(task.dagId, task.runId, task.taskId, task.mapIndex);
}

/** The scope of a task's store. */
export function taskStateScope(
  dagId: string,
  runId: string,
  taskId: string,
  mapIndex: number,
): StateScope {
  return `ti:${JSON.stringify([dagId, runId, taskId, mapIndex])}`;
}

function nullValue(): Reply {
  return unprocessable("value", "value cannot be null");
}

function emptyKey(): Reply {
  return unprocessable("key", "key must have at least one character");
}
