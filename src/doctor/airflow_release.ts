/**
 * The installed release of Airflow, and the schema versions of each release.
 *
 * @module
 */

/** A release line of Airflow that supports language runtimes. */
export type ReleaseLine = "3.3" | "3.4";

/** The tested release lines. */
export const RELEASE_LINES: readonly ReleaseLine[] = ["3.3", "3.4"];

/** The supported schema versions by release line. */
export const SUPPORTED_SCHEMAS: Readonly<Record<ReleaseLine, readonly string[]>> = {
  "3.3": ["2026-06-16"],
  "3.4": ["2026-06-16", "2026-10-30"],
};

/** An installed Airflow. */
export interface InstalledAirflow {
  /** Its version, e.g. `"3.3.2"`. */
  readonly version: string;
  /** The path of its `airflow` command. */
  readonly program: string;
}

/**
 * Finds the first `airflow` on PATH, and its version in the metadata of its package. This does not
 * start Airflow, which would take seconds.
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

/** Returns the release line of a version; the newest one for a newer version. */
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
