/**
 * The `.min.mjs` bundle that Airflow's NodeCoordinator (3.4) verifies and starts.
 *
 * In file order: a layout comment, a metadata comment, a block comment for each source, the code. The
 * layout contains the offsets and the SHA-256 of each of them, as Airflow's reader requires.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { SourceText } from "./author_files.ts";
import { type ByteSource, sha256 } from "./byte_source.ts";
import { cannotPack, cannotRead } from "./errors.ts";
import { type BundleMetadata, writeMetadata, writeOneLine } from "./metadata.ts";
import { moduleCode } from "./module_code.ts";
import { isPlainObject } from "../values.ts";

/** The suffix of a bundle for NodeCoordinator. */
export const NODE_BUNDLE_SUFFIX = ".min.mjs";

const LAYOUT_PREFIX = "//# airflowBundle=";
const METADATA_PREFIX = "//# airflowMetadata=";
const SOURCE_OPEN = "/*# airflowSource:";
const SOURCE_CLOSE = "\n#*/\n";
const MAX_LAYOUT_BYTES = 4096;
const MAX_METADATA_BYTES = 1 << 20;
const MAX_SOURCE_BYTES = 1 << 20;
const LINE_TERMINATOR = /[\r\n\u2028\u2029]/;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The parts of a `.min.mjs` bundle. */
export interface NodeBundleParts {
  /** The author's module with all its imports, as one ES module of JavaScript. */
  readonly code: string;
  /** Its metadata. */
  readonly metadata: BundleMetadata;
  /** The sources to embed, among them the metadata's `entrypointPath`; none by default. */
  readonly sources?: readonly SourceText[];
}

