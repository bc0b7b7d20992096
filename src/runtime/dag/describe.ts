/**
 * The report of a bundle's contents to `pack`.
 *
 * @module
 */
import type { HandlerRegistry } from "../../sdk/handler_registry.ts";
import type { Permissions } from "../../sdk/permissions.ts";
import type { Contents } from "./contents.ts";
import { type Parameter, parametersOf } from "../task/handler_schema.ts";
import { VERSION } from "../version.ts";

/** The argument with which a bundle prints its contents. */
export const METADATA_FLAG = "--airflow-metadata";

/**
 * Prints one line of JSON on stdout: the SDK, the permissions, the task ids and parameters by Dag, the
 * files of the bundle's own Dags, and the Dag ids of each loader function.
 */
export function describe(
  { handlers, dags: defined, loadedDagIds }: Contents,
  permissions: Permissions,
): void {
  const dags = Object.fromEntries(
    handlers.dagIds.map((dagId) => [dagId, {
      tasks: handlers.taskIds(dagId),
      ...parametersIn(dagId, handlers),
    }]),
  );
  const sdk = {
    language: "typescript",
    version: VERSION,
    supervisor_schema_version: "2026-06-16",
  };
  const files = Object.fromEntries(
    [...defined.values()].map(({ definition: { dagId, place } }) => [dagId, fileOf(String(place))]),
  );
  const report = {
    sdk,
    permissions,
    dags,
    ...(defined.size === 0 ? {} : { dag_files: files }),
    ...(loadedDagIds.length < 2 ? {} : { loaded_dag_ids: loadedDagIds }),
  };
  const line = new TextEncoder().encode(JSON.stringify(report) + "\n");
  for (let written = 0; written < line.length;) {
    written += Deno.stdout.writeSync(line.subarray(written));
  }
}

/** Returns the parameters by task id, of the handlers whose schema declares them. */
function parametersIn(
  dagId: string,
  handlers: HandlerRegistry,
): { readonly parameters?: Readonly<Record<string, readonly Parameter[]>> } {
  const declared = handlers.taskIds(dagId).flatMap((taskId): [string, Parameter[]][] => {
    const parameters = parametersOf(handlers.find(dagId, taskId)?.argsSchema);
    return parameters === undefined ? [] : [[taskId, parameters]];
  });
  return declared.length === 0 ? {} : { parameters: Object.fromEntries(declared) };
}

/** Removes line and column from `file:///dags/etl.ts:3:13`. */
function fileOf(place: string): string {
  return place.replace(/(?::\d+){1,2}$/, "");
}
