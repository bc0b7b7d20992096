// Tests the settings and files of docs/Dockerfile and docs/deploying.md.

import { assert, assertEquals } from "@std/assert";
import { TARGETS } from "../scripts/shipping/targets.ts";
import { TemporaryFolder } from "../src/bundle/output_file.ts";
import { ETL, packedBundle, ROOT } from "./cli/packed.ts";
import { runAlone } from "./runtime/hand_supervisor.ts";

const DOCKERFILE = await Deno.readTextFile(`${ROOT}/docs/Dockerfile`);
const PAGE = await Deno.readTextFile(`${ROOT}/docs/deploying.md`);
const BINARY = `${ROOT}/dist/airflow-task-runtime`;

/** The files that the Dockerfile copies: from the release, to the image, with their modes. */
const COPIES = Array.from(
  DOCKERFILE.matchAll(/^COPY --chmod=(\d+) (\S+) (\S+)$/gm),
  ([, mode = "", from = "", to = ""]) => ({
    mode: parseInt(mode, 8),
    from,
    to: to.endsWith("/") ? `${to}${from.split("/").at(-1)}` : to,
  }),
);

/** Reads the value of a variable in the Dockerfile. */
function variable(name: string): unknown {
  const [, text = ""] = new RegExp(`${name}='([^']*)'`).exec(DOCKERFILE) ?? [];
  return JSON.parse(text);
}

/** The coordinators in the page's settings for Airflow 3.3. */
function documentedCoordinators(): unknown {
  const [, text = ""] = /^coordinators = (\{.*executables_root.*\})$/m.exec(PAGE) ?? [];
  return JSON.parse(text);
}

Deno.test("Dockerfile: has four instructions and the settings of the page", () => {
  const instructions = DOCKERFILE.split("\n").filter((line) => /^[A-Z]+ /.test(line));
  assertEquals(instructions.map((line) => line.split(" ")[0]), ["FROM", "COPY", "COPY", "ENV"]);
  assertEquals(variable("AIRFLOW__SDK__COORDINATORS"), documentedCoordinators());
  assertEquals(variable("AIRFLOW__SDK__QUEUE_TO_COORDINATOR"), { deno: "deno" });
});

Deno.test("Dockerfile: copies files of a release into the folder that Airflow searches", () => {
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
  name: "Dockerfile: makes a bundle that finds its runtime",
  ignore: !await Deno.stat(BINARY).then(() => true, () => false),
  async fn() {
    await using image = await TemporaryFolder.create();
    await using release = await TemporaryFolder.create();
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

Deno.test("deploying.md: has coordinators as JSON", () => {
  for (const [, json = ""] of PAGE.matchAll(/```json\n([^]*?)```/g)) {
    assertEquals(Object.keys(JSON.parse(json)), ["deno"]);
  }
});
