/**
 * The launch entry point of our module, in the version that an author's code imports.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fieldsIn } from "../../values.ts";

/** The name that the module has in every registry and in its own deno.json. */
const PACKAGE = "@airflow-deno/task-runtime";
const PUBLISHED = new RegExp(`/${PACKAGE}/(\\d+\\.\\d+\\.\\d+[^/]*)/mod\\.ts$`);
/** The entry point that starts the launch of a packed bundle. */
const LAUNCH = "./launch";

/**
 * Returns the specifier of the launch entry point that belongs to one of the imported addresses;
 * undefined if none of them is our module.
 */
export async function findLaunchModule(addresses: Iterable<string>): Promise<string | undefined> {
  for (const address of addresses) {
    const launch = await launchModuleAt(address);
    if (launch !== undefined) return launch;
  }
  return undefined;
}

async function launchModuleAt(address: string): Promise<string | undefined> {
  const published = PUBLISHED.exec(address)?.[1];
  if (published !== undefined) return `jsr:${PACKAGE}@${published}/launch`;
  if (!address.startsWith("file:") || !address.endsWith("/mod.ts")) return undefined;
  let text;
  try {
    text = await Deno.readTextFile(join(dirname(fileURLToPath(address)), "deno.json"));
  } catch {
    return undefined;
  }
  const { name, exports } = fieldsIn(JSON.parse(text));
  const path = fieldsIn(exports)[LAUNCH];
  return name === PACKAGE && typeof path === "string" ? new URL(path, address).href : undefined;
}
