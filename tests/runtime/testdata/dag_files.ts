/** Dags of several files, some of which fail; read by tests/runtime/dag/parse_test.ts. */
import { Bundle, Dag, TaskHandler } from "@airflow-deno/task-runtime";

// What fails while it is packed is not packed; these fail only where Airflow runs them.
const isPacked = Deno.args.includes("--airflow-metadata");

const here = new Dag("here", { queue: "deno" });
here.task("only", () => "here")();

await new Bundle()
  .register(here, new TaskHandler("python_dag", "stub", () => "stub"))
  .register(async ({ variables }) => {
    if (isPacked) return [];
    const password = await variables.get("warehouse_password", { default: "" });
    throw new TypeError(`no warehouse at load time: ${password}`);
  })
  .register(() => {
    if (isPacked) return [];
    const dag = new Dag("torn");
    dag.task("never_called", () => {});
    return dag;
  })
  .register(async ({ variables }) => {
    const regions = await variables.getJson<string[]>("regions", { default: ["nowhere"] });
    return regions.map((region) => {
      const dag = new Dag(`load_${region}`, { queue: "deno" });
      dag.task("load", () => region)();
      return dag;
    });
  })
  .serve();
