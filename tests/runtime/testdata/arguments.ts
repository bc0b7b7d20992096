// Tasks that are called with TaskFlow arguments; run by arguments_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";

const tasks: Record<string, Handler> = {
  tells: (args) => ({
    keys: Object.keys(args),
    values: Object.values(args),
    camel: [args["batchSize"], args["batch_size"]],
    frozen: Object.isFrozen(args),
  }),
  destructures: ({ dayOf, batchSize }) => [
    dayOf instanceof Temporal.PlainDate ? dayOf.toString() : typeof dayOf,
    batchSize,
  ],
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
