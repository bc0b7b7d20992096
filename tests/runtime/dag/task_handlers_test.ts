// The Dag processor's question for task handlers, as Airflow's main branch asks it.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { authorCommand } from "../../author_command.ts";
import { HandSupervisor } from "../hand_supervisor.ts";

const REQUEST = {
  type: "TaskHandlerParseRequest",
  file: "/bundles/etl",
  bundle_path: "/bundles",
  bundle_name: "main",
};

function start(file: string): Promise<HandSupervisor> {
  return HandSupervisor.start(authorCommand(new URL(`../testdata/${file}`, import.meta.url)));
}

/** Asks, and gives the declarations of the answer, once the process has ended well. */
async function ask(file: string): Promise<Record<string, Record<string, unknown>[]>> {
  await using supervisor = await start(file);
  await supervisor.comm.send([0, REQUEST, null]);
  const [id, { task_handlers, ...rest }] = await supervisor.receive();
  assertEquals(rest, { type: "TaskHandlerParsingResult", fileloc: REQUEST.file });
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  return Object(task_handlers);
}

Deno.test("TaskHandlerParseRequest: returns each handler with the parameters of its schema", async () => {
  const { runtime = [], ...others } = await ask("payload.ts");
  assertEquals(others, {});
  const [zod] = runtime;
  assertEquals([zod?.["task_id"], zod?.["binding"]], ["zod", "named"]);
  const params = Object(zod?.["params"]);
  assertEquals(params.map(({ name }: { name: string }) => name), ["orders", "title"]);
  assertEquals(params[0].value_schema.type, "array");
  assertEquals(params[0].exact_name, false);
  const unknown = runtime.find(({ task_id }) => task_id === "zod_result");
  assertEquals(unknown, { task_id: "zod_result", binding: "named", params: null });
});

Deno.test("TaskHandlerParseRequest: returns no tasks of the bundle's own Dags", async () => {
  assertEquals(await ask("native.ts"), {});
});

Deno.test("TaskHandlerParseRequest: is refused without a file", async () => {
  await using supervisor = await start("payload.ts");
  await supervisor.comm.send([0, { ...REQUEST, file: null }, null]);
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertStringIncludes(log, "Cannot read TaskHandlerParseRequest");
  assertStringIncludes(log, 'field \\"file\\"');
  assertEquals(ended.code, 1);
});
