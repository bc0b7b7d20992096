import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { FileSource } from "../../src/bundle/byte_source.ts";
import { readMetadata } from "../../src/bundle/metadata.ts";
import { readTrailer, TRAILER_BYTES, writeTrailer } from "../../src/bundle/trailer.ts";
import { appendTrailer } from "../../src/bundle/self_contained.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { memorySource, METADATA } from "./bundle_parts.ts";
import vectors from "./testdata/trailers.json" with { type: "json" };

for (const [name, vector] of Object.entries(vectors.cases)) {
  const bytes = Uint8Array.fromHex(vector.hex);
  if (vector.ok) {
    Deno.test(`readTrailer(): agrees with writeTrailer() and with Airflow on ${name}`, async () => {
      const regions = await readTrailer(memorySource(bytes), name);
      assertEquals(regions.metadataEnd, bytes.length - TRAILER_BYTES);
      assertEquals(
        writeTrailer(regions).toHex(),
        bytes.slice(regions.metadataEnd).toHex(),
      );
    });
  } else {
    Deno.test(`readTrailer(): refuses what Airflow refuses: ${name}`, async () => {
      const error = await assertRejects(
        async () => {
          const regions = await readTrailer(memorySource(bytes), "/b/x");
          readMetadata(bytes.slice(regions.metadataStart, regions.metadataEnd), "/b/x", "dags");
        },
        TaskRuntimeError,
        "Cannot read bundle /b/x: ",
      );
      assertEquals(error.code, "INVALID");
    });
  }
}

Deno.test("readTrailer(): rejects when any bit of the executable or the trailer has changed", async () => {
  const good = Uint8Array.fromHex(vectors.cases.good_no_source.hex);
  const { sourceStart, metadataEnd } = await readTrailer(memorySource(good), "good");
  const offsets = [...Array(good.length).keys()]
    .filter((at) => at < sourceStart || at >= metadataEnd);
  for (const at of offsets) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    await assertRejects(() => readTrailer(memorySource(bad), "bad"), TaskRuntimeError);
  }
});

Deno.test("writeTrailer(): throws when a length or the digest is invalid", () => {
  const sha256 = "00".repeat(32);
  for (
    const trailer of [
      { sourceLength: -1, metadataLength: 0, sha256 },
      { sourceLength: 0, metadataLength: 2 ** 32, sha256 },
      { sourceLength: 0, metadataLength: 1.5, sha256 },
      { sourceLength: 0, metadataLength: 0, sha256: "AB".repeat(32) },
    ]
  ) assertThrows(() => writeTrailer(trailer), TaskRuntimeError, "Cannot write bundle trailer");
});

Deno.test("appendTrailer(): makes a bundle of an executable larger than one hash chunk", async () => {
  await using folder = await TemporaryFolder.create();
  const path = folder.join("etl");
  const elf = new Uint8Array(2_500_000).map((_, i) => i * 7);
  await Deno.writeFile(path, elf);
  await appendTrailer(path, METADATA);
  using source = await FileSource.open(path);
  const regions = await readTrailer(source, path);
  assertEquals(regions.sourceStart, elf.length);
  assertEquals(
    readMetadata(await source.read(regions.metadataStart, regions.metadataEnd), path, "dags"),
    METADATA,
  );
});
