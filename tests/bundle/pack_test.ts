import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { checkCanAppend } from "../../src/bundle/self_contained.ts";
import { isAtLeast } from "../../src/bundle/deno_command.ts";
import { outputPath, pack } from "../../src/bundle/pack.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { METADATA, run, testdata } from "./bundle_parts.ts";

Deno.test("pack(): makes a thin bundle that runs from a module with imports and types", async () => {
  await using folder = await TemporaryFolder.create();
  const out = folder.join("bundles/etl");
  const found = await pack({ entry: testdata("main.ts"), out });
  assertEquals([found.form, found.executable], ["thin", true]);
  assertEquals([found.sdk, found.dags, found.source], [METADATA.sdk, METADATA.dags, "main.ts"]);
  // No temporary file stays in the folder, which Airflow scans.
  assertEquals((await Array.fromAsync(Deno.readDir(folder.join("bundles")))).length, 1);
  await Deno.writeTextFile(
    folder.join("bundles/airflow-task-runtime"),
    `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet --no-config --ext=js "$@"\n`,
    { mode: 0o755 },
  );
  const { stdout, stderr } = await run(out, ["--comm=a:1"]);
  assertEquals([stdout, stderr], ["ran WarehouseError 42 --comm=a:1\n", ""]);
});

Deno.test("pack(): makes a node bundle with its source by the author's configuration", async () => {
  await using folder = await TemporaryFolder.create();
  await Deno.mkdir(folder.join("dags"));
  await Deno.writeTextFile(
    folder.join("deno.json"),
    JSON.stringify({ imports: { "author/": `${testdata("")}` } }),
  );
  await Deno.writeTextFile(folder.join("dags/etl.ts"), 'import "author/main.ts";\n');
  const found = await pack({
    entry: folder.join("dags/etl.ts"),
    form: "node",
    out: folder.join("etl.min.mjs"),
    schema: "2026-10-30",
    embedSource: true,
  });
  assertEquals(found.form, "node");
  assertEquals(found.sdk.supervisorSchemaVersion, "2026-10-30");
  assertEquals([found.source, found.entrypointPath], ["etl.ts", "etl.ts"]);
  assertEquals(found.sourceSize, 25);
});

Deno.test("pack(): makes the same bytes from the same sources in another folder", async () => {
  await using one = await TemporaryFolder.create();
  await using other = await TemporaryFolder.create();
  for (const form of ["thin", "node"] as const) {
    const digests = [];
    for (const folder of [one.join("a"), other.join("somewhere/else")]) {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.copyFile(testdata("main.ts"), `${folder}/main.ts`);
      await Deno.copyFile(testdata("rows.ts"), `${folder}/rows.ts`);
      const out = `${folder}/bundle${form === "node" ? ".min.mjs" : ""}`;
      await pack({ entry: `${folder}/main.ts`, form, out, embedSource: form === "node" });
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(out));
      digests.push(new Uint8Array(digest).toHex());
    }
    assertEquals(digests[0], digests[1], form);
  }
});

Deno.test("pack(): keeps a `using` whose variable is used only once", async () => {
  await using folder = await TemporaryFolder.create();
  const entry = folder.join("main.ts");
  // esbuild would inline the variable when it minifies, and nothing would be closed.
  await Deno.writeTextFile(
    entry,
    `import "${testdata("main.ts")}";
class File {
  static open = () => new File();
  read = () => "read";
  [Symbol.dispose](): void {
    console.log("closed");
  }
}
function read(): string {
  using file = File.open();
  return file.read();
}
if (!Deno.args.includes("--airflow-metadata")) console.log(read());
`,
  );
  for (const form of ["thin", "node"] as const) {
    const out = folder.join(form === "thin" ? "etl" : "etl.min.mjs");
    await pack({ entry, form, out });
    const { stdout } = await run(Deno.execPath(), ["run", "--quiet", "--ext=js", out]);
    assertEquals(stdout.split("\n").slice(-3), ["closed", "read", ""], form);
  }
});

Deno.test("pack(): keeps the author's lines in stack traces", async () => {
  await using folder = await TemporaryFolder.create();
  await Deno.writeTextFile(
    folder.join("main.ts"),
    `import "${testdata("main.ts")}";\n\n` +
      `if (!Deno.args.includes("--airflow-metadata")) {\n  throw new RangeError("here");\n}\n`,
  );
  for (const form of ["thin", "node"] as const) {
    const out = folder.join(form === "thin" ? "etl" : "etl.min.mjs");
    await pack({ entry: folder.join("main.ts"), form, out });
    assertEquals((await Deno.readTextFile(out)).includes(folder.path), false);
    const { stderr } = await run(Deno.execPath(), ["run", "--quiet", "--ext=js", out], {
      env: { NO_COLOR: "1" },
    });
    assert(stderr.includes("RangeError: here"), stderr);
    assert(stderr.includes("main.ts:4:9"), stderr);
  }
});

Deno.test("pack(): names the cause and keeps the existing file when a module cannot be packed", async () => {
  await using folder = await TemporaryFolder.create();
  const out = folder.join("etl");
  await Deno.writeTextFile(out, "as before");
  const report = (dags: unknown): string =>
    `console.log(${
      JSON.stringify(JSON.stringify({
        sdk: { language: "typescript", version: "1", supervisor_schema_version: "2026-06-16" },
        dags,
      }))
    });`;
  for (
    const [name, code, reason] of [
      ["syntax", "const x = ;", "Expression expected"],
      ["import", 'import "./nowhere.ts";', "nowhere.ts"],
      ["silent", "await 1;", "did not name its Dags"],
      ["throws", 'throw new Error("at load");', "at load"],
      ["network", 'await fetch("http://127.0.0.1:8080/");', "--allow"],
      ["no_dag", report({}), "no Dag is registered"],
      ["bad_id", report({ "a b": { tasks: [] } }), 'Cannot use dag_id "a b"'],
      ["no_dags", report(undefined), "no dags mapping"],
    ] as const
  ) {
    const entry = folder.join(`${name}.ts`);
    await Deno.writeTextFile(entry, code);
    const error = await assertRejects(() => pack({ entry, out }), TaskRuntimeError, reason);
    assertEquals(error.code, "INVALID", name);
    assertEquals(error.message.includes("Stack backtrace"), false);
  }
  assertEquals(await Deno.readTextFile(out), "as before");
});

