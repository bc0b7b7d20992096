import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject, JsonValue } from "../../../mod.ts";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const COMMAND = taskCommand(new URL("../testdata/native.ts", import.meta.url));

interface Given {
  /** The results of upstream tasks, by id. */
  readonly before?: Readonly<Record<string, JsonValue>>;
  /** The results of mapped upstream tasks, by id and map index. */
  readonly mapped?: Readonly<Record<string, readonly JsonValue[]>>;
  readonly mapIndex?: number;
  readonly conf?: JsonObject;
  /** The continuation that the task resumes in. */
  readonly continuation?: string;
}

function run(
  taskId: string,
  { before = {}, mapped = {}, mapIndex, conf, continuation }: Given = {},
): Promise<Ran> {
  const asReturned = <Value>(values: Readonly<Record<string, Value>>): unknown =>
    Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { return_value: value }]));
  return runTask(taskId, {
    command: COMMAND,
    dagId: "native",
    fixtures: { xcoms: asReturned(before), mappedXcoms: asReturned(mapped) },
    ...(mapIndex === undefined ? {} : { mapIndex }),
    ...(conf === undefined ? {} : { conf }),
    ...(continuation === undefined ? {} : { tiContext: { next_method: continuation } }),
  });
}

/** The ids of the tasks that were skipped behind it. */
function skipped({ requests }: Ran): unknown {
  const bodies = requests.map(({ body }) => Object(body));
  return bodies.find(({ type }) => type === "SkipDownstreamTasks")?.tasks;
}

const returned = async (taskId: string, given: Given): Promise<unknown> =>
  (await run(taskId, given)).returned;

Deno.test("Dag.task(): pushes the result, and has the defaults of the Dag's params", async () => {
  assertEquals(await returned("extract", {}), { rows: 42, region: "eu" });
});

Deno.test("ctx.params: has the values of the run, which override defaults", async () => {
  assertEquals(await returned("extract", { conf: { region: "us" } }), { rows: 42, region: "us" });
});

Deno.test("Dag.task(): passes results and literals as arguments", async () => {
  assertEquals(await returned("load", { before: { extract: { rows: 7 } } }), "7 rows");
});

Deno.test("dag.if(): skips the other branch, but not tasks downstream of both", async () => {
  const long = await run("is_large", { before: { load: "a long text" } });
  assertEquals([skipped(long), long.returned], [["delta"], true]);
  assertEquals(skipped(await run("is_large", { before: { load: "text" } })), ["full"]);
});

Deno.test("dag.switch(): skips the first tasks of the other cases", async () => {
  assertEquals(skipped(await run("size", { conf: { size: "big" } })), ["small.first"]);
  assertEquals(skipped(await run("size", { conf: { size: "small" } })), ["big"]);
});

Deno.test("dag.switch(): fails the task when its result has no case", async () => {
  const ran = await run("size", { conf: { size: "huge" } });
  assertEquals(ran.state, "failed");
  assertStringIncludes(JSON.stringify(ran.log), 'there is no case for the result \\"huge\\"');
});

Deno.test("dag.switch(): accepts a node as the result, whose id becomes the XCom", async () => {
  const ran = await run("decide");
  assertEquals([ran.returned, skipped(ran)], ["wanted", ["unwanted"]]);
});

Deno.test("dag.shortCircuit(): skips all downstream tasks when the result is falsy", async () => {
  assertEquals(skipped(await run("gate")), ["behind", "far_behind"]);
});

Deno.test("expand(): combines lists, the last one varying fastest, and labels the instance", async () => {
  const before = { list: ["a", "b"] };
  assertEquals(await returned("upper", { before, mapIndex: 0 }), "A");
  assertEquals(await returned("upper", { before, mapIndex: 2 }), "AAA");
  const ran = await run("upper", { before, mapIndex: 4 });
  assertEquals(ran.returned, "BB");
  assertStringIncludes(JSON.stringify(ran.requests), '"b x 2"');
});

for (
  const [continuation, state] of [["arrived", "success"], ["__fail__", "failed"]] as const
) {
  Deno.test(`mapIndexTemplate: keeps the label when the task resumes in ${continuation}`, async () => {
    const ran = await run("waits", { before: { list: ["a", "b"] }, mapIndex: 1, continuation });
    const terminal = ran.requests.at(-1)?.body;
    assertEquals([terminal?.["state"], terminal?.["rendered_map_index"]], [state, "b"]);
  });
}

Deno.test("expand(): its result is the list of all results for the next task", async () => {
  assertEquals(await returned("sum", { mapped: { upper: ["A", "B"] } }), "AB");
});

Deno.test("zip(), map(), concat(): combine lists", async () => {
  const before = { list: ["a", "b"] };
  assertEquals(await returned("pairs", { before, mapIndex: 1 }), "b-b!");
  assertEquals(await returned("both", { before, mapIndex: 3 }), "b?");
});

Deno.test("expandKwargs(): maps over objects of arguments", async () => {
  assertEquals(await returned("kwargs", { mapIndex: 1 }), "2y");
});

Deno.test("TaskGroup.expand(): tasks get the item and the results of their own instance", async () => {
  assertEquals(await returned("regions.pull", { mapIndex: 1 }), "pulled us");
  const mapped = { "regions.pull": ["pulled eu", "pulled us"] };
  assertEquals(await returned("regions.check", { mapped, mapIndex: 0 }), "pulled eu, checked");
});

Deno.test("TaskRef.all(): passes the results of a mapped group's task to a task outside", async () => {
  assertEquals(await returned("report", { mapped: { "regions.check": ["a", "b"] } }), 2);
});

Deno.test("multipleOutputs: pushes each field; doXcomPush: false pushes nothing", async () => {
  const { requests, returned } = await run("outputs");
  const pushed = requests.map(({ body }) => Object(body)).filter(({ type }) => type === "SetXCom");
  assertEquals(pushed.map(({ key, value }) => [key, value]), [
    ["left", 1],
    ["right", "two"],
    ["return_value", returned],
  ]);
  assertEquals((await run("silent")).returned, undefined);
});

Deno.test("executionTimeout: fails the task after the time limit", async () => {
  const ran = await run("slow");
  assertEquals(ran.state, "failed");
});
