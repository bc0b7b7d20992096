/**
 * Makes a release: binaries, the examples packed, licences, SBOM and SHA256SUMS, in dist/release.
 *
 * The same sources give the same bytes on any machine at any time. scripts/release calls it after the
 * setup.
 *
 *   deno run -A scripts/release.ts [--all | --target TARGET…]
 *
 * @module
 */
import { pack } from "../src/bundle/pack.ts";
import { VERSION } from "../src/runtime/version.ts";
import { PACKAGED_TARGETS } from "./denort.ts";
import { targetOf } from "./shipping/header.ts";
import { fields, librariesOf } from "./shipping/libraries.ts";
import { billOfMaterials, type Denort, type Library, type ReleasedFile } from "./shipping/sbom.ts";
import { copyAt, makeCleanCache } from "./shipping/sources.ts";
import { planRelease, type ReleaseBuild, TARGETS } from "./shipping/targets.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const TOOLS = `${ROOT}/.tools`;
const RELEASE = `${ROOT}/dist/release`;
/** Written here first, so that a release is complete or absent. */
const DRAFT = `${ROOT}/dist/release.part`;
/** The time of the files in a binary, in seconds since 1970: 1980, the earliest time of ZIP. */
const FILE_TIME = 315_532_800;
/** The sources of a binary; the last two exist if @std does not come from JSR. */
const SOURCES = [
  ...["deno.json", "deno.lock", "mod.ts", "src", "scripts/offline"],
  ...[".deno.offline.json", ".deno.offline.lock"],
];
/** The targets that workers have; others are made on request. */
const WORKER_TARGETS = TARGETS.filter((target) => target.includes("linux"));

