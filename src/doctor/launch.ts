/**
 * Checks of the launch of a bundle: the program that runs it, and the time until it connects.
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
import { canWriteTo } from "./machine.ts";
import { DEFAULT_TIMEOUT } from "./routes.ts";
import { isPlainObject } from "../values.ts";

type Environment = Readonly<Record<string, string>>;

/** A bundle to start. */
export interface BundleLaunch {
  /** The name of the bundle in findings. */
  readonly name: string;
  /** Its path. */
  readonly path: string;
  /** The program that runs it for NodeCoordinator. */
  readonly nodeExecutable?: string | undefined;
  /** The time limit for its connections, in seconds. */
  readonly startupTimeout: number;
  /** The environment of the worker. */
  readonly env: Environment;
}

/** The oldest version that a thin bundle supports. */
const NEEDED_DENO = "2.9.0";
/** The oldest tested version. */
const TESTED_DENO = "2.7.11";
const UPDATE_DENO = "install deno 2.9 or newer, e.g. with pip install --upgrade deno";
const ADD_BINARY = `copy the binary ${RUNTIME_NAME} next to the bundle`;
/** The time limit for a program that prints its version, in milliseconds. */
const ANSWER_MS = 10_000;

/** The code of an empty bundle. The binary connects itself and denies these connections. */
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

/** Starts the bundle as the coordinator does, with the program that its first line finds. */
export async function checkLaunch(launch: BundleLaunch): Promise<readonly Finding[]> {
  const { path, nodeExecutable } = launch;
  if (nodeExecutable !== undefined) {
    const fix = `set node_executable to the absolute path of ${RUNTIME_NAME}`;
    return [await measure(launch, [nodeExecutable, path], fix)];
  }
  return await isThinBundle(path)
    ? await checkThin(launch, [path])
    : [await measure(launch, [path], `pack ${path} again`)];
}

/** Starts a thin bundle that only connects, for a worker without bundles. */
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
    // The folder for temporary files may be mounted with noexec.
    return await checkThin(launch, ["/bin/sh", path]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ topic: `launch of ${name}`, status: "warn", text: `not started: ${reason}` }];
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
      ? `set AIRFLOW_TASK_RUNTIME to the absolute path of ${RUNTIME_NAME} or ${DENO_NAME}`
      : `${ADD_BINARY}, or ${UPDATE_DENO}`;
    return [{ topic, status: "fail", text: answer.stderr.trimEnd(), fix }];
  }
  const isDeno = program.replace(/^.*\//, "") === DENO_NAME;
  const findings: readonly Finding[] = isDeno
    ? await checkDeno(topic, program, env)
    : [{ topic, status: "ok", text: program }];
  return [...findings, await measure(launch, command, ADD_BINARY, program)];
}

/** Checks the version of the worker's `deno` and its code cache. */
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
  return [{ topic, status, text: `${text}; 2.9 or newer is needed`, fix: UPDATE_DENO }, cache];
}

async function askDeno(
  program: string,
  env: Environment,
): Promise<{ version?: string; folder?: string }> {
  try {
    const { stdout } = await ask(program, ["info", "--json", "--no-config"], env);
    const info: unknown = JSON.parse(stdout);
    const [version, folder] = isPlainObject(info) ? [info["denoVersion"], info["denoDir"]] : [];
    return typeof version === "string" && typeof folder === "string" ? { version, folder } : {};
  } catch {
    return {};
  }
}

function ask(program: string, args: readonly string[], env: Environment): Promise<RunResult> {
  return runCommand(program, { args, env, signal: AbortSignal.timeout(ANSWER_MS) });
}

/** Without a code cache, Deno compiles the bundle at each launch. */
async function checkCodeCache(folder: string): Promise<Finding> {
  const topic = "code cache";
  await Deno.mkdir(folder, { recursive: true }).catch(() => {});
  return await canWriteTo(folder) ? { topic, status: "ok", text: folder } : {
    topic,
    status: "warn",
    text: `Deno cannot write to ${folder}, so it compiles the bundle at each launch`,
    fix: "set DENO_DIR to a folder that this user can write to",
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
    const text = `connected after ${seconds.toFixed(2)} s (limit ${startupTimeout} s)`;
    // A busy worker is slower.
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
        ? `remove ${program} from the worker's PATH, so that deno starts the bundle, or ${ADD_BINARY}`
        : error.code === "TIMEOUT"
        ? slow
        : fix,
    };
  }
}

/** The time to exit after the connections are closed, in milliseconds. */
const GRACE_MS = 2000;

/** Options of {@linkcode measureLaunch}. */
export interface LaunchOptions {
  /** The program and its arguments, without the addresses. */
  readonly command: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The time limit, in seconds. */
  readonly timeout: number;
}

/**
 * Starts the command as Airflow does, waits for both connections and closes them, so no task runs.
 * Returns the seconds from the start to the second connection.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` if the command does not exist; `CLOSED` with the first line of
 * stderr if it exits before it connects; `TIMEOUT`
 */
export async function measureLaunch(
  { command, env, timeout }: LaunchOptions,
): Promise<number> {
  const [program = "", ...args] = command;
  using comm = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using logs = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = performance.now();
  const child = spawn(program, [
    ...args,
    `--comm=127.0.0.1:${comm.addr.port}`,
    `--logs=127.0.0.1:${logs.addr.port}`,
  ], env);
  const output = child.output();
  const ended = output.then(({ code, stderr }) => {
    const message = new TextDecoder().decode(stderr).trim().split("\n")[0] ?? "";
    throw new TaskRuntimeError(
      "CLOSED",
      `Cannot launch ${program}: it exited with ${code} before it connected${
        message && `: ${message}`
      }`,
    );
  });
  const { promise: late, reject } = Promise.withResolvers<never>();
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    const reason = `it did not connect within ${timeout} s`;
    reject(new TaskRuntimeError("TIMEOUT", `Cannot launch ${program}: ${reason}`));
  }, timeout * 1000);
  try {
    const conns = await Promise.race([
      Promise.all([comm.accept(), logs.accept()]),
      ended,
      late,
    ]);
    const seconds = (performance.now() - start) / 1000;
    for (const conn of conns) conn.close();
    return seconds;
  } finally {
    clearTimeout(limit);
    const grace = setTimeout(() => kill(child), isLate ? 0 : GRACE_MS);
    await output;
    clearTimeout(grace);
    // Handles the rejection if another promise won the race.
    await ended.catch(() => {});
  }
}

function spawn(
  program: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      env: { ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot launch ${program}: ${reason}`, { cause });
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has already exited.
  }
}
