/** `dev` runs and draws a Dag in TypeScript. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MODULE_OPTIONS } from "./author_module.ts";
import { cliCommand, runCli } from "./cli_command.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { DENO_OPTIONS, ETL } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const SHOP = new URL("testdata/graph.ts", import.meta.url).pathname;

interface Row {
  readonly taskId: string;
  readonly mapIndex?: number;
  readonly state: string;
  readonly tries: number;
  readonly returnValue?: unknown;
}

/** A command line for a run of many processes, which is slow on a busy machine. */
async function runLong(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program = "", ...rest] = cliCommand(...args);
  const { code, stdout, stderr } = await new Deno.Command(program, { args: rest }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "dev: runs a Dag with branches, mapping, groups, retries and trigger rules",
  ignore: isQuick,
  async fn(t) {
    await using folder = await TemporaryFolder.create();
    const [svg, report] = [`${folder.path}/shop.svg`, `${folder.path}/shop.html`];
    await Deno.writeTextFile(`${folder.path}/conf.json`, '{"region":"us"}');
    const { code, stdout, stderr } = await runLong(
      ...["dev", ...MODULE_OPTIONS, "--events", "--max-wait=0", "--date=2026-01-02T12:00:00Z"],
      ...[`--conf=@${folder.path}/conf.json`, `--graph=${svg}`, `--report=${report}`, SHOP],
    );
    assertEquals(code, 1, stderr);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const { tasks, runId }: { tasks: Row[]; runId: string } = events.at(-1);
    const results = tasks.map(({ taskId, mapIndex, state, returnValue }) => [
      mapIndex === undefined ? taskId : `${taskId}[${mapIndex}]`,
      state,
      returnValue,
    ]);

    await t.step("each task ends as Airflow would have it end", () => {
      assertEquals(runId, "manual__2026-01-02T12:00:00Z");
      assertEquals(Object.fromEntries(results.map(([name, state]) => [name, state])), {
        open: "success",
        extract: "success",
        files: "success",
        "load[0]": "success",
        "load[1]": "failed",
        "pairs[0]": "success",
        "pairs[1]": "success",
        audit: "success",
        publish: "upstream_failed",
        is_large: "success",
        full: "success",
        delta: "skipped",
        report: "success",
        "regions.pull[0]": "success",
        "regions.pull[1]": "success",
        sum: "success",
        flaky: "success",
      });
    });

    await t.step(
      "results flow by index and as lists, params and dates from the command line",
      () => {
        const values = Object.fromEntries(results.map(([name, , value]) => [name, value]));
        assertEquals(values["extract"], {
          region: "us",
          from: "2026-01-01T06:00:00Z",
          to: "2026-01-02T06:00:00Z",
          files: ["a", "b"],
        });
        assertEquals([values["load[0]"], values["pairs[1]"]], ["a1", "b-b"]);
        assertEquals(values["audit"], "a1");
        assertEquals(values["sum"], ["pulled eu", "pulled us"]);
        assertEquals(tasks.find(({ taskId }) => taskId === "flaky")?.tries, 2);
      },
    );

    await t.step("events name the index, and those that do not run with why", () => {
      assert(
        events.some((e) => e.type === "task-ended" && e.taskId === "load" && e.mapIndex === 1),
      );
      assertEquals(
        events.filter(({ type }) => type === "task-not-run").map(({ taskId, state, reason }) => [
          taskId,
          state,
          reason,
        ]).toSorted(),
        [
          ["delta", "skipped", "another task skipped it"],
          ["open", "success", "it has no work"],
          ["publish", "upstream_failed", "upstream tasks did not end as its trigger rule requires"],
        ],
      );
    });

    await t.step("the picture and the report show the states", async () => {
      const picture = await Deno.readTextFile(svg);
      assertStringIncludes(picture, ">1 success, 1 failed</text>");
      assertStringIncludes(picture, 'class="task  bundle upstream_failed"');
      const page = await Deno.readTextFile(report);
      assertStringIncludes(page, "load[1]");
      assertStringIncludes(page, '<span class="dot upstream_failed">');
    });
  },
});

Deno.test({
  name: "dev --task: runs a part of the graph with the results of the other tasks",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const fixtures = `${folder.path}/fixtures.json`;
    await Deno.writeTextFile(fixtures, '{"xcoms":{"files":{"return_value":["x","y"]}}}');
    const { code, stdout, stderr } = await runCli(
      ...["dev", ...MODULE_OPTIONS, "--json", `--fixtures=${fixtures}`, "--task=pairs", SHOP],
    );
    assertEquals(code, 0, stderr);
    const rows: Row[] = JSON.parse(stdout).tasks;
    assertEquals(rows.map(({ mapIndex, returnValue }) => [mapIndex, returnValue]), [
      [0, "x-x"],
      [1, "y-y"],
    ]);
  },
});

Deno.test("dev --graph: draws a Dag without running it", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/shop.html`;
  const { code, stdout, stderr } = await runCli(
    ...["dev", ...MODULE_OPTIONS, `--graph=${path}`, SHOP],
  );
  assertEquals([code, stdout, stderr], [0, "", ""]);
  const page = await Deno.readTextFile(path);
  for (const text of ["shop", "load [ ]", "regions [ ]", "is_large", "all_done"]) {
    assertStringIncludes(page, `>${text}</text>`);
  }
});

for (
  const [args, exitCode, message] of [
    [["--conf={", SHOP], 2, "--conf must be JSON, or @ and the name of a JSON file: "],
    [["--conf=[1]", SHOP], 2, "--conf must be a JSON object"],
    [['--conf={"region":"fr"}', SHOP], 1, 'the value of param "region" does not fit its schema'],
    [['--conf={"limit":0}', SHOP], 1, 'the value of param "limit" does not fit its schema'],
    [["--date=tomorrow", SHOP], 2, "--date must be a time such as 2026-01-01T00:00:00Z"],
    [["--task=nothing", SHOP], 2, 'Task "nothing" does not exist'],
    [["--graph=shop.png", SHOP], 1, "the name must end in .svg or .html"],
    [["--graph=etl.svg", ETL], 1, 'Cannot draw Dag "etl": its graph is in a Python file'],
  ] as const
) {
  Deno.test({
    name: `dev ${args[0]}: exits with ${exitCode}`,
    // --conf stands for the other inputs: one error before and one after the Dag is known.
    ignore: isQuick && args[0] !== "--conf={" && args[0] !== '--conf={"region":"fr"}',
    async fn() {
      const options = args[1] === ETL ? DENO_OPTIONS : MODULE_OPTIONS;
      const { code, stdout, stderr } = await runCli("dev", ...options, ...args);
      assertEquals([code, stdout], [exitCode, ""]);
      assertStringIncludes(stderr, message);
    },
  });
}
