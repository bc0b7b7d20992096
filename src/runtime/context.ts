/**
 * The author's context, made of what the supervisor told at the start.
 *
 * @module
 */
import type { StartupDetails } from "../protocol/generated.ts";
import type { DagRun, TaskContext, TaskInstance } from "../sdk/context.ts";
import type { Logger } from "../sdk/logger.ts";
import { AirflowConnections } from "./connections.ts";
import type { Requester } from "./requester.ts";
import { AirflowVariables } from "./variables.ts";
import { AirflowXComs } from "./xcoms.ts";

/** What a context is made of, beside the start-up details. */
export interface ContextParts {
  /** Sends the author's requests. */
  readonly requester: Requester;
  /** Writes the author's log events. */
  readonly log: Logger;
  /** Aborted when the task is to end. */
  readonly signal: AbortSignal;
}

/** Makes the context that a handler is given. */
export function contextOf(startup: StartupDetails, parts: ContextParts): TaskContext {
  const ti = taskInstanceOf(startup);
  return {
    ti,
    dagRun: dagRunOf(startup),
    tryNumber: ti.tryNumber,
    mapIndex: ti.mapIndex,
    signal: parts.signal,
    log: parts.log,
    connections: new AirflowConnections(parts.requester),
    variables: new AirflowVariables(parts.requester),
    xcoms: new AirflowXComs(parts.requester, ti),
  };
}

function taskInstanceOf({ ti }: StartupDetails): TaskInstance {
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

function dagRunOf({ ti_context: { dag_run: run } }: StartupDetails): DagRun {
  return {
    dagId: run.dag_id,
    runId: run.run_id,
    runType: run.run_type,
    logicalDate: run.logical_date,
    dataIntervalStart: run.data_interval_start,
    dataIntervalEnd: run.data_interval_end,
    runAfter: run.run_after,
    conf: run.conf ?? {},
  };
}
