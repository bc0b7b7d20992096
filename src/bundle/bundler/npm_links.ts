/**
 * `node_modules` folders of links, one for each npm package, in which esbuild finds its dependencies.
 *
 * Deno's cache holds each package once, without `node_modules` folders, and the graph says which
 * version each package gets.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fieldsIn } from "../../values.ts";
import type { ModuleGraph, NpmPackage } from "./module_graph.ts";

/** Windows lets every user make junctions, and only some make symbolic links. */
const LINK_TYPE = Deno.build.os === "windows" ? "junction" : "dir";

/** A temporary folder with one folder of links for each npm package; removed when disposed. */
export class NpmLinks implements AsyncDisposable {
  readonly #graph: Pick<ModuleGraph, "packageById">;
  readonly #root: string;
  readonly #folders = new Map<string, Promise<string>>();

  /** Creates the links below `root`, an empty folder. */
  constructor(graph: Pick<ModuleGraph, "packageById">, root: string) {
    this.#graph = graph;
    this.#root = root;
  }

  /** Returns the folder whose `node_modules` has the package itself and its dependencies. */
  folderFor(each: NpmPackage): Promise<string> {
    const known = this.#folders.get(each.id);
    if (known !== undefined) return known;
    const folder = this.#link(each);
    this.#folders.set(each.id, folder);
    return folder;
  }

  /** Removes the links. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#folders.values());
    await Deno.remove(this.#root, { recursive: true });
  }

  async #link(each: NpmPackage): Promise<string> {
    const folder = join(this.#root, String(this.#folders.size));
    const dependencies = each.dependencies.map((id) => this.#graph.packageById(id))
      .filter((found) => found !== undefined);
    // A dependency may have the package's own name, in another version.
    const byName = new Map([each, ...dependencies].map((found) => [found.name, found]));
    for (const [alias, found] of await aliasesOf(each, dependencies)) byName.set(alias, found);
    for (const [name, { folder: target }] of byName) {
      const link = join(folder, "node_modules", name);
      await Deno.mkdir(dirname(link), { recursive: true });
      await Deno.symlink(target, link, { type: LINK_TYPE });
    }
    return folder;
  }
}

/**
 * Returns the dependencies by the names under which the package imports them, as far as its
 * package.json decides: an alias, e.g. `"lodash4": "npm:lodash@^4.17.0"`, and the name itself if the
 * graph has several versions of it. The graph of Deno names no aliases.
 */
async function aliasesOf(
  { folder }: NpmPackage,
  dependencies: readonly NpmPackage[],
): Promise<[alias: string, found: NpmPackage][]> {
  const manifest = fieldsIn(
    JSON.parse(await Deno.readTextFile(join(folder, "package.json")).catch(() => "{}")),
  );
  const kinds = ["peerDependencies", "optionalDependencies", "dependencies"];
  return kinds.flatMap((kind) => Object.entries(fieldsIn(manifest[kind]))).flatMap(
    ([alias, requirement]): [string, NpmPackage][] => {
      const [, target, range = ""] = ALIAS.exec(String(requirement)) ?? [];
      const name = target ?? alias;
      const versions = dependencies.filter((each) => each.name === name);
      if (target === undefined && versions.length < 2) return [];
      const found =
        versions.find(({ version }) =>
          isLikely(version, target === undefined ? String(requirement) : range)
        ) ?? versions.at(-1);
      return found === undefined ? [] : [[alias, found]];
    },
  );
}

const ALIAS = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@(.*))?$/;

/** True if a version has the first numbers of a range such as `^4.2.0`: the major one, then more. */
function isLikely(version: string, range: string): boolean {
  const [, major, minor] = /(\d+)(?:\.(\d+))?/.exec(range) ?? [];
  const isExact = major === "0" || range.startsWith("~");
  return version.startsWith(isExact && minor !== undefined ? `${major}.${minor}.` : `${major}.`);
}
