/**
 * Packs a bundle with each package in packages.ts, and runs it by the binary and by `deno`. Only the
 * full run does so, because `pack` downloads the packages.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { ROOT } from "../cli/packed.ts";
import { pack } from "../../src/bundle/pack.ts";
import { configArgs } from "../author_command.ts";
import { runTask } from "../runtime/run_task.ts";
import { isQuick } from "../thoroughness.ts";
import { PACKAGES, packageTable, type PackageTrial } from "./packages.ts";

/** The programs that run bundles on a worker. */
const PROGRAMS = [
  { program: "the binary", path: Deno.env.get("CLI_BINARY") },
  { program: "deno", path: Deno.env.get("WORKER_DENO") },
].filter(({ path }) => path !== undefined);

/** The functions that the code of trials calls. */
const HELPERS = `
/** Returns the code of the error that a client throws, or else its message or name. */
function codeOf(use) {
  return use().then(() => "connected", (error) => {
    const [first = error] = error.errors ?? [];
    for (const { code } of [error, first, error.cause ?? {}]) {
      if (typeof code === "string" && !/^(N\\/A)?$/.test(code)) return code;
    }
    return error.name === "Error" ? error.message : error.name;
  });
}
/** Calls \`use\` with the URL of a server that replies with JSON. */
async function served(use) {
  const reply = () => Response.json({ ok: true });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, reply);
  try {
    return await use("http://127.0.0.1:" + server.addr.port + "/");
  } finally {
    await server.shutdown();
  }
}
`;

let folder: TemporaryFolder;
let config: string;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.create();
  config = await writeConfig();
});

Deno.test.afterAll(async () => {
  await Deno.remove(config);
  await folder[Symbol.asyncDispose]();
});

/**
 * Writes a copy of the checkout's configuration without a lock file, which would not list the
 * packages. The copy is next to the original, because paths in it are relative.
 */
async function writeConfig(): Promise<string> {
  const original = configArgs().at(-1) ?? `${ROOT}/deno.json`;
  const settings = JSON.parse(await Deno.readTextFile(original));
  const path = `${ROOT}/.deno.offline.${Deno.pid}.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...settings, lock: false }));
  return path;
}

/** Packs a bundle whose task "try" runs the trial; returns its path. */
async function packed({ name, code, permissions = {} }: PackageTrial): Promise<string> {
  const file = name.replaceAll(/[@/]/g, "_");
  const entry = `${folder.path}/${file}.ts`;
  const out = `${folder.path}/bundles/${file}`;
  await Deno.writeTextFile(
    entry,
    `import * as m from "npm:${name}";\n` +
      'import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";\n' +
      HELPERS +
      `const task = new TaskHandler("packages", "try", async () => { ${code} });\n` +
      `await new Bundle({ permissions: ${JSON.stringify(permissions)} }).register(task).serve();\n`,
  );
  await pack({ entry, out, config });
  return out;
}

for (const [use, trials] of Object.entries(PACKAGES)) {
  for (const trial of trials) {
    Deno.test({
      name: `packages, ${use}: ${trial.name} ${trial.about}`,
      ignore: isQuick || PROGRAMS.length === 0,
      async fn() {
        const bundle = await packed(trial);
        for (const { program, path = "" } of PROGRAMS) {
          const ran = await runTask("try", {
            dagId: "packages",
            command: [bundle],
            env: { AIRFLOW_TASK_RUNTIME: path },
          });
          const found = ran.state === "success" ? ran.returned : JSON.stringify(ran.log);
          assertEquals(found, trial.result, program);
        }
      },
    });
  }
}

Deno.test({
  name: "pack: names the package when its native code is needed to load the module",
  ignore: isQuick || PROGRAMS.length === 0,
  async fn() {
    const code = "return typeof m.default;";
    const trial = { name: "sharp@0.34.5", about: "loads", code, result: "function" };
    const error = await assertRejects(() => packed(trial), TaskRuntimeError);
    assertStringIncludes(
      error.message,
      "A bundle cannot contain the native code of npm:@img/sharp-",
    );
  },
});

Deno.test("packages: docs/npm-packages.md contains the table of the trials", async () => {
  const page = await Deno.readTextFile(`${ROOT}/docs/npm-packages.md`);
  // `deno fmt` pads the cells of the page.
  const compact = (text: string): string => text.replaceAll(/ +|-{3,}/g, "");
  assertStringIncludes(compact(page), compact(packageTable()));
});
