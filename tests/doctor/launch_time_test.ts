import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { measureLaunch } from "../../src/doctor/launch_time.ts";
import { authorCommand } from "../author_command.ts";
import { entryCommand } from "../cli/cli_command.ts";

const env = Deno.env.toObject();

Deno.test("measureLaunch() measures the time to both connections, and runs no task", async () => {
  for (
    const command of [
      entryCommand(),
      authorCommand(new URL("../runtime/testdata/arguments.ts", import.meta.url)),
    ]
  ) {
    const seconds = await measureLaunch({ command, env, timeout: 20 });
    assert(seconds > 0 && seconds < 20);
  }
});

Deno.test("measureLaunch() tells what ended before, with what it said", async () => {
  const command = ["/bin/sh", "-c", "echo what it lacks >&2; exit 127"];
  const error = await assertRejects(
    () => measureLaunch({ command, env, timeout: 20 }),
    TaskRuntimeError,
  );
  assertEquals(error.code, "CLOSED");
  assertStringIncludes(error.message, "it ended with 127 before it connected: what it lacks");
});

Deno.test("measureLaunch() ends a program that does not connect in time, or when told to", async () => {
  const command = ["/bin/sh", "-c", "exec sleep 60"];
  const late = await assertRejects(
    () => measureLaunch({ command, env, timeout: 0.05 }),
    TaskRuntimeError,
  );
  assertEquals(late.code, "TIMEOUT");
  const signal = AbortSignal.timeout(50);
  const stopped = await assertRejects(
    () => measureLaunch({ command, env, timeout: 60, signal }),
    TaskRuntimeError,
  );
  assertEquals(stopped.code, "ABORTED");
  await assertRejects(
    () => measureLaunch({ command: ["/no/such/program"], env, timeout: 1 }),
    TaskRuntimeError,
    "Cannot launch /no/such/program",
  );
});
