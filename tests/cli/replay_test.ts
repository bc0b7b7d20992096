import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runCli } from "./cli_command.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { DENO_OPTIONS, ETL, FIXTURES, packedBundle } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

let recorded: Promise<string> | undefined;

/** Writes a recording of the example's run, which is made once for all tests. */
async function recordEtl(folder: TemporaryFolder): Promise<string> {
  const file = `${folder.path}/etl.jsonl`;
  recorded ??= recordRun();
  await Deno.writeTextFile(file, await recorded);
  return file;
}

async function recordRun(): Promise<string> {
  await using folder = await TemporaryFolder.create();
  const file = `${folder.path}/etl.jsonl`;
  const options = ["--json", "--max-wait=0", `--fixtures=${FIXTURES}`, `--record=${file}`];
  const { code, stderr } = await runCli("dev", ...DENO_OPTIONS, ...options, ETL);
  assertEquals(code, 0, stderr);
  return await Deno.readTextFile(file);
}

/** Writes a changed copy of the example's module. */
async function changed(folder: TemporaryFolder, from: string, to: string): Promise<string> {
  const path = `${folder.path}/changed.ts`;
  const text = await Deno.readTextFile(ETL);
  assertStringIncludes(text, from);
  await Deno.writeTextFile(path, text.replace(from, to));
  return path;
}

Deno.test("replay: exits with 0 when the module did not change", async () => {
  await using folder = await TemporaryFolder.create();
  const file = await recordEtl(folder);
  assert(!(await Deno.readTextFile(file)).includes('"secret"'), "the password");
  const module = await runCli("replay", ...DENO_OPTIONS, file, ETL);
  assertEquals([module.code, module.stderr], [0, ""]);
  assertEquals(module.stdout.split("\n"), [
    "extract, try 1: no difference in 5 requests; 1 value varies between runs",
    "transform, try 1: no difference in 2 requests; 1 value varies between runs",
    "transform, try 2: no difference in 3 requests; 1 value varies between runs",
    "audit, try 1: no difference in 1 request; 1 value varies between runs",
    "",
  ]);
});

Deno.test({
  name: "replay: exits with 0 when a bundle replays the recording of its module",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const file = await recordEtl(folder);
    const bundle = `${folder.path}/etl.min.mjs`;
    await packedBundle(bundle, ETL, "--form=node");
    const packed = await runCli("replay", ...DENO_OPTIONS, "--json", file, bundle);
    assertEquals(packed.code, 0, packed.stderr);
    const { same, runs } = JSON.parse(packed.stdout);
    assertEquals([same, runs.length, runs[0].task, runs[0].compared], [true, 4, "extract", 5]);
  },
});

Deno.test({
  name: "replay: exits with 1 and prints the first difference when a handler changed",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const file = await recordEtl(folder);
    const value = await changed(folder, "[3, 5, 34]", "[3, 6, 34]");
    const shown = await runCli("replay", ...DENO_OPTIONS, "--task=extract", file, value);
    assertEquals(shown.code, 1, shown.stderr);
    assertEquals(
      shown.stdout,
      "extract, try 1: request 4 (SetXCom) differs at value.rows[1]\n" +
        "  recorded  5\n  replayed  6\n",
    );
    const request = await changed(folder, 'variables.get("since"', 'variables.get("until"');
    const json = await runCli("replay", ...DENO_OPTIONS, "--json", "--task=extract", file, request);
    assertEquals(json.code, 1, json.stderr);
    assertEquals(JSON.parse(json.stdout).runs[0].difference, {
      request: 3,
      type: "GetVariable",
      path: "key",
      recorded: "since",
      replayed: "until",
    });
  },
});

Deno.test({
  name: "replay: reports missing and new requests",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const file = await recordEtl(folder);
    const throws = await changed(folder, "const warehouse =", 'throw new Error("no");\nconst x =');
    const fewer = await runCli("replay", ...DENO_OPTIONS, "--json", "--task=extract", file, throws);
    const { request, path, recorded, replayed } = JSON.parse(fewer.stdout).runs[0].difference;
    assertEquals([request, path, recorded, replayed], [2, "type", "GetConnection", "TaskState"]);
    const asks = await changed(
      folder,
      "ctx.log.warn(",
      'await ctx.xcoms.pull("transform");\nctx.log.warn(',
    ).then(async (module) => {
      await Deno.writeTextFile(
        module,
        (await Deno.readTextFile(module)).replace('"audit", (_args', '"audit", async (_args'),
      );
      return module;
    });
    const more = await runCli("replay", ...DENO_OPTIONS, "--json", "--task=audit", file, asks);
    const difference = JSON.parse(more.stdout).runs[0].difference;
    assertEquals([difference.request, difference.replayed], [1, "GetXCom"]);
  },
});

Deno.test("replay: exits with 2 when the usage is invalid or the file is not a recording", async () => {
  await using folder = await TemporaryFolder.create();
  const text = `${folder.path}/text`;
  await Deno.writeTextFile(text, "no recording\n");
  const newer = `${folder.path}/newer`;
  await Deno.writeTextFile(newer, '{"kind":"start","run":"a","ms":0,"recording":99,"time":""}\n');
  for (
    const [args, reason] of [
      [[], "an argument is missing"],
      [[`${folder.path}/none`, ETL], 'cannot read "'],
      [[text, ETL], "line 1 is not a line of a recording"],
      [[newer, ETL], "version 99"],
      [["--frob", text, ETL], "option --frob does not exist"],
    ] as const
  ) {
    const { code, stderr, stdout } = await runCli("replay", ...args);
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, reason);
  }
});
