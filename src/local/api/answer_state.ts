/**
 * What an answer may look at and change.
 *
 * @module
 */

import type { LogLevel } from "../supervisor/log_record.ts";
import { apiError, type Reply } from "./reply.ts";
import type { SecretsMasker } from "../supervisor/secrets_masker.ts";
import type { Store, TaskInstanceKey } from "../store/store.ts";

/** Which task asks, and what is known of it. */
export interface AskingTask extends TaskInstanceKey {
  /** The task instance's UUID. */
  readonly id: string;
}

/** Says something to the developer in the task's log. */
export type Say = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What an answer may look at and change. */
export interface AnswerState {
  /** Airflow's state. */
  readonly store: Store;
  /** Learns the secrets that a task reads. */
  readonly masker: SecretsMasker;
  /** The task that asks. */
  readonly task: AskingTask;
  /** Says what would surprise the developer; nobody listens when absent. */
  readonly say?: Say;
}

/** Answers a request that names a task instance: each may ask only for itself. */
export function ofItself(tiId: string, { task }: AnswerState, then: () => Reply): Reply {
  return tiId === task.id
    ? then()
    : apiError(403, `Task instance ${tiId} is not the one that asks`, "access_denied");
}

/** An absent or empty list filters nothing, as in Airflow. */
export function among<T>(list: readonly T[] | null | undefined, value: T): boolean {
  return list === undefined || list === null || list.length === 0 || list.includes(value);
}
