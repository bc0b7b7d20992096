import { assert, assertEquals } from "@std/assert";
import { logLine } from "../../src/supervisor/log_line.ts";
import { isSensitiveName } from "../../src/protocol/secret_name.ts";
import { SecretsMask, withoutSecrets } from "../../src/supervisor/secrets_mask.ts";

for (
  const [name, expected] of [
    ["password", true],
    ["warehouse_password", true],
    ["warehouse-Api Key", true],
    ["privateKey", true],
    ["APIKey", true],
    ["theAPIKeyOfXYZ", true],
    ["connectionString", true],
    ["keyfile_dict", true],
    ["region", false],
    ["pass", false],
    ["", false],
  ] as const
) {
  Deno.test(`isSensitiveName() says ${expected} to "${name}"`, () => {
    assertEquals(isSensitiveName(name), expected);
  });
}

Deno.test("isSensitiveName() reads a name of many capitals, such as a gene's, in no time", () => {
  const since = performance.now();
  assertEquals(isSensitiveName("ACGT".repeat(50_000)), false);
  assertEquals(isSensitiveName(`${"ACGT".repeat(50_000)}_APIKey`), true);
  assert(performance.now() - since < 1000);
});

Deno.test("SecretsMask replaces what it has learnt, the longest first", () => {
  const secrets = new SecretsMask();
  assertEquals([secrets.isEmpty, secrets.mask("hunter22")], [true, "hunter22"]);
  secrets.add("hunter2");
  secrets.add("hunter22+x");
  assertEquals(secrets.mask("hunter2, hunter22+x, hunter22"), "***, ***, ***2");
});

Deno.test("SecretsMask knows a secret within a URI and within JSON", () => {
  const secrets = new SecretsMask();
  secrets.add('p@ss"\\n');
  assertEquals(
    secrets.mask(`x://u:p%40ss%22%5Cn@h ${JSON.stringify({ p: 'p@ss"\\n' })}`),
    'x://u:***@h {"p":"***"}',
  );
});

Deno.test("SecretsMask knows a secret by each of the ways to write it in a URL", () => {
  const secrets = new SecretsMask();
  const secret = "P@ss w+(rd)!1";
  secrets.add(secret);
  const url = new URL("postgres://host");
  url.password = secret;
  const forms = [
    encodeURIComponent(secret),
    url.password,
    new URLSearchParams({ p: secret }).toString().slice(2),
    "P%40ss%20w%2B%28rd%29%211",
    "P%40ss+w%2B%28rd%29%211",
  ];
  for (const form of forms) assertEquals(secrets.mask(`x://u:${form}@h`), "x://u:***@h", form);
});

Deno.test("SecretsMask knows a secret of any length, beside others", () => {
  const secrets = new SecretsMask();
  const long = "0123456789abcdef".repeat(8192);
  secrets.add("hunter2");
  secrets.add(long);
  secrets.add(`${long}+`);
  assertEquals(secrets.mask(`a ${long}+ hunter2 ${long} b`), "a *** *** *** b");
  const only = new SecretsMask();
  only.add(long);
  assertEquals(only.mask(`a ${long} b`), "a *** b");
});

Deno.test("SecretsMask knows a secret of many lines, and a very long one, where Deno shows values", () => {
  const secrets = new SecretsMask();
  const line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB";
  const key =
    `-----BEGIN PRIVATE KEY-----\n${line}\n${line.toLowerCase()}\r\nit's "quoted" \\ here`;
  const token = "0123456789abcdef".repeat(1000);
  const lines = `${line.toLowerCase()}\n`.repeat(1000);
  for (const secret of [key, token, lines]) secrets.add(secret);
  const shown = secrets.mask(Deno.inspect({ key, token, lines, deep: { key } }));
  const parts = [line, line.toLowerCase(), "quoted", "abcdef"];
  assertEquals(parts.filter((part) => shown.includes(part)), []);
});

Deno.test("logLine() masks what is JSON within a text", () => {
  const secrets = new SecretsMask();
  const key = 'BEGIN\n"quoted"\\n';
  secrets.add(key);
  const body = JSON.stringify({ key });
  const line = JSON.parse(logLine({
    level: "info",
    event: `sent ${body}`,
    logger: "task",
    fields: { body, nested: [{ body }] },
    error: new Error(`refused: ${body}`),
  }, secrets));
  assertEquals(line.event, 'sent {"key":"***"}');
  assertEquals([line.body, line.nested[0].body], ['{"key":"***"}', '{"key":"***"}']);
  assertEquals(line.exception[0].exc_value, 'refused: {"key":"***"}');
});

Deno.test("SecretsMask passes over what is short, common, or has a harmless name", () => {
  const secrets = new SecretsMask();
  secrets.add("1234");
  secrets.add("Airflow");
  secrets.add("eu-west", "region");
  secrets.add({ region: "eu-north", nested: { token: "t0ken!", tags: ["green"] } });
  secrets.add(null);
  assertEquals(
    secrets.mask("1234 Airflow eu-west eu-north t0ken! green"),
    "1234 Airflow eu-west eu-north *** green",
  );
});

Deno.test("SecretsMask learns a connection's password, its extra, and what is secret in that", () => {
  const secrets = new SecretsMask();
  const extra = '{"host": "public", "privateKey": "-----BEGIN"}';
  secrets.addConnection({ password: "hunter2", extra });
  secrets.addConnection({ password: null, extra: "no json" });
  assertEquals(
    secrets.mask(`hunter2 ${extra} -----BEGIN public no json`),
    "*** *** *** public ***",
  );
});

Deno.test("withoutSecrets() hides texts under sensitive names, at any depth", () => {
  const value = { a: 1, password: "x", tokens: ["y", 2, { z: "z" }], secret: "" };
  assertEquals(withoutSecrets(value), {
    a: 1,
    password: "***",
    tokens: ["***", 2, { z: "***" }],
    secret: "",
  });
});

Deno.test("logLine() masks values at any depth, but not what Airflow reads the line by", () => {
  const secrets = new SecretsMask();
  for (const word of ["error", "event", "level", "hunter2"]) secrets.add(word);
  const error = new TypeError("no hunter2", { cause: new Error("hunter2") });
  const line = JSON.parse(logLine({
    level: "error",
    event: "password hunter2",
    logger: "task",
    fields: { event: "x", nested: [{ hunter2: "hunter2" }] },
    error,
  }, secrets));
  const { exception, timestamp: _, ...rest } = line;
  assertEquals(rest, {
    level: "error",
    logger: "task",
    event: "password ***",
    event_: "x",
    nested: [{ hunter2: "***" }],
  });
  assertEquals([exception[0].exc_value, exception[1].exc_value], ["no ***", "***"]);
});

Deno.test("SecretsMask knows a secret where Deno shows a value", () => {
  const mask = new SecretsMask();
  const secret = `pa"ss'w\nord\\`;
  mask.add(secret);
  for (const shown of [Deno.inspect(secret), Deno.inspect({ secret }), Deno.inspect([secret])]) {
    assertEquals(mask.mask(shown).includes("ord"), false, shown);
  }
});

Deno.test("SecretsMask knows a secret in JSON that stands within JSON, or where Deno shows a value", () => {
  for (const secret of ['pa"ss\nord', `it's a "pass\\word"`, "pass\tword `'\""]) {
    const mask = new SecretsMask();
    mask.add(secret);
    const body = JSON.stringify({ secret: [secret] });
    for (const shown of [JSON.stringify({ body }), Deno.inspect({ body }), Deno.inspect([body])]) {
      assertEquals(mask.mask(shown).includes("ord"), false, shown);
    }
  }
});
