/** Dags of two files, one of which fails where Airflow runs it. */
import { Bundle, Dag } from "../../../mod.ts";

// What fails while it is packed is not packed.
const isPacked = Deno.args.includes("--airflow-metadata");

await new Bundle()
  .register(() => {
    const dag = new Dag("native_sound", { queue: "deno" });
    dag.task("only", () => {})();
    return dag;
  })
  .register(() => {
    if (isPacked) return [];
    throw new TypeError("no warehouse at load time");
  })
  .serve();
