// Tests of the tasks in main.ts. Run them: deno test examples/terminal_states
import { assertEquals } from "@std/assert";
import { runTask, runUntilDone } from "@airflow-deno/task-runtime/testing";
import { check, collect, fetchStatements, pay } from "./main.ts";

Deno.test({
  name: "collect_reminders: is skipped when nothing is overdue",
  permissions: "none",
  async fn() {
    assertEquals((await runTask(collect)).state, "skipped");
    const run = await runTask(collect, { variables: { overdue_invoices: ["4711"] } });
    assertEquals(run.returnValue, ["4711"]);
  },
});

Deno.test({
  name: "check_ledger: fails for good with retries left",
  permissions: "none",
  async fn() {
    assertEquals((await runTask(check, { retries: 3 })).state, "failed");
  },
});

Deno.test({
  name: "fetch_statements: waits as long as the bank asks",
  permissions: "none",
  async fn() {
    const history = await runUntilDone(fetchStatements, { retries: 1, retryDelay: 300 });
    assertEquals(history.runs[0]?.retry, { after: 90, reason: "the bank is busy" });
    assertEquals(history.returnValue, { statements: 7 });
  },
});

Deno.test({
  name: "pay is not tried again once the account is closed",
  permissions: "none",
  async fn() {
    const history = await runUntilDone(pay, { retries: 5 });
    assertEquals([history.state, history.tries], ["failed", 2]);
  },
});
