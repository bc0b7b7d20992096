// The faulty tasks, served as an author serves them.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { tasks } from "./tasks.ts";

const handlers = Object.entries(tasks).map(([id, handler]) => new TaskHandler("faults", id, handler));

/** Says so, and never settles. */
function neverEnding(say: (event: string) => void, event: string): Promise<never> {
  say(event);
  return new Promise(() => {});
}

handlers.push(
  new TaskHandler("faults", "never_checked", () => "a result", {
    result: {
      "~standard": {
        version: 1,
        vendor: "by hand",
        validate: () => neverEnding(console.info, "checking"),
      },
    },
  }),
  new TaskHandler("faults", "never_decides", () => {
    throw new Error("no warehouse");
  }, { retryPolicy: (_error, { log }) => neverEnding(log.info, "deciding") }),
);

const permissions = { run: ["/bin/sleep"], read: true, write: true } as const;
await new Bundle({ permissions }).register(...handlers).serve();
