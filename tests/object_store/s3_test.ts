// The object store with a real S3 server, which checks each signature.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";
import { inTask } from "./in_task.ts";
import { HAS_S3, S3Server } from "./s3_server.ts";

const MIB = 2 ** 20;
let server: S3Server;

if (HAS_S3) {
  Deno.test.beforeAll(async () => {
    server = await S3Server.start();
  });
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
}

let buckets = 0;

/** Registers a test with its own bucket. */
function s3Test(name: string, work: (bucket: ObjectStoragePath) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !HAS_S3,
    fn: () =>
      inTask({ s3: server.connection() }, async () => {
        const bucket = new ObjectStoragePath(`s3://s3@bucket-${++buckets}`);
        await bucket.mkdir();
        await work(bucket);
      }),
  });
}

async function namesIn(
  path: ObjectStoragePath,
  options: Parameters<ObjectStoragePath["list"]>[0] = {},
): Promise<string[]> {
  const listed = await Array.fromAsync(path.list(options));
  return listed.map((entry) => entry.path.key).sort();
}

s3Test("ObjectStoragePath on S3: reads and describes what it wrote", async (bucket) => {
  const path = bucket.join("reports", "2026.txt");
  assertEquals(await path.exists(), false);
  await path.writeText("grün");
  assertEquals(await path.readText(), "grün");
  assertEquals(await path.readBytes(), new TextEncoder().encode("grün"));
  const stat = await path.stat();
  assertEquals([stat.isFile, stat.isDirectory, stat.size], [true, false, 5]);
  assert(Math.abs(Date.now() - (stat.modified?.epochMilliseconds ?? 0)) < 60_000);
  assertEquals(stat.etag?.length, 32);
  assertEquals(await bucket.join("reports").isDirectory(), true);
  assertEquals(await bucket.join("report").exists(), false);
  assertEquals([await bucket.isDirectory(), await bucket.isFile()], [true, false]);
  await path.writeBytes(new Uint8Array());
  assertEquals((await path.stat()).size, 0);
  assertEquals(await path.readText({ offset: 0, length: 3 }), "");
});

s3Test("ObjectStoragePath on S3: reads ranges like a file", async (bucket) => {
  const path = bucket.join("digits");
  await path.writeText("0123456789");
  assertEquals(await path.readText({ offset: 2, length: 3 }), "234");
  assertEquals(await path.readText({ offset: 7 }), "789");
  assertEquals(await path.readText({ length: 2 }), "01");
  assertEquals(await path.readText({ length: 0 }), "");
  assertEquals(await path.readText({ offset: 99 }), "");
});

s3Test("ObjectStoragePath on S3: lists, copies and deletes unusual keys", async (bucket) => {
  const keys = [
    "a b.txt",
    "a+b.txt",
    "a%20b.txt",
    "a%2Bb.txt",
    "größe/日本語 😀.csv",
    "q?x=1&y=2#z",
    "it's (1)!*~.txt",
    "tag=<a>&amp;",
    'semi;colon,comma:at@"quote"',
    "double//slash",
  ];
  const folder = bucket.join("keys");
  for (const key of keys) await folder.join(key).writeText(key);
  for (const key of keys) {
    const path = new ObjectStoragePath(`${folder}/${key}`);
    assertEquals(await path.readText(), key);
    const copied = await path.copy(bucket.join("copies", key));
    assertEquals(await copied.readText(), key);
  }
  const expected = keys.map((key) => `keys/${key}`).sort();
  assertEquals(await namesIn(folder, { recursive: true }), expected);
  assertEquals(await namesIn(bucket), ["copies", "keys"]);
  await folder.delete({ recursive: true });
  assertEquals(await folder.exists(), false);
  assertEquals((await namesIn(bucket, { recursive: true })).length, keys.length);
});

s3Test("ObjectStoragePath.writable() on S3: uploads a large object in parts", async (bucket) => {
  const path = bucket.join("large");
  const chunk = new Uint8Array(MIB + 1).map((_, index) => index % 251);
  const count = 40;
  const writer = (await path.writable()).getWriter();
  for (let written = 0; written < count; written++) {
    await writer.ready;
    await writer.write(chunk);
  }
  assertEquals(await path.exists(), false);
  await writer.close();
  const { size, etag } = await path.stat();
  assertEquals(size, count * chunk.length);
  assertStringIncludes(etag ?? "", "-6"); // S3's ETag of an object with six parts
  let read = 0;
  for await (const bytes of await path.readable()) {
    for (const at of [0, bytes.length - 1]) {
      if (bytes[at] !== ((read + at) % chunk.length) % 251) throw new Error(`byte ${read + at}`);
    }
    read += bytes.length;
  }
  assertEquals(read, size);
});

