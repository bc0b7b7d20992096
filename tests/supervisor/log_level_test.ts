import { assertEquals } from "@std/assert";
import { LogLevelFilter } from "../../src/supervisor/log_level.ts";

Deno.test("LogLevelFilter: wants INFO and above by default, as Airflow does", () => {
  const filter = new LogLevelFilter();
  assertEquals(filter.wants("debug", "task"), false);
  assertEquals(filter.wants("info", "task"), true);
  assertEquals(filter.wants("critical", "task"), true);
});

Deno.test("LogLevelFilter: reads the level in upper and lower case", () => {
  const filter = new LogLevelFilter("warning");
  assertEquals(filter.wants("info", "task"), false);
  assertEquals(filter.wants("warning", "task"), true);
});

Deno.test("LogLevelFilter: uses the longest dotted prefix of a name", () => {
  const filter = new LogLevelFilter("INFO", "task.http=DEBUG, task=ERROR\ttask.http.body=CRITICAL");
  assertEquals(filter.wants("debug", "task.http"), true);
  assertEquals(filter.wants("debug", "task.http.header"), true);
  assertEquals(filter.wants("error", "task.http.body"), false);
  assertEquals(filter.wants("warning", "task"), false);
  assertEquals(filter.wants("info", "tasks"), true, "a prefix ends at a dot");
});

Deno.test("LogLevelFilter: ignores invalid settings", () => {
  const filter = new LogLevelFilter("LOUD", "task=QUIET,,=DEBUG, other");
  assertEquals(filter.wants("info", "task"), true);
  assertEquals(filter.wants("debug", "task"), false);
});
