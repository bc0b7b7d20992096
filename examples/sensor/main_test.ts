// Tests of the tasks in main.ts. Run them: deno test examples/sensor
import { assertEquals } from "@std/assert";
import { FakeClock, runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import { corrections, exportReady } from "./main.ts";

Deno.test({
  name: "export_ready looks three times, and the waits are skipped",
  permissions: "none",
  async fn() {
    const clock = new FakeClock({ autoAdvance: true });
    const history = await runUntilDone(exportReady, { clock });
    assertEquals([history.state, history.returnValue], ["success", 3000]);
    assertEquals(history.runs.length, 3);
    assertEquals(history.taskState, { asked: 3 });
  },
});

Deno.test({
  name: "corrections takes the first, and is skipped when there is none in time",
  permissions: "none",
  async fn() {
    const clock = new FakeClock({ autoAdvance: true });
    const found = await runTask(corrections, { clock, variables: { correction_7: "…" } });
    assertEquals(found.returnValue, "correction_7");
    assertEquals((await runTask(corrections, { clock })).state, "skipped");
  },
});
