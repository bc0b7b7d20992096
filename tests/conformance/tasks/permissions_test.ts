// Permissions that a bundle does not declare, under real Airflow: the task fails, and its log has the
// line to add.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedLaunches } from "../harness/launches.ts";
import { removeFolder } from "../harness/temp_dir.ts";

const TESTDATA = new URL("../../cli/testdata/", import.meta.url);

const LAUNCHES = sharedLaunches();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-permissions-" });
  await packBundle(new URL("least.ts", TESTDATA), `${root}/least/bundle`);
  await packBundle(new URL("granted.ts", TESTDATA), `${root}/granted/bundle`);
});

Deno.test.afterAll(() => removeFolder(root));

const DENIED = {
  read: 'no permission for read access to "/etc/passwd"; add read: ["/etc/passwd"]',
  net: 'no permission for net access to "127.0.0.1:8899"; add net: ["127.0.0.1:8899"]',
  run: 'no permission for run access to "/bin/true"; add run: ["/bin/true"]',
};

for (const launch of LAUNCHES) {
  const { name: launched } = launch;
  for (const [task_id, message] of Object.entries(DENIED)) {
    Deno.test(`permissions, ${launched}: denies ${task_id}, which the bundle does not declare`, async () => {
      const result = await launch.airflow().runTask({
        bundle_root: `${root}/least`,
        dag_id: "runtime",
        task_id,
        max_tries: 3,
      });
      assertEquals([result.state, result.exit_code], ["failed", 0], JSON.stringify(result.log));
      const log = JSON.stringify(result.log).replaceAll('\\"', '"');
      assertStringIncludes(log, `Cannot run runtime.${task_id}: it has ${message}`);
    });
  }

  Deno.test(`permissions, ${launched}: allows reads that the bundle declares`, async () => {
    const { state, xcoms } = await launch.airflow().runTask({
      bundle_root: `${root}/granted`,
      dag_id: "runtime",
      task_id: "read",
    });
    assertEquals(state, "success");
    assert(xcoms.some(({ value }) => value === true));
  });
}
