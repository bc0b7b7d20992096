/**
 * Answers the requests on the state stores of tasks and assets.
 *
 * @module
 */

import type { DateTime } from "../../protocol/generated.ts";
import { type AnswerState, ofItself } from "./answer_state.ts";
import { activeAsset, type AssetName } from "./asset_answers.ts";
import { timeOf } from "../store/time.ts";
import { missing, notFound, OK, result, type SupervisorReply, unprocessable } from "./reply.ts";
import type { StateScope } from "../store/store.ts";

/** The task instance and the key in a request. */
interface TaskValue {
  readonly ti_id: string;
  readonly key: string;
}

/** Answers GetTaskStateStore. */
export function getTaskState({ ti_id, key }: TaskValue, state: AnswerState): SupervisorReply {
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
): SupervisorReply {
  return ofItself(ti_id, state, () => {
    if (key === "") return emptyKey();
    if (value === null || value === undefined) return nullValue();
    state.store.setStateValue(taskScope(state), key, value, timeOf(expires_at));
    return OK;
  });
}

/** Answers DeleteTaskStateStore, or without a key ClearTaskStateStore. */
export function deleteTaskState(
  { ti_id, key }: { ti_id: string; key?: string },
  state: AnswerState,
): SupervisorReply {
  return ofItself(ti_id, state, () => {
    state.store.deleteStateValue(taskScope(state), key);
    return OK;
  });
}

/** Answers GetAssetStateStoreByName and …ByUri; an unknown asset is not found either. */
export function getAssetState(
  { name, uri, key }: AssetName & { key: string },
  { store }: AnswerState,
): SupervisorReply {
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
): SupervisorReply {
  return ofAsset({ name, uri }, state, (scope) => {
    if (key === "") return emptyKey();
    if (value === null || value === undefined) return nullValue();
    state.store.setStateValue(scope, key, value);
    return OK;
  });
}

/** Answers DeleteAssetStateStoreBy… and, without a key, ClearAssetStateStoreBy…. */
export function deleteAssetState(
  { name, uri, key }: AssetName & { key?: string },
  state: AnswerState,
): SupervisorReply {
  return ofAsset({ name, uri }, state, (scope) => {
    state.store.deleteStateValue(scope, key);
    return OK;
  });
}

function ofAsset(
  name: AssetName,
  { store, say }: AnswerState,
  then: (scope: StateScope) => SupervisorReply,
): SupervisorReply {
  const asset = activeAsset(store, name);
  if (asset !== undefined) return then(`asset:${asset.name}`);
  const which = name.name === undefined ? `uri='${name.uri}'` : `name='${name.name}'`;
  say?.("warning", "The asset is unknown; add it to assets in the fixtures", { ...name });
  return missing(`Asset with ${which} not found`);
}

/** The scope of a task's state store, which all its tries share. */
function taskScope({ task }: AnswerState): StateScope {
  return taskStateScope(task.dagId, task.runId, task.taskId, task.mapIndex);
}

/** The scope of the state store of a task instance. */
export function taskStateScope(
  dagId: string,
  runId: string,
  taskId: string,
  mapIndex: number,
): StateScope {
  return `ti:${JSON.stringify([dagId, runId, taskId, mapIndex])}`;
}

function nullValue(): SupervisorReply {
  return unprocessable("value", "value cannot be null");
}

function emptyKey(): SupervisorReply {
  return unprocessable("key", "key must have at least one character");
}
