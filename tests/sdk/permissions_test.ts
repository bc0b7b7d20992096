import { assertEquals, assertThrows } from "@std/assert";
import { Bundle, TaskRuntimeError } from "../../mod.ts";
import { checkPermissions } from "../../src/sdk/permissions.ts";

Deno.test("checkPermissions(): copies valid permissions", () => {
  const named = { net: ["api.example.com:443", "*.example.com"], env: true, read: [] } as const;
  assertEquals(checkPermissions(named), named);
});

for (
  const [permissions, reason] of [
    [{ nett: ["x"] }, 'Cannot declare permission "nett": it does not exist; permissions: '],
    [{ net: "x" }, 'Cannot declare permission "net": must be a list of texts or true'],
    [
      { net: ["a,b"] },
      'Cannot declare permission "net": an entry must be a text without space and comma, got "a,b"',
    ],
    [
      { read: [""] },
      'Cannot declare permission "read": an entry must be a text without space and comma, got ""',
    ],
    [
      { env: [1] },
      'Cannot declare permission "env": an entry must be a text without space and comma, got 1',
    ],
    [{ run: false }, 'Cannot declare permission "run": must be a list'],
  ] as const
) {
  Deno.test(`Bundle: refuses the permissions ${JSON.stringify(permissions)}`, () => {
    const error = assertThrows(
      () => Reflect.construct(Bundle, [{ permissions }]),
      TaskRuntimeError,
      reason,
    );
    assertEquals(error.code, "INVALID");
  });
}
