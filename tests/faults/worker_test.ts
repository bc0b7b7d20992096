// Workers that start tasks in unusual ways.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { HandSupervisor } from "../runtime/hand_supervisor.ts";
import { answerAll, COMMAND, eventsOf } from "./faulty.ts";

/** Returns the command that runs a shell script before the runtime. */
function through(script: string, redirections = ""): string[] {
  return ["/bin/sh", "-c", `${script} exec "$@" ${redirections}`, "sh", ...COMMAND];
}

const NOT_UTF8 = "$(printf '\\377')";

for (const name of ["AIRFLOW__LOGGING__LOGGING_LEVEL", "AIRFLOW_TASK_RUNTIME_RECORD"]) {
  Deno.test(`worker: runs the task when ${name} is not UTF-8 [fault.environment-not-utf8]`, async () => {
    await using supervisor = await HandSupervisor.start(through(`export ${name}=${NOT_UTF8};`));
    await supervisor.startTask("logs_last", { conf: { lines: 1 } });
    const log = supervisor.logs.readText();
    const [last] = await answerAll(supervisor);
    assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
    assertEquals(eventsOf(await log), ["line 0"]);
  });
}

Deno.test("worker: runs the task when stdin, stdout and stderr are closed [fault.no-stdio]", async () => {
  await using supervisor = await HandSupervisor.start(through("", "<&- >&- 2>&-"));
  await supervisor.startTask("closes_stdout");
  const log = supervisor.logs.readText();
  const [last] = await answerAll(supervisor);
  assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
  assertStringIncludes(await log, "to the log all the same");
});

Deno.test("worker: runs the task when the recording and stderr cannot be written [fault.cannot-record]", async () => {
  const env = { AIRFLOW_TASK_RUNTIME_RECORD: "/nowhere/at/all" };
  await using supervisor = await HandSupervisor.start(through("", "2>/dev/full"), { env });
  await supervisor.startTask("logs_last", { conf: { lines: 1 } });
  const log = supervisor.logs.readText();
  const [last] = await answerAll(supervisor);
  assertEquals([last?.["type"], (await supervisor.ended).code], ["SucceedTask", 0]);
  assertEquals(eventsOf(await log), ["line 0"]);
});
