/**
 * Airflow's Dag processor, played locally: asks an executable for the Dags it defines.
 *
 * @module
 */

import type {
  DagFileParseRequest,
  DagFileParsingResult,
  SchemaDate,
} from "../../protocol/generated.ts";
import { isRequest, requestFault } from "../../protocol/request_check.ts";
import { answer, type AnswerState } from "../api/answers.ts";
import { EMPTY, type Reply } from "../api/reply.ts";
import { SecretsMasker } from "./secrets_masker.ts";
import type { Store } from "../store/store.ts";
import { addressOf, Listeners } from "./listeners.ts";
import { supervise, type Supervised, type SupervisionSettings } from "./supervision.ts";
import { withLogging } from "./supervisor.ts";
import { isTerminal } from "./terminal_message.ts";
import { TaskProcess, type TaskProcessOptions } from "./task_process.ts";

/** What a parse needs. */
export interface ParseOptions extends SupervisionSettings, TaskProcessOptions {
  /** Path of the file to parse. */
  readonly file: string;
  /** Folder of the Dag bundle; `/` when absent. */
  readonly bundlePath?: string;
  /** Name of the Dag bundle; `local` when absent. */
  readonly bundleName?: string;
  /** Airflow's state, for variables and connections read while parsing. */
  readonly store: Store;
  /** The schema date that messages are checked by; `2026-06-16` when absent. */
  readonly date?: SchemaDate;
}

/** How one parse went. */
export interface ParseRun extends Supervised {
  /** What the executable defines; null when it did not say. */
  readonly result: DagFileParsingResult | null;
}

/** In a parse nobody owns a task: the stores of task instances are closed. */
const NO_TASK: AnswerState["task"] = { id: "", dagId: "", runId: "", taskId: "", mapIndex: -1 };

/**
 * Starts the command as Airflow 3.4's Dag processor does and asks for the Dags in `file`. The
 * process is ended 5 s (`overtimeSeconds`) after its result; a message that does not validate ends
 * the parse.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the program cannot be started.
 */
export async function parseFile(options: ParseOptions): Promise<ParseRun> {
  const { store, date = "2026-06-16" } = options;
  const masker = new SecretsMasker();
  const first: DagFileParseRequest = {
    type: "DagFileParseRequest",
    file: options.file,
    bundle_path: options.bundlePath ?? "/",
    bundle_name: options.bundleName ?? "local",
    callback_requests: [],
  };
  let found: DagFileParsingResult | null = null;
  const answerBody = (body: Readonly<Record<string, unknown>> | null): Reply | string => {
    if (!isRequest(body, date, "ToManager")) {
      return requestFault(body, date, "ToManager") ?? "it is not valid";
    }
    if (isTerminal(body)) return "a parse ends no task";
    if (body.type !== "DagFileParsingResult") return answer(body, { store, masker, task: NO_TASK });
    found = body;
    return EMPTY;
  };
  using listeners = new Listeners();
  const comm = addressOf(listeners.comm);
  await using process = new TaskProcess(withLogging(options), comm, addressOf(listeners.logs));
  const supervised = await supervise(listeners, {
    overtimeSeconds: 5,
    ...options,
    first,
    answer: answerBody,
    ended: () => found !== null,
    endsOnInvalid: true,
    masker,
    process,
  });
  return { ...supervised, result: found };
}
