// Nested task groups (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_groups/main.ts --fixtures examples/native_groups/dev.json
import { Bundle, Dag, type ValueRef } from "@airflow-deno/task-runtime";

const dag = new Dag("native_groups", { queue: "deno", tags: ["typescript"] });

const start = dag.empty("start");

const extract = dag.taskGroup("extract", { tooltip: "One group for each source" });

/** Adds the same tasks for each source, in its own group: `extract.shop.fetch`. */
function source(name: string, rows: number): ValueRef<number> {
  const group = extract.taskGroup(name);
  const fetched = group.task("fetch", () => rows)();
  return group.task("clean", ({ all }: { all: number }) => all - 1)({ all: fetched });
}

const shop = source("shop", 30);
const office = source("office", 12);

// A group whose id is not a prefix of the ids of its tasks.
const load = dag.taskGroup("load", { prefix: false });
load.task("sum", ({ parts }: { parts: number[] }) => parts.reduce((sum, part) => sum + part, 0))({
  parts: [shop, office],
});

// Edges of groups: to their first tasks, from their last ones.
extract.after(start);
dag.empty("done").after(load);

await new Bundle().register(dag).serve();
