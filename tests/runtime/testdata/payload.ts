// Tasks whose arguments and results have schemas; run by payload_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { arktype, secret, slow, valibot, zod } from "../../sdk/testdata/schemas.ts";

interface Orders {
  orders: { id: number; price: number }[];
  title: string;
}

function tell({ orders, title }: Orders): { total: number; title: string } {
  return { total: orders.reduce((sum, { price }) => sum + price, 0), title };
}

const wrong: { total: number } = JSON.parse('{ "total": "none" }');
const never = (): never => {
  throw new Error("The handler was run");
};

const bundle = new Bundle().register(
  new TaskHandler("runtime", "zod", tell, { args: zod.args }),
  new TaskHandler("runtime", "valibot", tell, { args: valibot.args }),
  new TaskHandler("runtime", "arktype", tell, { args: arktype.args }),
  new TaskHandler("runtime", "zod_result", () => wrong, { result: zod.result }),
  new TaskHandler("runtime", "valibot_result", () => wrong, { result: valibot.result }),
  new TaskHandler("runtime", "arktype_result", () => wrong, { result: arktype.result }),
  new TaskHandler("runtime", "strips", () => ({ total: 1, more: 2 }), { result: zod.result }),
  new TaskHandler("runtime", "slow", ({ table }) => table, {
    args: slow.args,
    retries: () => "retry",
  }),
  new TaskHandler("runtime", "secret", never, { args: secret.args }),
  new TaskHandler("runtime", "nothing", () => {}, {
    args: {
      "~standard": { version: 1, vendor: "test", validate: () => Promise.reject(new Error("down")) },
    },
  }),
);
await bundle.serve();
