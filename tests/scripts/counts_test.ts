import { assertEquals } from "@std/assert";
import { counts, NONE } from "../../scripts/gate/counts.ts";

/** As `deno test --junit-path` writes it: one suite with every outcome, one without a test. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.01">
  <testsuite name="./a_test.ts" tests="4" disabled="0" errors="0" failures="1">
    <testcase name="a &lt;skipped" time="0.001"></testcase>
    <testcase name="b" time="0.001"></testcase>
    <testcase name="c" time="0.000"><skipped/></testcase>
    <testcase name="d" time="0.001"><failure message="no">no</failure></testcase>
  </testsuite>
  <testsuite name="./b_test.ts" tests="0" disabled="0" errors="0" failures="0"/>
</testsuites>`;

Deno.test("counts: reads every outcome of a report", () => {
  assertEquals(counts(REPORT, false), { passed: 2, failed: 1, skipped: 1 });
});

Deno.test("counts: counts one failure when a run fails without a failed test", () => {
  assertEquals(counts("", false), { ...NONE, failed: 1 });
  const green = REPORT.replaceAll('failures="1"', 'failures="0"').replace(/<failure.*failure>/, "");
  assertEquals(counts(green, false), { passed: 3, failed: 1, skipped: 1 });
  assertEquals(counts(green, true), { passed: 3, failed: 0, skipped: 1 });
});
