/** Whether the tests that take long are left out; `scripts/test` without `--quick` has them all. */
export const isQuick: boolean = Deno.env.get("TEST_THOROUGHLY") !== "1";
