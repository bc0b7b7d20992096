// The object store on local files, in a task and outside of one.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

function fileTest(name: string, work: (folder: ObjectStoragePath) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await work(new ObjectStoragePath(`file://${folder}`));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function keysIn(
  path: ObjectStoragePath,
  options: Parameters<ObjectStoragePath["list"]>[0] = {},
): Promise<string[]> {
  const listed = await Array.fromAsync(path.list(options));
  return listed.map((entry) => entry.path.uri.slice(path.uri.length + 1)).sort();
}

fileTest("ObjectStoragePath on files: reads what it wrote, whole and in ranges", async (folder) => {
  const path = folder.join("a b/größe 100%+.txt");
  assertEquals(await path.exists(), false);
  await path.writeText("0123456789");
  assertEquals(await path.readText(), "0123456789");
  assertEquals(await path.readText({ offset: 2, length: 3 }), "234");
  assertEquals(await path.readText({ length: 0 }), "");
  assertEquals(await path.readText({ offset: 99 }), "");
  const { isFile, size, modified, etag } = await path.stat();
  assertEquals([isFile, size, etag], [true, 10, null]);
  assert(modified !== null);
  assertEquals([await folder.isDirectory(), await folder.isFile()], [true, false]);
});

fileTest("ObjectStoragePath on files: reads a part of a large file", async (folder) => {
  const path = folder.join("large");
  await path.writeBytes(new Uint8Array(1_000_000).fill(7));
  assertEquals((await path.readBytes({ offset: 10, length: 200_000 })).length, 200_000);
  const reader = (await path.readable()).getReader();
  await reader.read();
  await reader.cancel();
});

fileTest(
  "ObjectStoragePath.writable() on files: keeps the previous file when aborted",
  async (folder) => {
    const path = folder.join("out.txt");
    await path.writeText("before");
    const writer = (await path.writable()).getWriter();
    await writer.write(new TextEncoder().encode("half"));
    assertEquals(await path.readText(), "before");
    await writer.abort();
    assertEquals(await path.readText(), "before");
    assertEquals(await keysIn(folder), ["out.txt"]);

    const ending = new AbortController();
    const writable = await path.writable({ signal: ending.signal });
    ending.abort();
    const error = await assertRejects(
      () => writable.getWriter().write(Uint8Array.of(1)),
      TaskRuntimeError,
    );
    assertEquals([error.code, error.message], [
      "ABORTED",
      `Cannot write ${path}: the operation was canceled`,
    ]);
  },
);

fileTest(
  "ObjectStoragePath.list() on files: lists a directory, at any depth, or by pattern",
  async (at) => {
    for (const key of ["1.csv", "2.txt", "y/3.csv", "y/z/4.csv", "x/5.csv"]) {
      await at.join(key).writeText("");
    }
    assertEquals(await keysIn(at), ["1.csv", "2.txt", "x", "y"]);
    assertEquals(await keysIn(at, { recursive: true }), [
      "1.csv",
      "2.txt",
      "x/5.csv",
      "y/3.csv",
      "y/z/4.csv",
    ]);
    assertEquals(await keysIn(at, { glob: "*.csv" }), ["1.csv"]);
    assertEquals(await keysIn(at, { glob: "y/*.csv" }), ["y/3.csv"]);
    assertEquals(await keysIn(at, { glob: "*/*.csv" }), ["x/5.csv", "y/3.csv"]);
    assertEquals((await keysIn(at, { glob: "**/*.csv" })).length, 4);
    assertEquals(await keysIn(at, { glob: "[!2].csv" }), ["1.csv"]);
    assertEquals(await keysIn(at, { glob: "[1-2].???" }), ["1.csv", "2.txt"]);
    assertEquals(await keysIn(at, { glob: "1+.csv" }), []);
    const missing = await assertRejects(() => keysIn(at.join("none")), TaskRuntimeError);
    assertEquals(missing.code, "NOT_FOUND");
  },
);

fileTest("ObjectStoragePath on files: copies, moves and deletes", async (folder) => {
  const source = folder.join("in");
  await source.join("a/1.txt").writeText("one");
  await source.copy(folder.join("out"), { recursive: true });
  const moved = await folder.join("out/a/1.txt").move(`${folder}/`);
  assertEquals([moved.name, await moved.readText()], ["1.txt", "one"]);
  await folder.join("out").move(folder.join("away"), { recursive: true });
  assertEquals(await keysIn(folder), ["1.txt", "away", "in"]);
  const full = await assertRejects(() => source.delete(), TaskRuntimeError);
  assertEquals(full.code, "CONFLICT");
  await source.delete({ recursive: true });
  await source.delete();
  const inside = () => folder.copy(folder.join("copy"), { recursive: true });
  assertStringIncludes(
    (await assertRejects(inside, TaskRuntimeError)).message,
    "the target is inside the source",
  );
  const file = folder.join("1.txt");
  for (const work of [() => file.copy(file.join("b")), () => file.move(file.join("b"))]) {
    const error = await assertRejects(work, TaskRuntimeError);
    assertEquals(
      error.message.split(": ").at(-1),
      "the source is a file, which cannot contain the target",
    );
  }
  const same = await assertRejects(() => file.move(String(file)), TaskRuntimeError);
  assertStringIncludes(same.message, "source and target are the same");
  const whole = () => new ObjectStoragePath("file:///").delete({ recursive: true });
  assertEquals((await assertRejects(whole, TaskRuntimeError)).code, "INVALID");
});

fileTest("ObjectStoragePath on files: rejects with a code and the path", async (folder) => {
  const path = folder.join("file");
  await path.writeBytes(Uint8Array.of(0xff));
  const cases: [work: () => Promise<unknown>, code: string, message: string][] = [
    [() => folder.join("none").readText(), "NOT_FOUND", "Cannot read file://"],
    [() => folder.readText(), "INVALID", "it is a directory"],
    [() => path.join("below").writeText(""), "INVALID", "a parent of the path is not a directory"],
    [() => path.readText(), "INVALID", "it is not valid UTF-8"],
    [
      () => path.readText({ offset: -1 }),
      "INVALID",
      "offset must be a non-negative integer, got -1",
    ],
    [() => path.stat({ signal: AbortSignal.abort() }), "ABORTED", "the operation was canceled"],
  ];
  for (const [work, code, message] of cases) {
    const error = await assertRejects(work, TaskRuntimeError);
    assertEquals(error.code, code, error.message);
    assertStringIncludes(error.message, message);
  }
});

Deno.test({
  name:
    "ObjectStoragePath on files: rejects with PERMISSION_DENIED when the bundle lacks a permission",
  permissions: { read: false, write: false },
  async fn() {
    const path = new ObjectStoragePath("file:///data/orders.csv");
    const error = await assertRejects(() => path.readText(), TaskRuntimeError);
    assertEquals(error.code, "PERMISSION_DENIED");
    assertEquals(
      error.message,
      'Cannot read file:///data/orders.csv: it requires read access to "/data/orders.csv". ' +
        "Add it to the permissions of the bundle",
    );
    assert(error.cause instanceof Deno.errors.NotCapable);
  },
});
