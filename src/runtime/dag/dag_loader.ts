/**
 * Loader functions, which return Dags and handlers when they are needed.
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

/** Makes the context of a launch, where the supervisor answers requests. */
export function dagLoaderContext(requester: Requester, log: Logger): DagLoaderContext {
  return {
    variables: new AirflowVariables(requester),
    connections: new AirflowConnections(requester),
    log,
  };
}

/** Makes the context for `pack`, where requests fail and the log goes to stderr. */
export function offlineContext(): DagLoaderContext {
  const write = (event: string): void => console.error(event);
  const log: Logger = {
    name: "pack",
    debug: write,
    info: write,
    warn: write,
    error: write,
    critical: write,
    with: () => log,
    named: () => log,
  };
  return dagLoaderContext(
    {
      request: ({ type }) =>
        Promise.reject(
          new TaskRuntimeError(
            "NOT_FOUND",
            `Cannot request ${type}: Airflow is not available while the bundle is packed. Give a default`,
            { request: type },
          ),
        ),
      abandon: () => {},
    },
    log,
  );
}
