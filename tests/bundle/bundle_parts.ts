/**
 * Parts of bundles that the tests of this folder share.
 *
 * @module
 */

import type { ByteSource } from "../../src/bundle/byte_source.ts";
import type { BundleMetadata } from "../../src/bundle/metadata.ts";

/** The metadata that testdata/main.ts reports. */
export const METADATA: BundleMetadata = {
  sdk: { language: "typescript", version: "0.1.0", supervisorSchemaVersion: "2026-06-16" },
  source: "main.ts",
  permissions: {},
  dags: { etl: { tasks: ["extract", "transform"] }, nightly: { tasks: ["clean"] } },
};

/** Reads bytes in memory like those of a file. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  };
}

/** The absolute path of a file in testdata. */
export function testdata(name: string): string {
  return new URL(`./testdata/${name}`, import.meta.url).pathname;
}

/** Runs a program without stdin; returns its exit code and output. */
export async function run(
  path: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; clearEnv?: boolean } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(path, { args, stdin: "null", ...options })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Returns true if a program with the option --version is installed. */
export function isInstalled(program: string): Promise<boolean> {
  return run(program, ["--version"]).then(({ code }) => code === 0, () => false);
}
