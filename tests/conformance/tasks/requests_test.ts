// Each message that a task can send, under Airflow's real supervise_task(): one row of
// request_table.ts for each, sent through the author's API.

import { assert, assertEquals, assertObjectMatch, assertStringIncludes } from "@std/assert";
import { pack } from "../../../src/bundle/pack.ts";
import type { SchemaVersion } from "../../../src/protocol/generated.ts";
import { isPlainObject } from "../../../src/values.ts";
import { configArgs } from "../../author_command.ts";
import { golden } from "../../protocol/golden.ts";
import { proof } from "../harness/proof.ts";
import { REQUESTS, type SentRow, WORLD } from "./request_table.ts";
import { type Step, writeScriptedBundle } from "../harness/scripted_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import type { ApiCall, Json, TaskResult } from "../harness/task_run.ts";
import { removeFolder, TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

// Airflow's default of 5 seconds would delay the kill of a blocked task.
const airflow = sharedHarnesses({ settings: { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "1" } });
const ENTRY = new URL("../../runtime/testdata/requests.ts", import.meta.url).pathname;
const DATES: Readonly<Record<AirflowVersion, readonly SchemaVersion[]>> = {
  "3.3.2": ["2026-06-16"],
  "3.4.0b2": ["2026-06-16", "2026-10-30"],
};
/** The calls of every run, and of the task that sends most. */
const OTHER_CALLS = [
  "PATCH task-instances/TI/run",
  "PUT task-instances/TI/heartbeat",
  "POST xcoms/runtime/RUN/asks/return_value?map_index=0",
  "POST xcoms/runtime/RUN/asks/skipmixin_key?map_index=0",
];
const END = { type: "SucceedTask", end_date: "$now", task_outlets: [], outlet_events: [] };
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-requests-" });
  const [, config] = configArgs();
  await Promise.all(
    DATES["3.4.0b2"].map((schema) =>
      pack({ entry: ENTRY, out: `${root}/${schema}/runtime`, schema, config })
    ),
  );
});

Deno.test.afterAll(() => removeFolder(root));

const runs = new Map<string, Promise<TaskResult>>();

/** Runs a task, once for all its rows. */
function run(version: AirflowVersion, schema: SchemaVersion, task_id: string): Promise<TaskResult> {
  const name = `${version} ${schema} ${task_id}`;
  const known = runs.get(name);
  if (known !== undefined) return known;
  const result = airflow(version).runTask({
    bundle_root: `${root}/${schema}`,
    dag_id: "runtime",
    task_id,
    max_tries: 1,
    ...WORLD,
  });
  runs.set(name, result);
  return result;
}

/** Returns method, path and query, with names instead of ids. */
function textOf({ method, path, query }: ApiCall, ti_id: string): string {
  const pairs = Object.entries(query).sort().map(([name, value]) => `${name}=${value}`);
  return `${method} ${path}${pairs.length > 0 ? "?" : ""}${pairs.join("&")}`
    .replaceAll(ti_id, "TI")
    .replaceAll("manual__2026-01-01T00:00:00+00:00", "RUN");
}

const ROWS = Object.entries(REQUESTS);
const SENT = ROWS.flatMap(([name, row]) => "call" in row ? [{ name, row }] : []);
const UNSENT = ROWS.flatMap(([name, row]) => "unsent" in row ? [{ name, row }] : []);

function checkCall({ call, body }: SentRow, { api_calls, ti_id }: TaskResult): void {
  if (call === null) return;
  const calls = api_calls.filter((one) => textOf(one, ti_id) === call);
  assertEquals(calls.length, 1, `${call} in ${api_calls.map((one) => textOf(one, ti_id))}`);
  const [{ status, body: sent } = { status: 0, body: null }] = calls;
  assert(status >= 200 && status < 300, `${call} was answered ${status}`);
  if (isPlainObject(body) && isPlainObject(sent)) assertObjectMatch(sent, body);
  else if (body !== undefined) assertEquals(sent, body);
}

/** Returns the author's result of the request `name`. */
function given({ xcoms }: TaskResult, name: string): Json | undefined {
  const all = xcoms.find(({ task_id, key }) => task_id === "asks" && key === "return_value")?.value;
  assert(isPlainObject(all));
  return all[name];
}

Deno.test("request table: has a row for each message that a task can send", () => {
  assertEquals(Object.keys(REQUESTS).sort(), golden.to_supervisor_members.toSorted());
});

for (const version of AIRFLOW_VERSIONS) {
  for (const schema of DATES[version]) {
    const rows = SENT.filter(({ row: { since = schema } }) => since === schema);
    for (const { name, row } of rows) {
      Deno.test(`${name} of ${schema} under ${version}: reaches the Execution API${proof(row.id)}`, async () => {
        const { task = "asks", state = "success", gives = null, log = "" } = row;
        const result = await run(version, schema, task);
        assertEquals([result.state, result.error], [state, null], JSON.stringify(result.log));
        checkCall(row, result);
        if (task === "asks") assertEquals(given(result, name), gives);
        assertStringIncludes(JSON.stringify(result.log), log);
      });
    }

    Deno.test(`requests of ${schema} under ${version}: make no other calls`, async () => {
      const known = new Set([...OTHER_CALLS, ...rows.map(({ row }) => row.call)]);
      const { api_calls, ti_id } = await run(version, schema, "asks");
      const others = api_calls.map((call) => textOf(call, ti_id)).filter((call) =>
        !known.has(call)
      );
      assertEquals(others, []);
    });
  }

  for (const { name, row: { unsent, message, answer } } of UNSENT) {
    Deno.test(`${name} under ${version}: has no author API, since ${unsent}`, async () => {
      await using folder = await TempDir.make();
      // The peer itself logs an error.
      const steps: Step[] = [
        { request: message },
        { log: { level: "info", event: "body", reply: "$body" } },
        { request: END },
        { exit: 0 },
      ];
      const where = { dag_id: "d", task_id: "sends" };
      await writeScriptedBundle(folder.path, version, { dagId: "d", tasks: { sends: steps } });
      const { state, log } = await airflow(version).runTask({ bundle_root: folder.path, ...where });
      assertEquals(state, "success");
      assertStringIncludes(JSON.stringify(log.map(({ reply }) => reply)), answer);
    });
  }
}
