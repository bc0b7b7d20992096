import { assertEquals, assertThrows } from "@std/assert";
import { connectionOf } from "../../src/local/fixtures/connection.ts";
import { openState } from "../../src/local/store/open_state.ts";
import { SqliteStore } from "../../src/local/store/sqlite_store.ts";
import { type AirflowStore, MemoryStore } from "../../src/local/store/store.ts";
import { TaskRuntimeError } from "../../src/error.ts";
import { DatabaseSync } from "node:sqlite";

const SERIES = { dagId: "etl", runId: "run", taskId: "extract", key: "return_value" };
const AT = Temporal.Instant.from("2026-01-02T03:04:05.678901Z");

/** The contract of every store. */
const CONTRACT: Record<string, (store: AirflowStore) => void> = {
  "keeps connections and variables"(store) {
    store.setConnection(connectionOf("w", "postgres://me:pw@db:5432/x", "test"));
    assertEquals(store.connection("w")?.port, 5432);
    assertEquals(store.connection("x"), undefined);
    for (const [key, value] of [["b", "1"], ["a", null], ["b", "2"], ["c", ""]] as const) {
      store.setVariable(key, value);
    }
    store.deleteVariable("c");
    store.deleteVariable("none");
    assertEquals(store.variableKeys("").map((key) => store.variable(key)), [null, "2"]);
    assertEquals(store.variable("c"), undefined);
  },
  "keeps XComs of any value by map index"(store) {
    const value = { big: 2n ** 62n, $bigint: 1, list: [null, { $instant: "x" }], ["__proto__"]: 1 };
    for (const mapIndex of [2, -1, 0]) store.setXCom({ ...SERIES, mapIndex, value: mapIndex });
    store.setXCom({ ...SERIES, mapIndex: 0, value });
    store.setXCom({ ...SERIES, key: "other", mapIndex: -1, value: "" });
    assertEquals(store.xcoms(SERIES).map((xcom) => xcom.value), [-1, value, 2]);
    const pushed = store.xcomsOfTask("etl", "run", "extract");
    assertEquals(pushed.map(({ key, mapIndex }) => [key, mapIndex]), [
      ["return_value", 2],
      ["return_value", -1],
      ["return_value", 0],
      ["other", -1],
    ]);
    store.deleteXCom(SERIES, -1);
    assertEquals(store.xcoms(SERIES).length, 2);
    assertEquals(store.xcoms({ ...SERIES, runId: "other" }), []);
  },
  "keeps state by scope and removes expired values"(store) {
    store.setStateValue("ti:1", "a", { page: 1 });
    store.setStateValue("ti:1", "b", false, AT);
    store.setStateValue("asset:1", "a", 7);
    store.cleanState(AT);
    assertEquals([store.stateValue("ti:1", "a"), store.stateValue("ti:1", "b")], [
      { page: 1 },
      false,
    ]);
    store.cleanState(AT.add({ seconds: 1 }));
    assertEquals(store.stateValue("ti:1", "b"), undefined);
    store.deleteStateValue("asset:1", "b");
    store.deleteStateValue("ti:1");
    assertEquals([store.stateValue("ti:1", "a"), store.stateValue("asset:1", "a")], [undefined, 7]);
  },
  "keeps Dags, runs and task instances"(store) {
    const dag = { dagId: "etl", tags: ["b"], taskGroups: { all: ["extract"] }, nextDagrun: AT };
    store.setDag(dag);
    assertEquals([store.dag("etl"), store.dag("none")], [dag, undefined]);
    store.setDagRun({
      dagId: "etl",
      runId: "run",
      state: "running",
      logicalDate: AT,
      conf: { a: 1 },
    });
    store.setDagRun({ dagId: "etl", runId: "run", state: "success", logicalDate: AT });
    store.setDagRun({ dagId: "other", runId: "run", state: "queued" });
    assertEquals(store.dagRuns("etl"), [
      { dagId: "etl", runId: "run", state: "success", logicalDate: AT },
    ]);
    assertEquals(store.dagRun("other", "run")?.state, "queued");
    const row = { dagId: "etl", runId: "run", taskId: "a", mapIndex: 3, id: "1", state: null };
    store.setTaskInstance(row);
    store.setTaskInstance({ ...row, state: "running", startDate: AT });
    assertEquals(store.taskInstances("etl"), [{ ...row, state: "running", startDate: AT }]);
    assertEquals(store.taskInstance({ ...row, mapIndex: -1 }), undefined);
    assertEquals(store.taskInstance(row)?.startDate, AT);
  },
  "keeps assets, aliases, events and questions"(store) {
    const asset = { name: "sales", uri: "s3://sales", group: "asset", extra: {}, active: true };
    store.setAsset(asset);
    assertEquals(store.assets(), [asset]);
    store.setAssetAlias({ name: "daily", assets: ["sales"] });
    assertEquals(store.assetAlias("daily")?.assets, ["sales"]);
    const event = {
      asset: "sales",
      timestamp: AT,
      extra: { rows: 1 },
      sourceTaskId: "load",
      sourceDagId: null,
      sourceRunId: null,
      sourceMapIndex: -1,
      sourceAliases: ["daily"],
      partitionKey: null,
    };
    store.addAssetEvent(event);
    store.addAssetEvent({ ...event, timestamp: AT.add({ hours: 1 }) });
    assertEquals(store.assetEvents().map(({ id }) => id), [1, 2]);
    assertEquals(store.assetEvents()[0], { ...event, id: 1 });
    const question = {
      dagId: "etl",
      runId: "run",
      taskId: "a",
      mapIndex: -1,
      options: ["yes"],
      subject: "?",
      body: null,
      defaults: null,
      multiple: false,
      params: {},
      assignedUsers: [{ id: "1", name: "Ada" }],
    };
    store.setHitl(question);
    assertEquals([store.hitl(question), store.hitl({ ...question, taskId: "b" })], [
      question,
      undefined,
    ]);
  },
};

