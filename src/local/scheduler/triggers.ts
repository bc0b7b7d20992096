/**
 * Airflow's triggerer, played locally: runs the triggers that tasks defer to.
 *
 * @module
 */

import { globSync } from "node:fs";
import type { DeferTask, JsonObject, JsonValue } from "../../protocol/generated.ts";
import { isAt } from "../api/dag_answers.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import { secondsBetween, secondsOfDuration } from "../store/time.ts";
import type { AirflowStore } from "../store/store.ts";
import { sleep } from "../supervisor/sleep.ts";
import type { LocalClock } from "./local_clock.ts";
import { serdeList, serdeSeconds, serdeTexts, serdeTime, serializeTime } from "./serde.ts";

/** The result of a trigger. */
export type TriggerOutcome =
  /** The trigger fired; the task resumes with this event. */
  | { readonly kind: "event"; readonly payload: JsonValue }
  /** The trigger ended the task itself (`end_from_trigger`). */
  | { readonly kind: "success" }
  /** The trigger did not fire within `trigger_timeout`. */
  | { readonly kind: "timeout" }
  /** The trigger cannot run here. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** The run was aborted. */
  | { readonly kind: "aborted" };

/** The options of a trigger. */
export interface TriggerRunOptions {
  /** The clock of the task. */
  readonly clock: LocalClock;
  /** Airflow's state. */
  readonly store: AirflowStore;
  /** Writes to the task's log. */
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

const STANDARD = "airflow.providers.standard.triggers.";
/** Seconds between two pokes for a file; Airflow's default of 5 would make local runs slow. */
const MAX_POLL_SECONDS = 0.2;

type Trigger = (
  kwargs: JsonObject,
  timeoutSeconds: number | null,
  options: TriggerRunOptions,
) => TriggerOutcome | Promise<TriggerOutcome>;

const TRIGGERS: Readonly<Record<string, Trigger>> = {
  [`${STANDARD}temporal.DateTimeTrigger`]: waitUntil,
  [`${STANDARD}temporal.TimeDeltaTrigger`]: waitUntil,
  [`${STANDARD}file.FileTrigger`]: (kwargs, timeout, options) =>
    findFile(kwargs, timeout, options, () => {}),
  [`${STANDARD}file.FileDeleteTrigger`]: (kwargs, timeout, options) =>
    findFile(kwargs, timeout, options, (path) => Deno.removeSync(path)),
  [`${STANDARD}external_task.WorkflowTrigger`]: checkExternal,
};

/** Runs the trigger that a task has deferred to. */
export async function runTrigger(
  message: DeferTask,
  options: TriggerRunOptions,
): Promise<TriggerOutcome> {
  const trigger = Object.hasOwn(TRIGGERS, message.classpath)
    ? TRIGGERS[message.classpath]
    : undefined;
  const kwargs = message.trigger_kwargs ?? {};
  if (trigger === undefined || !isJsonObject(kwargs)) {
    return { kind: "unknown", reason: `${message.classpath} needs Python` };
  }
  const outcome = await trigger(kwargs, secondsOfDuration(message.trigger_timeout), options);
  return options.signal?.aborted ? { kind: "aborted" } : outcome;
}

async function waitUntil(
  kwargs: JsonObject,
  timeout: number | null,
  { clock, say, signal }: TriggerRunOptions,
): Promise<TriggerOutcome> {
  const now = Temporal.Now.instant();
  const delta = serdeSeconds(kwargs["delta"]);
  const time = delta === undefined
    ? serdeTime(kwargs["moment"] ?? kwargs["target_time"])
    : now.add({ milliseconds: Math.round(delta * 1000) });
  if (time === undefined) return { kind: "unknown", reason: "the trigger has no time" };
  const seconds = Math.max(0, secondsBetween(now, time));
  const isLate = timeout !== null && timeout < seconds;
  const waited = isLate ? timeout : seconds;
  say("Waiting for a time", {
    until: time.toString(),
    skipped_seconds: Math.round(clock.skips(waited)),
  });
  await clock.wait(waited, signal);
  if (isLate) return { kind: "timeout" };
  if (kwargs["end_from_trigger"] === true) return { kind: "success" };
  return { kind: "event", payload: serializeTime(time) };
}

async function findFile(
  kwargs: JsonObject,
  timeout: number | null,
  { say, signal }: TriggerRunOptions,
  onFound: (path: string) => void,
): Promise<TriggerOutcome> {
  const { filepath, poke_interval } = kwargs;
  if (typeof filepath !== "string") {
    return { kind: "unknown", reason: "the trigger has no filepath" };
  }
  const poll = Math.min(
    typeof poke_interval === "number" ? poke_interval : MAX_POLL_SECONDS,
    MAX_POLL_SECONDS,
  );
  const started = performance.now();
  say("Waiting for a file", { filepath });
  while (!signal?.aborted) {
    const found = globSync(filepath).find(hasFile);
    if (found !== undefined) {
      onFound(found);
      return { kind: "event", payload: true };
    }
    const seconds = (performance.now() - started) / 1000;
    if (timeout !== null && seconds >= timeout) return { kind: "timeout" };
    await sleep(timeout === null ? poll : Math.min(poll, timeout - seconds), signal);
  }
  return { kind: "aborted" };
}

/** Tells whether a path is a file or a folder that contains a file, as Airflow checks it. */
function hasFile(path: string): boolean {
  const { isDirectory } = Deno.statSync(path);
  if (!isDirectory) return true;
  return [...Deno.readDirSync(path)].some(({ name, isSymlink, isFile }) =>
    isFile || (!isSymlink && hasFile(`${path}/${name}`))
  );
}

/**
 * Airflow's WorkflowTrigger, which waits for another Dag's run or tasks. It checks the store once,
 * since nothing else runs next to a local run that could change it.
 */
function checkExternal(
  kwargs: JsonObject,
  timeout: number | null,
  { store }: TriggerRunOptions,
): TriggerOutcome {
  const status = externalStatus(kwargs, store);
  if (status !== undefined) return { kind: "event", payload: { status } };
  if (timeout !== null) return { kind: "timeout" };
  return { kind: "unknown", reason: "the fixtures do not contain the state it waits for" };
}

function externalStatus(
  kwargs: JsonObject,
  store: AirflowStore,
): "success" | "failed" | "skipped" | undefined {
  const dagId = kwargs["external_dag_id"];
  if (typeof dagId !== "string") return undefined;
  const runIds = serdeTexts(kwargs["run_ids"]);
  const dates = serdeList(kwargs["logical_dates"]).flatMap((date) => serdeTime(date) ?? []);
  const runs = store.dagRuns(dagId).filter((run) =>
    runIds.length > 0 ? runIds.includes(run.runId) : dates.length > 0 && isAt(dates, run)
  );
  const tasks = externalTasks(kwargs, store, dagId);
  const statesOf = (runId: string, state: string): (string | null)[] =>
    tasks === undefined
      ? [state]
      : tasks.map((taskId) =>
        store.taskInstances(dagId).find((row) => row.runId === runId && row.taskId === taskId)
          ?.state ?? null
      );
  const found = runs.map((run) => statesOf(run.runId, run.state));
  const isIn = (name: string) => (state: string | null): boolean =>
    state !== null && serdeTexts(kwargs[name]).includes(state);
  if (found.flat().some(isIn("failed_states"))) return "failed";
  if (found.flat().some(isIn("skipped_states"))) return "skipped";
  const wanted = runIds.length > 0 ? runIds.length : dates.length;
  const met = found.filter((states) => states.every(isIn("allowed_states"))).length;
  return met === wanted ? "success" : undefined;
}

/** The tasks to wait for; undefined for the whole run. */
function externalTasks(
  kwargs: JsonObject,
  store: AirflowStore,
  dagId: string,
): readonly string[] | undefined {
  const group = kwargs["external_task_group_id"];
  if (typeof group === "string") return store.dag(dagId)?.taskGroups?.[group] ?? [group];
  const tasks = serdeTexts(kwargs["external_task_ids"]);
  return tasks.length === 0 ? undefined : tasks;
}
