/**
 * The trigger that waits for another Dag's run or tasks, asked of the store.
 *
 * @module
 */

import type { JsonObject } from "../../protocol/generated.ts";
import { isAt } from "../api/dag_answers.ts";
import { listIn, momentIn, textsIn } from "./serde.ts";
import type { Store } from "../store/store.ts";

/** An event of the trigger, by Airflow's own three words. */
export interface ExternalEvent {
  /** The trigger has fired. */
  readonly kind: "event";
  /** What it fired with. */
  readonly payload: { readonly status: "success" | "failed" | "skipped" };
}

/**
 * What Airflow's WorkflowTrigger would fire with, seeing the store as it is; undefined when it would
 * wait on. Nothing else runs beside a local run, so to wait would be in vain.
 */
export function awaitExternal(kwargs: JsonObject, store: Store): ExternalEvent | undefined {
  const dagId = kwargs["external_dag_id"];
  if (typeof dagId !== "string") return undefined;
  const runIds = textsIn(kwargs["run_ids"]);
  const dates = listIn(kwargs["logical_dates"]).flatMap((date) => momentIn(date) ?? []);
  const runs = store.dagRuns(dagId).filter((run) =>
    runIds.length > 0 ? runIds.includes(run.runId) : dates.length > 0 && isAt(dates, run)
  );
  const tasks = tasksOf(kwargs, store, dagId);
  const statesOf = (runId: string, state: string): (string | null)[] =>
    tasks === undefined
      ? [state]
      : tasks.map((taskId) =>
        store.taskInstances(dagId).find((row) => row.runId === runId && row.taskId === taskId)
          ?.state ?? null
      );
  const found = runs.map((run) => statesOf(run.runId, run.state));
  const isIn = (name: string) => (state: string | null): boolean =>
    state !== null && textsIn(kwargs[name]).includes(state);
  if (found.flat().some(isIn("failed_states"))) return event("failed");
  if (found.flat().some(isIn("skipped_states"))) return event("skipped");
  const wanted = runIds.length > 0 ? runIds.length : dates.length;
  const met = found.filter((states) => states.every(isIn("allowed_states"))).length;
  return met === wanted ? event("success") : undefined;
}

/** The tasks that are waited for; undefined when it is the whole run. */
function tasksOf(kwargs: JsonObject, store: Store, dagId: string): readonly string[] | undefined {
  const group = kwargs["external_task_group_id"];
  if (typeof group === "string") return store.dag(dagId)?.taskGroups?.[group] ?? [group];
  const tasks = textsIn(kwargs["external_task_ids"]);
  return tasks.length === 0 ? undefined : tasks;
}

function event(status: ExternalEvent["payload"]["status"]): ExternalEvent {
  return { kind: "event", payload: { status } };
}
