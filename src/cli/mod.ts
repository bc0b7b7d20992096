/**
 * The command line for authors, which Deno runs on macOS, Windows and Linux.
 *
 * Coordinators cannot start it; workers need the compiled binary or `deno`.
 *
 * @example Install it as a program
 * ```sh
 * deno install -gA -n airflow-task-runtime jsr:@airflow-deno/task-runtime/cli
 * airflow-task-runtime pack main.ts
 * ```
 *
 * @example Run it without an installation
 * ```sh
 * deno run -A jsr:@airflow-deno/task-runtime/cli pack main.ts
 * ```
 *
 * @module
 */
import { LAUNCH_REFUSAL } from "../bundle/start_line.ts";
import { main } from "./command.ts";
import { notify } from "./terminal.ts";

if (Deno.args.some((arg) => arg.startsWith("--comm="))) {
  notify(
    `error: Cannot start ${Deno.args[0]} for a coordinator: ${LAUNCH_REFUSAL}. Remove it from ` +
      "the worker's PATH, so that deno starts the bundle, or copy the compiled binary next to the " +
      "bundle\n",
  );
  Deno.exitCode = 1;
} else {
  Deno.exitCode = await main(Deno.args);
}
