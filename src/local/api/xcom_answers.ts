/**
 * Answers the requests on XComs.
 *
 * @module
 */

import type { AnswerState } from "./answer_state.ts";
import { byTime } from "../store/time.ts";
import { apiError, EMPTY, missing, notFound, result, type SupervisorReply } from "./reply.ts";
import type { AirflowStore, XCom, XComSeries } from "../store/store.ts";

/** The fields that identify an XCom in every request. */
export interface XComQuery {
  /** The key. */
  readonly key: string;
  /** The Dag's id. */
  readonly dag_id: string;
  /** The Dag run's id. */
  readonly run_id: string;
  /** The task that pushed. */
  readonly task_id: string;
  /** The map index; absent, null or negative for a task that is not mapped. */
  readonly map_index?: number | null | undefined;
  /** True to search earlier runs when this run has no such XCom. */
  readonly include_prior_dates?: boolean | undefined;
  /** True to read the previous iteration of a loop. */
  readonly previous_iteration?: boolean | undefined;
}

/** The key of a task's result. */
const RETURN_KEY = "return_value";
/** Airflow's `[core] max_map_length`. */
const MAX_MAP_LENGTH = 1024;

/** Answers GetXCom, with null for a missing XCom. */
export function getXCom(request: XComQuery, { store }: AnswerState): SupervisorReply {
  return inNoLoop(request, () => {
    const index = mapIndex(request);
    const found = lookUp(store, request, (xcom) => xcom.mapIndex === index)[0];
    return result("XComResult", { key: request.key, value: found?.value ?? null });
  });
}

/** Answers SetXCom. */
export function setXCom(
  request: XComQuery & { value: unknown; mapped_length?: number | null | undefined },
  { store }: AnswerState,
): SupervisorReply {
  const { key, dag_id, run_id, task_id, mapped_length } = request;
  if (key === "") return missing("XCom key must be a non-empty string");
  if (typeof mapped_length === "number" && mapped_length >= 0 && key !== RETURN_KEY) {
    const message = `mapped_length is only valid for the '${RETURN_KEY}' key.`;
    return apiError(400, message, "invalid_mapped_length_key");
  }
  if ((mapped_length ?? 0) > MAX_MAP_LENGTH) {
    return apiError(
      400,
      "pushed value is too large to map as a downstream's dependency",
      "unmappable_return_value_length",
    );
  }
  const isOwner = store.taskInstances(dag_id).some((row) =>
    row.runId === run_id && row.taskId === task_id
  );
  if (!isOwner && store.xcomsOfTask(dag_id, run_id, task_id).length === 0) {
    return missing(`Task Instance '${task_id}' not found in '${run_id}'`);
  }
  store.setXCom({ ...series(request), mapIndex: mapIndex(request), value: request.value });
  return EMPTY;
}

/** Answers DeleteXCom. */
export function deleteXCom(request: XComQuery, { store }: AnswerState): SupervisorReply {
  store.deleteXCom(series(request), mapIndex(request));
  return EMPTY;
}

/** Answers GetXComCount with the number of map indexes that have pushed. */
export function getXComCount(request: XComQuery, { store }: AnswerState): SupervisorReply {
  return inNoLoop(
    request,
    () => result("XComCountResponse", { len: store.xcoms(series(request)).length }),
  );
}

/** Answers GetXComSequenceItem; a negative offset counts from the end. */
export function getXComItem(
  request: XComQuery & { offset: number },
  { store }: AnswerState,
): SupervisorReply {
  const { key, dag_id, run_id, task_id, offset } = request;
  return inNoLoop(request, () => {
    const xcom = store.xcoms(series(request)).at(offset);
    return xcom === undefined
      ? notFound("XCOM_NOT_FOUND", { dag_id, run_id, task_id, key, offset })
      : result("XComSequenceIndexResult", { root: xcom.value });
  });
}

/** Answers GetXComSequenceSlice, by the rules of a Python slice. */
export function getXComSlice(
  request: XComQuery & { start: number | null; stop: number | null; step: number | null },
  { store }: AnswerState,
): SupervisorReply {
  return inNoLoop(request, () => {
    const values = lookUp(store, request, () => true).map((xcom) => xcom.value);
    return result("XComSequenceSliceResult", {
      root: slice(values, request.start, request.stop, request.step || 1),
    });
  });
}

/** Finds the XComs of the run, or with `include_prior_dates` of the last run that has any. */
function lookUp(
  store: AirflowStore,
  request: XComQuery,
  isWanted: (xcom: XCom) => boolean,
): XCom[] {
  const here = series(request);
  const { dagId, runId } = here;
  const own = store.dagRun(dagId, runId)?.logicalDate ?? null;
  const earlier = request.include_prior_dates && own !== null
    ? store.dagRuns(dagId).filter(({ logicalDate = null }) =>
      logicalDate !== null && byTime(logicalDate, own) <= 0
    ).sort((a, b) => byTime(b.logicalDate ?? null, a.logicalDate ?? null))
    : [];
  for (const run of [{ runId }, ...earlier]) {
    const found = store.xcoms({ ...here, runId: run.runId }).filter(isWanted);
    if (found.length > 0) return found;
  }
  return [];
}

/** Refuses `previous_iteration`, since dev runs no task in a loop. */
function inNoLoop(request: XComQuery, then: () => SupervisorReply): SupervisorReply {
  if (!request.previous_iteration) return then();
  return apiError(
    400,
    request.include_prior_dates
      ? "previous_iteration cannot be combined with prior dates"
      : `Task ${request.task_id} is not in a loop`,
  );
}

/** Python's `values[start:stop:step]`. */
function slice(
  values: readonly unknown[],
  start: number | null,
  stop: number | null,
  step: number,
): unknown[] {
  const length = values.length;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: number): number =>
    Math.min(high, Math.max(low, bound < 0 ? bound + length : bound));
  const from = start === null ? (step > 0 ? low : high) : clamp(start);
  const to = stop === null ? (step > 0 ? high : low) : clamp(stop);
  const kept: unknown[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) kept.push(values[at]);
  return kept;
}

function series({ dag_id, run_id, task_id, key }: XComQuery): XComSeries {
  return { dagId: dag_id, runId: run_id, taskId: task_id, key };
}

/** The map index; -1 for a task that is not mapped. */
function mapIndex({ map_index }: XComQuery): number {
  return typeof map_index === "number" && map_index >= 0 ? map_index : -1;
}
