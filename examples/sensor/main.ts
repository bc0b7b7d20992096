// Tasks that look again and again. Try them: airflow-task-runtime dev examples/sensor/main.ts --fixtures examples/sensor/dev.json
import { Bundle, sensor, type TaskContext, TaskHandler } from "@airflow-deno/task-runtime";

/** Stands in for a request to a service whose export is ready at the third question. */
async function askForExport(ctx: TaskContext): Promise<{ ready: boolean; rows: number }> {
  const asked = await ctx.state.get<number>("asked", { default: 0 }) + 1;
  await ctx.state.set("asked", asked); // kept between the looks, each of which is a process
  return { ready: asked >= 3, rows: 1000 * asked };
}

/** Gives the worker away between two looks; the value becomes the XCom. */
export const exportReady = new TaskHandler(
  "sensor",
  "export_ready",
  sensor(async (_args, ctx) => {
    const { ready, rows } = await askForExport(ctx);
    ctx.log.info("looked", { ready, rows });
    return { done: ready, value: rows };
  }, { pokeInterval: 30, exponentialBackoff: true, maxWait: 600, timeout: 6 * 3600 }),
);

/** Keeps its process for a short wait, and is skipped when nothing has come by then. */
export const corrections = new TaskHandler(
  "sensor",
  "corrections",
  sensor(async (_args, ctx) => {
    for await (const key of ctx.variables.keys({ prefix: "correction_" })) {
      return { done: true, value: key };
    }
    return false;
  }, { mode: "poke", pokeInterval: 0.1, timeout: 0.3, softFail: true }),
);

await new Bundle().register(exportReady, corrections).serve();
