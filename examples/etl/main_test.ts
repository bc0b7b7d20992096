// Tests of the tasks in main.ts. Run them: deno test examples/etl
import { assertEquals } from "@std/assert";
import { runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import fixtures from "./dev.json" with { type: "json" };
import { audit, extract, transform } from "./main.ts";

Deno.test({
  name: "extract: reads the rows of the region from start",
  permissions: "none",
  async fn() {
    const run = await runTask(extract, {
      fixtures, // those of dev
      xcoms: { start: { return_value: { region: "us" } } },
    });
    assertEquals(run.state, "success");
    assertEquals(run.returnValue, { region: "us", since: "2026-01-01", rows: [3, 5, 34] });
    assertEquals(run.logs[0]?.fields["host"], "warehouse.example.com");
  },
});

Deno.test({
  name: "extract: begins with 1970 when the variable does not exist",
  permissions: "none",
  async fn() {
    const run = await runTask(extract, { connections: { warehouse: "postgres://etl@db/sales" } });
    assertEquals(run.returnValue?.since, "1970-01-01");
  },
});

Deno.test({
  name: "transform: adds up the rows on its second try",
  permissions: "none",
  async fn() {
    const extracted = { region: "eu", rows: [3, 5, 34] };
    const history = await runUntilDone(transform, {
      retries: 1,
      xcoms: { extract: { return_value: extracted } },
    });
    assertEquals(history.runs.map(({ state }) => state), ["up_for_retry", "success"]);
    assertEquals(history.returnValue, { region: "eu", total: 42 });
  },
});

Deno.test({
  name: "audit: fails",
  permissions: "none",
  async fn() {
    const run = await runTask(audit);
    assertEquals(run.state, "failed");
    assertEquals(String(run.error), "Error: The audit found a discrepancy");
  },
});
