// XComs, arguments, variables and connections under Airflow's real supervisor: the messages that
// reach the Execution API, and their effects. The handlers are those of
// tests/runtime/testdata/xcoms.ts and arguments.ts.

import { assert, assertEquals } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import type { ApiCall, Json, TaskResult, TaskRun, XComRow } from "../harness/task_run.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

const airflow = sharedHarnesses();
let root = "";
let newest = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  newest = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  await packBundle(new URL("../../runtime/testdata/xcoms.ts", import.meta.url), `${root}/xcoms`);
  const called = new URL("../../runtime/testdata/arguments.ts", import.meta.url);
  await packBundle(called, `${newest}/arguments`, "thin", "2026-10-30");
});

Deno.test.afterAll(async () => {
  await Deno.remove(root, { recursive: true });
  await Deno.remove(newest, { recursive: true });
});

function run(
  version: AirflowVersion,
  taskId: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  return airflow(version).runTask({
    bundle_root: root,
    dag_id: "runtime",
    task_id: taskId,
    ...options,
  });
}

/** The task's own return value. */
function returned({ xcoms }: TaskResult, taskId: string): Json | undefined {
  return xcoms.find((row) => row.task_id === taskId && row.key === "return_value")?.value;
}

function xcomCalls({ api_calls }: TaskResult, method: string): ApiCall[] {
  return api_calls.filter((call) => call.method === method && call.path.startsWith("xcoms/"));
}

function form(className: string, version: number, data: Json): Json {
  return { __classname__: className, __version__: version, __data__: data };
}

const python = {
  day: form("datetime.date", 2, "2026-01-02"),
  ids: form("builtins.set", 1, ["a"]),
  row: form("etl.Row", 1, { n: 1 }),
  span: form("datetime.timedelta", 2, 90.5),
};

const mapped: XComRow[] = Array.from({ length: 205 }, (_, index) => ({
  task_id: "mapped",
  map_index: index,
  value: index * 10,
}));

