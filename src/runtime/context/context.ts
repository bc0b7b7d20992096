/**
 * The author's context, made from the start-up details.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext, TaskInstance } from "../../sdk/context.ts";
import type { Logger } from "../../sdk/logger.ts";
import { AirflowAssets } from "./assets.ts";
import type { Completion } from "../task/completion.ts";
import { AirflowConnections } from "./connections.ts";
import { AirflowDagRuns, dagRunOf } from "./dag_runs.ts";
import { AirflowDags } from "./dags.ts";
import { setExecutionTimeout } from "./execution_timeout.ts";
import type { Interruption } from "../task/interruption.ts";
import { setMapIndexLabel, setRenderedFields } from "./rendering.ts";
import type { Requester } from "../requester.ts";
import { schemaDateOf } from "../schema_version.ts";
import { AirflowTaskStateStore } from "./state.ts";
import { AirflowTaskInstances } from "./tasks.ts";
import { maskSecret } from "./secrets.ts";
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
  const isReported = schemaDateOf(startup) !== "2026-06-16";
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
