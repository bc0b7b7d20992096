import { assertEquals, assertThrows } from "@std/assert";
import { Bundle, TaskRuntimeError } from "../../mod.ts";
import { checkPermissions } from "../../src/sdk/permissions.ts";

Deno.test("checkPermissions() copies what flags can hold", () => {
  const named = { net: ["api.example.com:443", "*.example.com"], env: true, read: [] } as const;
  assertEquals(checkPermissions(named), named);
});

for (
  const [permissions, reason] of [
    [{ nett: ["x"] }, 'Cannot use permission "nett": there is no such permission'],
    [{ net: "x" }, 'Cannot use permission "net": it is neither a list of texts nor true'],
    [{ net: ["a,b"] }, 'Cannot use permission "net": "a,b" is no text without space and comma'],
    [{ read: [""] }, 'Cannot use permission "read": "" is no text'],
    [{ env: [1] }, 'Cannot use permission "env": 1 is no text'],
    [{ run: false }, 'Cannot use permission "run": it is neither'],
  ] as const
) {
  Deno.test(`a bundle refuses the permissions ${JSON.stringify(permissions)}`, () => {
    const error = assertThrows(
      () => Reflect.construct(Bundle, [{ permissions }]),
      TaskRuntimeError,
      reason,
    );
    assertEquals(error.code, "INVALID");
  });
}
