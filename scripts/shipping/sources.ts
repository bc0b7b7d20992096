/**
 * What a release is compiled from: copies of the sources and of the npm packages in Deno's cache,
 * so made that the binary does not differ with the folder and the time that it is made in.
 *
 * `deno compile` embeds the time of each file's last change, so all files get the same. Of npm
 * packages it embeds every file, and for each that is no JavaScript what it thinks of it, with the
 * path of the cache in the message; so only their code is copied.
 *
 * @module
 */

const CODE = /\.(js|mjs|cjs|json|node|wasm)$/;
const LICENSE = /^(licen[cs]e|copying|notice)/i;

/** What a package says of its use. */
export interface License {
  /** The package, `name@version`. */
  readonly package: string;
  /** The text. */
  readonly text: string;
}

/** Copies a file, or a folder and all in it that `keep` keeps, every file with the time `seconds`. */
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
 * Makes the cache at `target`, with the npm packages named (`name@version`) and all else linked.
 * Gives the licences, which are left out of it.
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
      // Deno fetches it only where it has no lock file to look a package up in.
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
