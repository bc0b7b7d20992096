// A task that asks Airflow and another server; run by tracing_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const bundle = new Bundle();
bundle.register(
  new TaskHandler("runtime", "asks", async (_args, ctx) => {
    await ctx.variables.get("a", { default: "none" });
    const url = Deno.env.get("TRACED_URL");
    if (url !== undefined) await (await fetch(url)).body?.cancel();
    await ctx.variables.get("nothing").catch(() => {});
  }),
  new TaskHandler("runtime", "fails", () => {
    throw new Error("it broke");
  }),
);
await bundle.serve();
