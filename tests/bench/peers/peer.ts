/**
 * The executables that are measured, and their preparation.
 *
 * @module
 */
import type { SchemaVersion } from "../../../src/protocol/generated.ts";
import { configArgs } from "../../author_command.ts";
import { ForkServer } from "./fork_server.ts";
import { FOLDER, packWithTsSdk, ROOT, run, RUNTIME, TS_SDK } from "./packages.ts";
import { BIG_BYTES, LINE_BYTES, LINES, REQUESTS, ROWS } from "../work.ts";

/** One executable. */
export interface Peer {
  /** Its name in the table. */
  readonly name: string;
  /** The program and its arguments, without `--comm` and `--logs`. */
  readonly command: readonly string[];
  /** The schema version of its StartupDetails. */
  readonly schema: SchemaVersion;
  /** A description for the report. */
  readonly about: string;
  /** True if it opens no connections: it only starts and exits. */
  readonly isPlain?: boolean;
  /** Variables over those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The ids of its tasks; all by default. */
  readonly tasks?: readonly string[];
  /** The warm process that forks it, if it is not a program. */
  readonly fork?: ForkServer;
}

const HERE = new URL(".", import.meta.url).pathname;

/** The Deno 2.9 that runs bundles where a worker has no binary. */
export const DENO: string = `${ROOT}.tools/deno/2.9/deno`;

/** Packs our bundle by the binary, as authors do; returns its path. */
export async function packOurs(out: string, runtime?: string): Promise<string> {
  const options = ["--deno", Deno.execPath(), ...configArgs(), "--out", out];
  if (runtime !== undefined) options.push("--runtime", runtime);
  await run([RUNTIME, "pack", ...options, `${HERE}ours.ts`]);
  return out;
}

/** A thin bundle with the runtime binary. */
export async function binary(): Promise<Peer> {
  return {
    name: "binary",
    command: [await packOurs(`${FOLDER}ours`)],
    env: { AIRFLOW_TASK_RUNTIME: RUNTIME },
    schema: "2026-06-16",
    about: `thin bundle with dist/airflow-task-runtime, Deno ${Deno.version.deno}`,
  };
}

/** The same bundle with a worker's `deno`, whose code cache is warm from the launch before. */
async function workerDeno(): Promise<Peer> {
  return {
    name: "deno",
    command: [await packOurs(`${FOLDER}ours`)],
    env: { AIRFLOW_TASK_RUNTIME: DENO, DENO_DIR: `${FOLDER}deno-dir` },
    schema: "2026-06-16",
    about: `the same bundle with \`deno\` ${await versionOf(DENO)}, as its first line starts it`,
  };
}

/** The lower bound for `deno`: an empty module. */
async function emptyModule(): Promise<Peer> {
  const module = `${FOLDER}empty.js`;
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(module, "");
  return {
    name: "empty module",
    command: [DENO, "run", "--quiet", "--allow-all", "--no-config", "--no-lock", module],
    env: { DENO_DIR: `${FOLDER}deno-dir`, DENO_NO_UPDATE_CHECK: "1" },
    schema: "2026-06-16",
    about: `an empty module by \`deno run\` ${await versionOf(DENO)}; opens no socket`,
    isPlain: true,
  };
}

async function versionOf(deno: string): Promise<string> {
  return /^deno (\S+)/.exec(await run([deno, "--version"]))?.[1] ?? "";
}

/** Airflow's own SDK for TypeScript on Node 22, packed by its own tool. */
export async function tsSdk(): Promise<Peer> {
  const main = `import * as sdk from "apache-airflow-ts-sdk";
import { serve } from "./ts_sdk.ts";
await serve(sdk);
`;
  const { node, bundle } = await packWithTsSdk("ts-sdk", main);
  const version = (await run([node, "--version"])).trim();
  return {
    name: "ts-sdk",
    command: [node, bundle],
    schema: "2026-10-30",
    about: `${TS_SDK[0]} on Node ${version}, packed by airflow-ts-pack`,
  };
}

/** The lower bound for all: a C program that does only what the protocol requires. */
export async function bareC(): Promise<Peer> {
  const out = `${FOLDER}floor`;
  await run(["cc", "-O2", "-Wall", "-o", out, `${HERE}floor.c`]);
  return {
    name: "C",
    command: [out],
    schema: "2026-06-16",
    about: "a minimal C program (floor.c), which neither encodes rows nor decodes them",
    tasks: ["empty", "rtt", "pipeline", "three", "xcom_in", "big_out", "big_in", "logs"],
  };
}

/** Airflow's own task runner in Python, forked from a warm process. */
export async function python(): Promise<Peer> {
  const release = "3.4.0b2";
  const environments = Deno.env.get("AIRFLOW_VENVS") ?? `${ROOT}.tools/airflow`;
  const bundle = {
    name: "local",
    classpath: "airflow.dag_processing.bundles.local.LocalDagBundle",
    kwargs: { path: `${HERE}airflow_dags` },
  };
  const sizes = {
    requests: REQUESTS,
    rows: ROWS,
    bigBytes: BIG_BYTES,
    lines: LINES,
    lineBytes: LINE_BYTES,
  };
  const interpreter = `${environments}/${release}/bin/python`;
  await Deno.stat(interpreter).catch(() => {
    throw new Error(`${interpreter} does not exist; run scripts/setup --airflow`);
  });
  const fork = await ForkServer.start(interpreter, {
    AIRFLOW_HOME: `${FOLDER}airflow`,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify([bundle]),
    BENCH_SIZES: JSON.stringify(sizes),
    PYTHONDONTWRITEBYTECODE: "1",
    _AIRFLOW_PROCESS_CONTEXT: "client",
  });
  return {
    name: "python",
    command: [],
    schema: "2026-10-30",
    about: `the task runner of Airflow ${fork.version} itself, forked from a process that has ` +
      "imported it, as Airflow's workers do; the figures exclude that import of some seconds",
    tasks: ["empty", "rtt", "xcom_out", "xcom_in", "big_out", "big_in", "logs"],
    fork,
  };
}

/** The functions that prepare the peers, by name. */
const PEERS: Readonly<Record<string, () => Promise<Peer>>> = {
  binary,
  deno: workerDeno,
  "empty module": emptyModule,
  "ts-sdk": tsSdk,
  python,
  C: bareC,
};

/** Prepares the peers of these `names`, all by default; reports those that fail to. */
export async function peers(
  report: (text: string) => void,
  names: readonly string[] = Object.keys(PEERS),
): Promise<Peer[]> {
  const found: Peer[] = [];
  for (const [name, make] of Object.entries(PEERS)) {
    if (!names.includes(name)) continue;
    try {
      found.push(await make());
    } catch (error) {
      report(`without ${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  return found;
}
