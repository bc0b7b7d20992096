import { assertEquals, assertThrows } from "@std/assert";
import { readDeclaredPermissions } from "../../src/runtime/launch/declared_permissions.ts";
import { assembleNodeBundle } from "../../src/bundle/node_bundle.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { METADATA } from "../bundle/bundle_parts.ts";

const PERMISSIONS = { net: ["api.example.com"], env: true } as const;

Deno.test("readDeclaredPermissions() finds what a bundle of each form names", async () => {
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

Deno.test("readDeclaredPermissions() finds none in what is no bundle, or another SDK's", async () => {
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
      [...text("permissions: {net: true}"), ...trailer(24)],
      [...text('{"permissions":"all"}'), ...trailer(21)],
      [...text("null"), ...trailer(4)],
      [...text("x"), ...trailer(0xffff_ffff)],
    ]
  ) {
    await Deno.writeFile(path, new Uint8Array(bytes));
    assertEquals(readDeclaredPermissions(path), {});
  }
  assertThrows(() => readDeclaredPermissions(folder.join("none")), Deno.errors.NotFound);
});
