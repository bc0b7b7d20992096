/** A Dag whose tasks are run by tests/runtime/dag/native_test.ts. */
import { Bundle, concat, Dag, zip } from "@airflow-deno/task-runtime";

const dag = new Dag("native", {
  schedule: "@daily",
  queue: "deno",
  params: {
    region: { type: "string", enum: ["eu", "us"], default: "eu" },
    limit: 3,
  },
});

const extract = dag.task("extract", (_args, ctx) => ({ rows: 42, region: ctx.params.region }));
const load = dag.task(
  "load",
  ({ extracted, note }: { extracted: { rows: number }; note: string }) => `${extracted.rows} ${note}`,
);
const extracted = extract();
const loaded = load({ extracted, note: "rows" });

const isLarge = dag.task("is_large", ({ text }: { text: string }) => text.length > 5)({
  text: loaded,
});
const full = dag.task("full", () => {})();
const delta = dag.task("delta", () => {})();
const join = dag.task("join", () => {}, { triggerRule: "none_failed_min_one_success" })()
  .after(full, delta);
dag.if(isLarge).then(full).else(delta, join);

const size = dag.task("size", (_args, ctx): string => String(ctx.dagRun.conf["size"]))();
const big = dag.task("big", () => {})();
const small = dag.taskGroup("small");
const first = small.task("first", () => {})();
small.task("second", () => {})().after(first);
dag.switch(size).case("big", big).case("small", small);

const decide = dag.task("decide", () => wanted)();
const wanted = dag.task("wanted", () => {})();
const unwanted = dag.task("unwanted", () => {})();
dag.switch(decide).case(wanted).case(unwanted);

const gate = dag.task("gate", () => 0)();
const behind = dag.task("behind", () => {})().after(gate);
dag.task("far_behind", () => {})().after(behind);
dag.shortCircuit(gate);

const list = dag.task("list", () => ["a", "b"])();
const upper = dag.task("upper", ({ text, times }: { text: string; times: number }) =>
  text.toUpperCase().repeat(times), { mapIndexTemplate: "{{ text }} x {{ times }}" })
  .expand({ text: list, times: [1, 2, 3] });
dag.task("waits", ({ text }: { text: string }) => text, {
  mapIndexTemplate: "{{ text }}",
  continuations: { arrived: () => "arrived" },
}).expand({ text: list });
dag.task("sum", ({ all }: { all: string[] }) => all.join(""))({ all: upper });
dag.task("pairs", ({ pair }: { pair: [string, string] }) => pair.join("-"))
  .expand({ pair: zip(list, list.map((text) => `${text}!`)) });
dag.task("both", ({ text, mark }: { text: string; mark: string }) => text + mark)
  .partial({ mark: "?" }).expand({ text: concat(list, list) });
dag.task("kwargs", ({ a, b }: { a: number; b: string }) => `${a}${b}`)
  .expandKwargs([{ a: 1, b: "x" }, { a: 2, b: "y" }]);

const regions = dag.taskGroup("regions");
const { name } = regions.expand({ name: ["eu", "us"] });
const pull = regions.task("pull", ({ name }: { name: string }) => `pulled ${name}`)({ name });
const check = regions.task("check", ({ pulled }: { pulled: string }) => `${pulled}, checked`)({
  pulled: pull,
});
dag.task("report", ({ checked }: { checked: string[] }) => checked.length)({
  checked: check.all(),
});

dag.task("outputs", () => ({ left: 1, right: "two" }), { multipleOutputs: true })();
dag.task("silent", () => "nothing", { doXcomPush: false })();
dag.task("slow", async (_args, { signal }) => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}, { executionTimeout: { milliseconds: 200 } })();

await new Bundle().register(dag).serve();
