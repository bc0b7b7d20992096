/**
 * Airflow's Dag processor, played locally: asks a program for the Dags that it defines.
 *
 * @module
 */

import type {
  DagFileParseRequest,
  DagFileParsingResult,
  SchemaVersion,
} from "../../protocol/generated.ts";
import { isRequest, requestFault } from "../../protocol/request_check.ts";
import { answer, type AnswerState } from "../api/answers.ts";
import { EMPTY, type SupervisorReply } from "../api/reply.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import type { AirflowStore } from "../store/store.ts";
import { type Supervised, superviseProcess, type SupervisionSettings } from "./supervision.ts";
import type { TaskProcessOptions } from "./task_process.ts";
import { isTerminal } from "./terminal_state.ts";

/** The options of a parse. */
export interface ParseOptions extends SupervisionSettings, TaskProcessOptions {
  /** The path of the file. */
  readonly file: string;
  /** The folder of the Dag bundle; `/` by default. */
  readonly bundlePath?: string;
  /** The name of the Dag bundle; `local` by default. */
  readonly bundleName?: string;
  /** Airflow's state, with the variables and connections that the program may read. */
  readonly store: AirflowStore;
  /** The schema version that messages must fit; `2026-06-16` by default. */
  readonly date?: SchemaVersion;
}

/** The result of a parse. */
export interface ParseRun extends Supervised {
  /** The message with the Dags; null when the program sent none. */
  readonly result: DagFileParsingResult | null;
}

/** A parse has no task, so that requests for a task instance are refused. */
const NO_TASK: AnswerState["task"] = { id: "", dagId: "", runId: "", taskId: "", mapIndex: -1 };

/**
 * Starts the command as Airflow 3.4's Dag processor does and requests the Dags in `file`. The
 * process is terminated 5 s (`overtimeSeconds`) after its result, or after an invalid message.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the program cannot be started.
 */
export async function parseFile(options: ParseOptions): Promise<ParseRun> {
  const { store, date = "2026-06-16" } = options;
  const masker = new SecretsMask();
  const first: DagFileParseRequest = {
    type: "DagFileParseRequest",
    file: options.file,
    bundle_path: options.bundlePath ?? "/",
    bundle_name: options.bundleName ?? "local",
    callback_requests: [],
  };
  let found: DagFileParsingResult | null = null;
  const answerBody = (body: Readonly<Record<string, unknown>> | null): SupervisorReply | string => {
    if (!isRequest(body, date, "ToManager")) {
      return requestFault(body, date, "ToManager") ?? "the message is invalid";
    }
    if (isTerminal(body)) return "a parse cannot send a terminal message";
    if (body.type !== "DagFileParsingResult") return answer(body, { store, masker, task: NO_TASK });
    found = body;
    return EMPTY;
  };
  const supervised = await superviseProcess({
    overtimeSeconds: 5,
    ...options,
    first,
    answer: answerBody,
    ended: () => found !== null,
    endsOnInvalid: true,
    masker,
  });
  return { ...supervised, result: found };
}
