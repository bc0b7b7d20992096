/**
 * Writes the events of a local Dag run as lines of JSON, for other programs.
 *
 * @module
 */
import type { DagRunEvent } from "../../local/scheduler/dag_run.ts";

/** Writes an event as a line of JSON, requests without their bodies. */
export function eventLine(event: DagRunEvent): string {
  return jsonLine(plain(event));
}

/** Writes a value as a line of JSON, integers beyond 2^53 as texts. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, item) => typeof item === "bigint" ? `${item}` : item) + "\n";
}

function plain(event: DagRunEvent): unknown {
  const { type, taskId, mapIndex, tryNumber } = event;
  const place = mapIndex === undefined ? { taskId } : { taskId, mapIndex };
  switch (event.type) {
    case "request": {
      const { type: request, answered, durationSeconds } = event.request;
      return { type, ...place, tryNumber, request, answered, durationSeconds };
    }
    case "task-ended": {
      const { state, reason, durationSeconds } = event.run;
      return { type, ...place, tryNumber, state, reason, durationSeconds };
    }
    default:
      return event;
  }
}
