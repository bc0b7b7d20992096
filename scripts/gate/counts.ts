/**
 * How many tests passed, failed and were skipped, from the JUnit report of `deno test`.
 *
 * @module
 */

/** Outcomes of tests and checks. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** No outcome yet. */
export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Both together. */
export function sum(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/**
 * Reads the counts from the report; a run that failed with no failed test, say for its types or a
 * leak at its end, counts as one failure.
 */
export function counts(report: string, success: boolean): Counts {
  let total = NONE;
  for (const [, attributes = "", body = ""] of report.matchAll(SUITE)) {
    const tests = attribute(attributes, "tests");
    const failed = attribute(attributes, "failures") + attribute(attributes, "errors");
    const skipped = (body.match(/<skipped\b/g) ?? []).length;
    total = sum(total, { passed: tests - failed - skipped, failed, skipped });
  }
  return success || total.failed > 0 ? total : { ...total, failed: 1 };
}

const SUITE = /<testsuite ([^>]*?)(?:\/>|>(.*?)<\/testsuite>)/gs;

function attribute(attributes: string, name: string): number {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
}
