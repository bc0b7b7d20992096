/**
 * What a bundle holds, for `pack`.
 *
 * @module
 */
import type { HandlerRegistry } from "../sdk/handler_registry.ts";
import { VERSION } from "./version.ts";

/** The argument that asks a bundle to print what it holds. */
export const METADATA_FLAG = "--airflow-metadata";

/** Prints one line of JSON on stdout: the SDK, and the task ids by Dag. */
export function describe(handlers: HandlerRegistry): void {
  const dags = Object.fromEntries(
    handlers.dagIds.map((dagId) => [dagId, { tasks: handlers.taskIds(dagId) }]),
  );
  const sdk = {
    language: "typescript",
    version: VERSION,
    supervisor_schema_version: "2026-06-16",
  };
  const line = new TextEncoder().encode(JSON.stringify({ sdk, dags }) + "\n");
  for (let written = 0; written < line.length;) {
    written += Deno.stdout.writeSync(line.subarray(written));
  }
}
