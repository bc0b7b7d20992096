/** The commands that start an author's module by the Deno of the tests. */
import { relative } from "node:path";

const TESTS = new URL(".", import.meta.url).pathname;

/** Returns the arguments for `deno` in this checkout, where JSR may be out of reach. */
export function configArgs(): string[] {
  const offline = new URL("../.deno.offline.json", import.meta.url).pathname;
  try {
    Deno.statSync(offline);
    return ["--config", offline];
  } catch {
    return [];
  }
}

/** Returns the command that runs the module at `path` as an author does. */
export function authorCommand(path: string | URL): string[] {
  const file = path instanceof URL ? path.pathname : path;
  return [Deno.execPath(), "run", "-A", "--no-check", "--quiet", ...configArgs(), file];
}

/** Returns the command that runs the module at `path` as if packed: the launch starts before it. */
export function launchedCommand(path: string | URL): string[] {
  const launch = new URL("../src/runtime/launch/start.ts", import.meta.url).href;
  const module = path instanceof URL ? path.href : `file://${path}`;
  const code = [launch, module].map((url) => `import ${JSON.stringify(url)};`).join("");
  return authorCommand(`data:text/javascript,${encodeURIComponent(code)}`);
}

/**
 * Returns the command that runs the tasks of a test module: the binary with the module's bundle if
 * scripts/gate.ts has made both (see author_bundles.ts), or else the module itself.
 */
export function taskCommand(module: URL): string[] {
  const [binary, folder] = [Deno.env.get("CLI_BINARY"), Deno.env.get("AUTHOR_BUNDLES")];
  if (binary === undefined || folder === undefined) return authorCommand(module);
  return [binary, bundlePath(folder, module)];
}

/** Returns the path of a module's bundle in the folder of bundles. */
export function bundlePath(folder: string, module: URL): string {
  return `${folder}/${relative(TESTS, module.pathname).replace(/\.ts$/, ".js")}`;
}
