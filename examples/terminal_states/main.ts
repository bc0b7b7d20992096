// Terminal states of tasks. Try them: airflow-task-runtime dev examples/terminal_states/main.ts --fixtures examples/terminal_states/dev.json
import { Bundle, FailTask, handlersFor, RetryTask, SkipTask } from "@airflow-deno/task-runtime";

const task = handlersFor("terminal_states");

/** An error of the bank. */
class PaymentError extends Error {
  override readonly name = "PaymentError";
  constructor(message: string, readonly isFinal: boolean) {
    super(message);
  }
}

/** Skips itself and its downstream tasks when there is nothing to do. */
export const collect = task("collect_reminders", async (_args, ctx) => {
  const overdue = await ctx.variables.getJson<string[]>("overdue_invoices", { default: [] });
  if (overdue.length === 0) throw new SkipTask("no invoice is overdue");
  return overdue;
});

/** Fails for good, without its retries: another try would have the same result. */
export const check = task("check_ledger", () => {
  const [debit, credit] = [1200, 1199];
  if (debit !== credit) throw new FailTask(`debit ${debit} and credit ${credit} differ`);
});

/** Retries after the time that the bank asks for, instead of the Dag's `retry_delay`. */
export const fetchStatements = task("fetch_statements", (_args, ctx) => {
  const retryAfter = ctx.tryNumber === 1 ? 90 : 0; // as in a response 429
  if (retryAfter > 0) throw new RetryTask({ after: retryAfter, reason: "the bank is busy" });
  return { statements: 7 };
});

/** Has a retry policy, which decides by the error. */
export const pay = task("pay", (_args, ctx) => {
  if (ctx.tryNumber === 1) throw new PaymentError("the bank is closed", false);
  throw new PaymentError("the account is closed", true);
}, {
  retryPolicy: (error) => {
    if (!(error instanceof PaymentError)) return "retry";
    return error.isFinal ? "fail" : { after: { minutes: 10 }, reason: error.message };
  },
});

await new Bundle().register(collect, check, fetchStatements, pay).serve();
