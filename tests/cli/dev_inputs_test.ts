import { assertEquals, assertStringIncludes } from "@std/assert";
import { MODULE_OPTIONS, moduleText } from "./author_module.ts";
import { runCli } from "./cli_command.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { ETL } from "./packed.ts";

/** Runs the task of a module next to some files; returns the result or stderr. */
async function runWith(
  body: string,
  files: Readonly<Record<string, string>>,
  ...options: string[]
): Promise<{ code: number; value: unknown; stderr: string }> {
  await using folder = await TemporaryFolder.create();
  for (const [name, text] of Object.entries({ "main.ts": moduleText(body), ...files })) {
    await Deno.writeTextFile(`${folder.path}/${name}`, text);
  }
  const named = options.map((option) => option.replace("DIR", folder.path));
  const { code, stdout, stderr } = await runCli(
    "dev",
    "--json",
    ...MODULE_OPTIONS,
    ...named,
    `${folder.path}/main.ts`,
  );
  return {
    code,
    stderr: stderr.replaceAll(folder.path, "DIR"),
    value: stdout === "" ? undefined : JSON.parse(stdout).tasks[0].returnValue,
  };
}

const READ = `const db = await ctx.connections.get("My_db");
  return [db.host, db.password, await ctx.variables.get("since"), Deno.env.get("GREETING") ?? null,
    Deno.env.get("AIRFLOW_VAR_SINCE") ?? null];`;

Deno.test("dev: reads .env next to the program for the supervisor and the tasks", async () => {
  const { value, stderr } = await runWith(READ, {
    ".env": "# comment\nexport AIRFLOW_CONN_MY_DB='postgres://me:p%23w@db/x'\n" +
      'AIRFLOW_VAR_SINCE="2026-01-01"\nGREETING=hello\n',
  });
  assertEquals(value, ["db", "p#w", "2026-01-01", "hello", null], stderr);
});

Deno.test("dev --env-file: reads another file, which overrides the fixtures", async () => {
  const { value, stderr } = await runWith(
    READ,
    {
      ".env": "AIRFLOW_VAR_SINCE=not read",
      "staging.env": "AIRFLOW_VAR_SINCE=from the file",
      "dev.json": '{"connections":{"My_db":"http://fixed"},"variables":{"since":"fixed"}}',
    },
    "--env-file=DIR/staging.env",
    "--fixtures=DIR/dev.json",
  );
  assertEquals(value, ["fixed", null, "from the file", null, null], stderr);
});

Deno.test("dev --env-file: fails when the file does not exist or a connection is not valid", async () => {
  const missing = await runWith("", {}, "--env-file=DIR/none.env");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, 'error: Cannot read "DIR/none.env": ');
  const wrong = await runWith("", { ".env": "AIRFLOW_CONN_DB=db.example" });
  assertEquals(wrong.code, 1);
  assertStringIncludes(
    wrong.stderr,
    "error: Cannot read connection AIRFLOW_CONN_DB: expected a URI",
  );
});

Deno.test("dev --fixtures: reads YAML with anchors and merges", async () => {
  const { value, stderr } = await runWith(
    `return [await ctx.variables.get("since"), await ctx.xcoms.pull("up"),
      (await ctx.connections.get("b")).login, (await ctx.connections.get("b")).port];`,
    {
      "dev.yaml": `# comments are welcome
connections:
  a: &base { conn_type: http, host: h, login: me }
  b:
    <<: *base
    port: 80
variables:
  since: 2026-01-01   # no date, but the text
xcoms:
  up:
    return_value:
      text: |
        two
        lines
      truth: [yes, true, null, 1.5, 0x10]
`,
    },
    "--fixtures=DIR/dev.yaml",
  );
  const truth = ["yes", true, null, 1.5, 16];
  assertEquals(value, ["2026-01-01", { text: "two\nlines\n", truth }, "me", 80], stderr);
});

for (
  const [text, message] of [
    ["a: [", "Cannot read the fixtures: Flow sequence"],
    ["tasks: {t: {retries: .nan}}", "Cannot read the fixtures: NaN has no form in JSON"],
    ["xcoms: &x {a: *x}", "Cannot read the fixtures: "],
    [
      "tasks: {t: {retries: many}}",
      "Cannot read the fixtures at tasks.t.retries: expected a whole",
    ],
    ["a: 1\na: 2", "Cannot read the fixtures: Map keys must be unique"],
    [
      "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n" +
      "d: [*c,*c,*c,*c,*c,*c,*c,*c]",
      "Cannot read the fixtures: Excessive alias count",
    ],
  ] as const
) {
  Deno.test(`dev --fixtures: refuses the YAML ${JSON.stringify(text.slice(0, 40))}`, async () => {
    const { code, stderr } = await runWith("", { "f.yml": text }, "--fixtures=DIR/f.yml");
    assertEquals(code, 1);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

Deno.test("dev --events: prints one line of JSON for each event and for the result", async () => {
  const { code, stdout, stderr } = await runCli(
    ...["dev", "--events", "--task=audit", ...MODULE_OPTIONS, ETL],
  );
  assertEquals([code, stderr], [1, ""]);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const kinds = events.filter(({ type }) => type !== "log").map((
    { type, taskId, request, state },
  ) => [type, taskId, request ?? state]);
  assertEquals(kinds, [
    ["task-started", "audit", undefined],
    ["request", "audit", "TaskState"],
    ["task-ended", "audit", "failed"],
    ["dag-run-ended", undefined, undefined],
  ]);
  assertEquals(events.find(({ type }) => type === "log").record.event, "about to fail on purpose");
});
