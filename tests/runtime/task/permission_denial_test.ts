import { assertEquals } from "@std/assert";
import { denialOf } from "../../../src/runtime/task/permission_denial.ts";

const HINT = ", specify the required permissions during compilation using `deno compile`";

for (
  const [message, reason] of [
    [
      `Requires net access to "api.example.com:443"${HINT}`,
      'net access to "api.example.com:443"; add net: ["api.example.com"] to the bundle\'s permissions',
    ],
    [
      `Requires net access to "[::1]:5432"${HINT}`,
      'net access to "[::1]:5432"; add net: ["[::1]:5432"] to the bundle\'s permissions',
    ],
    [
      `Requires write access to <TMP>${HINT}`,
      'write access to "<TMP>"; add write: ["/tmp"] to the bundle\'s permissions',
    ],
    [`Requires env access${HINT}`, "env access; add env: true to the bundle's permissions"],
  ] as const
) {
  Deno.test(`denialOf(): suggests the permission to add for: ${message.slice(0, 45)}`, () => {
    const denial = denialOf(new Deno.errors.NotCapable(message), "etl.extract");
    assertEquals(
      denial?.message,
      `Cannot run etl.extract: it has no permission for ${reason} and pack it again`,
    );
    assertEquals(denial?.code, "PERMISSION_DENIED");
  });
}

Deno.test("denialOf(): suggests nothing for a permission that no bundle can declare", () => {
  const error = new Deno.errors.NotCapable(`Requires all access to "/proc/self/environ"${HINT}`);
  assertEquals(
    denialOf(error, "a.b")?.message,
    'Cannot run a.b: it has no permission for all access to "/proc/self/environ"',
  );
});

Deno.test("denialOf(): searches the causes, even when they form a cycle", () => {
  const denied = new Deno.errors.NotCapable('Requires sys access to "cpus"');
  const error = new Error("outer", { cause: new Error("inner", { cause: denied }) });
  assertEquals(denialOf(error, "a.b")?.cause, error);
  const loop = new Error("loop");
  loop.cause = loop;
  assertEquals(denialOf(loop, "a.b"), undefined);
  assertEquals(denialOf("text", "a.b"), undefined);
});

Deno.test("denialOf(): returns undefined when a cause cannot be read", () => {
  const error = Object.defineProperty(new Error("x"), "cause", {
    get() {
      throw new Error("no cause");
    },
  });
  assertEquals(denialOf(error, "etl.load"), undefined);
});
