import { assertEquals, assertThrows } from "@std/assert";
import { parseFixtures, seedStore } from "../../src/local/fixtures/fixtures.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { TaskRuntimeError } from "../../src/error.ts";

Deno.test("parseFixtures(): reads every section and fills a store", () => {
  const fixtures = parseFixtures(JSON.stringify({
    connections: { warehouse: "postgres://db", api: { conn_type: "http", host: "h" } },
    variables: { since: "2026-01-01", limits: { rows: 5 }, nothing: null },
    xcoms: { start: { return_value: { region: "eu" } } },
    mappedXcoms: { fetch: { return_value: ["a", "b"] } },
    tasks: {
      transform: { retries: 1, retryDelaySeconds: 0.5 },
      audit: {
        expect: "failed",
        args: {
          region: { value: "eu" },
          limit: { default: 5, schema: { type: "integer" } },
          rows: { xcom: "extract" },
        },
      },
    },
    order: ["transform", "audit"],
    params: { full: true },
  }));
  assertEquals([...fixtures.tasks], [
    ["transform", { retries: 1, retryDelaySeconds: 0.5, expect: undefined, args: undefined }],
    ["audit", {
      retries: undefined,
      retryDelaySeconds: undefined,
      expect: "failed",
      args: [
        { name: "region", kind: "literal", value: "eu", from_default: false },
        {
          name: "limit",
          value_schema: { type: "integer" },
          kind: "literal",
          value: 5,
          from_default: true,
        },
        { name: "rows", kind: "xcom", task_id: "extract" },
      ],
    }],
  ]);
  assertEquals(fixtures.order, ["transform", "audit"]);
  assertEquals(fixtures.params, { full: true });
  const store = new MemoryStore();
  seedStore(store, fixtures, "etl", "run");
  assertEquals(store.connection("warehouse")?.host, "db");
  assertEquals(store.variableKeys("").map((key) => store.variable(key)), [
    '{"rows":5}',
    null,
    "2026-01-01",
  ]);
  const series = { dagId: "etl", runId: "run", taskId: "start", key: "return_value" };
  assertEquals(store.xcoms(series).map((xcom) => xcom.value), [{ region: "eu" }]);
  const fetched = store.xcoms({ ...series, taskId: "fetch" });
  assertEquals(fetched.map(({ mapIndex, value }) => [mapIndex, value]), [[0, "a"], [1, "b"]]);
});

Deno.test("parseFixtures(): reads the rows of Airflow's tables", () => {
  const day = "2026-01-01T00:00:00Z";
  const instant = Temporal.Instant.from(day);
  const fixtures = parseFixtures(JSON.stringify({
    dagRun: {
      run_id: "mine",
      logical_date: day,
      run_type: "asset_triggered",
      consumed_asset_events: [{ asset: "sales", timestamp: day, source_aliases: ["daily"] }],
    },
    dags: { report: { tags: ["a"], task_groups: { all: ["x"] }, triggered_state: "failed" } },
    dagRuns: [{ run_id: "before", logical_date: null }, { dag_id: "report", run_id: "r" }],
    taskInstances: [{ task_id: "extract", run_id: "before", state: null, map_index: 2 }],
    assets: { sales: "s3://sales", old: { uri: "s3://old", active: false, extra: { a: 1 } } },
    assetAliases: { daily: ["sales"] },
    assetEvents: [{ asset: "sales", timestamp: day, extra: { rows: 1 } }],
    taskState: { poll: { cursor: 5 } },
    assetState: { sales: { mark: 7 } },
  }));
  assertEquals(fixtures.dagRun.consumedAssetEvents?.[0]?.asset.uri, "s3://sales");
  assertEquals([fixtures.dagRun.runId, fixtures.dagRun.logicalDate?.equals(instant)], [
    "mine",
    true,
  ]);
  const store = new MemoryStore();
  seedStore(store, fixtures, "etl", "run");
  store.setStateValue("asset:sales", "mark", 8);
  // A second run on the same store adds no duplicates and keeps the state of assets.
  seedStore(store, fixtures, "etl", "run");
  assertEquals(store.dag("report")?.taskGroups, { all: ["x"] });
  assertEquals(store.dagRuns("etl"), [
    { dagId: "etl", logicalDate: null, runId: "before", state: "success" },
  ]);
  assertEquals(store.dagRun("report", "r")?.state, "success");
  assertEquals(
    store.taskInstances("etl").map(({ runId, mapIndex, state }) => [runId, mapIndex, state]),
    [
      ["before", 2, null],
    ],
  );
  assertEquals(store.assets().map(({ name, uri, active }) => [name, uri, active]), [
    ["sales", "s3://sales", true],
    ["old", "s3://old", false],
  ]);
  assertEquals([store.assetAlias("daily")?.assets, store.assetEvents().length], [["sales"], 1]);
  assertEquals(store.stateValue('ti:["etl","run","poll",-1]', "cursor"), 5);
  assertEquals(store.stateValue("asset:sales", "mark"), 8);
});

