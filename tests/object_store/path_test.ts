// The parts of a path, which need no store.

import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

Deno.test({
  name: "ObjectStoragePath: has the parts of Python's class",
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
  name: "ObjectStoragePath: does not decode the key",
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
  name: "ObjectStoragePath: throws when the address is not valid",
  permissions: "none",
  fn() {
    for (
      const [text, reason] of [
        ["/data/x", "it must begin with file:// or s3://"],
        ["gs://bucket/x", "it must begin with file:// or s3://"],
        ["file://host/x", "a file has neither a connection nor a host. Write file:///path"],
        ["s3:///x", '"" is not a valid bucket name. Write s3://conn_id@bucket/key'],
        ["s3://b/../x", 'its key must not have a part "." or ".."'],
        ["s3://b/\0", "it contains a character that stores do not accept"],
      ] as const
    ) {
      const error = assertThrows(() => new ObjectStoragePath(text), TaskRuntimeError);
      assertEquals(error.code, "INVALID");
      assertEquals(error.message, `Cannot parse path ${JSON.stringify(text)}: ${reason}`);
    }
  },
});