for (const [name, check] of Object.entries(CONTRACT)) {
  Deno.test(`MemoryStore: ${name}`, () => check(new MemoryStore()));
  Deno.test(`SqliteStore: ${name}`, () => {
    using store = SqliteStore.open(":memory:");
    check(store);
  });
}

/** A path in a new folder. */
class TempFile implements Disposable {
  readonly #dir = Deno.makeTempDirSync();
  readonly path = `${this.#dir}/state.sqlite`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.#dir, { recursive: true });
  }

  names(): string[] {
    return [...Deno.readDirSync(this.#dir)].map(({ name }) => name);
  }
}

Deno.test("openState(): keeps state for the next process in one file", async () => {
  using file = new TempFile();
  {
    using opened = await openState(file.path);
    opened.store.setVariable("since", "2026-01-01");
    opened.store.setDagRun({ dagId: "etl", runId: "run", state: "success", logicalDate: AT });
  }
  assertEquals(file.names(), ["state.sqlite"]);
  using again = await openState(file.path);
  assertEquals(again.store.variable("since"), "2026-01-01");
  assertEquals(again.store.dagRun("etl", "run")?.logicalDate, AT);
});

Deno.test("openState(): lets two processes use one file", async () => {
  using file = new TempFile();
  using one = await openState(file.path);
  using two = await openState(file.path);
  one.store.setVariable("a", "1");
  two.store.setVariable("b", "2");
  assertEquals(one.store.variableKeys(""), ["a", "b"]);
});

Deno.test("openState(): refuses a file that is not a state file of this version", () => {
  using file = new TempFile();
  const message = (): string =>
    assertThrows(() => SqliteStore.open(file.path), TaskRuntimeError, "Cannot open state file")
      .message;
  Deno.writeTextFileSync(file.path, "no database, but long enough to be looked at".repeat(20));
  assertEquals(message().endsWith("file is not a database"), true, message());
  Deno.removeSync(file.path);
  const database = new DatabaseSync(file.path);
  database.exec("CREATE TABLE theirs (a)");
  assertEquals(message().includes("a database of another program"), true, message());
  database.exec("PRAGMA user_version = 7");
  assertEquals(message().includes("its version must be 1, got 7"), true, message());
  database.close();
});

Deno.test("SqliteStore: refuses an invalid row", () => {
  using file = new TempFile();
  SqliteStore.open(file.path)[Symbol.dispose]();
  const database = new DatabaseSync(file.path);
  database.prepare("INSERT INTO variable VALUES (?, ?)").run("since", '{"key":"since"}');
  database.close();
  using store = SqliteStore.open(file.path);
  assertThrows(
    () => store.variable("since"),
    TaskRuntimeError,
    "table variable has an invalid row",
  );
});
