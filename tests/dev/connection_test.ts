import { assertEquals, assertThrows } from "@std/assert";
import { type Connection, connectionOf } from "../../src/dev/connection.ts";
import { TaskRuntimeError } from "../../src/error.ts";

const read = (value: unknown): Omit<Connection, "conn_id"> => {
  const { conn_id: _, ...rest } = connectionOf("c", value, "connections.c");
  return rest;
};

// The expected values are what airflow.sdk.Connection(uri=…) of 3.3.2 makes of the same URIs,
// but for the spaces in extra.
Deno.test("connectionOf() reads URIs as Airflow does", () => {
  const nothing = { login: null, password: null, port: null, extra: null };
  assertEquals(read("postgresql://me:p%40ss@DB.example:5432/sales?sslmode=require&x="), {
    conn_type: "postgres",
    host: "db.example",
    schema: "sales",
    login: "me",
    password: "p@ss",
    port: 5432,
    extra: '{"sslmode":"require","x":""}',
  });
  assertEquals(read("google-cloud-platform://?__extra__=%7B%22project%22%3A%22p%22%7D"), {
    ...nothing,
    conn_type: "google_cloud_platform",
    host: "",
    schema: "",
    extra: '{"project":"p"}',
  });
  assertEquals(read("http://https://api.example:8443/v1"), {
    ...nothing,
    conn_type: "http",
    host: "https://api.example",
    schema: "v1",
    port: 8443,
  });
  assertEquals(read("MySQL://%2Ftmp%2Fsocket/db"), {
    ...nothing,
    conn_type: "mysql",
    host: "/tmp/socket",
    schema: "db",
  });
});

Deno.test("connectionOf() reads objects, and the JSON text of one", () => {
  const object = { conn_type: "http", host: "h", port: "80", extra: { a: 1 } };
  const expected = {
    conn_type: "http",
    host: "h",
    schema: null,
    login: null,
    password: null,
    port: 80,
    extra: '{"a":1}',
  };
  assertEquals(read(object), expected);
  assertEquals(read(JSON.stringify(object)), expected);
});

Deno.test("connectionOf() names the place of what is wrong", () => {
  for (
    const [value, message] of [
      [5, "connections.c: expected an object with conn_type, host, … or a URI"],
      ["just text", "connections.c: expected a URI such as"],
      ["a://b://c://d", "connections.c: expected a URI such as"],
      ["p://h:99999/", "connections.c (port): expected a whole number"],
      ["p://%zz/", "connections.c: a percent sign"],
      ["{", "connections.c: the JSON cannot be parsed"],
      [{ host: "h" }, "connections.c.conn_type: expected a text"],
      [{ conn_type: "p", pasword: "x" }, "connections.c.pasword: a connection has only"],
      [{ conn_type: "p", login: 5 }, "connections.c.login: expected a text"],
    ] as const
  ) {
    assertThrows(() => read(value), TaskRuntimeError, message);
  }
});
