// A release made twice, in folders of different names, homes and times, is the same byte for byte.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runAlone } from "../runtime/hand_supervisor.ts";
import { ROOT } from "../cli/packed.ts";
import { isQuick } from "../thoroughness.ts";

const TARGET = "x86_64-unknown-linux-gnu";
const BINARY = `airflow-task-runtime-${TARGET}`;
/** The sources of a release. */
const SOURCES = [
  ...["mod.ts", "deno.json", "deno.lock", "LICENSE", "README.md", "CHANGELOG.md"],
  ...["src", "scripts"],
];
/** Two examples suffice: one of each schema version. */
const EXAMPLES = ["etl", "arguments"].map((name) => `${ROOT}/examples/${name}`);

/** True if the checkout has the Deno that releases are built with; another one fetches a denort. */
const ready = await Deno.readTextFile(`${ROOT}/.tools/ready`).catch(() => "");
const ignore = !ready.includes(`${ROOT}/.tools/deno/`) || !ready.includes("stand-ins") ||
  // Two releases take long: `scripts/test --quick` leaves them out.
  isQuick;

const OWN_CACHE = {
  DENO_DIR: `${ROOT}/.tools/cache`,
  DENO_TLS_CA_STORE: "system,mozilla",
  NO_COLOR: "1",
};

/** The command that validates files by the published schema; without files it fetches the schema. */
function verdict(...paths: string[]): string[] {
  const script = new URL("cyclonedx_verdict.ts", import.meta.url).pathname;
  const options = ["--no-config", "--no-lock", "--quiet", "--allow-read", "--allow-env"];
  return [Deno.execPath(), "run", ...options, script, ...paths];
}

/** Schema and validator are npm packages, for this test only: without a registry it is skipped. */
const validator = !ignore && await new Deno.Command("timeout", {
  args: ["30", ...verdict()],
  env: OWN_CACHE,
  stdout: "null",
  stderr: "null",
}).output().then(({ success }) => success, () => false);

/** A temporary copy of this checkout. */
class Checkout implements AsyncDisposable {
  constructor(readonly base: string, readonly path: string) {}

  /** Makes a copy at `name` in a new folder; links Deno and copies the packages. */
  static async make(name: string): Promise<Checkout> {
    const base = await Deno.makeTempDir({ dir: `${ROOT}/.tools/tmp`, prefix: "release-test-" });
    const path = `${base}/${name}`;
    await Deno.mkdir(`${path}/.tools/cache`, { recursive: true });
    await run(["cp", "-R", ...SOURCES.map((source) => `${ROOT}/${source}`), path]);
    await Deno.mkdir(`${path}/examples`);
    await run(["cp", "-R", ...EXAMPLES, `${path}/examples`]);
    await run(["cp", "-Rl", `${ROOT}/.tools/deno`, `${path}/.tools/deno`]);
    await run(["cp", "-R", `${ROOT}/.tools/cache/npm`, `${path}/.tools/cache/npm`]);
    return new Checkout(base, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.base, { recursive: true });
  }
}

/** PATH without this checkout's Deno, which scripts/setup would use as an installed one. */
const PATH = (Deno.env.get("PATH") ?? "").split(":").filter((entry) =>
  !entry.startsWith(`${ROOT}/`)
).join(":");

async function run(command: string[], env: Record<string, string> = {}): Promise<string> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { PATH, ...env },
    clearEnv: true,
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, text);
  return text;
}

/** Makes a release; gives its SHA256SUMS. */
async function release(checkout: Checkout, timezone: string): Promise<string> {
  const home = `${checkout.base}/home`;
  await Deno.mkdir(home);
  await run([`${checkout.path}/scripts/release`, "--target", TARGET], {
    HOME: home,
    TMPDIR: home,
    TZ: timezone,
    SOURCE_DATE_EPOCH: "1800000000",
  });
  return await Deno.readTextFile(`${checkout.path}/dist/release/SHA256SUMS`);
}

Deno.test({
  name: "release: is reproducible, starts, and lists its contents",
  ignore,
  async fn(t) {
    await using one = await Checkout.make("a");
    await using other = await Checkout.make("another-folder/below");
    const sums = await release(one, "UTC");

    await t.step(
      "release: has the same digests in another folder, home and time zone",
      async () => {
        assertEquals(await release(other, "Asia/Tokyo"), sums);
      },
    );

    const folder = `${one.path}/dist/release`;
    await t.step("SHA256SUMS: contains the digest of each file", async () => {
      const checked = await run(["sh", "-c", `cd ${folder} && sha256sum --check SHA256SUMS`]);
      const named = checked.trim().split("\n").map((line) => line.replace(/: OK$/, ""));
      const found = await run(["sh", "-c", `cd ${folder} && find . -type f`]);
      const files = found.trim().split("\n").map((line) => line.replace(/^\.\//, ""));
      assertEquals(named.toSorted(), files.filter((file) => file !== "SHA256SUMS").toSorted());
    });

    await t.step("the binary: starts and runs a bundle of the release", async () => {
      const { code, stdout } = await runAlone([`${folder}/${BINARY}`, "--version"]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "airflow-task-runtime ");
      await Deno.rename(`${folder}/${BINARY}`, `${folder}/examples/airflow-task-runtime`);
      const ended = await runAlone([`${folder}/examples/etl`, "--comm=nowhere", "--logs=x:1"]);
      assertEquals(ended.stderr, "error: Cannot start: --comm=nowhere must be host:port\n");
      await Deno.rename(`${folder}/examples/airflow-task-runtime`, `${folder}/${BINARY}`);
    });

    await t.step("sbom.cdx.json: lists the binary's contents with digests", async () => {
      const bill = JSON.parse(await Deno.readTextFile(`${folder}/sbom.cdx.json`));
      assertEquals(bill.metadata.timestamp, "2027-01-15T08:00:00.000Z");
      const components: { name: string; hashes?: unknown[] }[] = bill.components;
      const names = components.map(({ name }) => name);
      for (const name of [BINARY, "examples/etl", "denort", "cli", "yaml"]) {
        assert(names.includes(name), `${name} in ${names}`);
      }
      const denort = components.find(({ name }) => name === "denort");
      assertEquals(denort?.hashes?.length, 1);
    });

    await t.step({
      name: "sbom.cdx.json: is valid CycloneDX 1.6",
      ignore: !validator,
      async fn() {
        assertEquals(await run(verdict(`${folder}/sbom.cdx.json`), OWN_CACHE), "valid\n");
        // The validator rejects documents that do not match the schema.
        await Deno.writeTextFile(`${one.base}/bad.json`, '{"bomFormat": "CycloneDX"}');
        assertStringIncludes(await run(verdict(`${one.base}/bad.json`), OWN_CACHE), "specVersion");
      },
    });
  },
});
