import { assertEquals } from "@std/assert";
import { redact } from "../../src/protocol/redaction.ts";

const plain = (value: unknown): unknown => redact(value, (text) => text);

Deno.test("redact(): hides the password and every text of the extra of a connection", () => {
  const connection = {
    type: "ConnectionResult",
    conn_id: "db",
    host: "db.example",
    password: "pw",
    extra: '{"a":"b","n":1,"in":{"c":["d"]}}',
  };
  assertEquals(plain(connection), {
    ...connection,
    password: "***",
    extra: '{"a":"***","n":1,"in":{"c":["***"]}}',
  });
  assertEquals(plain({ conn_id: "db", password: null, extra: "no json" }), {
    conn_id: "db",
    password: null,
    extra: "***",
  });
});

Deno.test("redact(): hides texts under sensitive names, also in the JSON of a text", () => {
  assertEquals(plain({ conf: { api_key: "a", list: [{ token: ["b", 1] }], note: "c" } }), {
    conf: { api_key: "***", list: [{ token: ["***", 1] }], note: "c" },
  });
  assertEquals(plain({ key: "settings", value: '{"password":"x","n":1}' }), {
    key: "settings",
    value: '{"password":"***","n":1}',
  });
  assertEquals(plain("[1,2"), "[1,2");
  assertEquals(plain('{ "spaces":  "stay" }'), '{ "spaces":  "stay" }');
});

Deno.test("redact(): hides the value of a sensitive key, and the value in MaskSecret", () => {
  assertEquals(plain({ type: "VariableResult", key: "db_password", value: "x" }), {
    type: "VariableResult",
    key: "db_password",
    value: "***",
  });
  assertEquals(plain({ type: "MaskSecret", value: { a: ["x"] }, name: null }), {
    type: "MaskSecret",
    value: { a: ["***"] },
    name: null,
  });
});

Deno.test("redact(): masks registered secrets, and leaves other values unchanged", () => {
  const at = Temporal.Instant.from("2026-01-01T00:00:00Z");
  const bytes = new Uint8Array([1]);
  assertEquals(redact({ a: "x-y", at, bytes, big: 1n }, (text) => text.replace("y", "***")), {
    a: "x-***",
    at,
    bytes,
    big: 1n,
  });
});
