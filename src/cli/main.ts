/**
 * The entry of the binary: the launch path first, and nothing of the commands loaded for it.
 *
 * @module
 */
import { dialed } from "./early_dial.ts";
import { isLaunched } from "../runtime/launch/address.ts";
import { endUntold } from "../runtime/launch/process_exit.ts";
import { launch } from "./bundle_launch.ts";

if (isLaunched(Deno.args)) {
  await launch(Deno.args, dialed).catch(endUntold);
} else {
  const { main } = await import("./command.ts");
  Deno.exitCode = await main(Deno.args);
}
