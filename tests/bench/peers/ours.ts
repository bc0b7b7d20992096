/** The work as tasks of this runtime; `pack` makes a thin bundle of it. */
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { TASKS } from "../work.ts";

const handlers = Object.entries(TASKS).map(([taskId, work]) =>
  new TaskHandler("bench", taskId, (_args, ctx) =>
    work({
      variable: (key) => ctx.variables.get(key),
      push: (key, value) => ctx.xcoms.push(key, value),
      pull: (key) => ctx.xcoms.pull("upstream", { key }),
      log: (line) => ctx.log.info(line),
    }))
);

await new Bundle().register(...handlers).serve();
