/**
 * Files and objects with one kind of path, as Airflow's `ObjectStoragePath`: `file://` and `s3://`,
 * with the credentials of an Airflow connection.
 *
 * It is a separate entry point; bundles that do not import it do not include it.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";
 *
 * const report = new TaskHandler("shop", "report", async () => {
 *   const orders = new ObjectStoragePath("s3://aws_default@shop/orders");
 *   let bytes = 0;
 *   for await (const entry of orders.list({ glob: "2026/*.csv" })) bytes += entry.size ?? 0;
 *   await orders.join("report.json").writeText(JSON.stringify({ bytes }));
 * });
 * ```
 *
 * @module
 */
export { ObjectStoragePath } from "./object_storage_path.ts";
export type {
  CopyOptions,
  DeleteOptions,
  ListOptions,
  ObjectEntry,
  ObjectOptions,
  ObjectStoragePathOptions,
  ReadOptions,
} from "./object_storage_path.ts";
export type { ObjectStat, Protocol } from "./store.ts";
