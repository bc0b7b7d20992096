/** How tests start an author's module: by the Deno that runs the tests, with its configuration. */

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
