/**
 * Which Airflow is installed here, and what the releases know.
 *
 * @module
 */

/** A release line of Airflow that runs foreign tasks. */
export type ReleaseLine = "3.3" | "3.4";

/** The release lines that this runtime is tested with. */
export const RELEASE_LINES: readonly ReleaseLine[] = ["3.3", "3.4"];

/** The supervisor schema dates that a release line knows. */
export const KNOWN_DATES: Readonly<Record<ReleaseLine, readonly string[]>> = {
  "3.3": ["2026-06-16"],
  "3.4": ["2026-06-16", "2026-10-30"],
};

/** An Airflow that is installed. */
export interface InstalledAirflow {
  /** Its version, e.g. `"3.3.2"`. */
  readonly version: string;
  /** The program on PATH that it was found by. */
  readonly program: string;
}

/**
 * Finds the Airflow whose `airflow` is first on that PATH, by what pip has left beside it: no
 * Python is started.
 */
export async function findAirflow(searchPath: string): Promise<InstalledAirflow | undefined> {
  for (const folder of searchPath.split(":")) {
    const program = `${folder || "."}/airflow`;
    if (!await isFile(program)) continue;
    const real = await Deno.realPath(program);
    const version = await installedVersion(real.replace(/\/[^/]*\/[^/]*$/, ""));
    if (version !== undefined) return { version, program };
  }
  return undefined;
}

/** The release line of a version; a newer one counts as the newest known. */
export function releaseLine(version: string): ReleaseLine | undefined {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major < 3 || major === 3 && minor < 3) return undefined;
  return major === 3 && minor === 3 ? "3.3" : "3.4";
}

async function installedVersion(prefix: string): Promise<string | undefined> {
  for (const python of await names(`${prefix}/lib`)) {
    if (!/^python3\.\d+$/.test(python)) continue;
    for (const name of await names(`${prefix}/lib/${python}/site-packages`)) {
      const version = /^apache_airflow_core-(.+)\.dist-info$/.exec(name)?.[1];
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
