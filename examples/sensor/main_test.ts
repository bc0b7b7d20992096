// Tests of the tasks in main.ts. Run them: deno test examples/sensor
import { assertEquals } from "@std/assert";
import { FakeClock, runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import { corrections, exportReady } from "./main.ts";

Deno.test({
  name: "export_ready: pokes three times, without waiting",
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
  name: "corrections: returns the first correction, or is skipped after the timeout",
  permissions: "none",
  async fn() {
    const clock = new FakeClock({ autoAdvance: true });
    const found = await runTask(corrections, { clock, variables: { correction_7: "…" } });
    assertEquals(found.returnValue, "correction_7");
    assertEquals((await runTask(corrections, { clock })).state, "skipped");
  },
});
