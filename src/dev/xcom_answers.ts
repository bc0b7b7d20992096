/**
 * What Airflow answers to the XCom requests.
 *
 * @module
 */

import { apiError, EMPTY, notFound, type Reply, result } from "./reply.ts";
import type { Store, XComSeries } from "./store.ts";

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
}

/** Airflow's `[core] max_map_length`. */
const MAX_MAP_LENGTH = 1024;

/** Answers GetXCom; a missing XCom is null and no error. */
export function getXCom(store: Store, request: XComAddress): Reply {
  const index = mapIndex(request);
  const found = store.xcoms(series(request)).find((xcom) => xcom.mapIndex === index);
  return result("XComResult", { key: request.key, value: found?.value ?? null });
}

/** Answers SetXCom. */
export function setXCom(
  store: Store,
  request: XComAddress & { value: unknown; mapped_length?: number | null | undefined },
): Reply {
  if (request.key === "") return apiError(404, "XCom key must be a non-empty string", "not_found");
  if ((request.mapped_length ?? 0) > MAX_MAP_LENGTH) {
    return apiError(
      400,
      "pushed value is too large to map as a downstream's dependency",
      "unmappable_return_value_length",
    );
  }
  store.setXCom({ ...series(request), mapIndex: mapIndex(request), value: request.value });
  return EMPTY;
}

/** Answers DeleteXCom. */
export function deleteXCom(store: Store, request: XComAddress): Reply {
  store.deleteXCom(series(request), mapIndex(request));
  return EMPTY;
}

/** Answers GetXComCount: how many map indexes have pushed. */
export function getXComCount(store: Store, request: XComAddress): Reply {
  return result("XComCountResponse", { len: store.xcoms(series(request)).length });
}

/** Answers GetXComSequenceItem; a negative offset counts from the end. */
export function getXComItem(store: Store, request: XComAddress & { offset: number }): Reply {
  const { key, dag_id, run_id, task_id, offset } = request;
  const xcom = store.xcoms(series(request)).at(offset);
  return xcom === undefined
    ? notFound("XCOM_NOT_FOUND", { dag_id, run_id, task_id, key, offset })
    : result("XComSequenceIndexResult", { root: xcom.value });
}

/** Answers GetXComSequenceSlice, by the rules of a Python slice. */
export function getXComSlice(
  store: Store,
  request: XComAddress & { start: number | null; stop: number | null; step: number | null },
): Reply {
  const values = store.xcoms(series(request)).map((xcom) => xcom.value);
  return result("XComSequenceSliceResult", {
    root: slice(values, request.start, request.stop, request.step || 1),
  });
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
