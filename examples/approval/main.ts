// Tasks that ask somebody. Try them: airflow-task-runtime dev examples/approval/main.ts --fixtures examples/approval/dev.json
import { approve, ask, Bundle, TaskHandler } from "@airflow-deno/task-runtime";

interface Complaint {
  customer: string;
  amount: number;
}

/** Asks with a form; the answer's option is one of those named. */
const decide = new TaskHandler(
  "approval",
  "decide",
  ask(async (_args, ctx) => {
    const complaint = await ctx.xcoms.pull<Complaint>("complaint");
    return {
      subject: `What about the order of ${complaint?.customer ?? "somebody"}?`,
      body: `They paid **${complaint?.amount ?? 0} €** and are not happy.`,
      options: ["refund", "replace", "nothing"],
      defaults: ["nothing"],
      params: { note: { value: "", description: "For the customer", schema: { type: "string" } } },
      timeout: 24 * 3600,
    };
  }, (answer, ctx) => {
    ctx.log.info("decided", { by: answer.respondedBy?.name ?? "nobody", option: answer.option });
    return { decision: answer.option, note: answer.params["note"] };
  }),
);

/** Goes on only when somebody approves; a rejection skips the tasks behind it. */
const release = new TaskHandler(
  "approval",
  "release",
  approve({ subject: "Tell the customer?", assignedUsers: [{ id: "1", name: "admin" }] }),
);

/** The same, where a rejection is a failure. */
const payOut = new TaskHandler(
  "approval",
  "pay_out",
  approve({ subject: "Pay out?", timeout: 3600 }, { failOnReject: true }),
);

await new Bundle().register(decide, release, payOut).serve();
