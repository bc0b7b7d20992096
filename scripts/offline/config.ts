/**
 * Writes the configuration for machines that cannot reach JSR: deno.json, with the stand-ins linked
 * in place of the packages, and a mirror of the tree for `deno doc`, which takes no `--config`.
 *
 *   deno run -RW scripts/offline/config.ts ROOT
 *
 * @module
 */

const STAND_INS = ["assert", "cli", "log", "msgpack"];
/** What `deno doc` and its imports may want to see. */
const MIRRORED = ["mod.ts", "src", "scripts", "examples", "README.md", "LICENSE", "CHANGELOG.md"];

function publishedFiles(config: object): unknown[] {
  const publish: unknown = Reflect.get(config, "publish");
  if (typeof publish !== "object" || publish === null) return [];
  const include: unknown = Reflect.get(publish, "include");
  return Array.isArray(include) ? include : [];
}

const root = Deno.args[0];
if (root === undefined) throw new Error("Cannot write the configuration: give the checkout's path");

const config: unknown = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
if (typeof config !== "object" || config === null) {
  throw new Error("Cannot write the configuration: deno.json holds no object");
}
const offline = {
  ...config,
  // Linked modules count as the package's own: `deno publish --dry-run` must not miss them.
  publish: { include: [...publishedFiles(config), "scripts/offline"] },
  links: STAND_INS.map((name) => `./scripts/offline/${name}`),
  lock: { path: "./scripts/offline/deno.lock", frozen: true },
};
const text = `${JSON.stringify(offline, null, 2)}\n`;
await Deno.writeTextFile(`${root}/.tools/config.part`, text);
await Deno.rename(`${root}/.tools/config.part`, `${root}/.deno.offline.json`);

const mirror = `${root}/.tools/mirror`;
await Deno.remove(mirror, { recursive: true }).catch((error: unknown) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(mirror, { recursive: true });
await Deno.writeTextFile(`${mirror}/deno.json`, text);
for (const name of MIRRORED) await Deno.symlink(`../../${name}`, `${mirror}/${name}`);
