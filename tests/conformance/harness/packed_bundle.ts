/**
 * Packs bundles with the compiled binary, as authors do.
 *
 * @module
 */
import type { SchemaVersion } from "../../../src/protocol/generated.ts";
import { configArgs } from "../../author_command.ts";
import { provideBundle } from "../../bundle_cache.ts";
import { taskRuntime } from "./venv.ts";

/**
 * Packs a module to `out`, for the schema version `schema`, by default that of `pack`.
 *
 * @throws {Error} with what `pack` printed, if it fails
 */
export async function packBundle(
  module: URL,
  out: string,
  form: "thin" | "node" = "thin",
  schema?: SchemaVersion,
): Promise<void> {
  const command = [
    taskRuntime(),
    "pack",
    "--deno",
    Deno.execPath(),
    ...configArgs(),
    "--form",
    form,
    ...(schema === undefined ? [] : ["--schema", schema]),
  ];
  const inputs = { module: module.pathname, command, files: [taskRuntime()] };
  await provideBundle(out, inputs, async (path) => {
    const [program = "", ...args] = command;
    const { success, stderr } = await new Deno.Command(program, {
      args: [...args, "--out", path, module.pathname],
      stdin: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  });
}
