// Values that untyped JavaScript may pass as a name.

import { assertEquals } from "@std/assert";
import { type TaskContext, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import { runTask } from "@airflow-deno/task-runtime/testing";

/** Calls a method as untyped code does, and returns code and message of its error. */
async function refused(target: object, name: string, args: readonly unknown[]): Promise<string> {
  try {
    await Reflect.apply(Reflect.get(target, name), target, args);
    return "not refused";
  } catch (error) {
    return error instanceof TaskRuntimeError ? `${error.code}: ${error.message}` : String(error);
  }
}

for (
  const [kind, name, args, told] of [
    ["variables", "get", [undefined], "variable: its name must be a text, got undefined"],
    ["variables", "set", [Object.create(null), 1], "variable: its name must be a text, got object"],
    ["connections", "get", [7], "connection: its name must be a text, got number"],
    ["xcoms", "pull", ["start", { key: Symbol("k") }], "XCom: its name must be a text, got symbol"],
    // None of these is the key of the return value.
    ["xcoms", "push", [null, 1], "XCom: its name must be a text, got object"],
    ["xcoms", "push", [undefined, 1], "XCom: its name must be a text, got undefined"],
    ["xcoms", "delete", [undefined], "XCom: its name must be a text, got undefined"],
  ] as const
) {
  const call = `ctx.${kind}.${name}(${args.map((arg) => arg === null ? "null" : typeof arg)})`;
  Deno.test(`${call}: throws before any request`, async () => {
    const handler = new TaskHandler("keys", "uses", async (_args: object, ctx: TaskContext) => {
      ctx.log.info(await refused(ctx[kind], name, args));
    });
    const { logs, requests } = await runTask(handler);
    assertEquals(logs.map(({ event }) => event), [`INVALID: Cannot use ${told}`]);
    assertEquals(requests.map(({ type }) => type), ["SucceedTask"]);
  });
}
