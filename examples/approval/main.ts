// Tasks that ask people. Try them: airflow-task-runtime dev examples/approval/main.ts --fixtures examples/approval/dev.json
import { approve, ask, Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("approval");

interface Complaint {
  customer: string;
  amount: number;
}

/** Asks a question with a form; the compiler knows the options of the answer. */
const decide = task(
  "decide",
  ask(async (_args, ctx) => {
    const complaint = await ctx.xcoms.pull<Complaint>("complaint");
    return {
      subject: `What about the order of ${complaint?.customer ?? "a customer"}?`,
      body: `They paid **${complaint?.amount ?? 0} €** and are not happy.`,
      options: ["refund", "replace", "nothing"],
      defaults: ["nothing"],
      params: { note: { value: "", description: "For the customer", schema: { type: "string" } } },
      timeout: { days: 1 },
    };
  }, (answer, ctx) => {
    ctx.log.info("decided", { by: answer.respondedBy?.name ?? "default", option: answer.option });
    return { decision: answer.option, note: answer.params["note"] };
  }),
);

/** Succeeds when a user approves; a rejection skips the downstream tasks. */
const release = task(
  "release",
  approve({ subject: "Tell the customer?", assignedUsers: [{ id: "1", name: "admin" }] }),
);

/** Fails when a user rejects. */
const payOut = task(
  "pay_out",
  approve({ subject: "Pay out?", timeout: { hours: 1 } }, { failOnReject: true }),
);

await new Bundle().register(decide, release, payOut).serve();
