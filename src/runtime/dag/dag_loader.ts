/**
 * Files of Dags that are loaded when they are needed.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { Connections } from "../../sdk/connections.ts";
import type { ParamDefinitions } from "../../sdk/dag/param.ts";
import type { Logger } from "../../sdk/logger.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import type { Variables } from "../../sdk/variables.ts";
import { AirflowConnections } from "../context/connections.ts";
import { AirflowVariables } from "../context/variables.ts";
import type { Requester } from "../requester.ts";
import type { Dag } from "./dag.ts";

/** What a {@linkcode DagLoader} may ask Airflow while its Dags are made. */
export interface DagLoaderContext {
  /** Reads variables; while a bundle is packed there are none, and defaults stand in for them. */
  readonly variables: Variables;
  /** Reads connections; while a bundle is packed there are none. */
  readonly connections: Connections;
  /** Writes to the log of the Dag processor, or of the task. */
  readonly log: Logger;
}

/** What a bundle registers: a Dag, or the handler of a task of a Python Dag. */
export type Registered = Dag<ParamDefinitions> | TaskHandler<object>;

/**
 * Makes Dags, or loads the module that does: `() => import("../etl.ts")`. Of a module, all exports
 * that are Dags and task handlers are registered.
 *
 * What one file throws is told to Airflow as its import error, and the others are there all the same.
 */
export type DagLoader = (
  airflow: DagLoaderContext,
) => unknown | Promise<unknown>;

/** Under a supervisor: it answers. */
export function dagLoaderContext(requester: Requester, log: Logger): DagLoaderContext {
  return {
    variables: new AirflowVariables(requester),
    connections: new AirflowConnections(requester),
    log,
  };
}

/** Without one, while a bundle is packed: nothing is there, and the log goes to stderr. */
export function offlineContext(): DagLoaderContext {
  const say = (event: string): void => console.error(event);
  const log: Logger = {
    name: "pack",
    debug: say,
    info: say,
    warn: say,
    error: say,
    critical: say,
    with: () => log,
    named: () => log,
  };
  return dagLoaderContext(
    {
      request: ({ type }) =>
        Promise.reject(
          new TaskRuntimeError(
            "NOT_FOUND",
            `Cannot ask Airflow (${type}): none is there while the bundle is packed; give a default`,
            { request: type },
          ),
        ),
      abandon: () => {},
    },
    log,
  );
}
