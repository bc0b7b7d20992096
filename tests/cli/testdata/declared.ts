// Tasks for author_files_test.ts, one of which declares its arguments.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { z } from "npm:zod@4.6.7";

const args = z.object({
  limit: z.int().nullable().default(10),
  by: z.record(z.string(), z.number()).optional(),
  rows: z.array(z.string()),
});

await new Bundle().register(
  new TaskHandler("declared", "load", ({ rows, limit }) => rows.slice(0, limit ?? 1), { args }),
  new TaskHandler("declared", "report", () => "done"),
).serve();
