// The object store under real Airflow: a packed bundle, a connection from Airflow, and only the
// permissions that the bundle declares.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { S3Server } from "../../object_store/s3_server.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import type { JsonObject, TaskResult } from "../harness/task_run.ts";
import { removeFolder } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

const TESTDATA = new URL("../testdata/", import.meta.url);

const airflow = sharedHarnesses();
let root = "";
let server: S3Server;

Deno.test.beforeAll(async () => {
  server = await S3Server.start();
  root = await Deno.makeTempDir({ prefix: "airflow-object-store-" });
  await packBundle(new URL("object_store.ts", TESTDATA), `${root}/granted/bundle`);
  await packBundle(new URL("object_store_denied.ts", TESTDATA), `${root}/denied/bundle`);
});

Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await removeFolder(root);
});

function run(version: AirflowVersion, folder: string, task_id: string): Promise<TaskResult> {
  const { extra, ...fields } = server.connection();
  const connection: JsonObject = { ...fields, extra: JSON.stringify(extra) };
  return airflow(version).runTask({
    bundle_root: `${root}/${folder}`,
    dag_id: "store",
    task_id,
    connections: { s3: connection },
  });
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`object store under ${version}: stores objects in S3 with a connection from Airflow [capability.object-store]`, async () => {
    const { state, xcoms, log } = await run(version, "granted", "keep");
    assertEquals(state, "success", JSON.stringify(log));
    assertEquals(xcoms.map(({ value }) => value), [{
      listed: ["s3://s3@airflow/reports/größe 1+1.txt"],
      size: 17 * 2 ** 20,
      part: "AAA",
    }]);
  });

  Deno.test(`object store under ${version}: masks the secret of its S3 connection`, async () => {
    const { state, log } = await run(version, "granted", "tell");
    assertEquals(state, "success", JSON.stringify(log));
    assertStringIncludes(JSON.stringify(log), "the key is ***");
    assertEquals(JSON.stringify(log).includes(server.key.secret), false);
  });

  Deno.test(`object store under ${version}: logs the missing permission for its S3 host`, async () => {
    const { state, log } = await run(version, "denied", "read");
    assertEquals(state, "failed");
    const host = new URL(server.endpoint).host;
    assertStringIncludes(JSON.stringify(log).replaceAll('\\"', '"'), `add net: ["${host}"]`);
  });
}
