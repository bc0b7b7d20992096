/**
 * What the files of Dags may ask Airflow while they are loaded.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { DagFileContext } from "./dag_file.ts";
import type { Logger } from "../../sdk/logger.ts";
import { AirflowConnections } from "../context/connections.ts";
import { AirflowVariables } from "../context/variables.ts";
import type { Requester } from "../requester.ts";

/** Under a supervisor: it answers. */
export function dagFileContext(requester: Requester, log: Logger): DagFileContext {
  return {
    variables: new AirflowVariables(requester),
    connections: new AirflowConnections(requester),
    log,
  };
}

/** Without one, while a bundle is packed: nothing is there, and the log goes to stderr. */
export function offlineContext(): DagFileContext {
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
  return dagFileContext(
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
