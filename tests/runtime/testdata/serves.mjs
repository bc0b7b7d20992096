// A bundle whose author did not wait for serve().
//# airflowMetadata={"permissions":{}}
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const works = new TaskHandler("runtime", "works", (_args, ctx) => {
  console.log("at work");
  return { try: ctx.tryNumber };
});
new Bundle().register(works).serve();
