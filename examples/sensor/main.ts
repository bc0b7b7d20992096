// Sensors, which wait until a condition is met. Try them: airflow-task-runtime dev examples/sensor/main.ts --fixtures examples/sensor/dev.json
import { Bundle, handlersFor, sensor, type TaskContext } from "@airflow-deno/task-runtime";

const task = handlersFor("sensor");

/** Stands for a request to a service whose export is ready at the third request. */
async function askForExport(ctx: TaskContext): Promise<{ ready: boolean; rows: number }> {
  const asked = await ctx.state.get<number>("asked", { default: 0 }) + 1;
  await ctx.state.set("asked", asked); // kept between pokes, each in its own process
  return { ready: asked >= 3, rows: 1000 * asked };
}

/** Frees the worker between two pokes; the value becomes the XCom. */
export const exportReady = task(
  "export_ready",
  sensor(async (_args, ctx) => {
    const { ready, rows } = await askForExport(ctx);
    ctx.log.info("poked", { ready, rows });
    return { done: ready, value: rows };
  }, {
    pokeInterval: 30,
    exponentialBackoff: true,
    maxWait: { minutes: 10 },
    timeout: { hours: 6 },
  }),
);

/** Waits shortly in its process, and is skipped on a timeout. */
export const corrections = task(
  "corrections",
  sensor(async (_args, ctx) => {
    for await (const key of ctx.variables.keys({ prefix: "correction_" })) {
      return { done: true, value: key };
    }
    return false;
  }, { mode: "poke", pokeInterval: 0.1, timeout: 0.3, softFail: true }),
);

await new Bundle().register(exportReady, corrections).serve();
