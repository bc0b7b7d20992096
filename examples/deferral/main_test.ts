// Tests of the tasks in main.ts. Run them: deno test examples/deferral
import { assertEquals } from "@std/assert";
import { FakeClock, runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import { coolDown, job, pickUp, upstream } from "./main.ts";

Deno.test({
  name: "cool_down: resumes after a minute",
  permissions: "none",
  async fn() {
    const clock = new FakeClock({ autoAdvance: true });
    const before = clock.now;
    const history = await runUntilDone(coolDown, { clock });
    assertEquals(history.state, "success");
    // The minute counts from the import of main.ts.
    assertEquals(Math.round(clock.now.since(before).total("minutes")), 1);
  },
});

Deno.test({
  name: "upstream_done: fails when the ingest failed",
  permissions: "none",
  async fn() {
    const options = { conf: { ingest_run: "r1" } };
    const deferred = await runTask(upstream, options);
    assertEquals(deferred.deferral?.kwargs["run_ids"], ["r1"]);
    const fail = { resume: { event: { status: "failed" } } };
    assertEquals((await runTask(upstream, { ...options, ...fail })).state, "failed");
  },
});

Deno.test({
  name: "pick_up: waits in the folder of the variable, and returns it",
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
  name: "run_job: returns the event of its trigger",
  permissions: "none",
  async fn() {
    const history = await runUntilDone(job, { events: [{ status: "done" }] });
    assertEquals(history.xcoms["return_value"], "done");
  },
});
