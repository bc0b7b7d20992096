/**
 * The command line for authors: every command, run by Deno on macOS, Windows or Linux.
 *
 * A coordinator cannot start it: for that, workers have the compiled binary.
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
import { main } from "./command.ts";
import { notify } from "./terminal.ts";

if (Deno.args.some((arg) => arg.startsWith("--comm="))) {
  notify(
    `error: Cannot start ${
      Deno.args[0]
    } for a coordinator: this is the command line for authors. ` +
      "Put the compiled binary beside the bundle, or set AIRFLOW_TASK_RUNTIME to its path\n",
  );
  Deno.exitCode = 1;
} else {
  Deno.exitCode = await main(Deno.args);
}
