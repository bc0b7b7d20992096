// A bundle that fails where nobody looks, and serves as if nothing were.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

Promise.reject(new Error("never caught"));
await new Bundle().register(new TaskHandler("faults", "succeeds", () => {})).serve();
