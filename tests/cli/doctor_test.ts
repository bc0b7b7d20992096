import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { authorCommand } from "../author_command.ts";
import { run } from "../bundle/bundle_parts.ts";
import { cliCommand, launchCommand, runCli } from "./cli_command.ts";
import { ETL, packedBundle, ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const EXECUTABLE = "airflow.sdk.coordinators.executable.ExecutableCoordinator";

/** The folder of a worker with a bundle and the runtime. */
class Worker implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly bundles: string;
  readonly config: string;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.bundles = `${folder.path}/bundles`;
    this.config = `${folder.path}/airflow.cfg`;
  }

  static async make(): Promise<Worker> {
    const worker = new Worker(await TemporaryFolder.create());
    const { bundles } = worker;
    await packedBundle(`${bundles}/etl`, ETL);
    const command = launchCommand().map((word) => `'${word}'`).join(" ");
    const runtime = `#!/bin/sh\nexec ${command} "$@"\n`;
    await Deno.writeTextFile(`${bundles}/airflow-task-runtime`, runtime, { mode: 0o755 });
    await worker.configure(`{"executables_root": ["${bundles}"]}`);
    return worker;
  }

  async configure(kwargs: string, queues = '{"deno": "deno"}'): Promise<void> {
    await Deno.writeTextFile(
      this.config,
      `[sdk]\ncoordinators = {"deno": {"classpath": "${EXECUTABLE}", "kwargs": ${kwargs}}}\n` +
        `queue_to_coordinator = ${queues}\n`,
    );
  }

  async doctor(
    ...args: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    return await this.run(cliCommand("doctor", "--config", this.config, ...args));
  }

  /** Runs a command in the environment of the worker, without `deno` on PATH. */
  async run(
    [program = "", ...args]: readonly string[],
    PATH = "/usr/bin:/bin",
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const kept = ["DENO_DIR", "HOME"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    return await run(program, args, {
      clearEnv: true,
      env: { ...Object.fromEntries(kept), PATH },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

Deno.test("doctor: exits with 0 when the worker can run its bundle", async () => {
  await using worker = await Worker.make();
  const { code, stdout, stderr } = await worker.doctor("--airflow=3.3");
  assertEquals([code, stderr], [0, ""], stdout);
  assertStringIncludes(stdout, `bundle ${worker.bundles}/etl: Dag etl (extract, transform, audit)`);
  assertStringIncludes(
    stdout,
    `program of ${worker.bundles}/etl: ${worker.bundles}/airflow-task-runtime\n`,
  );
  assertStringIncludes(stdout, `launch of ${worker.bundles}/etl: connected after `);
  assert(stdout.endsWith("\nNo problem found.\n"));
  assert(!stdout.includes("\x1b["), "no colors in a pipe");
});

Deno.test("doctor: checks a worker that has only deno", async () => {
  await using worker = await Worker.make();
  const { bundles, config } = worker;
  await Deno.remove(`${bundles}/airflow-task-runtime`);
  const bin = `${bundles}/../bin`;
  await Deno.mkdir(bin);
  await Deno.symlink(Deno.execPath(), `${bin}/deno`);
  const command = authorCommand(new URL("../../src/cli/mod.ts", import.meta.url));
  const { code, stdout } = await worker.run(
    [...command, "doctor", "--airflow=3.3", "--config", config],
    `${bin}:/usr/bin:/bin`,
  );
  assertEquals(code, 0, stdout);
  const { deno } = Deno.version;
  assertStringIncludes(
    stdout,
    `ok    command line: version ${VERSION}, run by Deno ${deno} (${Deno.execPath()})\n`,
  );
  assertStringIncludes(stdout, `program of ${bundles}/etl: ${bin}/deno, Deno ${deno}`);
  assertMatch(stdout, /^ok {4}code cache: \//m);
  assertMatch(stdout, /^ok {4}launch of .*\/etl: connected after /m);
  assertEquals(/^\w+ +binary:/m.test(stdout), false);
});

Deno.test({
  name: "doctor: exits with 1 and prints the change to make first",
  ignore: isQuick,
  async fn() {
    await using worker = await Worker.make();
    const { bundles } = worker;
    const change = async (...args: string[]): Promise<string> => {
      const { code, stdout } = await worker.doctor("--json", ...args);
      const diagnosis = JSON.parse(stdout);
      assertEquals([code, diagnosis.ok, stdout.split("\n").length], [1, false, 2]);
      return diagnosis.change;
    };
    assertStringIncludes(
      await change("--airflow=3.4"),
      "replace executables_root by task_handler_bundle_name",
    );
    await Deno.remove(`${bundles}/airflow-task-runtime`);
    assertStringIncludes(
      await change("--airflow=3.3"),
      "copy the binary airflow-task-runtime next to the bundle, or install deno 2.9 or newer",
    );
    await Deno.chmod(`${bundles}/etl`, 0o644);
    assertEquals(await change("--airflow=3.3"), `chmod +x ${bundles}/etl`);
    await Deno.remove(`${bundles}/etl`);
    assertEquals(await change("--airflow=3.3"), `copy a bundle into ${bundles}`);
    await worker.configure("{}");
    assertStringIncludes(
      await change("--airflow=3.3"),
      '"executables_root": ["/opt/airflow/bundles"]',
    );
    await worker.configure(`{"executables_root": ["${bundles}"]}`, "{}");
    assertEquals(
      await change("--airflow=3.3"),
      'set [sdk] queue_to_coordinator = {"deno": "deno"}',
    );
    await Deno.writeTextFile(worker.config, "nonsense\n");
    assertEquals(await change("--airflow=3.3"), "correct the file");
  },
});

Deno.test({
  name: "doctor: reports which of two bundles runs a Dag, and which one needs a newer Airflow",
  ignore: isQuick,
  async fn() {
    await using worker = await Worker.make();
    const { bundles } = worker;
    await Deno.copyFile(`${bundles}/etl`, `${bundles}/again`);
    const newer = assembleThinBundle({
      code: "await 1;",
      metadata: {
        sdk: { language: "typescript", version: "0.1.0", supervisorSchemaVersion: "2026-10-30" },
        dags: { newer: { tasks: ["a"] } },
      },
    });
    await Deno.writeFile(`${bundles}/newer`, newer, { mode: 0o755 });
    const { code, stdout } = await worker.doctor("--json", "--airflow=3.3");
    const { findings, routes } = JSON.parse(stdout);
    assertEquals(code, 1);
    const texts: string[] = findings.map(({ text }: { text: string }) => text);
    const winner: string = routes[0].places[0].dags.etl;
    assert(texts.includes(`Airflow finds Dag etl first in ${winner}`));
    assert(texts.some((text) => text.endsWith("does not support; it needs Airflow 3.4")));
    assertEquals(routes[0].places[0].dags.newer, undefined);
  },
});

Deno.test({
  name: "doctor: fails on Airflow 3.3 when a bundle defines Dags in TypeScript",
  ignore: isQuick,
  async fn() {
    await using worker = await Worker.make();
    const { bundles } = worker;
    const native = new URL("../runtime/testdata/native.ts", import.meta.url).pathname;
    await packedBundle(`${bundles}/native`, native);
    const told = async (release: string, status: string): Promise<string[]> => {
      const { findings } = JSON.parse((await worker.doctor("--json", release)).stdout);
      return findings
        .filter((each: Record<string, string>) =>
          each["topic"] === `bundle ${bundles}/native` && each["status"] === status
        )
        .flatMap(({ text, fix = "" }: Record<string, string>) => [text, fix]);
    };
    assertEquals(await told("--airflow=3.3", "fail"), [
      "it defines Dag native in TypeScript, which needs Airflow 3.4; " +
      "3.3 loads Dags only from Python files",
      "update Airflow to 3.4, or write a Python Dag file for Dag native",
    ]);
    const { code, stdout } = await worker.doctor("--airflow=3.3");
    assertEquals(code, 1);
    assertStringIncludes(stdout, "Fix this first: update Airflow to 3.4, or");
    await worker.configure('{"task_handler_bundle_name": "deno"}');
    const classpath = "airflow.dag_processing.bundles.local.LocalDagBundle";
    const list = [{ name: "deno", classpath, kwargs: { path: bundles } }];
    await Deno.writeTextFile(
      worker.config,
      `[dag_processor]\ndag_bundle_config_list = ${JSON.stringify(list)}\n`,
      { append: true },
    );
    assertEquals(await told("--airflow=3.4", "fail"), []);
    assertStringIncludes((await told("--airflow=3.4", "ok")).join(), "Dag native (extract, load");
  },
});

Deno.test({
  name: "doctor: prints the permissions of a bundle, as inspect does",
  ignore: isQuick,
  async fn() {
    await using worker = await Worker.make();
    const { bundles } = worker;
    const module = `${ROOT}/tests/cli/testdata/granted.ts`;
    await packedBundle(`${bundles}/granted`, module);
    const allowed = "env: API_TOKEN, SHOP_*; read: /etc; run: /usr/bin/env; net: 127.0.0.1";
    const { stdout } = await worker.doctor("--airflow=3.3");
    assertStringIncludes(stdout, `write), schema 2026-06-16; allowed ${allowed}\n`);
    assertStringIncludes(
      stdout,
      "audit), schema 2026-06-16; allowed none but to talk with Airflow\n",
    );
    const told = JSON.parse((await worker.doctor("--json", "--airflow=3.3")).stdout);
    const found = told.routes[0].places[0].bundles.find(({ path }: { path: string }) =>
      path.endsWith("/granted")
    );
    assertEquals(found.permissions, {
      env: ["API_TOKEN", "SHOP_*"],
      read: ["/etc"],
      run: ["/usr/bin/env"],
      net: ["127.0.0.1"],
    });
    const inspected = await runCli("inspect", `${bundles}/granted`);
    assertMatch(inspected.stdout, new RegExp(`^allowed +${RegExp.escape(allowed)}$`, "m"));
  },
});

Deno.test({
  name: "doctor: starts and reports a bundle once when two queues lead to it",
  ignore: isQuick,
  async fn() {
    await using worker = await Worker.make();
    const { bundles } = worker;
    const queues = '{"deno": "deno", "typescript": "deno"}';
    await worker.configure(`{"executables_root": ["${bundles}"]}`, queues);
    const { code, stdout } = await worker.doctor("--json", "--airflow=3.3");
    const { findings, routes } = JSON.parse(stdout);
    const topics: string[] = findings.map(({ topic }: { topic: string }) => topic);
    assertEquals([code, routes.length], [0, 2]);
    for (const topic of ["queue deno", "queue typescript", `bundle ${bundles}/etl`]) {
      assertEquals(topics.filter((each) => each === topic).length, 1, topic);
    }
    assertEquals(topics.filter((each) => each === `launch of ${bundles}/etl`).length, 1);
  },
});

Deno.test("doctor: finds the Airflow on PATH without starting it", async () => {
  await using folder = await TemporaryFolder.create();
  const site = `${folder.path}/lib/python3.12/site-packages/apache_airflow_core-3.3.9.dist-info`;
  await Deno.mkdir(site, { recursive: true });
  await Deno.mkdir(`${folder.path}/bin`);
  await Deno.writeTextFile(`${folder.path}/bin/airflow`, "#!/bin/false\n", { mode: 0o755 });
  const [program = "", ...args] = cliCommand("doctor", "--json");
  const { stdout } = await run(program, args, {
    env: {
      PATH: `${folder.path}/bin`,
      AIRFLOW_HOME: folder.path,
      AIRFLOW_CONFIG: "/no/airflow.cfg",
    },
  });
  const { airflow, findings } = JSON.parse(stdout);
  assertEquals(airflow, "3.3");
  const found = findings.find(({ topic }: { topic: string }) => topic === "airflow");
  assertEquals(
    found.text,
    `3.3.9 (${folder.path}/bin/airflow) supports schema versions 2026-06-16`,
  );
});

Deno.test("doctor: exits with 1 and one line on stderr when the configuration does not exist", async () => {
  const [program = "", ...args] = cliCommand("doctor", "--config=/no/airflow.cfg");
  const { code, stdout, stderr } = await run(program, args);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr, 'error: Cannot read "/no/airflow.cfg": the file does not exist\n');
});
