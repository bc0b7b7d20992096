// Tasks to record: their requests hold secrets, times and random values.
import { Bundle, sensor, TaskHandler } from "@airflow-deno/task-runtime";

const secrets = new TaskHandler("runtime", "secrets", async (_args, ctx) => {
  ctx.log.info("early-late-secret is not known yet as late-secret");
  const { password, extra } = await ctx.connections.get("warehouse");
  const key = await ctx.variables.get("api_key");
  await ctx.variables.set("settings", { api_token: "tok-1234567", note: `with ${password}` });
  await ctx.xcoms.push("service_password", "xcom-secret");
  await ctx.maskSecret("late-secret");
  ctx.log.info(`password ${password} key ${key}`, { token: extra["token"] });
  console.log("late-secret again");
  return { used: `${password}/${key}`, when: new Date(), id: crypto.randomUUID(), conf: ctx.dagRun.conf };
});

const triggers = new TaskHandler("runtime", "triggers", async (_args, ctx) => {
  const run = await ctx.dagRuns.trigger({ dagId: "other" });
  await ctx.state.set("at", Temporal.Now.instant(), { retention: 3600 });
  return run.runId;
});

const ready = new TaskHandler(
  "runtime",
  "sensor",
  sensor(() => false, { pokeInterval: 60, exponentialBackoff: true, timeout: 300 }),
);

const fails = new TaskHandler("runtime", "fails", async (_args, ctx) => {
  await ctx.variables.get("absent");
});

const many = new TaskHandler("runtime", "many", async (_args, ctx) => {
  const values = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ctx.variables.get(`v${index}`, { default: "" })),
  );
  await ctx.xcoms.push("big", 2n ** 60n);
  return { count: values.length, text: "é".repeat(1000) };
});

await new Bundle().register(secrets, triggers, ready, fails, many).serve();