Deno.test("parseFixtures(): prefers the environment, with names in upper case as in Airflow", () => {
  const fixtures = parseFixtures(
    JSON.stringify({
      connections: { "Ware-House": "postgres://from-file", api: "http://from-file" },
      variables: { Since: "a", other: "b", empty: "c" },
    }),
    {
      AIRFLOW_VAR_SINCE: "c",
      AIRFLOW_VAR_other: "small letters are never found",
      AIRFLOW_VAR_EMPTY: "",
      "AIRFLOW_CONN_WARE-HOUSE": "postgres://from-env",
      AIRFLOW_CONN_API: "",
      AIRFLOW_CONN_ONLY_HERE: '{"conn_type": "http", "host": "json"}',
      AIRFLOW_HOME: "/ignored",
    },
  );
  const store = new MemoryStore();
  seedStore(store, fixtures, "etl", "run");
  const variables = ["Since", "since", "other", "empty", "gone"];
  assertEquals(variables.map((key) => store.variable(key)), ["c", "c", "b", "", undefined]);
  const ids = ["Ware-House", "ware-house", "api", "only_here", "gone"];
  assertEquals(ids.map((id) => store.connection(id)?.host), [
    "from-env",
    "from-env",
    "from-file",
    "json",
    undefined,
  ]);
  assertEquals(store.connection("Only_Here")?.conn_id, "Only_Here");
  // Airflow lists only the keys of its database.
  assertEquals(store.variableKeys(""), ["Since", "empty", "other"]);
});

Deno.test("parseFixtures(): names an invalid variable of the environment", () => {
  assertThrows(
    () => parseFixtures("{}", { AIRFLOW_CONN_DB: "postgres://db:99999" }),
    TaskRuntimeError,
    "Cannot read connection AIRFLOW_CONN_DB: ",
  );
});

Deno.test("parseFixtures(): names the path when a value is invalid", () => {
  for (
    const [text, message] of [
      ["{", "Cannot read the fixtures: "],
      ["[]", "at the file: expected an object"],
      ['{"conections":{}}', "at conections: must be one of connections"],
      ['{"variables":[]}', "at variables: expected an object"],
      ['{"xcoms":{"start":5}}', "at xcoms.start: expected an object"],
      ['{"tasks":{"a":{"retries":-1}}}', "at tasks.a.retries: expected a number of at least 0"],
      ['{"tasks":{"a":{"retries":1.5}}}', "at tasks.a.retries: expected a whole number"],
      ['{"tasks":{"a":{"retry":1}}}', "at tasks.a.retry: must be one of retries"],
      ['{"tasks":{"a":{"expect":"ok"}}}', "at tasks.a.expect: expected one of success"],
      ['{"order":[1]}', "at order[0]: expected a task id"],
      ['{"params":5}', "at params: expected an object"],
      [
        '{"mappedXcoms":{"a":{"k":1}}}',
        "at mappedXcoms.a.k: expected a list with one value for each map",
      ],
      [
        '{"tasks":{"a":{"args":{"x":{}}}}}',
        "at tasks.a.args.x: expected one of value, default, xcom",
      ],
      ['{"tasks":{"a":{"args":{"x":{"xcom":1}}}}}', "at tasks.a.args.x.xcom: expected a task id"],
      ['{"dags":{"d":{"paused":1}}}', "at dags.d.paused: must be one of is_paused"],
      ['{"dagRuns":[{}]}', "at dagRuns[0]: run_id is missing"],
      ['{"dagRuns":[{"run_id":"r","state":"ok"}]}', "at dagRuns[0].state: expected one of queued"],
      ['{"dagRun":{"logical_date":"now"}}', "at dagRun.logical_date: expected a time such as"],
      [
        '{"taskInstances":[{"task_id":"a","map_index":-2}]}',
        "taskInstances[0].map_index: expected a n",
      ],
      ['{"assets":{"a":{"uri":1}}}', "at assets.a.uri: expected a text"],
      ['{"assetAliases":{"a":["x"]}}', "at assetAliases.a[0]: assets does not contain x"],
      [
        '{"assets":{"a":"a"},"assetEvents":[{"asset":"a"}]}',
        "assetEvents[0]: timestamp is missing",
      ],
      ['{"taskState":{"a":{"k":null}}}', "at taskState.a.k: a state store cannot contain null"],
      ['{"assetState":{"x":{"k":1}}}', "at assetState.x: assets does not contain x"],
      ['{"answers":{"a":{}}}', "at answers.a: chosen_options is missing"],
      [
        '{"answers":{"a":[{"chosen_options":"x"}]}}',
        "answers.a[0].chosen_options: expected a list",
      ],
      ['{"connections":{"w":{}}}', "connections.w.conn_type: expected a text"],
    ] as const
  ) {
    assertThrows(() => parseFixtures(text), TaskRuntimeError, message);
  }
});

Deno.test("parseFixtures(): reads __proto__ as an ordinary key", () => {
  const fixtures = parseFixtures('{"variables":{"__proto__":"v"},"params":{"__proto__":{"x":1}}}');
  assertEquals(fixtures.variables.get("__proto__"), "v");
  assertEquals(Object.hasOwn(Object.prototype, "x"), false);
});
