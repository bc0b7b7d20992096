import { assertEquals } from "@std/assert";
import { LogLevelFilter } from "../../src/supervisor/log_level.ts";

Deno.test("LogLevelFilter wants INFO and above when nothing is set, as Airflow's default", () => {
  const filter = new LogLevelFilter();
  assertEquals(filter.wants("debug", "task"), false);
  assertEquals(filter.wants("info", "task"), true);
  assertEquals(filter.wants("critical", "task"), true);
});

Deno.test("LogLevelFilter takes the level of logging_level in any case", () => {
  const filter = new LogLevelFilter("warning");
  assertEquals(filter.wants("info", "task"), false);
  assertEquals(filter.wants("warning", "task"), true);
});

Deno.test("LogLevelFilter lets the longest dotted prefix of a name decide", () => {
  const filter = new LogLevelFilter("INFO", "task.http=DEBUG, task=ERROR\ttask.http.body=CRITICAL");
  assertEquals(filter.wants("debug", "task.http"), true);
  assertEquals(filter.wants("debug", "task.http.header"), true);
  assertEquals(filter.wants("error", "task.http.body"), false);
  assertEquals(filter.wants("warning", "task"), false);
  assertEquals(filter.wants("info", "tasks"), true, "a prefix ends at a dot");
});

Deno.test("LogLevelFilter passes over what it does not understand", () => {
  const filter = new LogLevelFilter("LOUD", "task=QUIET,,=DEBUG, other");
  assertEquals(filter.wants("info", "task"), true);
  assertEquals(filter.wants("debug", "task"), false);
});
