// A bundle one file of which loads as LOADS says, and would have the task "later".
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const ways: Record<string, () => unknown> = {
  fails() {
    throw new TypeError("no warehouse at load time");
  },
  is_denied() {
    throw new Deno.errors.NotCapable('Requires net access to "warehouse:5432", run again');
  },
  exits: () => Deno.exit(0),
  async rejects_aside() {
    Promise.reject(new Error("never caught"));
    await new Promise(() => {});
  },
  async never_settles() {
    await new Promise(() => {});
  },
};

await new Bundle({ permissions: { env: ["LOADS"] } })
  .register(new TaskHandler("faults", "succeeds", () => {}))
  .register(async ({ log }) => {
    log.info("loading");
    await ways[Deno.env.get("LOADS") ?? ""]?.();
    return new TaskHandler("faults", "later", () => {});
  })
  .serve();
