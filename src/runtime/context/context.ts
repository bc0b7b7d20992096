/**
 * The author's context, made from the start-up details.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext, TaskInstance } from "../../sdk/context.ts";
import type { Logger } from "../../sdk/logger.ts";
import { type Duration, secondsOf } from "../../sdk/time.ts";
import type { Requester } from "../requester.ts";
import { schemaVersionOf } from "../schema_version.ts";
import type { Completion } from "../task/completion.ts";
import type { Interruption } from "../task/interruption.ts";
import { AirflowAssets } from "./assets.ts";
import { cannot, checkJsonObject } from "./checks.ts";
import { AirflowConnections } from "./connections.ts";
import { AirflowDagRuns, dagRunOf } from "./dag_runs.ts";
import { AirflowDags } from "./dags.ts";
import { serialize } from "./serialize.ts";
import { AirflowTaskStateStore } from "./state.ts";
import { AirflowTaskInstances } from "./tasks.ts";
import { AirflowVariables } from "./variables.ts";
import { AirflowXComs } from "./xcoms.ts";

/** The parts of a context, in addition to the start-up details. */
export interface ContextParts {
  /** Sends the author's requests. */
  readonly requester: Requester;
  /** Writes the author's log events. */
  readonly log: Logger;
  /** Interrupts the handler: by its signal, by its time limit. */
  readonly interruption: Pick<Interruption, "signal" | "limit">;
  /** Collects the parts of the terminal message. */
  readonly completion: Completion;
  /** The defaults of the params; empty for tasks of Python Dags. */
  readonly params: Readonly<Record<string, JsonValue>>;
}

/** Makes the context of a handler. */
export function contextOf(startup: StartupDetails, parts: ContextParts): TaskContext {
  const { requester, interruption, completion } = parts;
  const { signal } = interruption;
  const ti = taskInstanceOf(startup);
  const dagRun = dagRunOf(startup.ti_context.dag_run);
  const isReported = schemaVersionOf(startup) !== "2026-06-16";
  return {
    ti,
    dagRun,
    dagId: ti.dagId,
    taskId: ti.taskId,
    runId: ti.runId,
    tryNumber: ti.tryNumber,
    mapIndex: ti.mapIndex,
    logicalDate: dagRun.logicalDate,
    params: { ...parts.params, ...dagRun.conf },
    signal,
    log: parts.log,
    connections: new AirflowConnections(requester),
    variables: new AirflowVariables(requester),
    xcoms: new AirflowXComs(requester, ti),
    state: new AirflowTaskStateStore(requester, ti.id),
    assets: new AirflowAssets(requester),
    outlets: completion.outlets,
    dags: new AirflowDags(requester),
    dagRuns: new AirflowDagRuns(requester, { id: ti.id, dagRun, signal }),
    tasks: new AirflowTaskInstances(requester, ti, dagRun),
    maskSecret: (value, name) => maskSecret(requester, value, name),
    skipDownstream: (...tasks) => completion.skips.add(...tasks),
    setRenderedFields: (fields) => setRenderedFields(requester, fields),
    setMapIndexLabel: (label) => setMapIndexLabel(requester, completion, label),
    setExecutionTimeout: (timeout) =>
      setExecutionTimeout(timeout, { requester, interruption, isReported }),
  };
}

/** Converts the task instance of the start-up details for authors. */
export function taskInstanceOf({ ti }: StartupDetails): TaskInstance {
  return {
    id: ti.id,
    dagId: ti.dag_id,
    taskId: ti.task_id,
    runId: ti.run_id,
    tryNumber: ti.try_number,
    mapIndex: ti.map_index ?? -1,
    queue: ti.queue ?? "default",
    hostname: ti.hostname ?? null,
  };
}

/** The width of Airflow's column, in characters. */
const MAX_LABEL = 250;

/** Sends the fields that the page of the task shows. */
async function setRenderedFields(
  requester: Requester,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  checkJsonObject("set the rendered fields", fields);
  await requester.request({ type: "SetRenderedFields", rendered_fields: fields });
}

/** Sends the label, and keeps it for the terminal message, which would delete it otherwise. */
async function setMapIndexLabel(
  requester: Requester,
  completion: Completion,
  label: string,
): Promise<void> {
  if (typeof label !== "string" || label.length < 1 || label.length > MAX_LABEL) {
    throw cannot(
      "set the label of the map index",
      `the label must be a text of 1 to ${MAX_LABEL} characters`,
    );
  }
  await requester.request({ type: "SetRenderedMapIndex", rendered_map_index: label });
  completion.mapIndexLabel = label;
}

/** Registers `value` as a secret, with the supervisor and (in MaskingRequester) with our own log. */
async function maskSecret(
  requester: Requester,
  value: unknown,
  name?: string,
): Promise<void> {
  await requester.request({ type: "MaskSecret", value: serialize(value), name: name ?? null });
}

/** The parts that enforce an execution timeout. */
interface ExecutionTimeoutParts {
  /** Reports the timeout to the supervisor. */
  readonly requester: Requester;
  /** Interrupts the handler. */
  readonly interruption: Pick<Interruption, "limit">;
  /** True when the schema version has SetExecutionTimeout, which an older Airflow would not answer. */
  readonly isReported: boolean;
}

/** Limits the handler's time from now on, here and in the supervisor. */
async function setExecutionTimeout(
  timeout: Duration,
  { requester, interruption, isReported }: ExecutionTimeoutParts,
): Promise<void> {
  const seconds = secondsOf(timeout, "Cannot set the execution timeout", "timeout");
  if (seconds === 0) throw cannot("set the execution timeout", '"timeout" must be above 0');
  interruption.limit(seconds);
  if (!isReported) return;
  await requester.request({ type: "SetExecutionTimeout", timeout_seconds: seconds });
}
