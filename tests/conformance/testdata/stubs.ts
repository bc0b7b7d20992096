// Tasks whose Dag file the test has written by the command `stubs`; run by stubs_test.ts.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const bundle = new Bundle();
for (const taskId of ["class", "group.load", "2nd-step", "größe", "plain", "x".repeat(120)]) {
  bundle.register(new TaskHandler("stubs.made-of", taskId, () => taskId));
}
await bundle.serve();
