import { assert, assertEquals } from "@std/assert";
import { isSensitiveName } from "../../src/protocol/secret_name.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";

const pure = { permissions: "none" } as const;

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
  Deno.test(`isSensitiveName(): returns ${expected} for "${name}"`, () => {
    assertEquals(isSensitiveName(name), expected);
  });
}

Deno.test("isSensitiveName(): reads a long name of capitals in bounded time", () => {
  const since = performance.now();
  assertEquals(isSensitiveName("ACGT".repeat(50_000)), false);
  assertEquals(isSensitiveName(`${"ACGT".repeat(50_000)}_APIKey`), true);
  assert(performance.now() - since < 1000);
});

Deno.test(
  "SecretsMask.mask(): replaces each secret, and no rest of one that holds another",
  pure,
  () => {
    const secrets = new SecretsMask();
    assertEquals([secrets.size, secrets.mask("hunter22")], [0, "hunter22"]);
    for (const secret of ["hunter2", "hunter22+x", "inner", "an inner one"]) secrets.add(secret);
    assertEquals(
      secrets.mask("hunter2, hunter22+x, hunter22, an inner one, inner"),
      "***, ***, ***2, ***, ***",
    );
  },
);

Deno.test("SecretsMask.mask(): covers secrets that overlap", pure, () => {
  const secrets = new SecretsMask();
  for (const secret of ["defghi", "abcdef"]) secrets.add(secret);
  assertEquals(secrets.mask("<abcdefghi> abcdefdefghi"), "<***> ******");
});

Deno.test("SecretsMask.mask(): finds thousands of secrets, and very long ones", pure, () => {
  const secrets = new SecretsMask();
  const long = "0123456789abcdef".repeat(8192);
  const many = Array.from({ length: 3000 }, (_, i) => `secret ${i}!`);
  for (const secret of [...many, long, `${long}+`]) {
    secrets.add(secret);
    secrets.mask("a line of the log");
  }
  assertEquals(secrets.mask(`<${many.join("><")}>`), "<***>".repeat(many.length));
  assertEquals(secrets.mask(`a ${long}+ ${long} b`), "a *** *** b");
  assertEquals(secrets.mask("secret 3000! text"), "secret 3000! text");
});

Deno.test("SecretsMask.mask(): masks a secret only as it is, unless forms are given", pure, () => {
  const plain = new SecretsMask();
  plain.add("p@ssword");
  assertEquals(plain.mask("p@ssword p%40ssword"), "*** p%40ssword");
  const forms = new SecretsMask((secret) => [secret, secret.toUpperCase()]);
  forms.add("p@ssword");
  assertEquals(forms.mask("p@ssword P@SSWORD"), "*** ***");
});

Deno.test("SecretsMask.add(): ignores texts that are short, common or not sensitive by name", () => {
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

Deno.test("SecretsMask.addConnection(): registers the password, the extra and sensitive values in it", () => {
  const secrets = new SecretsMask();
  const extra = '{"host": "public", "privateKey": "-----BEGIN"}';
  secrets.addConnection({ password: "hunter2", extra });
  secrets.addConnection({ password: null, extra: "no json" });
  assertEquals(
    secrets.mask(`hunter2 ${extra} -----BEGIN public no json`),
    "*** *** *** public ***",
  );
});

Deno.test("SecretsMask.redact(): hides texts under sensitive names at any depth", pure, () => {
  const value = { a: 1, password: "x", tokens: ["y", 2, { z: "z" }], secret: "" };
  const hidden = { a: 1, password: "***", tokens: ["***", 2, { z: "***" }], secret: "" };
  assertEquals(new SecretsMask().redact(value), hidden);
});
