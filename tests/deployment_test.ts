// docs/deployment says what is so: its Dockerfile's files and settings, and the page's own.

import { assert, assertEquals } from "@std/assert";
import { TARGETS } from "../scripts/shipping/targets.ts";
import { ETL, Folder, packedBundle, ROOT } from "./cli/packed.ts";
import { runAlone } from "./runtime/hand_supervisor.ts";

const DOCKERFILE = await Deno.readTextFile(`${ROOT}/docs/deployment/Dockerfile`);
const PAGE = await Deno.readTextFile(`${ROOT}/docs/deployment/README.md`);
const README = await Deno.readTextFile(`${ROOT}/README.md`);
const BINARY = `${ROOT}/dist/airflow-task-runtime`;

/** What the Dockerfile copies: from the release, to the image, with its mode. */
const COPIES = Array.from(
  DOCKERFILE.matchAll(/^COPY --chmod=(\d+) (\S+) (\S+)$/gm),
  ([, mode = "", from = "", to = ""]) => ({
    mode: parseInt(mode, 8),
    from,
    to: to.endsWith("/") ? `${to}${from.split("/").at(-1)}` : to,
  }),
);

/** The value that the Dockerfile gives to a variable. */
function variable(name: string): unknown {
  const [, text = ""] = new RegExp(`${name}='([^']*)'`).exec(DOCKERFILE) ?? [];
  return JSON.parse(text);
}

/** The coordinators in the README's settings for Airflow 3.3. */
function documentedCoordinators(): unknown {
  const [, text = ""] = /^coordinators = (\{.*executables_root.*\})$/m.exec(README) ?? [];
  return JSON.parse(text);
}

Deno.test("the Dockerfile has four instructions, and the README's settings", () => {
  const instructions = DOCKERFILE.split("\n").filter((line) => /^[A-Z]+ /.test(line));
  assertEquals(instructions.map((line) => line.split(" ")[0]), ["FROM", "COPY", "COPY", "ENV"]);
  assertEquals(variable("AIRFLOW__SDK__COORDINATORS"), documentedCoordinators());
  assertEquals(variable("AIRFLOW__SDK__QUEUE_TO_COORDINATOR"), { deno: "deno" });
});

Deno.test("the Dockerfile copies files of a release into the folder that Airflow searches", () => {
  const [binary, bundle] = COPIES;
  const [, target = ""] = /^airflow-task-runtime-(.*)$/.exec(binary?.from ?? "") ?? [];
  assert(TARGETS.includes(target), target);
  assert(Deno.statSync(`${ROOT}/${bundle?.from}/main.ts`).isFile);
  const [root] = /(?<="executables_root": \[")[^"]+/.exec(DOCKERFILE) ?? [];
  for (const { to, mode } of COPIES) {
    assert(to.startsWith(`${root}/`), to);
    assertEquals(mode, 0o755);
  }
});

Deno.test({
  name: "what the Dockerfile makes is a bundle that finds its runtime",
  ignore: !await Deno.stat(BINARY).then(() => true, () => false),
  async fn() {
    await using image = await Folder.make();
    await using release = await Folder.make();
    const [binary, bundle] = COPIES;
    await Deno.mkdir(`${release.path}/examples`);
    await Deno.copyFile(BINARY, `${release.path}/${binary?.from}`);
    await packedBundle(`${release.path}/${bundle?.from}`, ETL);
    for (const { from, to, mode } of COPIES) {
      await Deno.mkdir(`${image.path}${to}/..`.replace(/\/[^/]+\/\.\.$/, ""), { recursive: true });
      await Deno.copyFile(`${release.path}/${from}`, `${image.path}${to}`);
      await Deno.chmod(`${image.path}${to}`, mode);
    }
    const { stderr } = await runAlone([
      `${image.path}${bundle?.to}`,
      "--comm=nowhere",
      "--logs=x:1",
    ]);
    assertEquals(stderr, "error: Cannot start: --comm=nowhere must be host:port\n");
  },
});

Deno.test("the page's files and links are there", () => {
  for (const [, path = ""] of PAGE.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
    assert(Deno.statSync(`${ROOT}/docs/deployment/${path}`).isFile, path);
  }
  for (const [, json = ""] of PAGE.matchAll(/```json\n([^]*?)```/g)) {
    assertEquals(Object.keys(JSON.parse(json)), ["deno"]);
  }
});
