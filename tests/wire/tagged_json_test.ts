import { assert, assertEquals } from "@std/assert";
import { decodeTagged, encodeTagged } from "../../src/wire/tagged_json.ts";

Deno.test("encodeTagged(): keeps values without a form in JSON", () => {
  const value = {
    at: Temporal.Instant.from("2026-01-02T03:04:05.123456789Z"),
    big: [2n ** 64n, -1n],
    bytes: new Uint8Array([0, 255, 1]),
    odd: [NaN, Infinity, -Infinity],
    plain: { $other: 1, none: null, text: "é", yes: true },
  };
  assertEquals(decodeTagged(encodeTagged(value)), value);
});

Deno.test("encodeTagged(): distinguishes objects that look like tags", () => {
  for (const key of ["$instant", "$bigint", "$bytes", "$number", "$literal"]) {
    assertEquals(decodeTagged(encodeTagged({ [key]: "1" })), { [key]: "1" });
  }
  assert(encodeTagged({ $number: "1" }).includes("$literal"));
});
