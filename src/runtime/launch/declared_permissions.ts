/**
 * Reads the permissions that a bundle declares, at its launch: synchronously, and nothing else.
 *
 * @module
 */

const TRAILER_BYTES = 64;
const MAGIC = "AFBNDL01";
const NODE_METADATA = "//# airflowMetadata=";
/** The metadata of a bundle is far smaller. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Layout and metadata of a node bundle stand within, by Airflow's own limits. */
const NODE_HEAD_BYTES = 4096 + 1024 * 1024 + 64;

/**
 * What the metadata at `path` has under `permissions`; an empty object when there is none.
 *
 * @throws {Error} as from Deno when the file cannot be read
 */
export function readDeclaredPermissions(path: string): Readonly<Record<string, unknown>> {
  using file = Deno.openSync(path);
  // To ask for the file's status makes dates of it, which takes ten times as long.
  const size = file.seekSync(0, Deno.SeekMode.End);
  const text = metadataAtEnd(file, size) ?? metadataAtHead(file, size);
  return permissionsIn(text);
}

function metadataAtEnd(file: Deno.FsFile, size: number): string | undefined {
  if (size < TRAILER_BYTES) return undefined;
  const trailer = read(file, size - TRAILER_BYTES, TRAILER_BYTES);
  const magic = new TextDecoder().decode(trailer.subarray(-MAGIC.length));
  if (magic !== MAGIC) return undefined;
  const length = new DataView(trailer.buffer).getUint32(4, true);
  const start = size - TRAILER_BYTES - length;
  if (start < 0 || length > MOST_BYTES) return undefined;
  return new TextDecoder().decode(read(file, start, length));
}

function metadataAtHead(file: Deno.FsFile, size: number): string | undefined {
  const head = new TextDecoder().decode(read(file, 0, Math.min(size, NODE_HEAD_BYTES)));
  const line = head.split("\n", 2)[1] ?? "";
  return line.startsWith(NODE_METADATA) ? line.slice(NODE_METADATA.length) : undefined;
}

function permissionsIn(text = "{}"): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // Another SDK's YAML: it names no permission that would be known here.
  }
  const permissions: unknown = Reflect.get(Object(document), "permissions");
  return typeof permissions === "object" && permissions !== null ? { ...permissions } : {};
}

function read(file: Deno.FsFile, start: number, length: number): Uint8Array<ArrayBuffer> {
  file.seekSync(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes;
}
