import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "./cli_command.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { DENO_OPTIONS, ETL, packedBundle, ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const DAG = `${ROOT}/examples/etl/dag.py`;
const DECLARED = `${ROOT}/tests/cli/testdata/declared.ts`;
const DECLARED_STUBS = `
    @task.stub(queue="deno")
    def load(
        rows: list[str],
        limit: int | None = 10,
        by: dict[str, float] | None = None,
    ): ...

    @task.stub(queue="deno")
    def report(): ...

    load(rows=None)
    report()
`;

Deno.test("stubs: writes the Dag file of a module or a bundle, which check accepts", async () => {
  await using folder = await TemporaryFolder.create();
  const bundle = `${folder.path}/etl`;
  await packedBundle(bundle, ETL);
  const texts: string[] = [];
  for (const [i, source] of [ETL, bundle].entries()) {
    const out = `${folder.path}/${i}/dag.py`;
    const made = await runCli("stubs", ...DENO_OPTIONS, "--out", out, source);
    assertEquals([made.code, made.stdout, made.stderr], [0, "", `wrote ${out}\n`]);
    texts.push((await Deno.readTextFile(out)).split("\n").slice(1).join("\n"));
    const checked = await runCli("check", ...DENO_OPTIONS, source, out);
    assertEquals([checked.code, checked.stdout, checked.stderr], [0, "No differences\n", ""]);
  }
  assertEquals(texts[0], texts[1]);
});

Deno.test("stubs: prints the file, sets the queue, and overwrites a file only with --force", async () => {
  await using folder = await TemporaryFolder.create();
  const out = `${folder.path}/dag.py`;
  const printed = await runCli("stubs", ...DENO_OPTIONS, "--queue=gpu", ETL);
  assertEquals([printed.code, printed.stderr], [0, ""]);
  assertStringIncludes(printed.stdout, '@task.stub(queue="gpu")');
  await Deno.writeTextFile(out, "mine\n");
  const refused = await runCli("stubs", ...DENO_OPTIONS, "--out", out, ETL);
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertStringIncludes(
    refused.stderr,
    `Cannot write "${out}": the file already exists. Use --force`,
  );
  assertEquals(await Deno.readTextFile(out), "mine\n");
  const forced = await runCli("stubs", ...DENO_OPTIONS, "--force", "--json", "--out", out, ETL);
  const { dags, path, text } = JSON.parse(forced.stdout);
  assertEquals([forced.code, path, Object.keys(dags)], [0, out, ["etl"]]);
  assertEquals(await Deno.readTextFile(out), text);
});

Deno.test("check: exits with 1 and prints differences with their line as text or JSON", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/dag.py`;
  const text = (await Deno.readTextFile(DAG)).replace("def extract()", "def extarct()")
    .replace("extracted = extract()", "extracted = extarct()");
  await Deno.writeTextFile(path, text);
  const told = await runCli("check", ...DENO_OPTIONS, ETL, path);
  assertEquals([told.code, told.stderr], [1, ""]);
  assertMatch(
    told.stdout,
    /dag\.py:\d+: Dag "etl": the bundle has no handler for task "extarct"; did you mean "extract"\?\n1 difference\n$/,
  );
  const json = await runCli("check", "--json", ...DENO_OPTIONS, ETL, path);
  const { differences, unread } = JSON.parse(json.stdout);
  assertEquals([json.code, differences.length, unread], [1, 1, []]);
  assertEquals([differences[0].dagId, differences[0].taskId], ["etl", "extarct"]);
  const queue = await runCli("check", "--queue=gpu", ...DENO_OPTIONS, ETL, DAG);
  assertEquals(queue.code, 1);
  assertStringIncludes(queue.stdout, 'task "extract" has queue "deno"; expected "gpu"');
});

Deno.test({
  name: "check: accepts the Dag files of the examples",
  ignore: isQuick,
  async fn() {
    for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/examples`)) {
      // Native Dags have no Python file.
      if (!isDirectory || name.startsWith("native_")) continue;
      const folder = `${ROOT}/examples/${name}`;
      const { code, stdout, stderr } = await runCli(
        "check",
        ...DENO_OPTIONS,
        `${folder}/main.ts`,
        `${folder}/dag.py`,
      );
      assertEquals([code, stdout, stderr], [0, "No differences\n", ""], name);
    }
  },
});

Deno.test({
  name: "stubs and check: use the parameters that a handler's zod schema declares",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const bundle = `${folder.path}/declared`;
    const out = `${folder.path}/dag.py`;
    await packedBundle(bundle, DECLARED);
    for (const source of [DECLARED, bundle]) {
      const made = await runCli("stubs", ...DENO_OPTIONS, "--force", "--out", out, source);
      assertEquals([made.code, made.stderr], [0, `wrote ${out}\n`]);
      assertStringIncludes(await Deno.readTextFile(out), DECLARED_STUBS);
      const checked = await runCli("check", ...DENO_OPTIONS, source, out);
      assertEquals([checked.code, checked.stdout], [0, "No differences\n"]);
    }
    const text = await Deno.readTextFile(out);
    await Deno.writeTextFile(out, text.replace("rows: list[str]", "row: list[str]"));
    const { code, stdout } = await runCli("check", ...DENO_OPTIONS, bundle, out);
    assertEquals(code, 1);
    assertMatch(stdout, /dag\.py:\d+: Dag "declared": .*"load".*"rows?".*\n/);
  },
});

Deno.test("check and stubs: exit with 1 and one line on stderr when a file cannot be read", async () => {
  for (
    const [args, reason] of [
      [
        ["check", ...DENO_OPTIONS, ETL, "/no/dag.py"],
        'Cannot read the Dag file "/no/dag.py": the file does not exist\n',
      ],
      [
        ["check", "--python=/no/python3", ...DENO_OPTIONS, ETL, DAG],
        `Cannot read the Dag file "${DAG}": /no/python3 does not exist. Install Python 3.9`,
      ],
      [["check", "/no/bundle", DAG], "Cannot read bundle /no/bundle: there is no such file"],
      [["stubs", "/no/main.ts"], 'Cannot read "/no/main.ts": the file does not exist'],
      [["stubs", DAG], `Cannot read bundle ${DAG}: it has no bundle trailer`],
    ] as const
  ) {
    const { code, stdout, stderr } = await runCli(...args);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `error: ${reason}`);
    assert(!stderr.includes("    at "), "no stack");
  }
});
