// Tasks that are mapped over lists which other tasks return (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_mapping/main.ts --fixtures examples/native_mapping/dev.json
import { Bundle, Dag, zip } from "@airflow-deno/task-runtime";

const dag = new Dag("native_mapping", { queue: "deno", tags: ["typescript"] });

const list = dag.task("list_files", () => ["a.csv", "bb.csv", "ccc.csv"])();

/** Runs once for each file; the UI shows the file instead of the index. */
const size = dag.task(
  "size",
  ({ file, unit }: { file: string; unit: string }) => `${file.length} ${unit}`,
  { mapIndexTemplate: "{{ file }}" },
).partial({ unit: "letters" }).expand({ file: list });

/** Receives all results. */
dag.task("total", ({ sizes }: { sizes: string[] }) => sizes.join(" + "))({ sizes: size });

/** Runs for each pair of two lists: six instances. */
dag.task("copy", ({ file, region }: { file: string; region: string }) => `${region}/${file}`)
  .expand({ file: list, region: ["eu", "us"] });

/** Runs for the items at the same positions. */
dag.task(
  "name_size",
  ({ pair: [file, letters] }: { pair: [string, string] }) => `${file}: ${letters}`,
)
  .expand({ pair: zip(list, size) });

// Runs a whole group for each item.
const regions = dag.taskGroup("regions");
const { region } = regions.expand({ region: ["eu", "us"] });
const pull = regions.task("pull", ({ region }: { region: string }) => `rows of ${region}`)({
  region,
});
const check = regions.task("check", ({ rows }: { rows: string }) => `${rows}, checked`)({
  rows: pull,
});
dag.task("report", ({ checks }: { checks: string[] }) => checks)({ checks: check.all() });

await new Bundle().register(dag).serve();
