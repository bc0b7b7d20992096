/**
 * The targets of a release, and the way each binary is made.
 *
 * @module
 */

/** The binaries of a release by target, in the order of its list of files. */
const PROGRAMS: Readonly<Record<string, ReleaseBuild["program"]>> = {
  "x86_64-unknown-linux-gnu": "runtime",
  "aarch64-unknown-linux-gnu": "runtime",
  "aarch64-apple-darwin": "runtime",
  "x86_64-apple-darwin": "runtime",
  // Airflow does not run on Windows.
  "x86_64-pc-windows-msvc": "commands",
};

/** All targets of a release. */
export const TARGETS: readonly string[] = Object.keys(PROGRAMS);

/** One binary to compile. */
export interface ReleaseBuild {
  /** The target, as `deno compile` names it. */
  readonly target: string;
  /** The file's name in the release. */
  readonly file: string;
  /** The whole runtime, or the commands for authors alone. */
  readonly program: "runtime" | "commands";
  /** The origin of the denort that the binary is built upon. */
  readonly denort: DenortOrigin;
}

/** An existing file, a file to extract from an npm package, or a download by Deno. */
export type DenortOrigin =
  | { readonly from: "file" | "package"; readonly path: string }
  | { readonly from: "download" };

/** The findings of scripts/setup that a plan depends on. */
export interface ReleaseMachine {
  /** The denort that setup found: a path, or `-` where Deno downloads it. */
  readonly denort: string;
  /** The folder that setup keeps its own denort in. */
  readonly folder: string;
  /** The targets whose denort an npm package holds. */
  readonly packaged: readonly string[];
}

/**
 * Plans the binaries of a release.
 *
 * @throws {Error} for an unknown target
 */
export function planRelease(
  targets: readonly string[],
  machine: ReleaseMachine,
): readonly ReleaseBuild[] {
  return targets.map((target) => {
    const program = PROGRAMS[target];
    if (program === undefined) {
      throw new Error(
        `Cannot release for target "${target}": it must be one of ${TARGETS.join(", ")}`,
      );
    }
    const suffix = target.includes("windows") ? ".exe" : "";
    const file = `airflow-task-runtime-${target}${suffix}`;
    return { target, file, program, denort: denortOrigin(target, machine) };
  });
}

function denortOrigin(
  target: string,
  { denort, folder, packaged }: ReleaseMachine,
): DenortOrigin {
  const isOwn = denort.startsWith(`${folder}/`);
  // The operator has set another denort; the target of the binary will show if it is the right one.
  if (denort !== "-" && !isOwn) return { from: "file", path: denort };
  return isOwn && packaged.includes(target)
    ? { from: "package", path: `${folder}/denort-${target}` }
    : { from: "download" };
}
