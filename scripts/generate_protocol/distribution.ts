/**
 * Reads the distributions of task-sdk on PyPI, with which Airflow publishes its schema.
 *
 * @module
 */

/** A release of apache-airflow-task-sdk and its schema version. */
export interface Distribution {
  /** Its schema version (`api_version`). */
  readonly date: string;
  /** Airflow release it belongs to. */
  readonly airflow: string;
  /** Version of apache-airflow-task-sdk. */
  readonly version: string;
  /** SHA-256 of the wheel, which pip verifies. */
  readonly sha256: string;
}

/** The releases that the protocol is generated from, oldest first. */
export const DISTRIBUTIONS: readonly [Distribution, Distribution] = [
  {
    date: "2026-06-16",
    airflow: "3.3",
    version: "1.3.2",
    sha256: "5ff196842b7bc203e13332592ab78ed82cfa1225368a16bb91bf9d5705c62293",
  },
  {
    date: "2026-10-30",
    airflow: "3.4",
    version: "1.4.0b2",
    sha256: "621afa4e10c8cacdf33028d29ec7506d0c94c543e1f04a66ac77f9f079789f74",
  },
];

/** The folder of the downloads. */
export const CACHE: URL = new URL("../../.tools/schemas/", import.meta.url);

const EXECUTION_TIME = "airflow/sdk/execution_time";
const FILES = [`${EXECUTION_TIME}/schema/schema.json`, `${EXECUTION_TIME}/comms.py`] as const;

/** The two files that the generator reads. */
export interface Sources {
  /** Text of schema.json. */
  readonly schema: string;
  /** Text of comms.py, for the members of the two unions. */
  readonly comms: string;
}

/**
 * Reads the sources of a distribution from the cache, downloading it with pip when needed.
 *
 * @throws {Error} If it is neither cached nor can be downloaded.
 */
export async function readSources(distribution: Distribution): Promise<Sources> {
  const folder = new URL(`${distribution.version}/`, CACHE);
  const cached = await readFolder(folder);
  if (cached !== undefined) return cached;
  await download(distribution, folder);
  const sources = await readFolder(folder);
  if (sources === undefined) {
    throw new Error(`Cannot read task-sdk ${distribution.version}: the wheel lacks ${FILES[0]}`);
  }
  return sources;
}

/** Reads the sources from the Airflow that `scripts/setup --airflow` installed, if it did. */
export async function readInstalled({ airflow }: Distribution): Promise<Sources | undefined> {
  const releases = new URL("../../.tools/airflow/", import.meta.url);
  for (const release of await namesIn(releases)) {
    if (!release.startsWith(`${airflow}.`)) continue;
    const libraries = new URL(`${release}/lib/`, releases);
    for (const python of await namesIn(libraries)) {
      const sources = await readFolder(new URL(`${python}/site-packages/`, libraries));
      if (sources !== undefined) return sources;
    }
  }
  return undefined;
}

async function namesIn(folder: URL): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Reads the sources in a folder like site-packages; returns undefined if they are missing. */
export async function readFolder(folder: URL): Promise<Sources | undefined> {
  try {
    const [schema, comms] = await Promise.all(
      FILES.map((file) => Deno.readTextFile(new URL(file, folder))),
    );
    return schema === undefined || comms === undefined ? undefined : { schema, comms };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function download(distribution: Distribution, folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const requirements = await Deno.makeTempFile({ suffix: ".txt" });
  try {
    const name = "apache-airflow-task-sdk";
    const line = `${name}==${distribution.version} --hash=sha256:${distribution.sha256}\n`;
    await Deno.writeTextFile(requirements, line);
    const to = decodeURIComponent(folder.pathname);
    // The wheel is pure Python, so that any Python can run pip.
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"];
    const target = ["--only-binary=:all:", "--python-version=3.11", "--dest", to];
    await python([...pip, ...target, "--requirement", requirements]);
    const wheel = `${to}apache_airflow_task_sdk-${distribution.version}-py3-none-any.whl`;
    const unzip = "import sys, zipfile; w = zipfile.ZipFile(sys.argv[1]); " +
      "[w.extract(f, sys.argv[2]) for f in sys.argv[3:]]";
    await python(["-c", unzip, wheel, to, ...FILES]);
    await Deno.remove(wheel);
  } finally {
    await Deno.remove(requirements);
  }
}

async function python(args: string[]): Promise<void> {
  const child = new Deno.Command("python3", { args, stdout: "null", stderr: "piped" });
  const { success, stderr } = await child.output();
  if (!success) {
    throw new Error(`Cannot download the task-sdk: ${new TextDecoder().decode(stderr).trim()}`);
  }
}
