// Files and objects with one kind of path. Try it: airflow-task-runtime dev examples/object_store/main.ts --fixtures examples/object_store/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

const task = handlersFor("object_store");

/** In production e.g. "s3://aws_default@shop/reports"; the tasks do not depend on it. */
const LOCAL = "file:///tmp/airflow-object-store-example";

/** Writes a file for each region, and the directories that are missing. */
const extract = task("extract", async (_args, ctx) => {
  const store = new ObjectStoragePath(await ctx.variables.get("reports", { default: LOCAL }));
  for (const [region, rows] of [["eu", "1,30\n3,12\n"], ["us", "2,10\n"]] as const) {
    await store.join("in", `${region}.csv`).writeText(`id,price\n${rows}`);
  }
});

/** Reads matching files as streams, so that they may be of any size. */
const sumUp = task("sum_up", async (_args, ctx) => {
  const store = new ObjectStoragePath(await ctx.variables.get("reports", { default: LOCAL }));
  let [files, lines] = [0, 0];
  for await (const { path, size } of store.join("in").list({ glob: "*.csv" })) {
    ctx.log.info("reading", { path: path.uri, size });
    const text = (await path.readable()).pipeThrough(new TextDecoderStream());
    for await (const part of text) lines += part.split("\n").length - 1;
    files++;
  }
  const report = store.join("report.json");
  await report.writeText(JSON.stringify({ files, rows: lines - files }));
  return report.uri;
});

/** Moves the report, and cleans up. */
const publish = task("publish", async (_args, ctx) => {
  const report = new ObjectStoragePath(await ctx.xcoms.pull<string>("sum_up") ?? "");
  const published = await report.move(report.parent.join("published/"));
  await report.parent.join("in").delete({ recursive: true });
  return await published.readText();
});

const bundle = new Bundle({
  // For S3, its host as well: net: ["s3.eu-central-1.amazonaws.com"]
  permissions: { read: ["/tmp"], write: ["/tmp"] },
});
await bundle.register(extract, sumUp, publish).serve();
