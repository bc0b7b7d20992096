// OpenTelemetry spans of a task that a worker's deno runs, under Airflow's real supervise_task().

import { assertEquals } from "@std/assert";
import { OtlpCollector } from "../../runtime/otlp_collector.ts";
import { AirflowHarness } from "../harness/airflow.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, workerDeno } from "../harness/venv.ts";

const TASKS = new URL("../../runtime/testdata/tasks.ts", import.meta.url);
const [TRACE, PARENT] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
const deno = workerDeno();

for (const version of AIRFLOW_VERSIONS) {
  Deno.test({
    name: `tracing under ${version}: exports the spans of a task to a collector`,
    ignore: deno === undefined,
    async fn() {
      await using collector = new OtlpCollector();
      await using folder = await TempDir.make();
      await packBundle(TASKS, `${folder.path}/runtime`);
      const settings = { AIRFLOW_TASK_RUNTIME: deno ?? "", ...collector.env };
      await using airflow = await AirflowHarness.start(version, { settings });
      const result = await airflow.runTask({
        bundle_root: folder.path,
        dag_id: "runtime",
        task_id: "returns",
        context_carrier: { traceparent: `00-${TRACE}-${PARENT}-01` },
      });
      assertEquals([result.state, result.exit_code, result.error], ["success", 0, null]);
      const task = collector.span("worker.returns");
      assertEquals([task.traceId, task.parentSpanId, task.status], [TRACE, PARENT, 1]);
      assertEquals(collector.span("SucceedTask").parentSpanId, task.spanId);
    },
  });
}
