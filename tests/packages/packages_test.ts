/**
 * Packs and runs a bundle of each package in packages.ts, on both ways onto a worker; the full run
 * only, since it fetches the packages.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { ROOT } from "../cli/packed.ts";
import { pack } from "../../src/bundle/pack.ts";
import { runTask } from "../runtime/run_task.ts";
import { isQuick } from "../thoroughness.ts";
import { PACKAGES, packageTable, type PackageTrial } from "./packages.ts";

/** The programs that run bundles on a worker. */
const PROGRAMS = [
  { program: "the binary", path: Deno.env.get("CLI_BINARY") },
  { program: "deno", path: Deno.env.get("WORKER_DENO") },
].filter(({ path }) => path !== undefined);

const HELPERS = `
function codeOf(use) {
  return use().then(() => "connected", (error) => {
    const [first = error] = error.errors ?? [];
    for (const { code } of [error, first, error.cause ?? {}]) {
      if (typeof code === "string" && !/^(N\\/A)?$/.test(code)) return code;
    }
    return error.name === "Error" ? error.message : error.name;
  });
}
async function served(use) {
  const answer = () => Response.json({ ok: true });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  try {
    return await use("http://127.0.0.1:" + server.addr.port + "/");
  } finally {
    await server.shutdown();
  }
}
`;

let folder: TemporaryFolder;
let config: string | undefined;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.create();
  config = await configWithoutLock();
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

/** Writes the configuration of an offline checkout without its lock, which has no authors' package. */
async function configWithoutLock(): Promise<string> {
  const names = ["deno.json", ".deno.offline.json"];
  const texts = await Promise.allSettled(names.map((name) => Deno.readTextFile(`${ROOT}/${name}`)));
  const text = texts.findLast(({ status }) => status === "fulfilled");
  const path = `${ROOT}/.deno.offline.packages.json`;
  const { lock: _lock, ...rest } = JSON.parse(text?.status === "fulfilled" ? text.value : "{}");
  await Deno.writeTextFile(path, JSON.stringify({ ...rest, lock: false }));
  return path;
}

async function packed({ name, code, permissions = {} }: PackageTrial): Promise<string> {
  const file = name.replaceAll(/[@/]/g, "_");
  const entry = `${folder.path}/${file}.ts`;
  const out = `${folder.path}/bundles/${file}`;
  await Deno.writeTextFile(
    entry,
    `import * as m from "npm:${name}";\n` +
      'import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";\n' +
      `// @ts-nocheck${HELPERS}\n` +
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
  name: "packages: a package that cannot load its native code is refused by name",
  ignore: isQuick || PROGRAMS.length === 0,
  async fn() {
    const code = "return typeof m.default;";
    const trial = { name: "sharp@0.34.5", about: "resizes", code, result: "function" };
    const error = await assertRejects(() => packed(trial), TaskRuntimeError);
    assertStringIncludes(
      error.message,
      "A bundle cannot contain the native code of npm:@img/sharp-",
    );
  },
});

Deno.test("packages: the table in docs/npm-packages.md has these packages", async () => {
  const page = await Deno.readTextFile(`${ROOT}/docs/npm-packages.md`);
  // Whoever formats the page changes the white space.
  const compact = (text: string): string => text.replaceAll(/ +|-{3,}/g, "");
  assertStringIncludes(compact(page), compact(packageTable()));
});
