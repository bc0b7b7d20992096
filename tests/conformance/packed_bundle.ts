/**
 * Bundles made by the compiled binary's own `pack`, as an author makes them.
 *
 * @module
 */
import type { SchemaDate } from "../../src/protocol/generated.ts";
import { configArgs } from "../author_command.ts";
import { taskRuntime } from "./venv.ts";

/**
 * Packs a module into `out`, for the schema date `schema`, `pack`'s own by default.
 *
 * @throws {Error} with what `pack` printed, if it fails
 */
export async function packBundle(
  module: URL,
  out: string,
  form: "thin" | "node" = "thin",
  schema?: SchemaDate,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(taskRuntime(), {
    args: [
      "pack",
      "--deno",
      Deno.execPath(),
      ...configArgs(),
      "--form",
      form,
      ...(schema === undefined ? [] : ["--schema", schema]),
      "--out",
      out,
      module.pathname,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
