import { assertEquals } from "@std/assert";
import { pathWithin } from "../../src/bundle/author_files.ts";

Deno.test("pathWithin(): returns the relative path, or undefined when the path is outside the folder", () => {
  assertEquals(pathWithin("/dags", "/dags/etl.ts"), "etl.ts");
  assertEquals(pathWithin("/dags", "/dags/a/../b/etl.ts"), "b/etl.ts");
  assertEquals(pathWithin("/dags", "/dags/..etl.ts"), "..etl.ts");
  assertEquals(pathWithin("/dags", "/dags/.../etl.ts"), ".../etl.ts");
  for (const path of ["/etl.ts", "/", "/dags-2/etl.ts", "/dags/../etl.ts"]) {
    assertEquals(pathWithin("/dags", path), undefined);
  }
});
