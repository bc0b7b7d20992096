// doctor's findings about the launch of a bundle, with packed bundles and a worker's programs.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { TaskRuntimeError } from "../../src/error.ts";
import { isAtLeast } from "../../src/bundle/deno_command.ts";
import { checkEmptyLaunch, checkLaunch, measureLaunch } from "../../src/doctor/launch.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { authorCommand } from "../author_command.ts";
import { entryCommand, launchCommand } from "../cli/cli_command.ts";
import { ETL, packedBundle } from "../cli/packed.ts";

const env = Deno.env.toObject();
const UPDATE = "install deno 2.9 or newer, e.g. with pip install --upgrade deno";
const COPY = "copy the binary airflow-task-runtime next to the bundle";

/** A worker's folder of bundles, and a folder on its PATH. */
class Worker implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly bin: string;
  readonly bundle: string;
  /** The folder of Deno's code cache. */
  readonly cache: string;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.bin = `${folder.path}/bin`;
    this.bundle = `${folder.path}/bundles/etl`;
    this.cache = `${folder.path}/cache`;
  }

  static async make(...packing: string[]): Promise<Worker> {
    const worker = new Worker(await TemporaryFolder.create());
    await Deno.mkdir(worker.bin);
    await packedBundle(worker.bundle, ETL, ...packing);
    return worker;
  }

  /** Installs the Deno that runs the tests on PATH. */
  async installDeno(): Promise<string> {
    const path = `${this.bin}/deno`;
    await Deno.symlink(Deno.execPath(), path);
    return path;
  }

  /** Puts a script on PATH as `deno`. */
  async writeDeno(script: string): Promise<string> {
    const path = `${this.bin}/deno`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  /** Puts the runtime at a path. */
  async writeRuntime(path: string): Promise<string> {
    const command = launchCommand().map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(path, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    return path;
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: `${this.bin}:/usr/bin:/bin`, DENO_DIR: this.cache, ...more };
  }

  check(more: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
    const { bundle } = this;
    const launch = { name: "etl", path: bundle, startupTimeout: 20, env: this.env(more) };
    return checkLaunch(launch);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Checks that the launch has succeeded, and returns the findings before it. */
function beforeLaunch(findings: readonly Finding[]): readonly Finding[] {
  const launch = findings.at(-1);
  assertEquals([launch?.topic, launch?.status], ["launch of etl", "ok"], launch?.text);
  assertMatch(launch?.text ?? "", /^connected after \d+\.\d\d s \(limit 20 s\)$/);
  return findings.slice(0, -1);
}

/** The finding about the Deno that runs the tests. */
function denoFinding(path: string): Finding {
  const topic = "program of etl";
  const text = `${path}, Deno ${Deno.version.deno}`;
  return isAtLeast(Deno.version.deno, "2.9.0")
    ? { topic, status: "ok", text }
    : { topic, status: "warn", text: `${text}; 2.9 or newer is needed`, fix: UPDATE };
}

Deno.test("checkLaunch(): reports deno, its version and its code cache, and starts the bundle", async () => {
  await using worker = await Worker.make();
  const deno = await worker.installDeno();
  const cache: Finding = { topic: "code cache", status: "ok", text: worker.cache };
  assertEquals(beforeLaunch(await worker.check()), [denoFinding(deno), cache]);
  assert((await Array.fromAsync(Deno.readDir(worker.cache))).length > 0, "Deno has used it");
});

Deno.test("checkLaunch(): reports the program that the first line of the bundle finds", async () => {
  await using worker = await Worker.make();
  const deno = await worker.installDeno();
  const onPath = await worker.writeRuntime(`${worker.bin}/airflow-task-runtime`);
  const found = async (more?: Readonly<Record<string, string>>): Promise<string | undefined> =>
    beforeLaunch(await worker.check(more))[0]?.text;
  assertEquals(await found(), onPath);
  const adjacent = worker.bundle.replace(/[^/]*$/, "airflow-task-runtime");
  await worker.writeRuntime(adjacent);
  assertEquals(await found(), adjacent);
  assertEquals(await found({ AIRFLOW_TASK_RUNTIME: deno }), denoFinding(deno).text);
});

Deno.test("checkLaunch(): reports the program at the path that the bundle was packed with", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/runtime`;
  await using worker = await Worker.make("--runtime", path);
  await worker.writeRuntime(path);
  assertEquals(beforeLaunch(await worker.check()), [
    { topic: "program of etl", status: "ok", text: path },
  ]);
});

Deno.test("checkLaunch(): fails with the message of the first line when no program exists", async () => {
  await using worker = await Worker.make();
  const [topic, status] = ["program of etl", "fail"] as const;
  const cannot = `Cannot start bundle ${worker.bundle}: `;
  assertEquals(await worker.check(), [{
    topic,
    status,
    text: `${cannot}neither airflow-task-runtime (next to it or on PATH) nor deno (on PATH) found`,
    fix: `${COPY}, or ${UPDATE}`,
  }]);
  assertEquals(await worker.check({ AIRFLOW_TASK_RUNTIME: "/no/such" }), [{
    topic,
    status,
    text: `${cannot}AIRFLOW_TASK_RUNTIME is /no/such, which is not an executable file`,
    fix: "set AIRFLOW_TASK_RUNTIME to the absolute path of airflow-task-runtime or deno",
  }]);
});

Deno.test("checkLaunch(): warns when deno is older than 2.9, and fails when it is untested", async () => {
  await using worker = await Worker.make();
  const judged = async (version: string): Promise<Finding | undefined> => {
    const info = JSON.stringify({ denoVersion: version, denoDir: worker.cache });
    await worker.writeDeno(
      `[ "$1" != info ] || { echo '${info}'; exit; }; exec '${Deno.execPath()}' "$@"`,
    );
    return beforeLaunch(await worker.check())[0];
  };
  const [topic, text] = ["program of etl", `${worker.bin}/deno, Deno`] as const;
  const old = { text: `${text} 2.8.3; 2.9 or newer is needed`, fix: UPDATE };
  assertEquals(await judged("2.8.3"), { topic, status: "warn", ...old });
  const older = { text: `${text} 2.7.10; 2.9 or newer is needed`, fix: UPDATE };
  assertEquals(await judged("2.7.10"), { topic, status: "fail", ...older });
  assertEquals(await judged("2.10.0"), { topic, status: "ok", text: `${text} 2.10.0` });
});

Deno.test("checkLaunch(): fails when the program named deno is not Deno", async () => {
  await using worker = await Worker.make();
  const deno = await worker.writeDeno("echo hello");
  const [finding, ...rest] = await worker.check();
  assertEquals([finding?.status, finding?.text], ["fail", `${deno} is not Deno`]);
  assertEquals(rest.map(({ topic, status }) => [topic, status]), [["launch of etl", "fail"]]);
});

Deno.test("checkLaunch(): warns when the code cache is not writable", async () => {
  await using worker = await Worker.make();
  await worker.installDeno();
  // Not even root can create a folder in a file.
  const folder = `${worker.bundle}/cache`;
  const [, cache] = beforeLaunch(await worker.check({ DENO_DIR: folder }));
  assertEquals(cache, {
    topic: "code cache",
    status: "warn",
    text: `Deno cannot write to ${folder}, so it compiles the bundle at each launch`,
    fix: "set DENO_DIR to a folder that this user can write to",
  });
});

Deno.test("checkEmptyLaunch(): starts an empty bundle with deno or with the given binary", async () => {
  await using worker = await Worker.make();
  const deno = await worker.installDeno();
  const program = "program of an empty bundle";
  const byDeno = await checkEmptyLaunch({ env: worker.env() });
  assertEquals(byDeno.map(({ topic }) => topic), [
    program,
    "code cache",
    "launch of an empty bundle",
  ]);
  assertEquals([byDeno[0]?.text, byDeno[2]?.status], [denoFinding(deno).text, "ok"]);
  const binary = await worker.writeRuntime(`${worker.bin}/runtime`);
  const byBinary = await checkEmptyLaunch({ env: worker.env(), binary });
  assertEquals(byBinary[0], { topic: program, status: "ok", text: binary });
  assertEquals(byBinary[1]?.status, "ok", byBinary[1]?.text);
});

Deno.test("measureLaunch(): returns the time to both connections, and runs no task", async () => {
  for (
    const command of [
      entryCommand(),
      authorCommand(new URL("../runtime/testdata/arguments.ts", import.meta.url)),
    ]
  ) {
    const seconds = await measureLaunch({ command, env, timeout: 20 });
    assert(seconds > 0 && seconds < 20);
  }
});

Deno.test("measureLaunch(): rejects with the first line of stderr when the command exits", async () => {
  const command = ["/bin/sh", "-c", "echo what it lacks >&2; exit 127"];
  const error = await assertRejects(
    () => measureLaunch({ command, env, timeout: 20 }),
    TaskRuntimeError,
  );
  assertEquals(error.code, "CLOSED");
  assertStringIncludes(error.message, "it exited with 127 before it connected: what it lacks");
});

Deno.test("measureLaunch(): rejects at the time limit and when the command does not exist", async () => {
  const command = ["/bin/sh", "-c", "exec sleep 60"];
  const late = await assertRejects(
    () => measureLaunch({ command, env, timeout: 0.05 }),
    TaskRuntimeError,
  );
  assertEquals(late.code, "TIMEOUT");
  await assertRejects(
    () => measureLaunch({ command: ["/no/such/program"], env, timeout: 1 }),
    TaskRuntimeError,
    "Cannot launch /no/such/program",
  );
});