const SECRETS: Partial<TaskRun> = {
  connections: {
    warehouse: {
      conn_type: "postgres",
      host: "db",
      port: 5432,
      login: "etl",
      password: 'p@ss/"word',
      schema: "sales",
      extra: '{"apiKey": "extra-secret"}',
    },
  },
  variables: { api_token: "tok-12345", region: "eu-west" },
};

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`ctx.xcoms under ${version}: sends Python's types`, async () => {
    const result = await run(version, "returns_types");
    assertEquals(result.state, "success");
    assertEquals(returned(result, "returns_types"), {
      at: form("datetime.datetime", 2, {
        timestamp: 1767323045.678,
        tz: form("builtins.tuple", 1, ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true]),
      }),
      day: python.day,
      ids: form("builtins.set", 1, [1, 2]),
      names: { a: 1 },
      big: 2 ** 60,
      span: form("datetime.timedelta", 2, "90"),
    });
  });

  Deno.test(`ctx.xcoms under ${version}: reads Python's types and sends them back [capability.xcom-read-write]`, async () => {
    const result = await run(version, "reads_types", {
      xcoms: [{ task_id: "python", value: python }],
    });
    assertEquals(returned(result, "reads_types"), {
      kinds: [
        ["day", "PlainDate", "2026-01-02"],
        ["ids", "Set", ["a"]],
        ["row", "Object", "[object Object]"],
        ["span", "Duration", "PT1M30.5S"],
      ],
      again: python,
    });
  });

  Deno.test(`ctx.xcoms under ${version}: reads all XComs of a mapped task by pages [capability.mapped-xcom-read]`, async () => {
    const result = await run(version, "reads_mapped", { xcoms: mapped });
    const all = mapped.map((row) => row.value);
    assertEquals(returned(result, "reads_mapped"), {
      all,
      none: [],
      count: 205,
      third: 20,
      last: 2040,
      beyond: "none",
      missing: [
        "NOT_FOUND",
        'Cannot get xcom sequence item "return_value" of "mapped" of "runtime": it does not exist',
      ],
      one: 10,
      slice: [1990, 2010, 2030],
      backwards: [40, 30, 20, 10, 0],
    });
    const pages = result.api_calls.filter(({ path }) => path.includes("mapped/return_value/slice"));
    assertEquals(pages.slice(0, 3).map(({ query }) => query), [
      { start: "0", stop: "100" },
      { start: "100", stop: "200" },
      { start: "200", stop: "300" },
    ]);
  });

  Deno.test(`ctx.xcoms under ${version}: reads from another run and from earlier runs`, async () => {
    const result = await run(version, "reads_elsewhere", {
      xcoms: [{ dag_id: "other", run_id: "before", task_id: "start", key: "k", value: 7 }],
    });
    assertEquals(returned(result, "reads_elsewhere"), [7, "fallback", null]);
    assertEquals(
      xcomCalls(result, "GET").map(({ query }) => query["include_prior_dates"] ?? null),
      [null, null, "true"],
    );
  });

  Deno.test(`ctx.xcoms under ${version}: writes and deletes with a map index`, async () => {
    const result = await run(version, "writes", { map_index: 2 });
    assertEquals(
      result.xcoms.map(({ task_id, key, map_index, value }) => [task_id, key, map_index, value]),
      [["writes", "rows", 2, [{ id: 1 }]]],
    );
    assertEquals(
      xcomCalls(result, "DELETE").map(({ path, query }) => [path.split("/").at(-1), query]),
      [["gone", { map_index: "2" }], ["never there", { map_index: "2" }]],
    );
  });

  Deno.test(`ctx.xcoms under ${version}: writes for another task, or rejects where Airflow cannot`, async () => {
    const found = await run(version, "writes_elsewhere");
    assertEquals(returned(found, "writes_elsewhere"), ["answered", null]);
    assertEquals(found.xcoms.find(({ task_id }) => task_id === "start")?.map_index, 3);
    const missing = await run(version, "writes_elsewhere", {
      api_overrides: [{
        path: "xcoms/.*/start/",
        method: "POST",
        status: 404,
        body: { detail: { reason: "not_found", message: "Task Instance 'start' not found" } },
      }],
    });
    const said = returned(missing, "writes_elsewhere");
    assertEquals(Array.isArray(said) ? said[0] : said, "NOT_FOUND");
  });

  Deno.test(`ctx.xcoms under ${version}: sends the length for mapping downstream tasks [capability.mapped-length]`, async () => {
    const list = await run(version, "returns_list");
    assertEquals(xcomCalls(list, "POST")[0]?.query, { mapped_length: "3" });
    const text = await run(version, "returns_text");
    assertEquals(xcomCalls(text, "POST")[0]?.query, {});
    const told = await run(version, "sets_length");
    assertEquals(xcomCalls(told, "POST")[1]?.query, { mapped_length: "2", dag_result: "true" });
  });

  Deno.test(`ctx.xcoms under ${version}: sends no length above Airflow's limit`, async () => {
    const result = await run(version, "returns_list", {
      api_overrides: [{
        path: "xcoms/.*return_value",
        method: "POST",
        times: 1,
        status: 400,
        body: {
          detail: {
            reason: "unmappable_return_value_length",
            message: "pushed value is too large to map as a downstream's dependency",
          },
        },
      }],
    });
    assertEquals(result.state, "success");
    assertEquals(xcomCalls(result, "POST").map(({ status, query }) => [status, query]), [
      [400, { mapped_length: "3" }],
      [201, {}],
    ]);
  });

  Deno.test(`ctx.xcoms under ${version}: carries 20,000 rows`, async () => {
    const result = await run(version, "returns_rows");
    const rows = returned(result, "returns_rows");
    assert(Array.isArray(rows));
    assertEquals([rows.length, rows[7]], [20_000, { id: 7, name: "row 7", price: 1, ok: true }]);
  });

  Deno.test(`ctx.variables under ${version}: stores JSON`, async () => {
    const result = await run(version, "uses_variables");
    const at = "1970-01-01T00:00:00.000Z";
    assertEquals(returned(result, "uses_variables"), ["a", '"a"', { at }, ["json"]]);
    assertEquals(result.variables, { text: '"a"', json: JSON.stringify({ at }) });
  });

  Deno.test(`ctx.connections under ${version}: returns a URI and masks secrets when printed`, async () => {
    const result = await run(version, "shows_connection", SECRETS);
    const shown = new Map(Object.entries(Object(returned(result, "shows_connection"))));
    assertEquals(
      shown.get("uri"),
      "postgres://etl:p%40ss%2F%22word@db:5432/sales?apiKey=extra-secret",
    );
    assert(!/p@ss|extra-secret/.test(`${shown.get("shown")} ${shown.get("json")}`));
  });

  Deno.test(`secrets under ${version}: are masked in the log and in the retry reason [capability.secrets-masking]`, async () => {
    const result = await run(version, "leaks", { ...SECRETS, max_tries: 1 });
    assertEquals(result.state, "up_for_retry");
    assertEquals(result.ti["retry_reason"], "Error: cannot log in with ***");
    const text = JSON.stringify(result.log);
    for (
      const secret of [
        "p@ss",
        "p%40ss",
        "tok-12345",
        "extra-secret",
        "told-by-hand",
        "told-by-name",
      ]
    ) {
      assert(!text.includes(secret), `${secret} in ${text}`);
    }
    const byHand = result.log.find((line) => line.event.startsWith("by hand"));
    assertEquals(byHand?.event, "by hand: ***, ***, not-secret");
  });
}

const bindings: Json = [
  { name: "rows", kind: "xcom", task_id: "extract", value_schema: { type: "array", items: {} } },
  { name: "batch_size", kind: "literal", value: 5, value_schema: { type: "integer" } },
  { name: "again", kind: "xcom", task_id: "extract" },
];

Deno.test("TaskFlow arguments under 3.4.0b2: are passed to the handler, each XCom fetched once [capability.taskflow-binding]", async () => {
  const result = await run("3.4.0b2", "tells", {
    bundle_root: newest,
    ti_context: { arg_bindings: bindings },
    xcoms: [{ task_id: "extract", value: [1, 2] }],
  });
  assertEquals(returned(result, "tells"), {
    keys: ["rows", "batch_size", "again"],
    values: [[1, 2], 5, [1, 2]],
    camel: [5, 5],
    frozen: true,
  });
  assertEquals(xcomCalls(result, "GET").length, 1);
});

Deno.test("TaskFlow arguments under 3.4.0b2: fail the task with the argument's name when the XCom is missing", async () => {
  const result = await run("3.4.0b2", "tells", {
    bundle_root: newest,
    ti_context: { arg_bindings: bindings },
  });
  assertEquals(result.state, "failed");
  assert(JSON.stringify(result.log).includes('Cannot bind argument \\"rows\\" of task'));
});

Deno.test("TaskFlow arguments under 3.4.0b2: are not sent to a bundle of schema version 2026-06-16", async () => {
  const old = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  try {
    await packBundle(
      new URL("../../runtime/testdata/arguments.ts", import.meta.url),
      `${old}/arguments`,
    );
    const result = await run("3.4.0b2", "tells", {
      bundle_root: old,
      ti_context: { arg_bindings: bindings },
    });
    assertEquals(returned(result, "tells"), {
      keys: [],
      values: [],
      camel: [null, null],
      frozen: false,
    });
  } finally {
    await Deno.remove(old, { recursive: true });
  }
});
