// Tasks that choose which tasks run. Try them: airflow-task-runtime dev examples/branching/main.ts --fixtures examples/branching/dev.json
import { branch, Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("branching");

/** Runs one of the two, and skips the other; the compiler checks the names. */
const choose = task(
  "choose",
  branch({ among: ["full_load", "delta_load"] }, async (_args, ctx) => {
    const changed = await ctx.xcoms.pull<number>("count_changes", { default: 0 });
    return changed > 1_000_000 ? "full_load" : "delta_load";
  }),
);

const fullLoad = task("full_load", () => "everything");

/** Skips a downstream task by name when it succeeds. */
const deltaLoad = task("delta_load", async (_args, ctx) => {
  const changed = await ctx.xcoms.pull<number>("count_changes", { default: 0 });
  if (changed < 100) ctx.skipDownstream("rebuild_index");
  return `${changed} changes`;
});

const rebuildIndex = task("rebuild_index", () => "rebuilt");

/** Joins the branches; its trigger rule in the Dag allows the skipped one. */
const report = task("report", async (_args, ctx) => {
  const loaded = await ctx.xcoms.pull<string>("full_load") ??
    await ctx.xcoms.pull<string>("delta_load");
  return `loaded ${loaded}`;
});

await new Bundle().register(choose, fullLoad, deltaLoad, rebuildIndex, report).serve();
