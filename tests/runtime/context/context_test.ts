import { assertEquals } from "@std/assert";
import { handlersFor, TaskHandler } from "@airflow-deno/task-runtime";
import { FakeClock, runTask } from "@airflow-deno/task-runtime/testing";

const task = handlersFor("etl");

Deno.test("ctx: has the ids of the task instance and the logical date of its run", async () => {
  const handler = task("shows", (_args, ctx) => [
    ctx.dagId,
    ctx.taskId,
    ctx.runId,
    ctx.logicalDate?.toString() ?? null,
  ]);
  const dagRun = { run_id: "r1", logical_date: "2026-01-01T00:00:00Z" };
  const run = await runTask(handler, { dagRun });
  assertEquals(run.returnValue, ["etl", "shows", "r1", "2026-01-01T00:00:00Z"]);
  assertEquals((await runTask(handler, { dagRun: { logical_date: null } })).returnValue?.[3], null);
});

for (const wait of [{ timeout: NaN }, { pollInterval: NaN }, { pollInterval: 0 }]) {
  Deno.test(`ctx.dagRuns: refuses to wait with ${Deno.inspect(wait)} before any request`, async () => {
    const waits = task("waits", (_args, ctx) => ctx.dagRuns.wait("other", "r1", wait));
    const triggers = task(
      "triggers",
      (_args, ctx) => ctx.dagRuns.trigger({ dagId: "other", waitForCompletion: wait }),
    );
    for (const handler of [waits, triggers]) {
      const { error, requests } = await runTask<object, unknown>(handler);
      const [option] = Object.keys(wait);
      assertEquals(String(error).includes(`of "other": "${option}" must be`), true, String(error));
      assertEquals(requests.map(({ type }) => type), ["TaskState"]);
    }
  });
}

Deno.test("TaskHandler executionTimeout: fails a task that runs longer", async () => {
  const slow = new TaskHandler("etl", "slow", async (_args, ctx) => {
    await new Promise((_resolve, reject) => {
      ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
    });
  }, { executionTimeout: { minutes: 10 } });
  const clock = new FakeClock({ autoAdvance: true });
  const { state, error, requests } = await runTask(slow, { clock, schema: "2026-10-30" });
  assertEquals([state, error instanceof Error && "code" in error && error.code], [
    "failed",
    "TIMEOUT",
  ]);
  assertEquals(requests.find(({ type }) => type === "SetExecutionTimeout"), {
    type: "SetExecutionTimeout",
    timeout_seconds: 600,
  });
});

Deno.test("ctx.outlets: accepts the name of an asset whose URI Airflow knows", async () => {
  const load = task("load", (_args, ctx) => {
    ctx.outlets.add("orders", { rows: 1 });
    ctx.outlets.add({ uri: "s3://prices" });
  }, { outlets: ["orders"] });
  const assets = { orders: { uri: "s3://orders" }, prices: { uri: "s3://prices" } };
  const { state, outletEvents, requests } = await runTask(load, { assets });
  assertEquals(state, "success");
  assertEquals(outletEvents, [
    { name: "orders", uri: "s3://orders", extra: { rows: 1 } },
    { name: "prices", uri: "s3://prices", extra: {} },
  ]);
  assertEquals(requests.map(({ type }) => type), [
    "GetAssetByName",
    "ValidateInletsAndOutlets",
    "GetAssetByUri",
    "SucceedTask",
  ]);
});

Deno.test("ctx.outlets: fails the task when an asset does not exist", async () => {
  const load = task("load", (_args, ctx) => ctx.outlets.add("nowhere"));
  const { state, error } = await runTask(load);
  assertEquals(state, "failed");
  assertEquals(String(error).includes('"nowhere": it does not exist'), true, String(error));
});
