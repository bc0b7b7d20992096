import { assertEquals } from "@std/assert";
import { pathWithin } from "../../src/bundle/path_within.ts";

Deno.test("pathWithin() tells what is in a folder from what only looks like its parent", () => {
  assertEquals(pathWithin("/dags", "/dags/etl.ts"), "etl.ts");
  assertEquals(pathWithin("/dags", "/dags/a/../b/etl.ts"), "b/etl.ts");
  assertEquals(pathWithin("/dags", "/dags/..etl.ts"), "..etl.ts");
  assertEquals(pathWithin("/dags", "/dags/.../etl.ts"), ".../etl.ts");
  for (const path of ["/etl.ts", "/", "/dags-2/etl.ts", "/dags/../etl.ts"]) {
    assertEquals(pathWithin("/dags", path), undefined);
  }
});
