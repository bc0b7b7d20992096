// Tasks whose schemas are of valibot; run by payload_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { valibot } from "../../sdk/testdata/valibot_schemas.ts";
import { tell, wrong } from "./orders.ts";

const bundle = new Bundle().register(
  new TaskHandler("runtime", "valibot", tell, { args: valibot.args }),
  new TaskHandler("runtime", "valibot_result", () => wrong, { result: valibot.result }),
);
await bundle.serve();
