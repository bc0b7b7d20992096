import { assertEquals } from "@std/assert";
import { countsOf } from "../../scripts/gate.ts";

Deno.test("countsOf: reads the summary of deno test", () => {
  const counts = { passed: 97, failed: 0, skipped: 15 };
  assertEquals(countsOf("ok | 97 passed (3 steps) | 0 failed | 15 ignored (31s)\n", true), counts);
  assertEquals(countsOf("FAILED | 2 passed | 1 failed (118ms)\n", false), {
    passed: 2,
    failed: 1,
    skipped: 0,
  });
});

Deno.test("countsOf: counts a run without tests as one, also when it fails after its tests", () => {
  assertEquals(countsOf("Checked 3 files\n", true), { passed: 1, failed: 0, skipped: 0 });
  assertEquals(countsOf("", false), { passed: 0, failed: 1, skipped: 0 });
  assertEquals(countsOf("ok | 2 passed | 0 failed (1s)\n", false).failed, 1);
});
