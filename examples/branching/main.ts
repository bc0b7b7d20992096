// Tasks that choose how to go on. Try them: airflow-task-runtime dev examples/branching/main.ts --fixtures examples/branching/dev.json
import { branch, Bundle, TaskHandler } from "@airflow-deno/task-runtime";

/** Goes on with one of the two; the other is skipped. The compiler knows their names. */
const choose = new TaskHandler(
  "branching",
  "choose",
  branch({ among: ["full_load", "delta_load"] }, async (_args, ctx) => {
    const changed = await ctx.xcoms.pull<number>("count_changes", { default: 0 });
    return changed > 1_000_000 ? "full_load" : "delta_load";
  }),
);

const fullLoad = new TaskHandler("branching", "full_load", () => "everything");

/** Skips tasks behind it by name, when it succeeds. */
const deltaLoad = new TaskHandler("branching", "delta_load", async (_args, ctx) => {
  const changed = await ctx.xcoms.pull<number>("count_changes", { default: 0 });
  if (changed < 100) ctx.skipDownstream("rebuild_index");
  return `${changed} changes`;
});

const rebuildIndex = new TaskHandler("branching", "rebuild_index", () => "rebuilt");

/** Joins the branches: its trigger rule in the Dag bears with the skipped one. */
const report = new TaskHandler("branching", "report", async (_args, ctx) => {
  const loaded = await ctx.xcoms.pull<string>("full_load") ??
    await ctx.xcoms.pull<string>("delta_load");
  return `loaded ${loaded}`;
});

await new Bundle().register(choose, fullLoad, deltaLoad, rebuildIndex, report).serve();
