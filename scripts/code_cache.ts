/**
 * Makes the code cache of the binary: what V8 has compiled of the launch code when a task has run.
 *
 * V8 takes a cache from the very engine that made it, with the same flags; so the binary is compiled
 * twice, and the first time with `maker.js` as its entry, which this file writes. It runs one task
 * under a local supervisor, which does what most tasks do, and has V8 write down what it compiled.
 * The same sources give the same bytes.
 *
 *   deno run -A scripts/code_cache.ts entry FOLDER     (writes FOLDER/maker.js)
 *   deno run -A scripts/code_cache.ts make MAKER CACHE
 *
 * @module
 */

import { startupDetails } from "../src/dev/startup_details.ts";
import { MemoryStore } from "../src/dev/store.ts";
import { superviseTask } from "../src/dev/supervisor.ts";

/** Where the maker finds the path to write to. */
const CACHE_VARIABLE = "AIRFLOW_TASK_RUNTIME_CODE_CACHE";

/** The entry that writes the cache in the place of ending; what it needs for it, it opens before. */
const MAKER = `const file = Deno.openSync(Deno.env.get("${CACHE_VARIABLE}"), { write: true });
const { exit } = Deno;
let script;
Deno.exit = (code) => {
  const cache = script.createCachedData();
  for (let at = 0; at < cache.length;) at += file.writeSync(cache.subarray(at));
  exit(code);
};
({ script } = await import("./core.js"));
await import("./main.js");
`;

/**
 * A bundle that takes what the binary lends; its task does what most do, and little of it. The cache
 * of one that logs 40 lines or reads long texts is not the same each time: what is called depends
 * on what comes within a millisecond, or in one piece.
 */
const BUNDLE =
  `const { Bundle, TaskHandler } = globalThis[Symbol.for("airflow-task-runtime.lent")].core;
const task = new TaskHandler("training", "task", async (_args, ctx) => {
  const [name, threshold, warehouse] = await Promise.all([
    ctx.variables.get("name"),
    ctx.variables.getJson("threshold"),
    ctx.connections.get("warehouse"),
  ]);
  const rows = await ctx.xcoms.get("extract");
  ctx.log.info("Read", { name, threshold, host: warehouse.host, rows: rows.length });
  console.log("read", rows.length);
  for (const row of rows) ctx.log.debug("Row", row);
  await ctx.xcoms.set("count", rows.length);
  ctx.log.warn("Told");
  return { name, rows };
});
await new Bundle().register(task).serve();
`;

/** Longer than the rehearsal of tasks takes, which is to be in the cache whole. */
const FIRST_DELAY_SECONDS = 0.5;

async function make(maker: string, cache: string): Promise<void> {
  const store = new MemoryStore();
  store.setVariable("name", "training");
  store.setVariable("threshold", "1.5");
  store.setConnection({
    ...{ conn_id: "warehouse", conn_type: "postgres", host: "db", port: 5432, schema: null },
    ...{ login: "training", password: "secret", extra: null },
  });
  const upstream = { dagId: "training", runId: "training", taskId: "extract", mapIndex: -1 };
  const value = [{ id: 1, name: "one", price: 1.5, ok: true, tags: ["a"], day: null }];
  store.setXCom({ ...upstream, key: "return_value", value });
  await Deno.writeFile(cache, new Uint8Array(0));
  const bundle = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(bundle, BUNDLE);
    const { state, reason } = await superviseTask({
      startup: startupDetails({ dagId: "training", taskId: "task", runId: "training" }),
      store,
      command: [maker, bundle],
      env: { [CACHE_VARIABLE]: cache },
      faults: { firstDelaySeconds: FIRST_DELAY_SECONDS },
      onLog: (record) => console.log(JSON.stringify(record)),
    });
    if (state !== "success") throw new Error(`Cannot make a code cache: ${reason}`);
  } finally {
    await Deno.remove(bundle);
  }
  if ((await Deno.stat(cache)).size === 0) {
    throw new Error("Cannot make a code cache: V8 gave none");
  }
}

const [step, ...paths] = Deno.args;
const [first = "", second = ""] = paths;
if (step === "entry") await Deno.writeTextFile(`${first}/maker.js`, MAKER);
else await make(first, second);
