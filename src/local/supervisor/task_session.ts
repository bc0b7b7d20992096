/**
 * A task's session with its supervisor: answers requests and keeps terminal messages.
 *
 * @module
 */

import type { SchemaVersion, StartupDetails } from "../../protocol/generated.ts";
import { isRequest, requestFault } from "../../protocol/request_check.ts";
import type { AnswerState, AskingTask, Say } from "../api/answer_state.ts";
import { answer } from "../api/answers.ts";
import { registerAssetChanges } from "../api/asset_answers.ts";
import { apiError, EMPTY, type SupervisorReply, unprocessable } from "../api/reply.ts";
import type { SecretsMask } from "../../protocol/secrets_mask.ts";
import type { AirflowStore } from "../store/store.ts";
import {
  DIRECT_STATES,
  type EndState,
  isTerminal,
  type TerminalRequest,
} from "./terminal_state.ts";

/** The session of one task. */
export class TaskSession {
  readonly #store: AirflowStore;
  readonly #masker: SecretsMask;
  readonly #date: SchemaVersion;
  readonly #task: AskingTask;
  #direct: EndState | undefined;
  #taskState: EndState | undefined;
  #terminal: TerminalRequest | null = null;
  #executionTimeout: number | undefined;

  /** Opens the session of the task in `startup`. */
  constructor(
    startup: StartupDetails,
    store: AirflowStore,
    masker: SecretsMask,
    date: SchemaVersion,
  ) {
    this.#store = store;
    this.#masker = masker;
    this.#date = date;
    const { id, dag_id: dagId, run_id: runId, task_id: taskId, map_index } = startup.ti;
    this.#task = { id, dagId, runId, taskId, mapIndex: map_index ?? -1 };
    for (const connection of startup.ti_context.connections ?? []) {
      masker.addConnection(connection);
    }
  }

  /** The task. */
  get task(): AskingTask {
    return this.#task;
  }

  /** The state of the first terminal message that sets one at once. */
  get direct(): EndState | undefined {
    return this.#direct;
  }

  /** The state of the last TaskState message. */
  get taskState(): EndState | undefined {
    return this.#taskState;
  }

  /** The terminal message that counts; null without one. */
  get terminal(): TerminalRequest | null {
    return this.#terminal;
  }

  /** The seconds of the last SetExecutionTimeout. */
  get executionTimeout(): number | undefined {
    return this.#executionTimeout;
  }

  /** Answers a message; returns a text with the cause when Airflow would not answer it. */
  answer(body: Readonly<Record<string, unknown>> | null, say?: Say): SupervisorReply | string {
    if (body === null) return "the body is null";
    if (!isRequest(body, this.#date, "ToSupervisor")) {
      return requestFault(body, this.#date, "ToSupervisor") ?? "the message is invalid";
    }
    const state: AnswerState = {
      store: this.#store,
      masker: this.#masker,
      task: this.#task,
      say,
    };
    if (isTerminal(body)) return this.#end(body, state);
    if (body.type === "DagFileParsingResult") return "a task cannot send a parsing result";
    if (body.type === "SetExecutionTimeout") this.#executionTimeout = body.timeout_seconds;
    return answer(body, state);
  }

  #end(message: TerminalRequest, asking: AnswerState): SupervisorReply {
    if (message.type === "TaskState") {
      this.#taskState = message.state;
      if (this.#direct === undefined) this.#terminal = message;
      return EMPTY;
    }
    const state = DIRECT_STATES[message.type];
    // The API server accepts a repeated state and refuses another one.
    if (this.#direct === state) return EMPTY;
    if (this.#direct !== undefined) {
      return apiError(
        409,
        "TI was not in the running state so it cannot be updated",
        "invalid_state",
      );
    }
    if (message.type === "SucceedTask" && !(message.task_outlets && message.outlet_events)) {
      return unprocessable("task_outlets", "task_outlets and outlet_events must be lists");
    }
    this.#direct = state;
    this.#terminal = message;
    if (message.type === "SucceedTask") registerAssetChanges(message, asking);
    return EMPTY;
  }
}
