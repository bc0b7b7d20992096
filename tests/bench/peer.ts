/**
 * Who is measured, and how each is made ready.
 *
 * @module
 */
import type { SchemaDate } from "../../src/protocol/generated.ts";
import { configArgs } from "../author_command.ts";
import { ForkServer } from "./fork_server.ts";
import { FOLDER, packWithTsSdk, ROOT, run, RUNTIME, TS_SDK } from "./packages.ts";
import { BIG_BYTES, LINE_BYTES, LINES, REQUESTS, ROWS } from "./work.ts";

/** One executable. */
export interface Peer {
  /** Its name in the table. */
  readonly name: string;
  /** The program and its arguments, without `--comm` and `--logs`. */
  readonly command: readonly string[];
  /** The schema date of what it is sent. */
  readonly schema: SchemaDate;
  /** What ran, for the report. */
  readonly about: string;
  /** Whether it knows nothing of Airflow: it is launched, and ends. */
  readonly isPlain?: boolean;
  /** Variables over those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The tasks that it has; all when absent. */
  readonly tasks?: readonly string[];
  /** The warm process that forks it, when it is no program. */
  readonly fork?: ForkServer;
}

const HERE = new URL(".", import.meta.url).pathname;

/** Our runtime: a thin bundle, packed by the binary as authors do. */
export async function ours(): Promise<Peer> {
  const out = `${FOLDER}ours`;
  const deno = Deno.execPath();
  await run([RUNTIME, "pack", "--deno", deno, ...configArgs(), "--out", out, `${HERE}ours.ts`]);
  return {
    name: "ours",
    command: [out],
    env: { AIRFLOW_TASK_RUNTIME: RUNTIME },
    schema: "2026-06-16",
    about: `thin bundle with dist/airflow-task-runtime, Deno ${Deno.version.deno}`,
  };
}

/** The same bundle with another build of the binary, to see what a change gains. */
function otherBuild(peer: Peer, runtime: string): Peer {
  const about = `the bundle of ours with ${runtime.replace(/^.*\//, "")}`;
  return { ...peer, name: "other", env: { AIRFLOW_TASK_RUNTIME: runtime }, about };
}

/** The engine's floor: a program of one line, compiled by the same Deno. */
export async function hello(): Promise<Peer> {
  const out = `${FOLDER}hello`;
  await compile("hello.ts", out);
  return {
    name: "hello",
    command: [out],
    schema: "2026-06-16",
    about: `one line, compiled by Deno ${Deno.version.deno}; opens no socket`,
    isPlain: true,
  };
}

/** What the engine needs to speak the protocol at all, started by a shell as thin bundles are. */
export async function least(): Promise<Peer> {
  const out = `${FOLDER}least`;
  await compile("least.ts", out);
  return {
    name: "least",
    command: ["/bin/sh", "-c", 'exec "$0" "$@"', out],
    schema: "2026-06-16",
    about:
      `ten lines (least.ts), compiled by Deno ${Deno.version.deno}, which connect, read, say ` +
      "that they succeeded, and exit; a shell starts them, as it does ours",
    tasks: ["empty"],
  };
}

async function compile(name: string, out: string): Promise<void> {
  const flags = ["--quiet", "--allow-all", "--no-prompt", "--no-check", ...configArgs()];
  await run([Deno.execPath(), "compile", ...flags, "--output", out, `${HERE}${name}`]);
}

/** Airflow's own SDK for TypeScript on Node 22, packed by its own tool. */
export async function tsSdk(): Promise<Peer> {
  const main = `import * as sdk from "apache-airflow-ts-sdk";
import { serve } from "../../tests/bench/ts_sdk.ts";
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

/** The floor of all: C without a library, which does only what the wire asks for. */
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
    throw new Error(`no ${interpreter}; scripts/setup --airflow makes one`);
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
      "imported it, as Airflow's workers do; that import, of seconds, is in no figure",
    tasks: ["empty", "rtt", "xcom_out", "xcom_in", "big_out", "big_in", "logs"],
    fork,
  };
}

/**
 * Makes all peers ready; tells of those that cannot be had here. With `runtime`, the path of another
 * build of the binary, that is one more. `names` says which of the others are wanted; all by default.
 */
export async function peers(
  tell: (text: string) => void,
  runtime?: string,
  names?: readonly string[],
): Promise<Peer[]> {
  const found = [await ours(), await hello(), await least()];
  const [first] = found;
  if (runtime !== undefined && first !== undefined) found.push(otherBuild(first, runtime));
  for (const [name, make] of Object.entries({ "ts-sdk": tsSdk, python, C: bareC })) {
    if (names !== undefined && !names.includes(name)) continue;
    try {
      found.push(await make());
    } catch (error) {
      tell(`without ${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  return found;
}
