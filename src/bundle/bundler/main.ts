/**
 * The bundler as a program, run by `deno`: options as JSON in the first argument, the result as
 * JSON on stdout. A compiled binary cannot run esbuild itself.
 *
 * @module
 */
import * as esbuild from "npm:esbuild@0.28.2";
import { bundle, type BundlerOptions } from "./bundler.ts";

async function main(): Promise<void> {
  const options: BundlerOptions = JSON.parse(Deno.args[0] ?? "{}");
  console.log(JSON.stringify(await bundle(options)));
  await esbuild.stop();
}

if (import.meta.main) await main();
