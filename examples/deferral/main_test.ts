// Tests of the tasks in main.ts. Run them: deno test examples/deferral
import { assertEquals } from "@std/assert";
import { FakeClock, runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import { coolDown, job, pickUp, upstream } from "./main.ts";

Deno.test({
  name: "cool_down goes on after its minute",
  permissions: "none",
  async fn() {
    const clock = new FakeClock({ autoAdvance: true });
    const before = clock.now;
    const history = await runUntilDone(coolDown, { clock });
    assertEquals(history.state, "success");
    // The minute began with the import of main.ts.
    assertEquals(Math.round(clock.now.since(before).total("minutes")), 1);
  },
});

Deno.test({
  name: "upstream_done fails with the ingest that it waits for",
  permissions: "none",
  async fn() {
    const options = { conf: { ingest_run: "r1" } };
    const parked = await runTask(upstream, options);
    assertEquals(parked.deferral?.kwargs["run_ids"], ["r1"]);
    const fail = { resume: { event: { status: "failed" } } };
    assertEquals((await runTask(upstream, { ...options, ...fail })).state, "failed");
  },
});

Deno.test({
  name: "pick_up waits in the folder that the variable names, and hands it on",
  permissions: "none",
  async fn() {
    const history = await runUntilDone(pickUp, {
      variables: { drop_folder: "/drop" },
      events: [true],
    });
    assertEquals(history.runs[0]?.deferral?.kwargs["filepath"], "/drop/*.csv");
    assertEquals(Object(history.xcoms["return_value"]).folder, "/drop");
  },
});

Deno.test({
  name: "run_job gives what its trigger fires with",
  permissions: "none",
  async fn() {
    const history = await runUntilDone(job, { events: [{ status: "done" }] });
    assertEquals(history.xcoms["return_value"], "done");
  },
});
