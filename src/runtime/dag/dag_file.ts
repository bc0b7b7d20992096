/**
 * Files of Dags that are loaded when they are needed.
 *
 * @module
 */
import type { Connections } from "../../sdk/connections.ts";
import type { Logger } from "../../sdk/logger.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import type { Variables } from "../../sdk/variables.ts";
import type { Dag } from "./dag.ts";
import type { ParamDefinitions } from "../../sdk/dag/param.ts";

/** What a {@linkcode DagFile} may ask Airflow while its Dags are made. */
export interface DagFileContext {
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
export type DagFile = (
  airflow: DagFileContext,
) => unknown | Promise<unknown>;
