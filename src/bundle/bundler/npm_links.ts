/**
 * Folders in which the packages that one npm package may import are found by Node's rules.
 *
 * Deno's cache holds each package once, without `node_modules` folders, and the graph says which
 * version each package gets. A folder of links a package gives esbuild the same view.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { ModuleGraph, NpmPackage } from "./module_graph.ts";

/** Windows lets every user make junctions, and only some make symbolic links. */
const LINK_TYPE = Deno.build.os === "windows" ? "junction" : "dir";

/** A temporary folder with one folder of links for each npm package; removed when disposed. */
export class NpmLinks implements AsyncDisposable {
  readonly #graph: ModuleGraph;
  readonly #root: string;
  readonly #folders = new Map<string, Promise<string>>();

  /** Creates the links below `root`, an empty folder. */
  constructor(graph: ModuleGraph, root: string) {
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
    const byName = new Map([each, ...dependencies].map((found) => [found.name, found.folder]));
    for (const [name, target] of byName) {
      const link = join(folder, "node_modules", name);
      await Deno.mkdir(dirname(link), { recursive: true });
      await Deno.symlink(target, link, { type: LINK_TYPE });
    }
    return folder;
  }
}
