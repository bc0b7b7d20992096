/** Dags of files that fail aside; read by tests/runtime/dag/parse_test.ts. */
import { Bundle, Dag } from "@airflow-deno/task-runtime";

// What fails while it is packed is not packed; these fail only where Airflow runs them.
const isPacked = Deno.args.includes("--airflow-metadata");

function dag(id: string): Dag {
  const made = new Dag(id, { queue: "deno" });
  made.task("only", () => {})();
  return made;
}

function failAside(message: string): void {
  if (!isPacked) Promise.reject(new Error(message));
}

await new Bundle()
  .register(() => {
    failAside("left behind");
    return dag("stands");
  })
  .register(async () => {
    if (isPacked) return [];
    failAside("waited for without end");
    return await new Promise<never>(() => {});
  })
  .register(() => dag("after_it"))
  .serve();
