// How a task can end. Try it: airflow-task-runtime dev examples/endings/main.ts --fixtures examples/endings/dev.json
import { Bundle, FailTask, RetryTask, SkipTask, TaskHandler } from "@airflow-deno/task-runtime";

/** What the bank answers when it does not like a payment. */
class PaymentError extends Error {
  override readonly name = "PaymentError";
  constructor(message: string, readonly isFinal: boolean) {
    super(message);
  }
}

/** Skipped, and so are the tasks behind it: there is nothing to do. */
export const collect = new TaskHandler("endings", "collect_reminders", async (_args, ctx) => {
  const overdue = await ctx.variables.getJson<string[]>("overdue_invoices", { default: [] });
  if (overdue.length === 0) throw new SkipTask("no invoice is overdue");
  return overdue;
});

/** Failed at once, although the Dag gives it retries: another try would find the same. */
export const check = new TaskHandler("endings", "check_ledger", () => {
  const [debit, credit] = [1200, 1199];
  if (debit !== credit) throw new FailTask(`debit ${debit} and credit ${credit} differ`);
});

/** Tried again when the bank says so, not when the Dag's `retry_delay` does. */
export const fetchStatements = new TaskHandler("endings", "fetch_statements", (_args, ctx) => {
  const retryAfter = ctx.tryNumber === 1 ? 90 : 0; // as in an answer 429
  if (retryAfter > 0) throw new RetryTask({ after: retryAfter, reason: "the bank is busy" });
  return { statements: 7 };
});

/** An error that leaves the handler is judged by its retry policy. */
export const pay = new TaskHandler("endings", "pay", (_args, ctx) => {
  if (ctx.tryNumber === 1) throw new PaymentError("the bank's day has not begun", false);
  throw new PaymentError("the account is closed", true);
}, {
  retryPolicy: (error) => {
    if (!(error instanceof PaymentError)) return "retry";
    return error.isFinal ? "fail" : { after: 600, reason: error.message };
  },
});

await new Bundle().register(collect, check, fetchStatements, pay).serve();
