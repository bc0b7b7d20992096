import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type DagRunEvent, runDag } from "../../src/local/scheduler/dag_run.ts";
import { parseFixtures } from "../../src/local/fixtures/fixtures.ts";
import { type DagRunRecord, Journal } from "../../src/local/report/journal.ts";
import { markup } from "../../src/local/report/markup.ts";
import { dagRunPage } from "../../src/local/report/page.ts";
import { valueTree } from "../../src/local/report/value_tree.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { configArgs } from "../author_command.ts";

const MODULE = new URL("../browser/testdata/hostile.ts", import.meta.url).pathname;
const FIXTURES = new URL("../browser/testdata/hostile.json", import.meta.url);

/** Runs the Dag of the browser tests and returns the record of the journal. */
async function recorded(): Promise<DagRunRecord> {
  const store = new MemoryStore();
  const journal = new Journal();
  const summary = await runDag({
    dagId: "shop",
    tasks: ["load", "hostile"],
    store,
    command: [Deno.execPath(), "run", "-A", "--no-check", "--quiet", ...configArgs(), MODULE],
    fixtures: parseFixtures(await Deno.readTextFile(FIXTURES)),
    onEvent: (event: DagRunEvent) => journal.note(event),
  });
  return journal.record(summary, store);
}

Deno.test("Journal: keeps processes, requests, XComs and asset events with secrets masked", async () => {
  const record = await recorded();
  const [load, hostile] = record.tasks;
  assertEquals([load?.result.state, hostile?.result.state], ["success", "failed"]);
  const [process] = load?.processes ?? [];
  assertEquals(process?.requests.map(({ type, answered }) => `${type} ${answered}`), [
    "ValidateInletsAndOutlets result",
    "GetConnection result",
    "SetXCom empty",
    "SetXCom empty",
    "SetXCom empty",
    "SetXCom empty",
    "SucceedTask empty",
  ]);
  assert(process !== undefined && record.started <= process.started);
  for (const { time, durationSeconds } of process.requests) {
    assert(process.started < time && time + durationSeconds * 1000 < process.ended);
  }
  assert(process.ended <= record.ended);
  assertEquals(load?.xcoms.map(({ key }) => key), ["rows", "long", "credentials", "return_value"]);
  const credentials = { password: "***", note: "is ***" };
  assertEquals(load?.xcoms[2]?.value, credentials);
  assertEquals(Object(process.requests[4]?.fields)["value"], credentials);
  assertEquals(load?.outlets, [{ asset: "sales", aliases: [], extra: { rows: 500 } }]);
  assertStringIncludes(JSON.stringify(record.log), "signed in with ***");
});

Deno.test("dagRunPage(): contains everything in one file and no secret", async () => {
  const page = await dagRunPage(await recorded());
  for (const secret of ["correct-horse", "hunter2"]) assert(!page.includes(secret), secret);
  assertEquals(page.match(/<script|<style|<img|<link|\s(?:on\w+|src|href|style)="/g), [
    "<style",
    "<script",
  ]);
  assertStringIncludes(page, "default-src 'none'");
  assertStringIncludes(page, "&lt;/script&gt;&lt;/style&gt;");
});

Deno.test("markup(): escapes values and shows control characters", () => {
  const text = "<&\"'>\x1b[31m\u202e\n";
  assertEquals(
    markup`
      <p title="${text}">
        ${[text, markup`<br>`]} ${1}
      </p>
    `.text,
    '<p title="&lt;&amp;&quot;&#39;&gt;\\x1b[31m\\u202e\n">' +
      "&lt;&amp;&quot;&#39;&gt;\\x1b[31m\\u202e\n<br> 1</p>",
  );
});

Deno.test("valueTree(): stays small for large, deep and unusual values", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 10_000; i++) deep = [deep];
  const wide = Array.from(
    { length: 300 },
    () => Array.from({ length: 300 }, () => ({ a: [1, 2] })),
  );
  for (
    const [value, text] of [
      [deep, "too deep to show"],
      [wide, "more, not shown"],
      ["x".repeat(1e6), "980000 more characters, not shown"],
      [2n ** 70n, "1180591620717411303424"],
      [Temporal.Instant.from("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z"],
      [undefined, "undefined"],
      [{ "": null }, "null"],
      [[], "[]"],
    ] as const
  ) {
    const tree = valueTree(value, "v").text;
    assertStringIncludes(tree, text);
    assert(tree.length < 2_000_000, `${text}: ${tree.length}`);
  }
});
