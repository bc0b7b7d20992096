// Tasks whose schemas are of arktype; run by payload_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { arktype } from "../../sdk/testdata/arktype_schemas.ts";
import { tell, wrong } from "./orders.ts";

const bundle = new Bundle().register(
  new TaskHandler("runtime", "arktype", tell, { args: arktype.args }),
  new TaskHandler("runtime", "arktype_result", () => wrong, { result: arktype.result }),
);
await bundle.serve();
