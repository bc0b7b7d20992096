/**
 * Whether a bundle would start: by which program, and how long it takes to connect.
 *
 * @module
 */
import { FileSource } from "../bundle/byte_source.ts";
import { isAtLeast, runCommand, type RunResult } from "../bundle/deno_command.ts";
import type { BundleMetadata } from "../bundle/metadata.ts";
import { TemporaryFolder } from "../bundle/output_file.ts";
import {
  DENO_NAME,
  isThin,
  LAUNCH_REFUSAL,
  RUNTIME_NAME,
  WHICH_FLAG,
} from "../bundle/start_line.ts";
import { assembleThinBundle } from "../bundle/thin_bundle.ts";
import { TaskRuntimeError } from "../error.ts";
import type { Finding } from "./finding.ts";
import { measureLaunch } from "./launch_time.ts";
import { mayWriteTo } from "./platform.ts";
import { DEFAULT_TIMEOUT } from "./routes.ts";
import { isPlainObject } from "../values.ts";

type Environment = Readonly<Record<string, string>>;

/** How a bundle is started. */
export interface BundleLaunch {
  /** What findings call the bundle. */
  readonly name: string;
  /** Its path. */
  readonly path: string;
  /** The program that NodeCoordinator runs it by. */
  readonly nodeExecutable?: string | undefined;
  /** How long it may take to connect, in seconds. */
  readonly startupTimeout: number;
  /** The environment of the worker. */
  readonly env: Environment;
}

/** The Deno that a thin bundle needs on a worker. */
const NEEDED_DENO = "2.9.0";
/** The oldest Deno that the tests run bundles on. */
const TESTED_DENO = "2.7.11";
const UPDATE_DENO = "install deno 2.9 or newer, e.g. by pip install --upgrade deno";
const ADD_BINARY = `copy the binary ${RUNTIME_NAME} beside the bundle`;
/** How long programs may take that answer a question, in milliseconds. */
const ANSWER_MS = 10_000;

/** Connects as the runtime in a bundle does. Under the binary, which has connected, it is denied. */
const CONNECT = `const connect = (arg) => {
  const [, hostname, port] = /=(.*):(\\d+)$/.exec(arg);
  return Deno.connect({ hostname, port: Number(port) });
};
await Promise.all(Deno.args.filter((arg) => /^--(comm|logs)=/.test(arg)).map(connect))
  .catch(() => {});
`;

const EMPTY: BundleMetadata = {
  sdk: { language: "typescript", version: "", supervisorSchemaVersion: "2026-06-16" },
  permissions: {},
  dags: { empty: { tasks: [] } },
};

/** Starts the bundle as the coordinator would, by the program that its first line takes. */
export async function checkLaunch(launch: BundleLaunch): Promise<readonly Finding[]> {
  const { path, nodeExecutable } = launch;
  if (nodeExecutable !== undefined) {
    const fix = `let node_executable name ${RUNTIME_NAME} by its absolute path`;
    return [await measure(launch, [nodeExecutable, path], fix)];
  }
  return await isThinBundle(path)
    ? await checkThin(launch, [path])
    : [await measure(launch, [path], `pack ${path} again`)];
}

/** Where there is no bundle to start, a thin one is started that does nothing but connect. */
export async function checkEmptyLaunch(
  { env, binary }: { readonly env: Environment; readonly binary?: string | undefined },
): Promise<readonly Finding[]> {
  const name = "an empty bundle";
  try {
    await using folder = await TemporaryFolder.create();
    const path = folder.join("empty");
    await Deno.writeFile(path, assembleThinBundle({ code: CONNECT, metadata: EMPTY }));
    const launch = {
      name,
      path,
      startupTimeout: DEFAULT_TIMEOUT,
      env: binary === undefined ? env : { AIRFLOW_TASK_RUNTIME: binary, ...env },
    };
    // Programs may not be startable where temporary files are.
    return await checkThin(launch, ["/bin/sh", path]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ topic: `launch of ${name}`, status: "warn", text: `not tried: ${reason}` }];
  }
}

async function isThinBundle(path: string): Promise<boolean> {
  using source = await FileSource.open(path);
  return isThin(new TextDecoder().decode(await source.read(0, 32)));
}

