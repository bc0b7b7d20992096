import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonValue } from "../../../src/protocol/generated.ts";
import { taskCommand } from "../../author_command.ts";
import { isQuick } from "../../thoroughness.ts";
import { type Ran, runTask } from "../run_task.ts";

const command = taskCommand(new URL("../testdata/payload.ts", import.meta.url));
const LIBRARIES = [
  ["zod", command],
  ["valibot", taskCommand(new URL("../testdata/payload_valibot.ts", import.meta.url))],
  ["arktype", taskCommand(new URL("../testdata/payload_arktype.ts", import.meta.url))],
] as const;

/** Runs a task with retries left. */
function run(
  taskId: string,
  args: Record<string, JsonValue>,
  module: readonly string[] = command,
): Promise<Ran> {
  const bindings = Object.entries(args).map(([name, value]) => ({
    name,
    kind: "literal",
    value,
  } as const));
  return runTask(taskId, {
    command: module,
    date: "2026-10-30",
    tiContext: { arg_bindings: bindings, should_retry: true },
  });
}

/** The message of the error that failed the task. */
function reason({ log }: Ran): string {
  const exception = log.at(-1)?.exception;
  return Array.isArray(exception) ? String(exception[0]?.exc_value) : "";
}

function assertFailedForGood(ran: Ran, why: string): void {
  assertEquals([ran.state, ran.exitCode], ["failed", 0], JSON.stringify(ran.log));
  assertEquals(ran.requests.at(-1)?.type, "TaskState");
  assertEquals(ran.log.at(-1)?.event, `Task failed, not to be retried: ${why}`);
}

for (const [library, module] of LIBRARIES) {
  Deno.test({
    name: `a schema of ${library}: passes the arguments with defaults to the handler`,
    ignore: isQuick && library !== "zod",
    async fn() {
      const orders = [{ id: 1, price: 2 }, { id: 2, price: 40 }];
      const ran = await run(library, { orders }, module);
      assertEquals([ran.state, ran.returned], ["success", { total: 42, title: "Orders" }]);
    },
  });

  Deno.test({
    name: `a schema of ${library}: fails the task without a retry when it refuses an argument`,
    ignore: isQuick && library !== "zod",
    async fn() {
      const orders = [{ id: 1, price: 2 }, { id: 2, price: "much" }];
      const ran = await run(library, { orders }, module);
      assertFailedForGood(ran, "its arguments are not valid");
      assertStringIncludes(
        reason(ran),
        `Cannot run runtime.${library}: argument "orders[1].price" is not valid: `,
      );
    },
  });

  Deno.test({
    name: `a schema of ${library}: fails the task without a retry when it refuses the result`,
    ignore: isQuick && library !== "zod",
    async fn() {
      const ran = await run(`${library}_result`, {}, module);
      assertFailedForGood(ran, "its result is not valid");
      assertStringIncludes(
        reason(ran),
        `Cannot run runtime.${library}_result: result "total" is not valid: `,
      );
      assertEquals(ran.requests.some(({ type }) => type === "SetXCom"), false);
    },
  });
}

Deno.test("a result schema: decides what is pushed", async () => {
  assertEquals((await run("strips", {})).returned, { total: 1 });
});

Deno.test("a schema: may be asynchronous, and overrules the retry policy", async () => {
  assertEquals((await run("slow", { table: "orders" })).returned, "orders");
  const ran = await run("slow", { table: "gone" });
  assertFailedForGood(ran, "its arguments are not valid");
  assertEquals(
    reason(ran),
    'Cannot run runtime.slow: argument "table" is not valid: there is no such table',
  );
});

Deno.test("a schema: fails the task with a retry when it throws", async () => {
  const ran = await run("nothing", {});
  assertEquals([ran.state, reason(ran)], ["up_for_retry", "down"]);
});

Deno.test("a schema: is quoted without the secret argument that it refuses", async () => {
  const ran = await run("secret", { login: { password: "hunter2!", user: "ada" } });
  assertFailedForGood(ran, "its arguments are not valid");
  assertEquals(
    reason(ran),
    'Cannot run runtime.secret: argument "login.password" is not valid: "***" is too weak; ' +
      'argument "login.user" is not valid: "ada" is unknown, its password was ***',
  );
  assert(!JSON.stringify(ran.requests).includes("hunter2!"));
});

Deno.test("a schema: is quoted without a short secret", async () => {
  const ran = await run("secret", { login: { password: "ab", user: "ada" } });
  assertStringIncludes(reason(ran), '"login.password" is not valid: "***" is too weak');
});

Deno.test("a schema: explains missing arguments on an older schema version", async () => {
  const ran = await runTask("zod", { command });
  assertFailedForGood(ran, "its arguments are not valid");
  assertStringIncludes(reason(ran), 'argument "orders" is not valid: ');
  assertStringIncludes(reason(ran), "pack with --schema 2026-10-30");
});
