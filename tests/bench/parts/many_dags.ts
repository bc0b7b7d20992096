/** 1,000 Dags of 20 tasks, one after the other; many_dags.py has the same Dags. */
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const DAGS = 1000;
const TASKS = 20;

const bundle = new Bundle();
for (let i = 0; i < DAGS; i++) {
  const dag = new Dag(`many_${String(i).padStart(4, "0")}`, {
    schedule: "@daily",
    startDate: new Date("2026-01-01"),
    catchup: false,
    tags: ["bench"],
    queue: "deno",
    params: { region: { type: "string", enum: ["eu", "us"], default: "eu" } },
  });
  let rows = dag.task("task_00", () => i, { retries: 2, retryDelay: { minutes: 1 } })();
  for (let j = 1; j < TASKS; j++) {
    rows = dag.task(
      `task_${String(j).padStart(2, "0")}`,
      ({ rows }: { rows: number }) => rows + 1,
      { retries: 2, retryDelay: { minutes: 1 } },
    )({ rows });
  }
  bundle.register(dag);
}
await bundle.serve();
