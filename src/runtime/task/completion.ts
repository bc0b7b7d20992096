/**
 * The parts of the terminal message that a handler adds by its context.
 *
 * @module
 */
import type { TaskInstance } from "../../sdk/context.ts";
import { AirflowOutlets } from "../context/outlets.ts";
import type { TerminalMessage } from "./terminal_message.ts";
import type { Requester } from "../requester.ts";
import { Skips } from "../context/skips.ts";

/** Collects asset events, tasks to skip and a label while the handler runs. */
export class Completion {
  /** The asset events to emit. */
  readonly outlets: AirflowOutlets;
  /** The tasks to skip. */
  readonly skips: Skips;
  /** The label of this mapped instance; null while it has none. */
  mapIndexLabel: string | null = null;

  /** Creates one for the task instance `ti`. */
  constructor(requester: Requester, ti: TaskInstance) {
    this.outlets = new AirflowOutlets(requester, ti.id);
    this.skips = new Skips(requester, ti);
  }

  /**
   * Adds the asset events to a success, and the label to every state: Airflow deletes the label if the
   * terminal message has none.
   */
  complete(message: TerminalMessage): TerminalMessage {
    if (message.type === "RescheduleTask") return message;
    const label = this.mapIndexLabel === null ? {} : { rendered_map_index: this.mapIndexLabel };
    return message.type === "SucceedTask"
      ? { ...message, ...this.outlets.fields, ...label }
      : { ...message, ...label };
  }
}
