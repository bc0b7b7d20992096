import { assertEquals, assertThrows } from "@std/assert";
import { parseFixtures, seedStore } from "../../src/dev/fixtures.ts";
import { MemoryStore } from "../../src/dev/store.ts";
import { TaskRuntimeError } from "../../src/error.ts";

Deno.test("parseFixtures() reads every section and seeds a store", () => {
  const fixtures = parseFixtures(JSON.stringify({
    connections: { warehouse: "postgres://db", api: { conn_type: "http", host: "h" } },
    variables: { since: "2026-01-01", limits: { rows: 5 }, nothing: null },
    xcoms: { start: { return_value: { region: "eu" } } },
    tasks: { transform: { retries: 1, retryDelaySeconds: 0.5 }, audit: { expect: "failed" } },
    order: ["transform", "audit"],
    params: { full: true },
  }));
  assertEquals([...fixtures.tasks], [
    ["transform", { retries: 1, retryDelaySeconds: 0.5, expect: "success" }],
    ["audit", { retries: 0, retryDelaySeconds: 0, expect: "failed" }],
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
});

Deno.test("parseFixtures() lets the environment win, with ids in lower case", () => {
  const fixtures = parseFixtures('{"variables":{"since":"a","other":"b"}}', {
    AIRFLOW_VAR_SINCE: "c",
    AIRFLOW_CONN_WAREHOUSE: "postgres://from-env",
    AIRFLOW_HOME: "/ignored",
  });
  assertEquals([...fixtures.variables], [["since", "c"], ["other", "b"]]);
  assertEquals(fixtures.connections.map(({ conn_id, host }) => [conn_id, host]), [
    ["warehouse", "from-env"],
  ]);
});

Deno.test("parseFixtures() names the path of what is wrong", () => {
  for (
    const [text, message] of [
      ["{", "Cannot read the fixtures: "],
      ["[]", "at the file: expected an object"],
      ['{"conections":{}}', "at conections: known are connections"],
      ['{"variables":[]}', "at variables: expected an object"],
      ['{"xcoms":{"start":5}}', "at xcoms.start: expected an object"],
      ['{"tasks":{"a":{"retries":-1}}}', "at tasks.a.retries: expected a number from 0 up"],
      ['{"tasks":{"a":{"retries":1.5}}}', "at tasks.a.retries: expected a whole number"],
      ['{"tasks":{"a":{"retry":1}}}', "at tasks.a.retry: known are retries"],
      ['{"tasks":{"a":{"expect":"ok"}}}', "at tasks.a.expect: expected one of success"],
      ['{"order":[1]}', "at order[0]: expected a task id"],
      ['{"params":5}', "at params: expected an object"],
      ['{"connections":{"w":{}}}', "connections.w.conn_type: expected a text"],
    ] as const
  ) {
    assertThrows(() => parseFixtures(text), TaskRuntimeError, message);
  }
});

Deno.test("parseFixtures() takes __proto__ for a key like any other", () => {
  const fixtures = parseFixtures('{"variables":{"__proto__":"v"},"params":{"__proto__":{"x":1}}}');
  assertEquals(fixtures.variables.get("__proto__"), "v");
  assertEquals(Object.hasOwn(Object.prototype, "x"), false);
});
