import { assertEquals } from "@std/assert";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { secretForms } from "../../src/supervisor/secret_forms.ts";

Deno.test("secretForms(): finds a secret within a URI and within JSON", () => {
  const secrets = new SecretsMask(secretForms);
  secrets.add('p@ss"\\n');
  assertEquals(
    secrets.mask(`x://u:p%40ss%22%5Cn@h ${JSON.stringify({ p: 'p@ss"\\n' })}`),
    'x://u:***@h {"p":"***"}',
  );
});

Deno.test("secretForms(): finds a secret in each encoding of URLs", () => {
  const secrets = new SecretsMask(secretForms);
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

Deno.test("secretForms(): finds multi-line and long secrets in values that Deno prints", () => {
  const secrets = new SecretsMask(secretForms);
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

Deno.test("secretForms(): finds a secret in a value that Deno prints", () => {
  const mask = new SecretsMask(secretForms);
  const secret = `pa"ss'w\nord\\`;
  mask.add(secret);
  for (const shown of [Deno.inspect(secret), Deno.inspect({ secret }), Deno.inspect([secret])]) {
    assertEquals(mask.mask(shown).includes("ord"), false, shown);
  }
});

Deno.test("secretForms(): finds a secret in JSON within JSON, also when Deno prints it", () => {
  for (const secret of ['pa"ss\nord', `it's a "pass\\word"`, "pass\tword `'\""]) {
    const mask = new SecretsMask(secretForms);
    mask.add(secret);
    const body = JSON.stringify({ secret: [secret] });
    for (const shown of [JSON.stringify({ body }), Deno.inspect({ body }), Deno.inspect([body])]) {
      assertEquals(mask.mask(shown).includes("ord"), false, shown);
    }
  }
});
