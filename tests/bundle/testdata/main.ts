// A stand-in for an author's module: answers --airflow-metadata as serve() does, and leaves a mark
// when imported, so that a test sees the bundle run.
import { rows } from "./rows.ts";

class WarehouseError extends Error {}

const text: string = Deno.args.includes("--airflow-metadata")
  ? JSON.stringify({
    sdk: { language: "typescript", version: "0.1.0", supervisor_schema_version: "2026-06-16" },
    dags: { etl: { tasks: ["extract", "transform"] }, nightly: { tasks: ["clean"] } },
  })
  : `ran ${WarehouseError.name} ${rows()} ${Deno.args.join(" ")}`;
await Promise.resolve();
await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
