/**
 * The entry point of the runtime binary: launches a bundle for a coordinator, or runs a command.
 *
 * A launch does not load the commands.
 *
 * @module
 */
import { isLaunched } from "../runtime/launch/sockets.ts";
import { loadBundle } from "../runtime/launch/bundle_load.ts";

if (isLaunched(Deno.args)) {
  await loadBundle(Deno.args);
} else {
  const { main } = await import("./command.ts");
  Deno.exitCode = await main(Deno.args);
}
