// The faulty tasks under a runtime whose waits are as short as FAULTS_SETTINGS says, so that tests
// need not sit through a minute.
import { TaskHandler } from "@airflow-deno/task-runtime";
import { takeLaunch } from "../../../src/runtime/launch.ts";
import { serve } from "../../../src/runtime/serve.ts";
import { HandlerRegistry } from "../../../src/sdk/handler_registry.ts";
import { tasks } from "./tasks.ts";

const handlers = new HandlerRegistry();
for (const [id, handler] of Object.entries(tasks)) {
  handlers.add(new TaskHandler("faults", id, handler));
}
await serve(takeLaunch(Deno.args), { handlers }, JSON.parse(Deno.env.get("FAULTS_SETTINGS") ?? "{}"));
