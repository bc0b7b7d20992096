/**
 * The state that answers read and change.
 *
 * @module
 */

import type { RecordLevel } from "../supervisor/log_record.ts";
import { apiError, type SupervisorReply } from "./reply.ts";
import type { SecretsMask } from "../../protocol/secrets_mask.ts";
import type { AirflowStore, TaskInstanceKey } from "../store/store.ts";

/** The task that sent the request. */
export interface AskingTask extends TaskInstanceKey {
  /** The task instance's UUID. */
  readonly id: string;
}

/** Writes to the task's log. */
export type Say = (
  level: RecordLevel,
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** The state that answers read and change. */
export interface AnswerState {
  /** Airflow's state. */
  readonly store: AirflowStore;
  /** Receives the secrets that a task reads. */
  readonly masker: SecretsMask;
  /** The task that sent the request. */
  readonly task: AskingTask;
  /** Writes to the task's log what could surprise the developer. */
  readonly say?: Say | undefined;
}

/** Answers a request for a task instance, which must be the one that sent the request. */
export function ofItself(
  tiId: string,
  { task }: AnswerState,
  then: () => SupervisorReply,
): SupervisorReply {
  return tiId === task.id
    ? then()
    : apiError(403, `Task instance ${tiId} did not send the request`, "access_denied");
}

/** Tells whether a list contains a value; true for an absent or empty list, as in Airflow. */
export function among<T>(list: readonly T[] | null | undefined, value: T): boolean {
  return list === undefined || list === null || list.length === 0 || list.includes(value);
}
