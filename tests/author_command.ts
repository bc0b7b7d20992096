/** The commands that start an author's module: the Deno that runs the tests, with its configuration. */
import { relative } from "node:path";

const TESTS = new URL(".", import.meta.url).pathname;

/** The arguments that `deno` needs here, where JSR may be out of reach. */
export function configArgs(): string[] {
  const offline = new URL("../.deno.offline.json", import.meta.url).pathname;
  try {
    Deno.statSync(offline);
    return ["--config", offline];
  } catch {
    return [];
  }
}

/** The command that runs the module at `path`, as an author would while writing it. */
export function authorCommand(path: string | URL): string[] {
  const file = path instanceof URL ? path.pathname : path;
  return [Deno.execPath(), "run", "-A", "--no-check", "--quiet", ...configArgs(), file];
}

/** The command that runs the module at `path` as `pack` makes it: the launch starts before its code. */
export function launchedCommand(path: string | URL): string[] {
  const launch = new URL("../src/runtime/launch/start.ts", import.meta.url).href;
  const module = path instanceof URL ? path.href : `file://${path}`;
  const code = [launch, module].map((url) => `import ${JSON.stringify(url)};`).join("");
  return authorCommand(`data:text/javascript,${encodeURIComponent(code)}`);
}

/**
 * The command that runs the tasks of a module of these tests: the binary with the module's bundle,
 * as workers do, where the gate has made both (see author_bundles.ts), or else the module itself.
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
