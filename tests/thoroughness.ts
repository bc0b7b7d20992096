/** True if slow tests are skipped; `scripts/test` without `--quick` runs them. */
export const isQuick: boolean = Deno.env.get("TEST_THOROUGHLY") !== "1";
