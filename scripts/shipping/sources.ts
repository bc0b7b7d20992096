/**
 * Copies the sources and the npm packages of a release, so that its binaries do not depend on the
 * folder and time of the build.
 *
 * `deno compile` embeds the modification time of each file, so all copies get the same time. It also
 * embeds every file of an npm package, and for files other than JavaScript a message with the path
 * of the cache, so only code is copied.
 *
 * @module
 */

const CODE = /\.(js|mjs|cjs|json|node|wasm)$/;
const LICENSE = /^(licen[cs]e|copying|notice)/i;

/** The licence of a package. */
export interface License {
  /** The package, `name@version`. */
  readonly package: string;
  /** The text. */
  readonly text: string;
}

/** Copies a file or a folder, with only the files that `keep` accepts and the time `seconds`. */
export async function copyAt(
  seconds: number,
  source: string,
  target: string,
  keep: (name: string) => boolean = () => true,
): Promise<void> {
  if ((await Deno.stat(source)).isFile) {
    await Deno.copyFile(source, target);
    await Deno.utime(target, seconds, seconds);
    return;
  }
  await Deno.mkdir(target, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(source)) {
    if (!isDirectory && !keep(name)) continue;
    await copyAt(seconds, `${source}/${name}`, `${target}/${name}`, keep);
  }
}

/**
 * Makes a cache at `target` with the given npm packages (`name@version`), and links all else.
 * Returns the licences, which the cache does not contain.
 */
export async function makeCleanCache(
  seconds: number,
  source: string,
  target: string,
  packages: readonly string[],
): Promise<License[]> {
  await Deno.mkdir(`${target}/npm`, { recursive: true });
  for (const name of ["dl", "remote"]) await Deno.symlink(`${source}/${name}`, `${target}/${name}`);
  const licenses: License[] = [];
  for await (const { name: registry } of Deno.readDir(`${source}/npm`)) {
    for (const id of packages) {
      const at = id.lastIndexOf("@");
      const [name, version] = [id.slice(0, at), id.slice(at + 1)];
      const [from, to] = [source, target].map((cache) => `${cache}/npm/${registry}/${name}`);
      if (from === undefined || to === undefined || !await exists(`${from}/${version}`)) continue;
      await copyAt(seconds, `${from}/${version}`, `${to}/${version}`, isCode);
      // Deno needs it only without a lock file.
      if (await exists(`${from}/registry.json`)) {
        await Deno.copyFile(`${from}/registry.json`, `${to}/registry.json`);
      }
      for await (const { name: file } of Deno.readDir(`${from}/${version}`)) {
        if (!LICENSE.test(file)) continue;
        const text = await Deno.readTextFile(`${from}/${version}/${file}`);
        licenses.push({ package: id, text });
      }
    }
  }
  return licenses;
}

function isCode(name: string): boolean {
  return CODE.test(name) || name.startsWith(".");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
