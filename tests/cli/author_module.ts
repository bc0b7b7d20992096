/** Modules as authors write them. */
import { ROOT } from "./packed.ts";
import { configArgs } from "../author_command.ts";

/** The options of the command line for such a module in any folder. */
export const MODULE_OPTIONS: readonly string[] = [
  "--deno",
  Deno.execPath(),
  ...(configArgs().length === 0 ? ["--config", `${ROOT}/deno.json`] : configArgs()),
];

/** Returns a module with the task "t" of the Dag "d"; it declares the variables that `body` reads. */
export function moduleText(body: string, imports = ""): string {
  const permissions = JSON.stringify({
    env: [...body.matchAll(/env\.get\("(\w+)"/g).map(([, name]) => name)],
  });
  return `import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
${imports}
await new Bundle({ permissions: ${permissions} }).register(new TaskHandler("d", "t", async (_args, ctx) => {
  await Promise.resolve();
  ${body}
})).serve();
`;
}
