/**
 * Writes the configuration of a checkout that takes `@std` from folders: deno.json with these
 * linked, deno.lock for it, and a mirror of the tree for `deno doc`, which takes no `--config`.
 *
 *   deno run -RW scripts/offline/config.ts ROOT FOLDER    (FOLDER: relative to ROOT)
 *
 * @module
 */

import { dirname } from "node:path";

/** The files that `deno doc` and its imports may read. */
const MIRRORED = ["mod.ts", "src", "scripts", "examples", "README.md", "LICENSE", "CHANGELOG.md"];

/** Returns the fields of a JSON object, and no fields for other values. */
function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

async function read(path: string): Promise<Record<string, unknown>> {
  return fields(JSON.parse(await Deno.readTextFile(path)));
}

async function write(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  await Deno.rename(`${path}.part`, path);
}

/** The packages of the folder, by their specifiers: relative paths, the only ones that 2.7 takes. */
async function packages(root: string, folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name: child } of Deno.readDir(`${root}/${folder}`)) {
    const path = `${folder}/${child}`;
    const config = await read(`${root}/${path}/deno.json`).catch(() => undefined);
    if (config !== undefined) found.set(`jsr:${config["name"]}@${config["version"]}`, `./${path}`);
  }
  return new Map([...found].sort());
}

/** Returns the lock file with the packages of npm and the linked ones, without those of JSR. */
function offlineLock(
  lock: Record<string, unknown>,
  specifiers: Iterable<string>,
): Record<string, unknown> {
  const { jsr: _, ...rest } = lock;
  const npm = Object.entries(fields(lock["specifiers"])).filter(([name]) =>
    name.startsWith("npm:")
  );
  const links = Object.fromEntries(Array.from(specifiers, (specifier) => [specifier, {}]));
  return {
    ...rest,
    specifiers: Object.fromEntries(npm),
    workspace: { ...fields(lock["workspace"]), links },
  };
}

const [root, folder] = Deno.args;
if (root === undefined || folder === undefined) {
  throw new Error("Cannot write the configuration: expected ROOT and FOLDER");
}
const links = await packages(root, folder);
const config = await read(`${root}/deno.json`);
const included = fields(config["publish"])["include"];
const offline = {
  ...config,
  // Linked modules count as the package's own: `deno publish --dry-run` must not miss them.
  publish: { include: [...Array.isArray(included) ? included : [], folder] },
  links: [...links.values()],
  lock: { path: "./.deno.offline.lock", frozen: true },
};
await write(
  `${root}/.deno.offline.lock`,
  offlineLock(await read(`${root}/deno.lock`), links.keys()),
);
await write(`${root}/.deno.offline.json`, offline);

const mirror = `${root}/.tools/mirror`;
await Deno.remove(mirror, { recursive: true }).catch((error: unknown) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(mirror, { recursive: true });
await write(`${mirror}/deno.json`, offline);
for (const name of MIRRORED) await Deno.symlink(`${root}/${name}`, `${mirror}/${name}`);
if (!folder.startsWith("scripts/")) {
  await Deno.mkdir(dirname(`${mirror}/${folder}`), { recursive: true });
  await Deno.symlink(`${root}/${folder}`, `${mirror}/${folder}`);
}
