/**
 * The result table of a local Dag run.
 *
 * @module
 */

import type { DagRunSummary, TaskResult } from "../scheduler/dag_run.ts";
import { instanceName } from "../scheduler/instances.ts";
import { formatTable } from "./table.ts";

/** Formats the result of a run: task, state, tries, duration and XCom, one row a task. */
export function formatSummary(summary: DagRunSummary): string {
  return formatTable(
    ["TASK", "STATE", "TRIES", "DURATION", "XCOM"],
    summary.tasks.map((task) => [
      instanceName(task.taskId, task.mapIndex),
      stateText(task),
      String(task.tries),
      `${task.durationSeconds.toFixed(2)} s`,
      task.returnValue === undefined ? "" : jsonText(task.returnValue),
    ]),
  );
}

function stateText({ state, expected, tries }: TaskResult): string {
  if (state !== expected) return `${state} (expected ${expected})`;
  if (state === "success" || tries === 0) return state;
  return `${state} (as expected)`;
}

/** JSON, with integers beyond 2^53 in full. */
function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => typeof item === "bigint" ? item.toString() : item,
  );
}
