import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { run } from "../bundle/bundle_parts.ts";
import { cliCommand, launchCommand, runCli } from "./cli_command.ts";
import { ETL, Folder, packedBundle, ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const EXECUTABLE = "airflow.sdk.coordinators.executable.ExecutableCoordinator";

/** A worker's folder with the example's bundle and a runtime beside it. */
class Worker implements AsyncDisposable {
  readonly #folder: Folder;
  readonly bundles: string;
  readonly config: string;

  private constructor(folder: Folder) {
    this.#folder = folder;
    this.bundles = `${folder.path}/bundles`;
    this.config = `${folder.path}/airflow.cfg`;
  }

  static async make(): Promise<Worker> {
    const worker = new Worker(await Folder.make());
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
    const [program = "", ...rest] = cliCommand("doctor", "--config", this.config, ...args);
    const kept = ["DENO_DIR", "HOME", "PATH"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    return await run(program, rest, { clearEnv: true, env: Object.fromEntries(kept) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

Deno.test("doctor finds that a worker fits together, and has started its bundle: exit 0", async () => {
  await using worker = await Worker.make();
  const { code, stdout, stderr } = await worker.doctor("--airflow=3.3");
  assertEquals([code, stderr], [0, ""], stdout);
  assertStringIncludes(stdout, `bundle ${worker.bundles}/etl: Dag etl (extract, transform, audit)`);
  assertStringIncludes(stdout, `launch of ${worker.bundles}/etl: connected after `);
  assert(stdout.endsWith("\nIt fits together.\n"));
  assert(!stdout.includes("\x1b["), "no colours in a pipe");
});

Deno.test({
  name: "doctor names the one thing to change: exit 1",
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
      "Airflow 3.4 takes task_handler_bundle_name",
    );
    await Deno.remove(`${bundles}/airflow-task-runtime`);
    assertEquals(await change("--airflow=3.3"), "copy airflow-task-runtime beside the bundle");
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
    assertEquals(await change("--airflow=3.3"), "correct that file");
  },
});

Deno.test({
  name: "doctor tells which of two bundles for a Dag wins, and what needs a newer Airflow",
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
    assert(texts.includes(`its Dag etl is served by ${winner}, which Airflow comes upon first`));
    assert(texts.some((text) => text.endsWith("does not know; it needs Airflow 3.4")));
    assertEquals(routes[0].places[0].dags.newer, undefined);
  },
});

Deno.test({
  name: "doctor says that Dags in TypeScript need Airflow 3.4, on 3.3 only",
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
      "it defines Dag native in TypeScript, which needs Airflow 3.4: " +
      "3.3 knows only the Dags of Python files",
      "update Airflow to 3.4, or write a Python Dag file for Dag native",
    ]);
    const { code, stdout } = await worker.doctor("--airflow=3.3");
    assertEquals(code, 1);
    assertStringIncludes(stdout, "Change this first: update Airflow to 3.4, or");
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
  name: "doctor tells what the bundle of a queue may do, as inspect does",
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
  name: "doctor starts a bundle once, though two queues lead to it, and tells of it once",
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

Deno.test("doctor finds the Airflow on PATH without starting it", async () => {
  await using folder = await Folder.make();
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
  assertEquals(found.text, `3.3.9 (${folder.path}/bin/airflow) knows schema 2026-06-16`);
});

Deno.test("doctor refuses a configuration that is not there: exit 1, a line on stderr", async () => {
  const [program = "", ...args] = cliCommand("doctor", "--config=/no/airflow.cfg");
  const { code, stdout, stderr } = await run(program, args);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr, "error: Cannot read /no/airflow.cfg: there is no such file\n");
});
