import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { isAtLeast } from "../../src/bundle/deno_command.ts";
import { runCli } from "./cli_command.ts";
import { ETL, pack, packedBundle } from "./packed.ts";
import { runTask } from "../runtime/run_task.ts";
import { isQuick } from "../thoroughness.ts";

const TASKS = ["extract", "transform", "audit"];

Deno.test("pack: makes a thin bundle and prints the same description as inspect", async () => {
  await using folder = await TemporaryFolder.create();
  const out = `${folder.path}/bundles/etl`;
  const packed = await pack("--out", out, ETL);
  assertEquals([packed.code, packed.stderr], [0, `packing ${ETL}\n`]);
  assertMatch(packed.stdout, /^bundle {3}.*\/bundles\/etl\nform {5}thin\nsize {5}\d+ bytes\n/);
  assertStringIncludes(packed.stdout, "dag etl  extract, transform, audit\n");
  const inspected = await runCli("inspect", out);
  assertEquals([inspected.code, inspected.stdout, inspected.stderr], [0, packed.stdout, ""]);
});

Deno.test({
  name: "pack --form=node: makes a node bundle with its source",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const out = `${folder.path}/etl.min.mjs`;
    const packed = await pack("--form=node", "--embed-source", "--json", "--out", out, ETL);
    assertEquals(packed.code, 0, packed.stderr);
    const inspected = await runCli("inspect", "--json", out);
    assertEquals([inspected.code, inspected.stdout, inspected.stderr], [0, packed.stdout, ""]);
    assertEquals(inspected.stdout.split("\n").length, 2, "one line, for a pipe");
    const { path, form, dags, sourceSize, sdk } = JSON.parse(inspected.stdout);
    assertEquals([path, form, dags], [out, "node", { etl: { tasks: TASKS } }]);
    assertEquals(sourceSize, (await Deno.stat(ETL)).size);
    assertEquals(sdk.language, "typescript");
  },
});

Deno.test({
  name: "pack --out: writes the bundles of several modules to a folder",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const copy = `${folder.path}/nightly.ts`;
    await Deno.copyFile(ETL, copy);
    const out = `${folder.path}/out`;
    const { code, stdout, stderr } = await pack("--json", "--out", out, ETL, copy);
    assertEquals(code, 0, stderr);
    const paths = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).path);
    assertEquals(paths, [`${out}/main`, `${out}/nightly`]);
  },
});

Deno.test("pack --minify: makes a smaller bundle that runs; --analyze prints the sizes", async () => {
  await using folder = await TemporaryFolder.create();
  const entry = `${folder.path}/main.ts`;
  await Deno.writeTextFile(
    entry,
    'import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";\n' +
      "class Open implements Disposable { is = true; [Symbol.dispose]() { this.is = false; } }\n" +
      "function opened() { const open = new Open(); function get() { using file = open; return file.is; }\n" +
      "  return [get(), open.is, open.constructor.name]; }\n" +
      'await new Bundle().register(new TaskHandler("d", "t", opened)).serve();\n',
  );
  const [whole, small] = [`${folder.path}/whole`, `${folder.path}/small`];
  assertEquals((await pack("--out", whole, entry)).code, 0);
  const { code, stderr } = await pack("--minify", "--analyze", "--out", small, entry);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /kB {2}main\.ts\n[^]* kB {2}total\n$/);
  const [before, after] = [await Deno.stat(whole), await Deno.stat(small)];
  assert(after.size < before.size * 0.75, `${after.size} of ${before.size} bytes`);
  const env = { AIRFLOW_TASK_RUNTIME: Deno.execPath() };
  const ran = await runTask("t", { dagId: "d", command: [small], env });
  assertEquals([ran.state, ran.returned], ["success", [true, false, "Open"]]);
});

Deno.test({
  name: "pack --self-contained: fails with the required version when Deno is too old",
  ignore: isAtLeast(Deno.version.deno, "2.9.2"),
  async fn() {
    await using folder = await TemporaryFolder.create();
    const { code, stdout, stderr } = await pack(
      "--self-contained",
      `--out=${folder.path}/etl`,
      ETL,
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(
      stderr,
      `Cannot pack a self-contained bundle with Deno ${Deno.version.deno}`,
    );
    assertStringIncludes(stderr, "use Deno 2.9.2 or newer (--deno PATH), or pack a thin bundle");
    assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
  },
});

Deno.test("pack: exits with 1 and one line on stderr when it fails", async () => {
  await using folder = await TemporaryFolder.create();
  const broken = `${folder.path}/broken.ts`;
  await Deno.writeTextFile(broken, "export const x = 1;\n");
  for (
    const [args, reason] of [
      [["/no/such/module.ts"], "Cannot pack /no/such/module.ts: there is no such file"],
      [["--out", `${broken}/below/a/file`, ETL], "Not a directory"],
      [["--out", `${folder.path}/x`, broken], "did not name its Dags"],
    ] as const
  ) {
    const { code, stdout, stderr } = await pack(...args);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^packing .*\nerror: /);
    assertStringIncludes(stderr, reason);
    assert(!stderr.includes("src/bundle"), "no stack of ours");
  }
});

Deno.test("inspect: exits with 1 when Airflow would reject the bundle", async () => {
  await using folder = await TemporaryFolder.create();
  const whole = `${folder.path}/etl`;
  await packedBundle(whole, ETL);
  const bytes = await Deno.readFile(whole);
  const flipped = bytes.slice();
  flipped[5000] = (flipped[5000] ?? 0) ^ 1;
  const damages: [name: string, content: Uint8Array, reason: string][] = [
    ["cut", bytes.subarray(0, -1), "it has no bundle trailer"],
    ["changed", flipped, "its executable region has SHA-256"],
    ["empty", new Uint8Array(), "it has no bundle trailer"],
  ];
  for (const [name, content, reason] of damages) {
    const path = `${folder.path}/${name}`;
    await Deno.writeFile(path, content);
    for (const flags of [[], ["--json"]]) {
      const { code, stdout, stderr } = await runCli("inspect", ...flags, path);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, `error: Cannot read bundle ${path}: ${reason}`);
    }
  }
});