/** A section of a bundle: its byte range (end exclusive) and digest in lower-case hex. */
export interface NodeSection {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset after its last byte. */
  readonly end: number;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** The layout of a `.min.mjs` bundle. */
export interface NodeLayout {
  /** The metadata, JSON. */
  readonly metadata: NodeSection;
  /** The embedded sources, in file order. */
  readonly sources: readonly (NodeSection & { readonly path: string })[];
  /** The JavaScript, up to the end of the file. */
  readonly code: NodeSection;
}

/**
 * Assembles a `.min.mjs` bundle; the same parts result in the same bytes.
 *
 * @throws {TaskRuntimeError} `INVALID` for metadata, sources or sizes that Airflow would refuse
 */
export function assembleNodeBundle(parts: NodeBundleParts): Uint8Array<ArrayBuffer> {
  const metadata = writeMetadata(parts.metadata);
  if (METADATA_PREFIX.length + byteLength(metadata) + 1 > MAX_METADATA_BYTES) {
    throw cannotPack(
      "a .min.mjs bundle",
      `its metadata is longer than ${MAX_METADATA_BYTES} bytes`,
    );
  }
  const sources = (parts.sources ?? []).map(writeSource);
  const { entrypointPath } = parts.metadata;
  if (entrypointPath !== undefined && !sources.some(({ path }) => path === entrypointPath)) {
    throw cannotPack("a .min.mjs bundle", `the entry point "${entrypointPath}" is not embedded`);
  }
  // In file order, each section of the layout with the text around it.
  const pieces: Piece[] = [
    { before: METADATA_PREFIX, payload: metadata, after: "\n" },
    ...sources.map(({ path, text }) => ({
      path,
      before: `${SOURCE_OPEN}${path}\n`,
      payload: text,
      after: SOURCE_CLOSE,
    })),
  ];
  const head = pieces.map(({ before, payload, after }) => before + payload + after).join("");
  const code = moduleCode(parts.code, 1 + head.split("\n").length - 1);
  pieces.push({ before: "", payload: code, after: "" });

  // Every number in the layout has a fixed width, so its length does not depend on them.
  const lineLength = byteLength(layoutLine(pieces, 0));
  const line = layoutLine(pieces, lineLength);
  if (lineLength > MAX_LAYOUT_BYTES) {
    throw cannotPack(
      "a .min.mjs bundle",
      `its layout of ${sources.length} sources is longer than ${MAX_LAYOUT_BYTES} bytes; embed fewer`,
    );
  }
  return encoder.encode(line + head + code);
}

interface Piece {
  readonly path?: string;
  readonly before: string;
  readonly payload: string;
  readonly after: string;
}

/** Writes the layout of pieces that follow each other from offset `start`; the last is the code. */
function layoutLine(pieces: readonly Piece[], start: number): string {
  let at = start;
  const sections = pieces.map(({ path, before, payload, after }) => {
    const from = at + byteLength(before);
    const to = from + byteLength(payload);
    at = to + byteLength(after);
    const sha256 = createHash("sha256").update(payload).digest("hex");
    return { path, start: hex16(from), end: hex16(to), sha256 };
  });
  const layout = { metadata: sections[0], sources: sections.slice(1, -1), code: sections.at(-1) };
  return `${LAYOUT_PREFIX}${writeOneLine(layout)}\n`;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Reads the layout of a `.min.mjs` bundle and checks its offsets and digests, as Airflow does before it
 * runs the bundle. `path` is for error messages.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first error
 */
export async function readNodeLayout(source: ByteSource, path: string): Promise<NodeLayout> {
  const layoutLine = await readLine(source, path, 0, LAYOUT_PREFIX, MAX_LAYOUT_BYTES);
  const layout = parseLayout(layoutLine.payload, path);
  const metadataLine = await readLine(
    source,
    path,
    layoutLine.next,
    METADATA_PREFIX,
    MAX_METADATA_BYTES,
  );
  if (
    layout.metadata.start !== layoutLine.next + METADATA_PREFIX.length ||
    layout.metadata.end !== metadataLine.next - 1
  ) throw cannotRead(path, "its layout does not match where the metadata lies");
  const codeStart = await checkSources(source, path, metadataLine.next, layout);
  if (layout.code.start !== codeStart || layout.code.end !== source.size) {
    throw cannotRead(path, "its layout does not match where the code lies");
  }
  const sections = [
    ["metadata", layout.metadata] as const,
    ...layout.sources.map((section) => [`source ${section.path}`, section] as const),
    ["code", layout.code] as const,
  ];
  for (const [name, section] of sections) {
    if (await sha256(source, section.start, section.end) !== section.sha256) {
      throw cannotRead(path, `the SHA-256 of its ${name} is not the one its layout states`);
    }
  }
  return layout;
}

function writeSource({ path, text }: SourceText): SourceText {
  const what = `source "${path}"`;
  // The path is in the block comment that contains the text.
  if (path === "" || path.includes("*/") || LINE_TERMINATOR.test(path)) {
    throw cannotPack(what, "its path must be one line, not empty and without */");
  }
  if (text === "") throw cannotPack(what, "it is empty");
  const escaped = text.replaceAll(/\*([\\/])/g, "*\\$1");
  if (byteLength(escaped) > MAX_SOURCE_BYTES) {
    throw cannotPack(what, `it is longer than ${MAX_SOURCE_BYTES} bytes`);
  }
  return { path, text: escaped };
}

function hex16(offset: number): string {
  return offset.toString(16).padStart(16, "0");
}

async function readLine(
  source: ByteSource,
  path: string,
  start: number,
  prefix: string,
  maxBytes: number,
): Promise<{ payload: string; next: number }> {
  const name = prefix.slice(prefix.indexOf("airflow"), -1);
  const bytes = await source.read(start, start + maxBytes);
  const marker = encoder.encode(prefix);
  if (!marker.every((byte, i) => byte === bytes[i])) {
    throw cannotRead(path, `it has no ${name} line where one is expected`);
  }
  const end = bytes.indexOf(0x0a);
  if (end < 0) {
    throw cannotRead(path, `its ${name} line does not end within ${maxBytes} bytes`);
  }
  const payload = decode(bytes.subarray(marker.length, end), path, `its ${name} line`);
  if (LINE_TERMINATOR.test(payload)) {
    throw cannotRead(path, `its ${name} line contains a JavaScript line terminator`);
  }
  return { payload, next: start + end + 1 };
}

async function checkSources(
  source: ByteSource,
  path: string,
  start: number,
  layout: NodeLayout,
): Promise<number> {
  let at = start;
  for (const section of layout.sources) {
    const marker = `${SOURCE_OPEN}${section.path}\n`;
    if (section.start !== at + byteLength(marker)) {
      throw cannotRead(path, `its layout does not match where source ${section.path} lies`);
    }
    if (section.end - section.start > MAX_SOURCE_BYTES) {
      throw cannotRead(path, `its source ${section.path} is longer than ${MAX_SOURCE_BYTES} bytes`);
    }
    const end = section.end + SOURCE_CLOSE.length;
    const comment = decode(await source.read(at, end), path, `its source ${section.path}`);
    if (!comment.startsWith(marker) || !comment.endsWith(SOURCE_CLOSE)) {
      throw cannotRead(path, `its source ${section.path} does not stand in its block comment`);
    }
    if (comment.slice(marker.length, -SOURCE_CLOSE.length).includes("*/")) {
      throw cannotRead(path, `its source ${section.path} ends its block comment early`);
    }
    at = end;
  }
  return at;
}

function parseLayout(payload: string, path: string): NodeLayout {
  let layout: unknown;
  try {
    layout = JSON.parse(payload);
  } catch (error) {
    throw cannotRead(path, "its layout is not JSON", error);
  }
  if (!isPlainObject(layout)) throw cannotRead(path, "its layout is not a mapping");
  const metadata = parseSection(layout["metadata"], "metadata", path);
  if (!Array.isArray(layout["sources"])) throw cannotRead(path, "its layout has no sources list");
  const sources = layout["sources"].map((entry: unknown) => {
    const name = isPlainObject(entry) ? entry["path"] : undefined;
    if (typeof name !== "string" || name === "") {
      throw cannotRead(path, "its layout has a source without a path");
    }
    return { path: name, ...parseSection(entry, `source ${name}`, path) };
  });
  if (new Set(sources.map((entry) => entry.path)).size !== sources.length) {
    throw cannotRead(path, "its layout names a source twice");
  }
  return { metadata, sources, code: parseSection(layout["code"], "code", path) };
}

function parseSection(section: unknown, name: string, path: string): NodeSection {
  if (!isPlainObject(section)) throw cannotRead(path, `its layout has no ${name} section`);
  const [start, end] = [section["start"], section["end"]].map((offset) => {
    if (typeof offset !== "string" || !/^[0-9a-f]{16}$/.test(offset)) {
      throw cannotRead(path, `its layout has an offset of ${name} that is not 16 hex digits`);
    }
    return Number(`0x${offset}`);
  });
  const sha256 = section["sha256"];
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw cannotRead(path, `its layout has a SHA-256 of ${name} that is not 64 hex digits`);
  }
  if (start === undefined || end === undefined || start >= end) {
    throw cannotRead(path, `its layout has an empty ${name} section`);
  }
  return { start, end, sha256 };
}

function decode(bytes: Uint8Array, path: string, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw cannotRead(path, `${what} is not valid UTF-8`, error);
  }
}
