/** Modules that tests write like an author. */
import { ROOT } from "./packed.ts";
import { configArgs } from "../author_command.ts";

/** The options with which such a module runs in any folder. */
export const MODULE_OPTIONS: readonly string[] = [
  "--deno",
  Deno.execPath(),
  ...(configArgs().length === 0 ? ["--config", `${ROOT}/deno.json`] : configArgs()),
];

/** Returns a module with the Dag "d" and one task "t" with a body. */
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
