/**
 * What Airflow answers to the XCom requests.
 *
 * @module
 */

import type { AnswerState } from "./answer_state.ts";
import { byMoment } from "../store/moment.ts";
import { apiError, EMPTY, missing, notFound, type Reply, result } from "./reply.ts";
import type { Store, XCom, XComSeries } from "../store/store.ts";

/** The fields that name an XCom in every XCom request. */
export interface XComAddress {
  /** The XCom's name. */
  readonly key: string;
  /** The Dag's id. */
  readonly dag_id: string;
  /** The Dag run's id. */
  readonly run_id: string;
  /** The task that pushed. */
  readonly task_id: string;
  /** The mapped task's index; absent, null or negative for a task that is not mapped. */
  readonly map_index?: number | null | undefined;
  /** Whether runs before this one count where it has nothing. */
  readonly include_prior_dates?: boolean | undefined;
  /** Whether the iteration before this one is meant, in a loop. */
  readonly previous_iteration?: boolean | undefined;
}

/** The key of what a handler returns. */
const RETURN_KEY = "return_value";
/** Airflow's `[core] max_map_length`. */
const MAX_MAP_LENGTH = 1024;

/** Answers GetXCom; a missing XCom is null and no error. */
export function getXCom(request: XComAddress, { store }: AnswerState): Reply {
  return inNoLoop(request, () => {
    const index = mapIndex(request);
    const found = lookUp(store, request, (xcom) => xcom.mapIndex === index)[0];
    return result("XComResult", { key: request.key, value: found?.value ?? null });
  });
}

/** Answers SetXCom. */
export function setXCom(
  request: XComAddress & { value: unknown; mapped_length?: number | null | undefined },
  { store }: AnswerState,
): Reply {
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
export function deleteXCom(request: XComAddress, { store }: AnswerState): Reply {
  store.deleteXCom(series(request), mapIndex(request));
  return EMPTY;
}

/** Answers GetXComCount: how many map indexes have pushed. */
export function getXComCount(request: XComAddress, { store }: AnswerState): Reply {
  return inNoLoop(
    request,
    () => result("XComCountResponse", { len: store.xcoms(series(request)).length }),
  );
}

/** Answers GetXComSequenceItem; a negative offset counts from the end. */
export function getXComItem(
  request: XComAddress & { offset: number },
  { store }: AnswerState,
): Reply {
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
  request: XComAddress & { start: number | null; stop: number | null; step: number | null },
  { store }: AnswerState,
): Reply {
  return inNoLoop(request, () => {
    const values = lookUp(store, request, () => true).map((xcom) => xcom.value);
    return result("XComSequenceSliceResult", {
      root: slice(values, request.start, request.stop, request.step || 1),
    });
  });
}

/** The XComs in the run, or with `include_prior_dates` in the last run that has any. */
function lookUp(store: Store, request: XComAddress, isWanted: (xcom: XCom) => boolean): XCom[] {
  const here = series(request);
  const { dagId, runId } = here;
  const own = store.dagRun(dagId, runId)?.logicalDate ?? null;
  const earlier = request.include_prior_dates && own !== null
    ? store.dagRuns(dagId).filter(({ logicalDate = null }) =>
      logicalDate !== null && byMoment(logicalDate, own) <= 0
    ).sort((a, b) => byMoment(b.logicalDate ?? null, a.logicalDate ?? null))
    : [];
  for (const run of [{ runId }, ...earlier]) {
    const found = store.xcoms({ ...here, runId: run.runId }).filter(isWanted);
    if (found.length > 0) return found;
  }
  return [];
}

/** No task runs in a loop here, so there is no iteration before. */
function inNoLoop(request: XComAddress, then: () => Reply): Reply {
  if (!request.previous_iteration) return then();
  return apiError(
    400,
    request.include_prior_dates
      ? "previous_iteration cannot be combined with prior dates"
      : `Task ${request.task_id} is in no loop`,
  );
}

/** `values[start:stop:step]` as Python reads it. */
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

function series({ dag_id, run_id, task_id, key }: XComAddress): XComSeries {
  return { dagId: dag_id, runId: run_id, taskId: task_id, key };
}

/** Airflow's client sends only indexes from 0 up; anything else means "not mapped". */
function mapIndex({ map_index }: XComAddress): number {
  return typeof map_index === "number" && map_index >= 0 ? map_index : -1;
}
