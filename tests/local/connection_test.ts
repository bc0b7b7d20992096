import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { connectionOf } from "../../src/local/fixtures/connection.ts";
import type { ConnectionRow } from "../../src/local/store/tables.ts";
import { TaskRuntimeError } from "../../src/error.ts";

const PYTHON = Deno.env.get("AIRFLOW_PYTHON");

const read = (value: unknown): Omit<ConnectionRow, "conn_id"> => {
  const { conn_id: _, ...rest } = connectionOf("c", value, "connections.c");
  return rest;
};

const RECORDED: readonly { text: string; connection: Record<string, unknown> | "refused" }[] = JSON
  .parse(
    await Deno.readTextFile(new URL("../testdata/connections_airflow.json", import.meta.url)),
  );
/** Airflow reads these texts as connections without a host; dev refuses them as mistakes. */
const NO_URI = ["just text", "mailto:x"];

Deno.test("connectionOf(): reads URIs and JSON texts as Airflow does", () => {
  for (const { text, connection } of RECORDED) {
    const expected = NO_URI.includes(text) ? "refused" : connection;
    let found: unknown;
    try {
      found = read(text);
    } catch (error) {
      assertInstanceOf(error, TaskRuntimeError);
      found = "refused";
    }
    assertEquals(found, expected, text);
  }
});

Deno.test({
  name: "recorded connections: equal what Airflow reads",
  ignore: PYTHON === undefined,
  async fn() {
    await using home = await TemporaryFolder.create();
    const child = new Deno.Command(PYTHON ?? "", {
      args: [new URL("testdata/connections.py", import.meta.url).pathname],
      env: { AIRFLOW_HOME: home.path },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.output();
    await new Blob([JSON.stringify(RECORDED.map(({ text }) => text))]).stream()
      .pipeTo(child.stdin);
    const { stdout } = await output;
    assertEquals(
      JSON.parse(new TextDecoder().decode(stdout)),
      RECORDED.map(({ connection }) => connection),
    );
  },
});

Deno.test("connectionOf(): reads objects and their JSON texts", () => {
  const object = { conn_type: "http", host: "h", port: "80", extra: { a: 1 } };
  const expected = {
    conn_type: "http",
    host: "h",
    schema: null,
    login: null,
    password: null,
    port: 80,
    extra: '{"a": 1}',
  };
  assertEquals(read(object), expected);
  assertEquals(read(JSON.stringify(object)), expected);
});

Deno.test("connectionOf(): names the place when a connection is invalid", () => {
  for (
    const [value, message] of [
      [5, "connections.c: expected an object with conn_type, host, … or a URI"],
      ["just text", "connections.c: expected a URI such as"],
      ["a://b://c://d", "connections.c: the URI contains :// more than twice"],
      ["a://b:1://c", "connections.c: the protocol before the host of the URI is invalid"],
      ["p://h:99999/", "connections.c: the port of the URI must be a whole number"],
      ["p://[::1/", "connections.c: the brackets around the host of the URI are unbalanced"],
      ["{", "connections.c: the JSON is invalid"],
      [{ host: "h" }, "connections.c.conn_type: expected a text"],
      [{ conn_type: "p", pasword: "x" }, "connections.c.pasword: must be one of"],
      [{ conn_type: "p", login: 5 }, "connections.c.login: expected a text"],
    ] as const
  ) {
    assertThrows(() => read(value), TaskRuntimeError, message);
  }
});
