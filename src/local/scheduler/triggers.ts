/**
 * Airflow's triggerer, played locally: what becomes of a deferred task.
 *
 * @module
 */

import { globSync } from "node:fs";
import type { DeferTask, JsonObject, JsonValue } from "../../protocol/generated.ts";
import { awaitExternal } from "./external_trigger.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import type { LocalClock } from "./local_clock.ts";
import { secondsBetween, secondsOf } from "../store/moment.ts";
import { pause } from "../supervisor/pause.ts";
import { momentIn, secondsIn, serializeMoment } from "./serde.ts";
import type { Store } from "../store/store.ts";

/** What a trigger comes to. */
export type TriggerOutcome =
  /** It fired: the task is resumed with this event. */
  | { readonly kind: "event"; readonly payload: JsonValue }
  /** It ended the task itself (`end_from_trigger`). */
  | { readonly kind: "success" }
  /** It did not fire within `trigger_timeout`. */
  | { readonly kind: "timeout" }
  /** It cannot be played here. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** The run was aborted. */
  | { readonly kind: "aborted" };

/** What a trigger needs. */
export interface TriggerOptions {
  /** The clock of the run. */
  readonly clock: LocalClock;
  /** Airflow's state. */
  readonly store: Store;
  /** Is told what is waited for. */
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

const STANDARD = "airflow.providers.standard.triggers.";
/** Seconds between two looks for a file; Airflow's default of 5 would make local runs slow. */
const MAX_POLL_SECONDS = 0.2;

type Trigger = (
  kwargs: JsonObject,
  timeoutSeconds: number | null,
  options: TriggerOptions,
) => TriggerOutcome | Promise<TriggerOutcome>;

const TRIGGERS: Readonly<Record<string, Trigger>> = {
  [`${STANDARD}temporal.DateTimeTrigger`]: atMoment,
  [`${STANDARD}temporal.TimeDeltaTrigger`]: atMoment,
  [`${STANDARD}file.FileTrigger`]: (kwargs, timeout, options) =>
    findFile(kwargs, timeout, options, () => {}),
  [`${STANDARD}file.FileDeleteTrigger`]: (kwargs, timeout, options) =>
    findFile(kwargs, timeout, options, (path) => Deno.removeSync(path)),
  [`${STANDARD}external_task.WorkflowTrigger`]: (kwargs, timeout, options) =>
    awaitExternal(kwargs, options.store) ??
      (timeout === null
        ? { kind: "unknown", reason: "what it waits for is not so in the fixtures" }
        : { kind: "timeout" }),
};

/** Plays the trigger that a task has deferred to. */
export async function playTrigger(
  message: DeferTask,
  options: TriggerOptions,
): Promise<TriggerOutcome> {
  const trigger = Object.hasOwn(TRIGGERS, message.classpath)
    ? TRIGGERS[message.classpath]
    : undefined;
  const kwargs = message.trigger_kwargs ?? {};
  if (trigger === undefined || !isJsonObject(kwargs)) {
    return { kind: "unknown", reason: `${message.classpath} is Python and not played here` };
  }
  const outcome = await trigger(kwargs, secondsOf(message.trigger_timeout), options);
  return options.signal?.aborted ? { kind: "aborted" } : outcome;
}

async function atMoment(
  kwargs: JsonObject,
  timeout: number | null,
  { clock, say, signal }: TriggerOptions,
): Promise<TriggerOutcome> {
  const now = Temporal.Now.instant();
  const delta = secondsIn(kwargs["delta"]);
  const moment = delta === undefined
    ? momentIn(kwargs["moment"] ?? kwargs["target_time"])
    : now.add({ milliseconds: Math.round(delta * 1000) });
  if (moment === undefined) return { kind: "unknown", reason: "it names no moment" };
  const seconds = Math.max(0, secondsBetween(now, moment));
  const isLate = timeout !== null && timeout < seconds;
  const waited = isLate ? timeout : seconds;
  say("Waiting for a moment", {
    moment: moment.toString(),
    skipped_seconds: Math.round(clock.skips(waited)),
  });
  await clock.wait(waited, signal);
  if (isLate) return { kind: "timeout" };
  if (kwargs["end_from_trigger"] === true) return { kind: "success" };
  return { kind: "event", payload: serializeMoment(moment) };
}

async function findFile(
  kwargs: JsonObject,
  timeout: number | null,
  { say, signal }: TriggerOptions,
  onFound: (path: string) => void,
): Promise<TriggerOutcome> {
  const { filepath, poke_interval } = kwargs;
  if (typeof filepath !== "string") return { kind: "unknown", reason: "it names no filepath" };
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
    await pause(timeout === null ? poll : Math.min(poll, timeout - seconds), signal);
  }
  return { kind: "aborted" };
}

/** Whether a path is a file, or a folder with a file somewhere in it, as Airflow looks for it. */
function hasFile(path: string): boolean {
  const { isDirectory } = Deno.statSync(path);
  if (!isDirectory) return true;
  return [...Deno.readDirSync(path)].some(({ name, isSymlink, isFile }) =>
    isFile || (!isSymlink && hasFile(`${path}/${name}`))
  );
}
