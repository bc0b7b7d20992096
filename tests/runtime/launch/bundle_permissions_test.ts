import { assertEquals } from "@std/assert";
import { readDeclaredPermissions } from "../../../src/runtime/launch/bundle_permissions.ts";
import { assembleNodeBundle } from "../../../src/bundle/node_bundle.ts";
import { TemporaryFolder } from "../../../src/bundle/output_file.ts";
import { assembleThinBundle } from "../../../src/bundle/thin_bundle.ts";
import { METADATA } from "../../bundle/bundle_parts.ts";

const PERMISSIONS = { net: ["api.example.com"], env: true } as const;

Deno.test("readDeclaredPermissions(): reads the permissions of bundles of each form", async () => {
  await using folder = await TemporaryFolder.create();
  const path = folder.join("bundle");
  for (
    const [permissions, expected] of [[PERMISSIONS, PERMISSIONS], [undefined, {}]] as const
  ) {
    const metadata = { ...METADATA, ...(permissions === undefined ? {} : { permissions }) };
    for (
      const bytes of [
        assembleThinBundle({ code: "1", metadata }),
        assembleNodeBundle({ code: "1", metadata, sources: [] }),
      ]
    ) {
      await Deno.writeFile(path, bytes);
      assertEquals(readDeclaredPermissions(path), expected);
    }
  }
});

Deno.test("readDeclaredPermissions(): reads a long metadata line of a node bundle", async () => {
  await using folder = await TemporaryFolder.create();
  const path = folder.join("bundle");
  const tasks = Array.from({ length: 20_000 }, (_, i) => `task_${i}`);
  const metadata = { ...METADATA, permissions: PERMISSIONS, dags: { etl: { tasks } } };
  await Deno.writeFile(path, assembleNodeBundle({ code: "1", metadata, sources: [] }));
  assertEquals(readDeclaredPermissions(path), PERMISSIONS);
});

Deno.test("readDeclaredPermissions(): returns undefined for a bundle of another SDK", async () => {
  await using folder = await TemporaryFolder.create();
  const path = folder.join("bundle");
  const trailer = (length: number): Uint8Array => {
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setUint32(4, length, true);
    bytes.set(new TextEncoder().encode("AFBNDL01"), 56);
    return bytes;
  };
  const text = (content: string): number[] => [...new TextEncoder().encode(content)];
  for (
    const bytes of [
      [],
      text("export {};\n".repeat(20)),
      // As ts-sdk 0.1.0-beta1 writes it, and as Airflow 3.4.0b2 reads it.
      text("//# airflowMetadata=c2RrOgo=\nexport {};\n"),
      text('//# airflowBundle={}\n//# airflowMetadata={"sdk":{}}\nexport {};\n'),
      text('//# airflowBundle={}\n//# airflowMetadata={"permissions":{}}'),
      [...text("permissions: {net: true}"), ...trailer(24)],
      [...text('{"permissions":"all"}'), ...trailer(21)],
      [...text("null"), ...trailer(4)],
      [...text("x"), ...trailer(0xffff_ffff)],
    ]
  ) {
    await Deno.writeFile(path, new Uint8Array(bytes));
    assertEquals(readDeclaredPermissions(path), undefined);
  }
});

Deno.test("readDeclaredPermissions(): returns an empty mapping when the file does not exist", async () => {
  await using folder = await TemporaryFolder.create();
  assertEquals(readDeclaredPermissions(folder.join("none")), {});
});
