/**
 * What a handler leaves for the frame that ends its task.
 *
 * @module
 */
import type { TaskInstance } from "../../sdk/context.ts";
import { AirflowOutlets } from "../context/outlets.ts";
import type { TerminalMessage } from "./terminal_message.ts";
import type { Requester } from "../requester.ts";
import { Skips } from "../context/skips.ts";

/** Collects it while the handler runs. */
export class Completion {
  /** The asset events to emit. */
  readonly outlets: AirflowOutlets;
  /** The tasks to skip. */
  readonly skips: Skips;
  /** The label of this mapped instance, once it has one. */
  mapIndexLabel: string | null = null;

  /** Collects for the task instance `ti`. */
  constructor(requester: Requester, ti: TaskInstance) {
    this.outlets = new AirflowOutlets(requester, ti.id);
    this.skips = new Skips(requester, ti);
  }

  /**
   * The last frame with what was collected: with success the asset events, and with every state the
   * label, which Airflow would take away again where it is left out.
   */
  complete(message: TerminalMessage): TerminalMessage {
    if (message.type === "RescheduleTask") return message;
    const label = this.mapIndexLabel === null ? {} : { rendered_map_index: this.mapIndexLabel };
    return message.type === "SucceedTask"
      ? { ...message, ...this.outlets.fields, ...label }
      : { ...message, ...label };
  }
}
