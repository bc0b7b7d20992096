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

/** The argument of a {@linkcode DagLoader}: what it may request from Airflow. */
export interface DagLoaderContext {
  /** Reads variables. `pack` has none, so give defaults. */
  readonly variables: Variables;
  /** Reads connections. `pack` has none. */
  readonly connections: Connections;
  /** Writes to the log of the Dag processor or the task. */
  readonly log: Logger;
}

/** A Dag, or the handler of a task in a Python Dag. */
export type Registered = Dag<ParamDefinitions> | TaskHandler<object>;

/**
 * A function that returns Dags and handlers, or the module that exports them:
 * `() => import("./etl.ts")`.
 *
 * If it throws, Airflow shows an import error; the Dags of other loader functions are not affected.
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
