import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { targetOf } from "../../scripts/shipping/header.ts";
import { librariesOf } from "../../scripts/shipping/libraries.ts";
import { billOfMaterials } from "../../scripts/shipping/sbom.ts";
import { planRelease, TARGETS } from "../../scripts/shipping/targets.ts";

const HOST = "https://registry.example";
const GRAPH = {
  modules: [
    { specifier: "file:///project/src/cli/main.ts" },
    { specifier: `${HOST}/@std/cli/1.0.20/parse_args.ts` },
    { specifier: `${HOST}/@std/cli/1.0.20/_types.ts` },
    { specifier: "file:///project/scripts/offline/log/mod.ts" },
    { specifier: "npm:/yaml@2.8.0" },
  ],
  npmPackages: { "yaml@2.8.0": { name: "yaml", version: "2.8.0", dependencies: [] } },
};
const LOCK = {
  jsr: {
    "@std/cli@1.0.20": {
      integrity: "a8c384a2c98cec6ec6a2055c273a916e2772485eb784af0db004c5ab8ba52333",
    },
  },
  npm: { "yaml@2.8.0": { integrity: `sha512-${new Uint8Array(64).toBase64()}` } },
};
const standIn = (folder: string): Promise<{ name: string; version: string }> =>
  Promise.resolve({ name: `@std/${folder}`, version: "0.224.99" });

Deno.test("librariesOf: lists each library of the graph once, with the lock file's digest", async () => {
  assertEquals(await librariesOf(GRAPH, LOCK, standIn), [
    {
      name: "@std/cli",
      version: "1.0.20",
      registry: "jsr",
      hash: { alg: "SHA-256", content: LOCK.jsr["@std/cli@1.0.20"].integrity },
    },
    { name: "@std/log", version: "0.224.99", registry: "project", license: "Apache-2.0" },
    {
      name: "yaml",
      version: "2.8.0",
      registry: "npm",
      hash: { alg: "SHA-512", content: "00".repeat(64) },
    },
  ]);
});

Deno.test("librariesOf: throws when the lock file does not contain a library", async () => {
  await assertRejects(
    () => librariesOf(GRAPH, { npm: LOCK.npm }, standIn),
    Error,
    "jsr:@std/cli@1.0.20",
  );
});

Deno.test("billOfMaterials: derives the serial number from the content", async () => {
  const materials = { version: "1.2.3", deno: "2.7.11", files: [], denorts: [], libraries: [] };
  const one = await billOfMaterials(materials);
  assertEquals(await billOfMaterials(materials), one);
  const other = await billOfMaterials({ ...materials, version: "1.2.4" });
  assertEquals(one["serialNumber"] === other["serialNumber"], false);
  const form = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assertEquals(form.test(String(one["serialNumber"])), true);
});

Deno.test("targetOf: reads the target from the first bytes of an executable", async () => {
  const header = (hex: string): Uint8Array => Uint8Array.fromHex(hex.padEnd(40, "0"));
  const elf = "7f454c460201010000000000000000000300";
  assertEquals(targetOf(header(`${elf}3e00`)), "x86_64-unknown-linux-gnu");
  assertEquals(targetOf(header(`${elf}b700`)), "aarch64-unknown-linux-gnu");
  assertEquals(targetOf(header("cffaedfe0c000001")), "aarch64-apple-darwin");
  const windows = `${"4d5a".padEnd(120, "0")}40000000504500006486`;
  assertEquals(targetOf(header(windows)), "x86_64-pc-windows-msvc");
  for (let length = 0; length < windows.length; length += 2) {
    assertEquals(targetOf(Uint8Array.fromHex(windows.slice(0, length))), undefined);
  }
  assertEquals(targetOf(new Uint8Array()), undefined);
  if (Deno.build.os === "linux") {
    assertEquals(targetOf(await Deno.readFile(Deno.execPath())), Deno.build.target);
  }
});

const MACHINE = {
  denort: "/tools/deno/2.7.11/denort-x86_64-unknown-linux-gnu",
  folder: "/tools/deno/2.7.11",
  packaged: ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"],
};

/** The origin of each target's denort, in the order of the targets. */
function origins(denort: string): string[] {
  return planRelease(TARGETS, { ...MACHINE, denort }).map(({ denort }) => denort.from);
}

Deno.test("planRelease: takes denort from a package if there is one, and downloads others", () => {
  assertEquals(origins(MACHINE.denort), ["package", "package", "download", "download", "download"]);
});

Deno.test("planRelease: downloads each denort when Deno can", () => {
  assertEquals(origins("-"), new Array(TARGETS.length).fill("download"));
});

Deno.test("planRelease: uses the configured denort for each target", () => {
  assertEquals(origins("/opt/denort"), new Array(TARGETS.length).fill("file"));
});

Deno.test("planRelease: names the file of each target, and builds only the commands for Windows", () => {
  const builds = planRelease(TARGETS, MACHINE);
  assertEquals(builds.map(({ file, program }) => `${file} ${program}`), [
    "airflow-task-runtime-x86_64-unknown-linux-gnu runtime",
    "airflow-task-runtime-aarch64-unknown-linux-gnu runtime",
    "airflow-task-runtime-aarch64-apple-darwin runtime",
    "airflow-task-runtime-x86_64-apple-darwin runtime",
    "airflow-task-runtime-x86_64-pc-windows-msvc.exe commands",
  ]);
});

Deno.test("planRelease: throws on an unknown target", () => {
  assertThrows(
    () => planRelease(["riscv64"], MACHINE),
    Error,
    'Cannot release for target "riscv64": it must be one of x86_64-unknown-linux-gnu, ',
  );
});
