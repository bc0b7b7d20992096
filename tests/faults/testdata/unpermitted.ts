// The faulty tasks in a bundle that names no permission.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { tasks } from "./tasks.ts";

const handlers = Object.entries(tasks).map(([id, handler]) => new TaskHandler("faults", id, handler));
await new Bundle().register(...handlers).serve();
