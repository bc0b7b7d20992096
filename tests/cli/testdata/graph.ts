/** A Dag with every kind of task for tests/cli/dev_graph_test.ts. */
import { Bundle, Dag, zip } from "@airflow-deno/task-runtime";

const dag = new Dag("shop", {
  schedule: { kind: "cron-interval", expression: "0 6 * * *" },
  params: {
    region: { type: "string", enum: ["eu", "us"], default: "eu" },
    limit: { type: "integer", minimum: 1, default: 3 },
  },
});

const open = dag.empty("open");
const extract = dag.task("extract", (_args, ctx) => ({
  region: ctx.params.region,
  from: String(ctx.dagRun.dataIntervalStart),
  to: String(ctx.dagRun.dataIntervalEnd),
  files: ["a", "b"],
}))().after(open);
const files = dag.task("files", ({ found }: { found: { files: string[] } }) => found.files)({
  found: extract,
});
const load = dag.task("load", ({ file, size }: { file: string; size: number }) => {
  if (file === "b") throw new Error("b is broken");
  return `${file}${size}`;
}).expand({ file: files, size: [1] });
dag.task("pairs", ({ pair }: { pair: [string, string] }) => pair.join("-"))
  .expand({ pair: zip(files, files) });
dag.task("audit", ({ loaded }: { loaded: string[] }) => loaded.join(","), {
  triggerRule: "all_done",
})({ loaded: load });
dag.task("publish", () => "published")().after(load);

const isLarge = dag.task("is_large", ({ files }: { files: string[] }) => files.length > 1)({
  files,
});
const full = dag.task("full", () => "full")();
const delta = dag.task("delta", () => "delta")();
dag.if(isLarge).then(full).else(delta);
dag.task("report", () => "<done>", { triggerRule: "none_failed_min_one_success" })()
  .after(full, delta);

const regions = dag.taskGroup("regions");
const { name } = regions.expand({ name: ["eu", "us"] });
const pull = regions.task("pull", ({ name }: { name: string }) => `pulled ${name}`)({ name });
dag.task("sum", ({ all }: { all: string[] }) => all)({ all: pull.all() });

dag.task("flaky", (_args, ctx) => {
  if (ctx.tryNumber < 2) throw new Error("not yet");
  return `try ${ctx.tryNumber}`;
}, { retries: 1, retryDelay: { minutes: 5 } })();

await new Bundle().register(dag).serve();
