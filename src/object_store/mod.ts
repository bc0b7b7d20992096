/**
 * Files and objects under one kind of path, as Airflow's `ObjectStoragePath` has them: `file://` and
 * `s3://`, with the credentials of an Airflow connection.
 *
 * A door of its own, so that no bundle carries it that does not use it.
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
export { type ObjectEntry, ObjectStoragePath } from "./object_storage_path.ts";
export type {
  CopyOptions,
  DeleteOptions,
  ListOptions,
  ObjectOptions,
  ObjectStoragePathOptions,
  ReadOptions,
} from "./options.ts";
export type { ObjectStat, Protocol } from "./store.ts";
