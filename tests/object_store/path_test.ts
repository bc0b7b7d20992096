// What can be said of a path without asking its store.

import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

Deno.test({
  name: "a path has Python's parts",
  permissions: "none",
  fn() {
    const path = new ObjectStoragePath("s3://aws_default@shop/in/orders.tar.gz");
    assertEquals(
      [path.protocol, path.connId, path.bucket, path.key, path.name, path.stem, path.suffix],
      ["s3", "aws_default", "shop", "in/orders.tar.gz", "orders.tar.gz", "orders.tar", ".gz"],
    );
    assertEquals(String(path.parent), "s3://aws_default@shop/in");
    assertEquals(String(path.parent.parent), "s3://aws_default@shop");
    assertEquals(String(path.parent.parent.parent), "s3://aws_default@shop");
    assertEquals(String(path.withName("a b")), "s3://aws_default@shop/in/a b");
    assertEquals(String(path.withSuffix(".zip")), "s3://aws_default@shop/in/orders.tar.zip");
    assertEquals(JSON.stringify({ path }), '{"path":"s3://aws_default@shop/in/orders.tar.gz"}');
    assertEquals(Deno.inspect(path), "ObjectStoragePath(s3://aws_default@shop/in/orders.tar.gz)");
  },
});

Deno.test({
  name: "a path takes its key as it is written",
  permissions: "none",
  fn() {
    for (const key of ["a%20b", "a b?c#d", "x@y:z", "ü/日本", "a//b", "dir/", "line\nbreak"]) {
      const path = new ObjectStoragePath(`s3://c@b/${key}`);
      assertEquals([path.connId, path.bucket, path.key], ["c", "b", key]);
      assertEquals(String(new ObjectStoragePath(String(path))), `s3://c@b/${key}`);
    }
    assertEquals(new ObjectStoragePath("file:///a//b").key, "a/b");
    assertEquals(String(new ObjectStoragePath("s3://b/k", { connId: "other" })), "s3://other@b/k");
    assertEquals(new ObjectStoragePath("s3://b/.hidden").suffix, "");
  },
});

Deno.test({
  name: "a path says what is wrong with an address",
  permissions: "none",
  fn() {
    for (
      const [text, reason] of [
        ["/data/x", "it begins with neither file:// nor s3://"],
        ["gs://bucket/x", "it begins with neither file:// nor s3://"],
        ["file://host/x", "a file has no connection and no host; write file:///path"],
        ["s3:///x", '"" is no name of a bucket; write s3://conn_id@bucket/key'],
        ["s3://b/../x", 'a key with a part "." or ".." cannot be asked for'],
        ["s3://b/\0", "it holds a character that no store can keep"],
      ] as const
    ) {
      const error = assertThrows(() => new ObjectStoragePath(text), TaskRuntimeError);
      assertEquals(error.code, "INVALID");
      assertEquals(error.message, `Cannot use ${JSON.stringify(text)} as path: ${reason}`);
    }
  },
});
