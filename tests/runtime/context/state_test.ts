import { assert, assertEquals } from "@std/assert";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const STATE = new URL("../testdata/state.ts", import.meta.url);
const ORDERS = { assets: { orders: "s3://orders" } };

function run(taskId: string, options: Parameters<typeof runTask>[1] = {}): Promise<Ran> {
  return runTask(taskId, { command: taskCommand(STATE), ...options });
}

/** Returns the expiry of each entry that was set. */
function expiries({ requests }: Ran): unknown[] {
  return requests.filter(({ type }) => type === "SetTaskStateStore")
    .map(({ body }) => body?.["expires_at"]);
}

function daysFromNow(time: unknown): number {
  assert(time instanceof Temporal.Instant);
  return Math.round((time.epochMilliseconds - Date.now()) / 86_400_000);
}

Deno.test("ctx.state: reads, writes, deletes and clears", async () => {
  assertEquals((await run("keeps")).returned, [-1, 0, "missing"]);
  const cleared = await run("clears");
  assertEquals(cleared.returned, "cleared");
  assertEquals(cleared.requests[0]?.type, "ClearTaskStateStore");
});

Deno.test("ctx.state.set(): expires entries as requested, or by Airflow's retention", async () => {
  const [byDefault, inAnHour, at, never] = expiries(await run("expires"));
  assertEquals([daysFromNow(byDefault), daysFromNow(inAnHour), never], [30, 0, null]);
  assertEquals(String(at), "2030-01-02T03:04:05Z");
});

for (const [days, expected] of [["7", 7], ["0", null], ["nonsense", 30]] as const) {
  Deno.test(`ctx.state.set(): uses a retention of ${days} days in the environment`, async () => {
    const env = { AIRFLOW__STATE_STORE__DEFAULT_RETENTION_DAYS: days };
    const [byDefault] = expiries(await run("expires", { env }));
    assertEquals(byDefault === null ? null : daysFromNow(byDefault), expected);
  });
}

Deno.test("ctx.state.set(): refuses invalid values before sending", async () => {
  const { returned, requests } = await run("refuses", { fixtures: ORDERS });
  assert(Array.isArray(returned) && returned.length === 7);
  for (const refusal of returned) assertEquals(refusal[0], "INVALID", String(refusal));
  assertEquals(requests.map(({ type }) => type), ["SetXCom", "SucceedTask"]);
});

Deno.test("ctx.assets.get().state: stores by name and by URI", async () => {
  const { requests, returned } = await run("keeps_with_asset", { fixtures: ORDERS });
  assert(Array.isArray(returned));
  assertEquals(returned.slice(0, 3), [{ at: 1 }, 2, null]);
  assertEquals(returned[3]?.[0], "NOT_FOUND");
  assertEquals(requests.slice(0, 4).map(({ type }) => type), [
    "SetAssetStateStoreByName",
    "SetAssetStateStoreByUri",
    "SetAssetStateStoreByUri",
    "DeleteAssetStateStoreByName",
  ]);
});