s3Test(
  "ObjectStoragePath.writable() on S3: leaves no object and no parts when aborted",
  async (bucket) => {
    const path = bucket.join("never");
    const writer = (await path.writable()).getWriter();
    await writer.write(new Uint8Array(17 * MIB));
    await writer.abort();
    assertEquals(await path.exists(), false);

    const ending = new AbortController();
    const writable = await path.writable({ signal: ending.signal });
    ending.abort();
    const error = await assertRejects(() => writable.getWriter().write(new Uint8Array(1)));
    assert(error instanceof TaskRuntimeError);
    assertEquals(error.code, "ABORTED");
  },
);

s3Test("ObjectStoragePath on S3: lists and deletes more than a thousand keys", async (bucket) => {
  const keys = Array.from({ length: 1003 }, (_, index) => `many/${index % 2}/${index}.txt`);
  const left = keys.values();
  const work = async (): Promise<void> => {
    for (const key of left) await bucket.join(key).writeText("");
  };
  await Promise.all(Array.from({ length: 8 }, work));
  assertEquals((await namesIn(bucket.join("many"), { recursive: true })).length, 1003);
  assertEquals(await namesIn(bucket.join("many")), ["many/0", "many/1"]);
  assertEquals(await namesIn(bucket, { glob: "many/1/100?.txt" }), ["many/1/1001.txt"]);
  assertEquals((await namesIn(bucket, { glob: "**/*.txt" })).length, 1003);
  await bucket.join("many").delete({ recursive: true });
  assertEquals(await bucket.join("many").exists(), false);
});

s3Test(
  "ObjectStoragePath on S3: moves objects and directories to files and back",
  async (bucket) => {
    const folder = await Deno.makeTempDir();
    try {
      const local = new ObjectStoragePath(`file://${folder}`);
      await bucket.join("in/a/1.txt").writeText("one");
      await bucket.join("in/2.txt").writeText("two");
      await bucket.join("in").copy(local.join("out"), { recursive: true });
      assertEquals(await local.join("out/a/1.txt").readText(), "one");
      const moved = await local.join("out/2.txt").move(bucket.join("back/"));
      assertEquals([String(moved), await moved.readText()], [`${bucket}/back/2.txt`, "two"]);
      assertEquals(await local.join("out/2.txt").exists(), false);
      await bucket.join("in").move(bucket.join("moved"), { recursive: true });
      assertEquals(await namesIn(bucket, { recursive: true }), [
        "back/2.txt",
        "moved/2.txt",
        "moved/a/1.txt",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

s3Test("ObjectStoragePath on S3: copies and moves a to a/b when a is an object", async (bucket) => {
  const path = bucket.join("a");
  await path.writeText("one");
  await bucket.join("a/other").writeText("other");
  assertEquals(String(await path.copy(bucket.join("a/b"))), `${bucket}/a/b`);
  assertEquals(await path.readText(), "one");
  await path.copy(bucket.join("a/"), { recursive: true });
  await path.move(bucket.join("a/c"), { recursive: true });
  assertEquals(await namesIn(bucket, { recursive: true }), ["a/a", "a/b", "a/c", "a/other"]);
  for (const [target, reason] of [["a/b/d", "the target is inside"], ["a", "are the same"]]) {
    const work = () => path.copy(bucket.join(target ?? ""), { recursive: true });
    const error = await assertRejects(work, TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assertStringIncludes(error.message, reason ?? "");
  }
});

s3Test(
  "ObjectStoragePath on S3: rejects with NOT_FOUND when an object does not exist",
  async (bucket) => {
    const path = bucket.join("nothing");
    for (const work of [() => path.readText(), () => path.stat(), () => path.copy("s3://s3@b/c")]) {
      assertEquals((await assertRejects(work, TaskRuntimeError)).code, "NOT_FOUND");
    }
    const error = await assertRejects(() => path.readText(), TaskRuntimeError);
    assertEquals(error.message, `Cannot read ${path}: it does not exist`);
    await path.delete();
    const elsewhere = new ObjectStoragePath("s3://s3@no-such-bucket/key");
    const missing = await assertRejects(() => elsewhere.writeText("x"), TaskRuntimeError);
    assertEquals(missing.message, `Cannot write ${elsewhere}: the bucket does not exist`);
  },
);

Deno.test({
  name: "ObjectStoragePath on S3: rejects with PERMISSION_DENIED when credentials are wrong",
  ignore: !HAS_S3,
  async fn() {
    const { endpoint, key } = server;
    const extra = { endpoint_url: endpoint };
    const connections = {
      wrong: { conn_type: "aws", login: key.id, password: "wrong-secret", extra },
      unknown: { conn_type: "aws", login: "AKIAUNKNOWN", password: "any-secret", extra },
    };
    await inTask(connections, async () => {
      for (const id of Object.keys(connections)) {
        const path = new ObjectStoragePath(`s3://${id}@bucket/key`);
        const error = await assertRejects(() => path.readText(), TaskRuntimeError);
        assertEquals(error.code, "PERMISSION_DENIED", error.message);
        assertStringIncludes(
          error.message,
          `Cannot read s3://${id}@bucket/key: S3 responded with 403`,
        );
        assertEquals(Deno.inspect(error).includes("wrong-secret"), false);
      }
    });
  },
});
