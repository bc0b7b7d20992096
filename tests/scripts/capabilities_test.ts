import { assert, assertEquals } from "@std/assert";
import { parseCapabilities, passedTests, unproven } from "../../scripts/capabilities.ts";

const MATRIX = new URL("../../capabilities.yaml", import.meta.url);
const CONFORMANCE = new URL("../conformance/", import.meta.url);

/** Airflow's rows by tier, without those for native Dags. */
const RULES = {
  MUST: [
    ...["success", "failed", "up_for_retry", "mixed-lang-stub-target", "taskflow-binding"],
    ...["task-logging", "xcom-read-write", "connection-read", "variable-read-write"],
    "self-contained-bundle",
  ],
  SHOULD: ["skipped"],
  MAY: [
    ...["deferred", "up_for_reschedule", "awaiting_input", "removed", "retry-policy"],
    ...["task-state-store", "asset-state-store", "asset-event-emit", "asset-event-read"],
  ],
};

/** Airflow's rows for native Dags. */
const NATIVE_RULES = {
  MUST: ["task-args", "dag-params", "taskflow-dependencies"],
  SHOULD: ["native-dag-authoring", "branching", "dag-test"],
  MAY: [
    ...["task-group", "dynamic-task-mapping", "asset-inlets-outlets", "asset-scheduling"],
    "object-store",
  ],
};

const ROW = {
  name: "skipped",
  tier: "SHOULD",
  support: "yes",
  airflow: ["3.3.2", "3.4.0b2"],
};

async function sources(folder: URL): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) texts.push(...await sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) texts.push(await Deno.readTextFile(new URL(name, folder)));
  }
  return texts;
}

Deno.test("capabilities.yaml: each row has a name of its own, a tier and releases", async () => {
  const rows = parseCapabilities(await Deno.readTextFile(MATRIX));
  assert(rows.length > 20);
  assertEquals(new Set(rows.map(({ name }) => name)).size, rows.length, "two rows of one name");
  for (const { name, tier, support, airflow } of rows) {
    assert(["MUST", "SHOULD", "MAY"].includes(tier), name);
    assert(["yes", "no"].includes(support), name);
    assertEquals(support === "yes", airflow.length > 0, name);
  }
});

Deno.test("capabilities.yaml: the tests have the ids of its rows, and no others", async () => {
  const rows = parseCapabilities(await Deno.readTextFile(MATRIX));
  const claimed = rows.filter(({ support }) => support === "yes").map(({ name }) => name);
  const ids = (await sources(CONFORMANCE)).flatMap((text) =>
    Array.from(text.matchAll(/["[]capability\.([\w-]+)["\]]/g), ([, id = ""]) => id)
  );
  assertEquals([...new Set(ids)].sort(), claimed.sort());
});

Deno.test("capabilities.yaml: has Airflow's rows and supports those that need no native Dag", async () => {
  const rows = parseCapabilities(await Deno.readTextFile(MATRIX));
  const of = (name: string) => rows.find((row) => row.name === name);
  for (const [tier, names] of Object.entries(RULES)) {
    for (const name of names) {
      assertEquals([of(name)?.tier, of(name)?.support], [tier, "yes"], name);
    }
  }
  for (const [tier, names] of Object.entries(NATIVE_RULES)) {
    for (const name of names) assertEquals(of(name)?.tier, tier, name);
  }
});

Deno.test("parseCapabilities: reads rows", () => {
  const yaml =
    '# a comment\nstates:\n  # as a branch\n  skipped:\n    tier: SHOULD\n    support: "yes"\n' +
    '    airflow: ["3.3.2", "3.4.0b2"]\n';
  assertEquals(parseCapabilities(yaml), [ROW]);
});

Deno.test("unproven: lists each claim without a passed test, by release", () => {
  const titles = ["3.3.2: skips [capability.skipped]", "3.4.0b2: skips [capability.skipped]"];
  assertEquals(unproven([ROW], titles), []);
  assertEquals(unproven([ROW], titles.slice(0, 1)), [
    "No test with [capability.skipped] in its title passed under 3.4.0b2",
  ]);
  assertEquals(unproven([{ ...ROW, support: "no" }], []), []);
});

Deno.test("passedTests: omits tests that failed or were skipped", () => {
  const report = `<testsuites><testsuite>
    <testcase name="a &quot;quoted&quot; one" time="1"></testcase>
    <testcase name="short" time="1"/>
    <testcase name="bad" time="1"><failure message="no">x</failure></testcase>
    <testcase name="left out" time="0"><skipped></skipped></testcase>
  </testsuite></testsuites>`;
  assertEquals(passedTests(report), ['a "quoted" one', "short"]);
});
