// Tasks whose arguments and results have schemas; run by payload_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { secret, slow, zod } from "../../sdk/testdata/zod_schemas.ts";
import { tell, wrong } from "./orders.ts";

const never = (): never => {
  throw new Error("The handler was run");
};

const bundle = new Bundle().register(
  new TaskHandler("runtime", "zod", tell, { args: zod.args }),
  new TaskHandler("runtime", "zod_result", () => wrong, { result: zod.result }),
  new TaskHandler("runtime", "strips", () => ({ total: 1, more: 2 }), { result: zod.result }),
  new TaskHandler("runtime", "slow", ({ table }) => table, {
    args: slow.args,
    retryPolicy: () => "retry",
  }),
  new TaskHandler("runtime", "secret", never, { args: secret.args }),
  new TaskHandler("runtime", "nothing", () => {}, {
    args: {
      "~standard": { version: 1, vendor: "test", validate: () => Promise.reject(new Error("down")) },
    },
  }),
);
await bundle.serve();
