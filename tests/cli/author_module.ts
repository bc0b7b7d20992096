/** Modules that tests write as an author would, and run by the command line. */
import { ROOT } from "./packed.ts";
import { configArgs } from "../author_command.ts";

/** The options by which such a module runs wherever it lies. */
export const MODULE_OPTIONS: readonly string[] = [
  "--deno",
  Deno.execPath(),
  ...(configArgs().length === 0 ? ["--config", `${ROOT}/deno.json`] : configArgs()),
];

/** A module with the Dag "d" and one task, "t", that does what `body` says, and may. */
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
