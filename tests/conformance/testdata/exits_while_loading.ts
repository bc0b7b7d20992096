// A bundle that can be packed, and exits while a worker loads it.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

if (Deno.args.some((arg) => arg.startsWith("--comm="))) Deno.exit(0);
await new Bundle().register(new TaskHandler("exits", "exits_while_loading", () => {})).serve();