async function checkThin(
  launch: BundleLaunch,
  command: readonly string[],
): Promise<readonly Finding[]> {
  const { name, path, env } = launch;
  const topic = `program of ${name}`;
  const answer = await ask("/bin/sh", [path, WHICH_FLAG], env);
  const program = answer.stdout.trimEnd();
  if (answer.code !== 0) {
    const fix = env["AIRFLOW_TASK_RUNTIME"]
      ? `let AIRFLOW_TASK_RUNTIME name ${RUNTIME_NAME} or ${DENO_NAME} by its absolute path`
      : `${ADD_BINARY}, or ${UPDATE_DENO}`;
    return [{ topic, status: "fail", text: answer.stderr.trimEnd(), fix }];
  }
  const isDeno = program.replace(/^.*\//, "") === DENO_NAME;
  const findings: readonly Finding[] = isDeno
    ? await checkDeno(topic, program, env)
    : [{ topic, status: "ok", text: program }];
  return [...findings, await measure(launch, command, ADD_BINARY, program)];
}

/** Looks at the version of a worker's `deno` and at its code cache. */
async function checkDeno(
  topic: string,
  program: string,
  env: Environment,
): Promise<readonly Finding[]> {
  const { version, folder } = await askDeno(program, env);
  if (version === undefined || folder === undefined) {
    const text = `${program} is not Deno`;
    return [{ topic, status: "fail", text, fix: UPDATE_DENO }];
  }
  const text = `${program}, Deno ${version}`;
  const cache = await checkCodeCache(folder);
  if (isAtLeast(version, NEEDED_DENO)) return [{ topic, status: "ok", text }, cache];
  const status = isAtLeast(version, TESTED_DENO) ? "warn" : "fail";
  return [{ topic, status, text: `${text}: 2.9 or newer is needed`, fix: UPDATE_DENO }, cache];
}

async function askDeno(
  program: string,
  env: Environment,
): Promise<{ version?: string; folder?: string }> {
  try {
    const { stdout } = await ask(program, ["info", "--json", "--no-config"], env);
    const told: unknown = JSON.parse(stdout);
    const [version, folder] = isPlainObject(told) ? [told["denoVersion"], told["denoDir"]] : [];
    return typeof version === "string" && typeof folder === "string" ? { version, folder } : {};
  } catch {
    return {};
  }
}

function ask(program: string, args: readonly string[], env: Environment): Promise<RunResult> {
  return runCommand(program, { args, env, signal: AbortSignal.timeout(ANSWER_MS) });
}

/** Deno compiles a bundle again at each launch if it cannot keep what it compiled. */
async function checkCodeCache(folder: string): Promise<Finding> {
  const topic = "code cache";
  await Deno.mkdir(folder, { recursive: true }).catch(() => {});
  return await mayWriteTo(folder) ? { topic, status: "ok", text: folder } : {
    topic,
    status: "warn",
    text: `Deno cannot write to ${folder}: it compiles the bundle again at each launch`,
    fix: "let DENO_DIR name a folder that this user can write to",
  };
}

async function measure(
  { name, startupTimeout, env }: BundleLaunch,
  command: readonly string[],
  fix: string,
  program = "",
): Promise<Finding> {
  const topic = `launch of ${name}`;
  const slow = "raise task_startup_timeout in the kwargs of the coordinator";
  try {
    const seconds = await measureLaunch({ command, env, timeout: startupTimeout });
    const text = `connected after ${seconds.toFixed(2)} s, ${startupTimeout} s are allowed`;
    // A worker with much to do is slower than this one now.
    return seconds * 2 < startupTimeout
      ? { topic, status: "ok", text }
      : { topic, status: "warn", text, fix: slow };
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    const isForAuthors = error.message.includes(LAUNCH_REFUSAL);
    return {
      topic,
      status: "fail",
      text: isForAuthors ? `${program} is not the binary: ${LAUNCH_REFUSAL}` : error.message,
      fix: isForAuthors
        ? `take ${program} off the worker's PATH, where deno then starts the bundle, or ${ADD_BINARY}`
        : error.code === "TIMEOUT"
        ? slow
        : fix,
    };
  }
}
