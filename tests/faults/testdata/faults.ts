// The faulty tasks, served as an author serves them.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { tasks } from "./tasks.ts";

const handlers = Object.entries(tasks).map(([id, handler]) => new TaskHandler("faults", id, handler));
const permissions = { run: ["/bin/sleep"], read: true, write: true } as const;
await new Bundle({ permissions }).register(...handlers).serve();