Deno.test("pack(): hides the environment from the module", async () => {
  await using folder = await TemporaryFolder.create();
  const entry = folder.join("main.ts");
  await Deno.writeTextFile(
    entry,
    'throw new Error(`secret: ${Deno.env.get("AIRFLOW_TEST_SECRET")}`);',
  );
  Deno.env.set("AIRFLOW_TEST_SECRET", "s3cret");
  try {
    const packing = pack({ entry, out: folder.join("x") });
    await assertRejects(() => packing, TaskRuntimeError, "secret: undefined");
  } finally {
    Deno.env.delete("AIRFLOW_TEST_SECRET");
  }
});

Deno.test("pack(): rejects when the module does not finish in time or the signal is aborted", async () => {
  await using folder = await TemporaryFolder.create();
  const entry = folder.join("main.ts");
  await Deno.writeTextFile(entry, "setInterval(() => {}, 1000);");
  const late = await assertRejects(
    () => pack({ entry, out: folder.join("x"), timeout: 300 }),
    TaskRuntimeError,
    "did not name its Dags in time",
  );
  assertEquals(late.code, "TIMEOUT");
  const stopped = await assertRejects(
    () => pack({ entry, out: folder.join("x"), signal: AbortSignal.abort() }),
    TaskRuntimeError,
  );
  assertEquals(stopped.code, "ABORTED");
});

Deno.test("pack(): rejects when options contradict each other", async () => {
  const entry = testdata("main.ts");
  for (
    const [options, reason] of [
      [{ entry, out: "x/airflow-task-runtime" }, "start itself without end"],
      [{ entry, form: "node", out: "x.mjs" }, "ends with .min.mjs"],
      [{ entry, form: "thin", out: "x.min.mjs" }, "that of any other does not"],
      [{ entry, form: "node", runtime: "/x" }, "only a thin bundle"],
      [{ entry, form: "self-contained", embedSource: true }, "does not hold the source"],
      [{ entry, form: "self-contained", minify: true }, "without minify, external and source-map"],
      [{ entry, schema: "today" }, "YYYY-MM-DD"],
      [{ entry: "/no/such.ts" }, "there is no such file"],
      [{ entry, deno: "/no/such/deno" }, "does not start"],
      [{ entry, deno: "/bin/true" }, "is another program"],
    ] as const
  ) await assertRejects(() => pack(options), TaskRuntimeError, reason);
});

Deno.test({
  name: "pack(): rejects a self-contained bundle when Deno is too old",
  ignore: isAtLeast(Deno.version.deno, "2.9.2"),
  async fn() {
    await using folder = await TemporaryFolder.create();
    const error = await assertRejects(
      () => pack({ entry: testdata("main.ts"), form: "self-contained", out: folder.join("x") }),
      TaskRuntimeError,
      `Cannot pack a self-contained bundle with Deno ${Deno.version.deno}`,
    );
    assertEquals(error.code, "UNSUPPORTED");
  },
});

Deno.test("checkCanAppend(): throws before Deno 2.9.2", () => {
  for (const version of ["2.7.11", "2.9.1"]) {
    assertThrows(() => checkCanAppend({ path: "deno", version }), TaskRuntimeError, version);
  }
  for (const version of ["2.9.2", "3.0.0"]) checkCanAppend({ path: "deno", version });
});

Deno.test("pack(): compiles a self-contained bundle and appends its trailer", async () => {
  await using folder = await TemporaryFolder.create();
  // A fake Deno, because a real compile needs a download: it writes a script instead of a binary, and
  // passes all other commands to the Deno of the tests.
  const deno = folder.join("deno");
  await Deno.writeTextFile(
    deno,
    `#!/bin/sh
case $1 in
--version) echo "deno 2.9.2" ;;
compile)
  for arg in "$@"; do
    case $arg in --output=*) out=\${arg#--output=} ;; esac
    entry=$arg
  done
  [ -e "$out" ] && echo "$out exists" >&2 && exit 1
  printf '#!/bin/sh\\nexec "%s" run -q "%s" "$@"\\nexit\\n' '${Deno.execPath()}' "$entry" > "$out"
  ;;
*) exec '${Deno.execPath()}' "$@" ;;
esac
`,
    { mode: 0o755 },
  );
  const out = folder.join("etl");
  const found = await pack({ entry: testdata("main.ts"), form: "self-contained", out, deno });
  assertEquals([found.form, found.executable, found.dags], ["self-contained", true, METADATA.dags]);
  const { stdout, stderr } = await run(out, ["--comm=a:1"]);
  assertEquals([stdout, stderr], ["ran WarehouseError 42 --comm=a:1\n", ""]);
});

Deno.test("outputPath(): returns dist/<entry> by default", () => {
  assertEquals(outputPath("/a/b/etl.ts", "thin"), "dist/etl");
  assertEquals(outputPath("etl.tsx", "node"), "dist/etl.min.mjs");
  assertEquals(outputPath("etl.ts", "thin", "x/y"), "x/y");
});
