/**
 * Lists the libraries of a module graph, from `deno info --json` and the lock file.
 *
 * @module
 */
import type { Library } from "./sbom.ts";

type Fields = Readonly<Record<string, unknown>>;

const JSR_MODULE = /^https:\/\/[^/]+\/(@[^/]+\/[^/]+)\/([0-9][^/]*)\//;
const STAND_IN = /\/scripts\/offline\/([^/]+)\//;

/**
 * Lists the libraries of a graph, sorted by name.
 *
 * @param graph The output of `deno info --json ENTRY`.
 * @param lock The lock file's content.
 * @param standIn Returns name and version of a stand-in by its folder's name.
 * @throws {Error} If the lock file has no digest of a library.
 */
export async function librariesOf(
  graph: unknown,
  lock: unknown,
  standIn: (folder: string) => Promise<{ name: string; version: string }>,
): Promise<Library[]> {
  const found = new Map<string, Library>();
  const modules = fields(graph)["modules"];
  for (const module of Array.isArray(modules) ? modules : []) {
    const specifier = String(fields(module)["specifier"]);
    const [, name = "", version = ""] = JSR_MODULE.exec(specifier) ?? [];
    if (name !== "") {
      const content = digest(lock, "jsr", `${name}@${version}`);
      const hash = { alg: "SHA-256", content } as const;
      found.set(name, { name, version, registry: "jsr", hash });
    }
    const folder = STAND_IN.exec(specifier)?.[1];
    if (folder !== undefined) {
      const library = await standIn(folder);
      found.set(library.name, { ...library, registry: "project", license: "Apache-2.0" });
    }
  }
  for (const package_ of Object.values(fields(fields(graph)["npmPackages"]))) {
    const { name, version } = fields(package_);
    const id = `${String(name)}@${String(version)}`;
    const content = Uint8Array.fromBase64(digest(lock, "npm", id).replace(/^sha512-/, "")).toHex();
    const hash = { alg: "SHA-512", content } as const;
    found.set(id, { name: String(name), version: String(version), registry: "npm", hash });
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

function digest(lock: unknown, registry: "jsr" | "npm", id: string): string {
  const { integrity } = fields(fields(fields(lock)[registry])[id]);
  if (typeof integrity !== "string") {
    throw new Error(`Cannot list ${registry}:${id}: the lock file has no digest of it`);
  }
  return integrity;
}

/** Returns the fields of a JSON object, and no fields for other values. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
