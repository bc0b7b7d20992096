// The faulty tasks under a runtime whose waits are as short as FAULTS_SETTINGS says, so that tests
// need not sit through a minute.
import { TaskHandler } from "@airflow-deno/task-runtime";
import { Contents } from "../../../src/runtime/dag/contents.ts";
import { startLaunch } from "../../../src/runtime/launch/launch.ts";
import { serve } from "../../../src/runtime/launch/serve.ts";
import { tasks } from "./tasks.ts";

const contents = new Contents();
for (const [id, handler] of Object.entries(tasks)) {
  contents.add(new TaskHandler("faults", id, handler));
}
await serve(startLaunch(Deno.args), { contents }, JSON.parse(Deno.env.get("FAULTS_SETTINGS") ?? "{}"));
