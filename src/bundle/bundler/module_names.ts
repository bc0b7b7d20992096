/**
 * The names of modules in a bundle: the same on every machine.
 *
 * @module
 */
import type * as esbuild from "npm:esbuild@0.28.2";

/** Appended to the paths of ES modules named `.js`, so that esbuild applies Node's rules to them. */
const ES_MODULE = ".mjs";

/** Marks the path of a `.js` file as that of an ES module. */
export function markedAsEsModule(path: string): string {
  return path + ES_MODULE;
}

/** Returns the path of the file that a path of the plugin stands for. */
export function fileOf(path: string): string {
  return path.endsWith(`.js${ES_MODULE}`) ? path.slice(0, -ES_MODULE.length) : path;
}

/**
 * Names modules outside the author's folder without their paths, which differ between machines: in
 * comments and in the keys of CommonJS modules. `addressOf` returns the address of a remote module.
 */
export function withPortableNames(
  code: string,
  { inputs }: esbuild.Metafile,
  addressOf: (path: string) => string | undefined,
): string {
  return code.replaceAll(
    /^(\/\/ |\s+")(\.\.?\/[^"\n]+?)(?=$|"\()/gm,
    (line, start: string, path: string) =>
      Object.hasOwn(inputs, path) ? start + nameOf(path, addressOf(path)) : line,
  );
}

const CACHED = /\/npm\/(?:[^/@]+\/)+?((?:@[^/]+\/)?[^/@]+)\/(\d+\.\d+\.[^/]*)\/(.*)$/;
const INSTALLED = /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/;

/** Returns the package of a module's path: in Deno's cache, the version is a folder. */
export function packageName(path: string): string | undefined {
  const [, cached, version] = CACHED.exec(path) ?? [];
  if (cached !== undefined) return `npm:${cached}@${version}`;
  const [, installed] = INSTALLED.exec(path) ?? [];
  return installed === undefined ? undefined : `npm:${installed}`;
}

function nameOf(path: string, address: string | undefined): string {
  const within = CACHED.exec(path)?.[3] ?? INSTALLED.exec(path)?.[2];
  const name = packageName(path);
  if (name !== undefined && within !== undefined) return `${name}/${fileOf(within)}`;
  return address ?? fileOf(path.slice(path.lastIndexOf("/") + 1));
}
