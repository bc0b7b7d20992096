/**
 * Keeps the bundles of tests, so that test files and later runs share them.
 *
 * @module
 */
import { dirname } from "node:path";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const CACHE = `${ROOT}/.tools/tmp/bundles`;
/** The sources of each bundle, in addition to the module itself. */
const OURS = ["mod.ts", "src", "deno.json", "scripts/offline"].map((name) => `${ROOT}/${name}`);

/** The inputs of a bundle. */
export interface BundleInputs {
  /** Path of the author's module; it may import files of its folder. */
  readonly module: string;
  /** The command that packs it, without the paths of module and output. */
  readonly command: readonly string[];
  /** Further inputs, in addition to the module's folder and the runtime's sources. */
  readonly files?: readonly string[];
}

/**
 * Writes the bundle of a module to `out`: the kept one if its inputs have the same times and sizes, or
 * else one that `make` packs there.
 */
export async function provideBundle(
  out: string,
  inputs: BundleInputs,
  make: (path: string) => Promise<void>,
): Promise<void> {
  const kept = `${CACHE}/${await keyOf(inputs)}`;
  await Deno.mkdir(dirname(out), { recursive: true });
  if (await copied(kept, out)) return;
  await make(out);
  // Another test may keep the same bundle now, so each writes a file of its own and renames it.
  const part = await Deno.makeTempFile({ dir: await made(CACHE) });
  await Deno.copyFile(out, part);
  await Deno.chmod(part, (await Deno.stat(out)).mode ?? 0o755);
  await Deno.rename(part, kept);
}

async function made(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await Deno.copyFile(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function keyOf({ module, command, files = [] }: BundleInputs): Promise<string> {
  const places = [...OURS, dirname(module), ...files];
  const parts = [module, ...command, Deno.version.deno, ...places.flatMap(marksOf)];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\n")));
  return new Uint8Array(digest).toHex();
}

/** Returns name, size and time of a file, or of each file in a folder. */
function marksOf(path: string): string[] {
  const { isDirectory, size, mtime } = Deno.statSync(path);
  if (!isDirectory) return [`${path} ${size} ${mtime?.getTime()}`];
  return Array.from(Deno.readDirSync(path), ({ name }) => name).sort()
    .flatMap((name) => marksOf(`${path}/${name}`));
}
