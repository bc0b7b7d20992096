// A task that names no permission, and asks for an object all the same.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

const read = new TaskHandler("store", "read", async () => {
  await new ObjectStoragePath("s3://s3@airflow/key").readText();
});

await new Bundle().register(read).serve();
