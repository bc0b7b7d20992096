/**
 * The task that this process runs, as its steps share it.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import type { TaskLogger } from "../logging/task_logger.ts";
import type { Requester } from "../requester.ts";
import type { ExecutionObserver } from "../session.ts";
import type { Interruption } from "./interruption.ts";

/** A running task. */
export interface RunningTask {
  /** The first message. */
  readonly startup: StartupDetails;
  /** Sends requests to the supervisor. */
  readonly requester: Requester;
  /** Writes to the task log. */
  readonly log: TaskLogger;
  /** Ends the handler from outside. */
  readonly interruption: Interruption;
  /** Receives what the handler returned or threw. */
  readonly observer?: ExecutionObserver | undefined;
}

/** Returns the task's name in messages: its Dag's id and its own. */
export function nameOfTask({ startup: { ti } }: Pick<RunningTask, "startup">): string {
  return `${ti.dag_id}.${ti.task_id}`;
}
