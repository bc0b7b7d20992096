import { assert, assertEquals } from "@std/assert";
import { parseCapabilities, passedTests, unproven } from "../../scripts/gate/capabilities.ts";

const MATRIX = new URL("../../capabilities.yaml", import.meta.url);

/** Airflow's rows, by tier; those that need no native Dag. */
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

/** Those that are for native Dags only. */
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
  proof: "skips on {airflow}",
};

Deno.test("capabilities.yaml is whole: each row has a tier, and a proof for what it claims", async () => {
  const rows = parseCapabilities(await Deno.readTextFile(MATRIX));
  assert(rows.length > 20);
  assertEquals(new Set(rows.map(({ name }) => name)).size, rows.length, "a name stands twice");
  for (const { name, tier, support, airflow, proof } of rows) {
    assert(["MUST", "SHOULD", "MAY"].includes(tier), name);
    assert(["yes", "no"].includes(support), name);
    assertEquals(support === "yes", proof !== "" && airflow.length > 0, name);
  }
});

Deno.test("capabilities.yaml has the rows of Airflow's rules; what needs no native Dag is a yes", async () => {
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

Deno.test("parseCapabilities() reads rows", () => {
  const yaml =
    '# a comment\nstates:\n  # as a branch\n  skipped:\n    tier: SHOULD\n    support: "yes"\n' +
    '    airflow: ["3.3.2", "3.4.0b2"]\n    proof: "skips on {airflow}"\n';
  assertEquals(parseCapabilities(yaml), [ROW]);
});

Deno.test("unproven() names each claim without a test that passed, by release", () => {
  assertEquals(unproven([ROW], new Set(["skips on 3.3.2", "skips on 3.4.0b2"])), []);
  assertEquals(unproven([ROW], new Set(["skips on 3.3.2"])), [
    'skipped has no proof: no test "skips on 3.4.0b2" has passed',
  ]);
  assertEquals(unproven([{ ...ROW, support: "no" }], new Set()), []);
});

Deno.test("passedTests() leaves out what failed or was skipped", () => {
  const report = `<testsuites><testsuite>
    <testcase name="a &quot;quoted&quot; one" time="1"></testcase>
    <testcase name="short" time="1"/>
    <testcase name="bad" time="1"><failure message="no">x</failure></testcase>
    <testcase name="left out" time="0"><skipped></skipped></testcase>
  </testsuite></testsuites>`;
  assertEquals([...passedTests(report)], ['a "quoted" one', "short"]);
});
