/**
 * What one task says to its supervisor: its requests answered, its terminal frames kept.
 *
 * @module
 */

import type { SchemaDate, StartupDetails } from "../../protocol/generated.ts";
import { isRequest, requestFault } from "../../protocol/request_check.ts";
import type { AnswerState, AskingTask, Say } from "../api/answer_state.ts";
import { answer } from "../api/answers.ts";
import { registerAssetChanges } from "../api/asset_changes.ts";
import type { EndState } from "./ending.ts";
import { apiError, EMPTY, type Reply, unprocessable } from "../api/reply.ts";
import type { SecretsMasker } from "./secrets_masker.ts";
import type { Store } from "../store/store.ts";
import { DIRECT_STATES, isTerminal, type TerminalRequest } from "./terminal_message.ts";

export type { TerminalRequest };

/** Answers one task's messages and remembers how it said it ended. */
export class TaskSession {
  readonly #store: Store;
  readonly #masker: SecretsMasker;
  readonly #date: SchemaDate;
  readonly #task: AskingTask;
  #direct: EndState | undefined;
  #taskState: EndState | undefined;
  #terminal: TerminalRequest | null = null;
  #executionTimeout: number | undefined;

  /** Makes the session of the task that `startup` describes. */
  constructor(startup: StartupDetails, store: Store, masker: SecretsMasker, date: SchemaDate) {
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

  /** The state of the first terminal frame that acts at once. */
  get direct(): EndState | undefined {
    return this.#direct;
  }

  /** The state of the last TaskState frame. */
  get taskState(): EndState | undefined {
    return this.#taskState;
  }

  /** The terminal frame that counts; null without one. */
  get terminal(): TerminalRequest | null {
    return this.#terminal;
  }

  /** Seconds that the task has given itself with its last SetExecutionTimeout. */
  get executionTimeout(): number | undefined {
    return this.#executionTimeout;
  }

  /** Answers a message; a text says why Airflow would leave it unanswered. */
  answer(body: Readonly<Record<string, unknown>> | null, say?: Say): Reply | string {
    if (body === null) return "the body is nil";
    if (!isRequest(body, this.#date, "ToSupervisor")) {
      return requestFault(body, this.#date, "ToSupervisor") ?? "it is not valid";
    }
    const state: AnswerState = {
      store: this.#store,
      masker: this.#masker,
      task: this.#task,
      ...(say === undefined ? {} : { say }),
    };
    if (isTerminal(body)) return this.#end(body, state);
    if (body.type === "DagFileParsingResult") return "a task does not parse";
    if (body.type === "SetExecutionTimeout") this.#executionTimeout = body.timeout_seconds;
    return answer(body, state);
  }

  #end(message: TerminalRequest, asking: AnswerState): Reply {
    if (message.type === "TaskState") {
      this.#taskState = message.state;
      if (this.#direct === undefined) this.#terminal = message;
      return EMPTY;
    }
    const state = DIRECT_STATES[message.type];
    // The API server takes the same state again for a repeated call, another one for a conflict.
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
