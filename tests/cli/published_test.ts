// The command line and a project on the machine of an author who has Deno and Python.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { COMMANDS } from "../../src/cli/command.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { run } from "../bundle/bundle_parts.ts";
import { LocalRegistry } from "./local_registry.ts";
import { isQuick } from "../thoroughness.ts";

const SPECIFIER = "jsr:@airflow-deno/task-runtime/cli";

/** An author's machine: a folder for a project, and a PATH with `deno` and `python3`. */
class Machine {
  readonly project: string;
  readonly bin: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string) {
    this.project = `${folder}/my-etl`;
    this.bin = `${folder}/bin`;
    this.#env = { PATH: this.bin, HOME: folder, DENO: `${this.bin}/deno` };
  }

  /** Makes one whose `deno` uses the registry instead of JSR. */
  static async make(registry: LocalRegistry, folder: string): Promise<Machine> {
    const machine = new Machine(folder);
    await Deno.mkdir(machine.bin);
    await Deno.mkdir(machine.project);
    const variables = Object.entries(registry.env).map(([name, value]) => `${name}='${value}'`);
    const script = `#!/bin/sh\nexport ${variables.join(" ")}\nexec '${Deno.execPath()}' "$@"\n`;
    await Deno.writeTextFile(`${machine.bin}/deno`, script, { mode: 0o755 });
    await Deno.symlink("/usr/bin/python3", `${machine.bin}/python3`);
    return machine;
  }

  /** Runs a program in the folder of the project; returns its stdout. */
  async run(program: string, args: string[], exitCode = 0): Promise<string> {
    const { code, stdout, stderr } = await run(program, args, {
      cwd: this.project,
      env: this.#env,
      clearEnv: true,
    });
    assertEquals(code, exitCode, `${args.join(" ")}: ${stdout}${stderr}`);
    return exitCode === 0 ? stdout : stdout + stderr;
  }

  deno(...args: string[]): Promise<string> {
    return this.run(`${this.bin}/deno`, args);
  }

  cli(...args: string[]): Promise<string> {
    return this.deno("run", "-A", "--quiet", SPECIFIER, ...args);
  }

  /** Runs a command that must fail; returns its output. */
  failing(...args: string[]): Promise<string> {
    return this.run(`${this.bin}/deno`, ["run", "-A", "--quiet", SPECIFIER, ...args], 1);
  }
}

