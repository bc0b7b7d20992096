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
    ["rejects_aside", "never caught", "Error: never caught"],
  ] as const
) {
  Deno.test(`loading a file: reports a retry, not removed, when the file ${way} [fault.file-fails-loading]`, async () => {
    await using supervisor = await startLoading(way);
    const event = `Cannot load a file of the bundle: ${told}`;
    assertEquals(await play(supervisor), ["RetryTask", reason, [], ["loading", event], 0]);
  });
}

Deno.test("loading a file: reports failed and logs the permission when an access is denied [fault.file-is-denied]", async () => {
  await using supervisor = await startLoading("is_denied");
  const event = "Cannot load a file of the bundle: Cannot run faults.later: it has no permission " +
    'for net access to "warehouse:5432"; add net: ["warehouse:5432"] to the bundle\'s permissions ' +
    "and pack it again";
  assertEquals(await play(supervisor), ["TaskState", undefined, [], ["loading", event], 0]);
});

Deno.test("SIGTERM: reports a retry when a file never finishes loading [fault.sigterm-while-file-loads]", async () => {
  await using supervisor = await startLoading("never_settles");
  const loading = new TextDecoder().decode(await supervisor.logs.read() ?? undefined);
  assertEquals(eventsOf(loading), ["loading"]);
  supervisor.kill("SIGTERM");
  const reason = "Cannot continue the task: Airflow terminated it (SIGTERM)";
  const event = `Cannot load a file of the bundle: ${reason}`;
  assertEquals(await play(supervisor), [
    "RetryTask",
    `TaskRuntimeError: ${reason}`,
    [],
    [event],
    0,
  ]);
});

Deno.test("lost supervisor: exits with 1 when it closes while a file never finishes loading [fault.closes-while-file-loads]", async () => {
  await using supervisor = await startLoading("never_settles");
  assertEquals((await supervisor.logs.read()) !== null, true);
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, eventsOf(log)], [
    1,
    ["Cannot continue: Cannot continue the task: the supervisor is gone"],
  ]);
});
