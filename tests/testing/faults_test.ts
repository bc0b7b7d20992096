import { assertEquals, assertInstanceOf } from "@std/assert";
import { type TaskContext, TaskHandler, TaskRuntimeError } from "../../mod.ts";
import { FakeClock, type Fault, runTask } from "../../src/testing/mod.ts";

/** Reads a connection, and says which error came of it. */
const read = new TaskHandler("etl", "read", async (_args: object, ctx: TaskContext) => {
  try {
    return (await ctx.connections.get("warehouse")).connType;
  } catch (error) {
    if (error instanceof TaskRuntimeError) return error.code;
    throw error;
  }
});
const connections = { warehouse: { conn_type: "postgres" } };

const CASES: readonly [name: string, fault: Omit<Fault, "on">, code: string][] = [
  ["not found", { reply: "not-found" }, "NOT_FOUND"],
  ["denied", { reply: "permission-denied" }, "PERMISSION_DENIED"],
  ["a failure of the API server", { reply: "server-error" }, "API"],
  ["any HTTP status", { reply: { status: 409, message: "taken" } }, "CONFLICT"],
  ["no reply, ever", { reply: "none" }, "TIMEOUT"],
  ["a reply that is too late", { delay: 90 }, "TIMEOUT"],
  ["a slow reply", { delay: 50 }, "postgres"],
];

for (const [name, fault, code] of CASES) {
  Deno.test({
    name: `Fault: ${name}`,
    permissions: "none",
    async fn() {
      const clock = new FakeClock({ autoAdvance: true });
      const faults = [{ on: "GetConnection", ...fault } as const];
      const run = await runTask(read, { connections, clock, faults });
      assertEquals([run.state, run.returnValue], ["success", code]);
    },
  });
}

Deno.test({
  name: "Fault: fails or retries the task when the connection closes",
  permissions: "none",
  async fn() {
    const lost = new TaskHandler("etl", "lost", (_args, ctx) => ctx.variables.get("x"));
    const faults = [{ on: "GetVariable", reply: "close" } as const];
    const run = await runTask(lost, { faults });
    assertEquals(run.state, "failed");
    assertInstanceOf(run.error, TaskRuntimeError);
    assertEquals(run.error.code, "CLOSED");
    assertEquals((await runTask(lost, { faults, retries: 1 })).state, "up_for_retry");
  },
});

Deno.test({
  name: "Fault: affects the requests that a function selects, at most so many times",
  permissions: "none",
  async fn() {
    const handler = new TaskHandler("etl", "many", async (_args: object, ctx: TaskContext) => {
      const values: string[] = [];
      for (const key of ["a", "b", "a", "a"]) {
        values.push(
          await ctx.variables.get(key).catch((error) =>
            error instanceof TaskRuntimeError ? error.code : "?"
          ),
        );
      }
      return values;
    });
    const fault: Fault = { on: (request) => request["key"] === "a", reply: "not-found", times: 2 };
    const options = { variables: { a: "1", b: "2" }, faults: [fault] };
    const expected = ["NOT_FOUND", "2", "NOT_FOUND", "1"];
    assertEquals((await runTask(handler, options)).returnValue, expected);
    assertEquals((await runTask(handler, options)).returnValue, expected, "each run anew");
  },
});

Deno.test({
  name: "Fault: refuses a request that Airflow does not have",
  permissions: "none",
  async fn() {
    const error = await runTask(read, { faults: [{ on: "GetConection" }] }).catch((thrown) =>
      thrown
    );
    assertInstanceOf(error, TaskRuntimeError);
    assertEquals(error.code, "INVALID");
  },
});