/** Runs a step and prints its duration. */
async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  console.log(`${title} …`);
  const started = performance.now();
  const result = await work();
  console.log(`  done, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** Runs a command; returns its output. */
async function command(
  program: string,
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [printed, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`Cannot run ${program} ${args.join(" ")}:\n${printed}${errors}`);
  return printed ?? "";
}

/** The findings of scripts/setup: its Deno, the denort (`-` where Deno downloads it), the lock. */
async function setup(): Promise<{ deno: string; denort: string; lock: unknown }> {
  const [, deno = "deno", denort = "-"] = (await Deno.readTextFile(`${TOOLS}/ready`)).split("\n");
  return { deno, denort, lock: JSON.parse(await Deno.readTextFile(`${ROOT}/deno.lock`)) };
}

/** Provides the denort of a build; the path is undefined if Deno downloads it. */
async function denortOf({ target, denort }: ReleaseBuild): Promise<Denort & { path?: string }> {
  if (denort.from === "download") return { target };
  const { path } = denort;
  if (denort.from === "package" && !await Deno.stat(path).then(() => true, () => false)) {
    await step(`Fetching the denort of ${target} (40 MB)`, async () => {
      await command(Deno.execPath(), [
        "run",
        "--no-config",
        "--no-lock",
        "--no-remote",
        "--allow-all",
        `${ROOT}/scripts/denort.ts`,
        target,
        path,
      ]);
    });
  }
  return { target, path, sha256: await sha256(path) };
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

/** The libraries in the binaries, with the licences that npm packages declare. */
async function libraries(lock: unknown): Promise<Library[]> {
  const graph = await command(`${TOOLS}/bin/deno`, ["info", "--json", "src/cli/main.ts"]);
  return await librariesOf(JSON.parse(graph), lock, async (folder) => {
    const text = await Deno.readTextFile(`${ROOT}/scripts/offline/${folder}/deno.json`);
    const { name, version } = fields(JSON.parse(text));
    return { name: String(name), version: String(version) };
  });
}

/** Adds the licence from the package.json of an npm package in the cache. */
async function withLicense(library: Library, cache: string): Promise<Library> {
  if (library.registry !== "npm") return library;
  for await (const { name: registry } of Deno.readDir(`${cache}/npm`)) {
    const path = `${cache}/npm/${registry}/${library.name}/${library.version}/package.json`;
    const text = await Deno.readTextFile(path).catch(() => "{}");
    const { license } = fields(JSON.parse(text));
    if (typeof license === "string") return { ...library, license };
  }
  return library;
}

async function copySources(target: string): Promise<void> {
  await Deno.mkdir(`${target}/scripts`, { recursive: true });
  for (const name of SOURCES) {
    if (await Deno.stat(`${ROOT}/${name}`).then(() => true, () => false)) {
      await copyAt(FILE_TIME, `${ROOT}/${name}`, `${target}/${name}`);
    }
  }
}

/** Compiles a build from the sources and the cache in `folder`. */
async function compile(
  { target, file, program }: ReleaseBuild,
  { deno, denort, folder }: { deno: string; denort: string | undefined; folder: string },
): Promise<void> {
  const output = `${DRAFT}/${file}`;
  if (program === "runtime") {
    await command(`${ROOT}/scripts/build`, [
      ...["--output", output, "--target", target],
      ...["--cache", `${folder}/cache`, "--sources", `${folder}/sources`],
      ...(denort === undefined ? [] : ["--denort", denort]),
    ]);
  } else {
    const sources = `${folder}/sources`;
    const isOffline = await Deno.stat(`${sources}/.deno.offline.json`).then(
      () => true,
      () => false,
    );
    await command(deno, [
      ...["compile", "--allow-all", "--no-prompt", "--no-check", "--no-code-cache"],
      ...(isOffline ? ["--config", ".deno.offline.json"] : []),
      ...["--target", target, "--output", output, "src/cli/mod.ts"],
    ], {
      cwd: sources,
      env: { DENO_DIR: `${folder}/cache`, ...(denort === undefined ? {} : { DENORT_BIN: denort }) },
    });
  }
  const binary = await Deno.readFile(output);
  const found = targetOf(binary);
  if (found !== target) {
    throw new Error(
      `Cannot release ${file}: its target must be ${target}, got ${found ?? "an unknown one"}`,
    );
  }
  if (holds(binary, new TextEncoder().encode(ROOT))) {
    throw new Error(`Cannot release ${file}: it contains the path of the checkout, ${ROOT}`);
  }
}

/** Returns true if `bytes` contain `wanted`. */
function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}

/** Packs each example with the schema version of its first line; returns their paths. */
async function packExamples(): Promise<string[]> {
  await Deno.mkdir(`${DRAFT}/examples`);
  const names = Array.from(Deno.readDirSync(`${ROOT}/examples`))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  for (const name of names) {
    const entry = `${ROOT}/examples/${name}/main.ts`;
    const [, schema] = /--schema (\S+)/.exec(await Deno.readTextFile(entry)) ?? [];
    await pack({ entry, out: `${DRAFT}/examples/${name}`, schema, deno: `${TOOLS}/bin/deno` });
  }
  return names.map((name) => `examples/${name}`);
}

async function writeSums(paths: readonly string[]): Promise<void> {
  const lines = [];
  for (const path of paths) lines.push(`${await sha256(`${DRAFT}/${path}`)}  ${path}\n`);
  await Deno.writeTextFile(`${DRAFT}/SHA256SUMS`, lines.join(""));
}

/** SOURCE_DATE_EPOCH, by the convention of reproducible builds, in seconds. */
function sourceDateEpoch(): { sourceDateEpoch?: number } {
  const text = Deno.env.get("SOURCE_DATE_EPOCH");
  if (text === undefined || text === "") return {};
  const seconds = Number(text);
  if (!Number.isInteger(seconds)) {
    throw new Error(`Cannot release: SOURCE_DATE_EPOCH must be a number of seconds, got "${text}"`);
  }
  return { sourceDateEpoch: seconds };
}

async function release(targets: readonly string[]): Promise<void> {
  const { deno, denort, lock } = await setup();
  // .tools/bin/deno has set its own denort, which is wrong for builds of other targets.
  if (denort.startsWith(`${TOOLS}/`)) Deno.env.delete("DENORT_BIN");
  const builds = planRelease(targets, {
    denort,
    folder: `${TOOLS}/deno/2.7`,
    packaged: PACKAGED_TARGETS,
  });
  await Deno.remove(DRAFT, { recursive: true }).catch(() => undefined);
  await Deno.mkdir(DRAFT, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${TOOLS}/tmp`, prefix: "release-" });
  try {
    const plain = await libraries(lock);
    const npm = plain.filter(({ registry }) => registry === "npm");
    const ids = npm.map(({ name, version }) => `${name}@${version}`);
    const cache = `${folder}/cache`;
    const licenses = await makeCleanCache(FILE_TIME, `${TOOLS}/cache`, cache, ids);
    await copySources(`${folder}/sources`);
    const known = await Promise.all(plain.map((library) => withLicense(library, cache)));
    const denorts: Denort[] = [];
    for (const build of builds) {
      const { path, ...used } = await denortOf(build);
      denorts.push(used);
      await step(
        `Compiling for ${build.target}`,
        () => compile(build, { deno, denort: path, folder }),
      );
    }
    const bundles = await step("Packing the examples", packExamples);
    const files: ReleasedFile[] = [];
    for (const { file, target } of builds) {
      files.push({ path: file, sha256: await sha256(`${DRAFT}/${file}`), target });
    }
    for (const path of bundles) files.push({ path, sha256: await sha256(`${DRAFT}/${path}`) });
    const bill = await billOfMaterials({
      version: VERSION,
      deno: Deno.version.deno,
      files,
      denorts,
      libraries: known,
      ...sourceDateEpoch(),
    });
    await Deno.writeTextFile(`${DRAFT}/sbom.cdx.json`, `${JSON.stringify(bill, null, 2)}\n`);
    await Deno.copyFile(`${ROOT}/LICENSE`, `${DRAFT}/LICENSE`);
    const notices = licenses.map((license) => `${license.package}\n\n${license.text.trim()}\n`);
    await Deno.writeTextFile(`${DRAFT}/THIRD_PARTY_LICENSES`, notices.join("\n\n"));
    const paths = files.map(({ path }) => path);
    await writeSums([...paths, "LICENSE", "THIRD_PARTY_LICENSES", "sbom.cdx.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  await Deno.remove(RELEASE, { recursive: true }).catch(() => undefined);
  await Deno.rename(DRAFT, RELEASE);
  console.log(`Ready: dist/release, ${targets.join(" and ")}.`);
}

/** Reads the targets from the command line. */
function parse(args: readonly string[]): readonly string[] {
  if (args.length === 1 && args[0] === "--all") return TARGETS;
  const targets: string[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1];
    if (args[at] !== "--target" || value === undefined) {
      throw new Error(
        `Cannot release: unknown argument "${args[at]}". Use --all or --target TARGET.`,
      );
    }
    targets.push(value);
  }
  return targets.length === 0 ? WORKER_TARGETS : targets;
}

if (import.meta.main) {
  try {
    await release(parse(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
