import { assertEquals } from "@std/assert";
import type { StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import { authorCommand } from "../author_command.ts";
import type { HandSupervisor } from "../runtime/hand_supervisor.ts";
import { answerAll, eventsOf, KILLED_SOON, startTask } from "./faulty.ts";

const COMMAND = authorCommand(new URL("testdata/loads.ts", import.meta.url));

/** Starts a task of a file that loads in one of the ways of testdata/loads.ts. */
function startLoading(
  way: string,
  options: Partial<StartupOptions> = {},
): Promise<HandSupervisor> {
  const env = { LOADS: way, ...KILLED_SOON };
  return startTask("later", { retries: 1, ...options, env, command: COMMAND });
}

/** Type and reason of the terminal frame, what the log says, and the exit code. */
async function play(supervisor: HandSupervisor): Promise<unknown[]> {
  const log = supervisor.logs.readText();
  const [last, ...others] = await answerAll(supervisor);
  const { code } = await supervisor.ended;
  return [last?.["type"], last?.["retry_reason"], others, eventsOf(await log), code];
}

for (
  const [way, told, reason] of [
    ["fails", "no warehouse at load time", "TypeError: no warehouse at load time"],
    [
      "exits",
      "Deno.exit(0) was called before the handler returned",
      "ExitRequest: Deno.exit(0) was called before the handler returned",
    ],
    ["rejects_aside", "nobody caught me", "Error: nobody caught me"],
  ] as const
) {
  Deno.test(`a task whose file ${way} while it loads is retried, and not removed`, async () => {
    await using supervisor = await startLoading(way);
    const event = `Cannot load a file of the bundle: ${told}`;
    assertEquals(await play(supervisor), ["RetryTask", reason, [], ["loading", event], 0]);
  });
}

Deno.test("a task whose file is denied an access while it loads fails for good, and says why", async () => {
  await using supervisor = await startLoading("is_denied");
  const event = "Cannot load a file of the bundle: Cannot run faults.later: it has no permission " +
    'for net access to "warehouse:5432"; add net: ["warehouse:5432"] to the bundle\'s permissions ' +
    "and pack it again";
  assertEquals(await play(supervisor), ["TaskState", undefined, [], ["loading", event], 0]);
});

Deno.test("SIGTERM: a file that loads without end does not hold up the last frame", async () => {
  await using supervisor = await startLoading("never_settles");
  const loading = new TextDecoder().decode(await supervisor.logs.read() ?? undefined);
  assertEquals(eventsOf(loading), ["loading"]);
  supervisor.kill("SIGTERM");
  const reason = "Cannot go on: Airflow ended the task (SIGTERM)";
  const event = `Cannot load a file of the bundle: ${reason}`;
  assertEquals(await play(supervisor), [
    "RetryTask",
    `TaskRuntimeError: ${reason}`,
    [],
    [event],
    0,
  ]);
});

Deno.test("a process ends with 1 when the supervisor leaves while a file loads without end", async () => {
  await using supervisor = await startLoading("never_settles");
  assertEquals((await supervisor.logs.read()) !== null, true);
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, eventsOf(log)], [
    1,
    ["Cannot go on: Cannot go on: the supervisor is gone"],
  ]);
});