Deno.test({
  name: "the command line of the published package: needs only deno and python3",
  // It takes as long as a third of the quick run.
  ignore: isQuick,
  async fn(t) {
    await using registry = await LocalRegistry.start();
    await using folder = await TemporaryFolder.create();
    const machine = await Machine.make(registry, folder.path);

    await t.step("--help: lists every command, and no launch by a coordinator", async () => {
      const help = await machine.cli("--help");
      for (const name of Object.keys(COMMANDS)) assertMatch(help, new RegExp(`^ {2}${name} `, "m"));
      assertEquals(help.includes("--comm"), false);
    });

    await t.step(
      "init: the project imports the module from JSR, and its tasks succeed",
      async () => {
        await machine.cli("init", ".");
        const { imports } = JSON.parse(await Deno.readTextFile(`${machine.project}/deno.json`));
        assertEquals(imports, {
          "@airflow-deno/task-runtime": `jsr:@airflow-deno/task-runtime@^${VERSION}`,
        });
        assertStringIncludes(await machine.deno("task", "test"), "3 passed | 0 failed");
        assertMatch(await machine.deno("task", "dev"), /^load +success /m);
        assertStringIncludes(await machine.deno("task", "check"), "No differences");
        assertStringIncludes(await machine.deno("task", "pack"), "bundle ");
      },
    );

    await t.step("init: the workflow runs these tasks and installs only deno", async () => {
      const workflow = await Deno.readTextFile(`${machine.project}/.github/workflows/ci.yml`);
      const runs = [...workflow.matchAll(/- run: (.*)/g)].map(([, command]) => command);
      assertEquals(runs, ["deno task check", "deno task pack"]);
    });

    await t.step("inspect, dev, replay, stubs, check: read the bundle and run it", async () => {
      const bundle = "dist/my-etl";
      assertEquals(JSON.parse(await machine.cli("inspect", "--json", bundle)).form, "thin");
      const { asExpected } = JSON.parse(await machine.cli("dev", "--json", "--record=r", bundle));
      assertEquals(asExpected, true);
      const { same, runs } = JSON.parse(await machine.cli("replay", "--json", "r", bundle));
      assertEquals([same, runs.length], [true, 2]);
      await machine.cli("stubs", "--out=stubs.py", "main.ts");
      assertStringIncludes(await machine.cli("check", bundle, "stubs.py"), "No differences");
    });

    await t.step("dev: denies undeclared permissions of a bundle", async () => {
      await Deno.writeTextFile(
        `${machine.project}/greedy.ts`,
        `import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
await new Bundle().register(new TaskHandler("d", "t", () => Deno.readTextFile("/etc/hosts")))
  .serve();
`,
      );
      await machine.cli("pack", "--out=dist/greedy.min.mjs", "--form=node", "greedy.ts");
      const { tasks } = JSON.parse(await machine.failing("dev", "--json", "dist/greedy.min.mjs"));
      assertEquals(tasks[0].state, "failed");
    });

    await t.step("doctor and completions: print their results", async () => {
      const { findings } = JSON.parse(await machine.failing("doctor", "--json", "--airflow=3.4"));
      const launch = findings.find(({ topic }: { topic: string }) =>
        topic.startsWith("launch of ")
      );
      assertEquals(launch.status, "ok", launch.text);
      const texts = findings.map(({ topic, text }: Record<string, string>) => `${topic}: ${text}`);
      assertStringIncludes(
        texts.join("\n"),
        `program of an empty bundle: ${machine.bin}/deno, Deno ${Deno.version.deno}`,
      );
      assertStringIncludes(await machine.cli("completions", "bash"), "complete -F");
    });

    await t.step("deno install: installs the command line", async () => {
      const options = ["-gA", "-n", "airflow-task-runtime", "--root", folder.path];
      await machine.deno("install", ...options, SPECIFIER);
      const version = await machine.run(`${machine.bin}/airflow-task-runtime`, ["--version"]);
      assertStringIncludes(version, `airflow-task-runtime ${VERSION}\ndeno ${Deno.version.deno}\n`);
    });

    await t.step(
      "doctor: fails when this program is on PATH instead of the binary",
      async () => {
        const classpath = "airflow.sdk.coordinators.executable.ExecutableCoordinator";
        const kwargs = { executables_root: [`${machine.project}/dist`] };
        const coordinators = JSON.stringify({ deno: { classpath, kwargs } });
        const config =
          `[sdk]\ncoordinators = ${coordinators}\nqueue_to_coordinator = {"q": "deno"}\n`;
        await Deno.writeTextFile(`${machine.project}/airflow.cfg`, config);
        const program = `${machine.bin}/airflow-task-runtime`;
        const options = ["--json", "--airflow=3.3", "--config=airflow.cfg"];
        const { change, findings } = JSON.parse(
          await machine.run(program, ["doctor", ...options], 1),
        );
        const { text } = findings.find(({ topic }: { topic: string }) =>
          topic.startsWith("launch of")
        );
        assertEquals(
          text,
          `${program} is not the binary: the command line for authors starts no tasks`,
        );
        assertStringIncludes(
          change,
          `remove ${program} from the worker's PATH, so that deno starts`,
        );
      },
    );

    await t.step("pack: runs from the URL of its file", async () => {
      const address = `${registry.url}@airflow-deno/task-runtime/${VERSION}/src/cli/mod.ts`;
      const packed = await machine.deno(
        "run",
        "-A",
        "--quiet",
        address,
        "pack",
        "--json",
        "main.ts",
      );
      assertEquals(JSON.parse(packed).dags, { "my-etl": { tasks: ["extract", "load"] } });
    });

    await t.step("launch by a coordinator: fails with one line", async () => {
      const output = await machine.failing("dist/main", "--comm=127.0.0.1:1", "--logs=127.0.0.1:2");
      assertMatch(
        output,
        /^error: Cannot start dist\/main for a coordinator: .*compiled binary.*\n$/,
      );
    });
  },
});
