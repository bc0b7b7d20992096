import { assertEquals, assertStringIncludes } from "@std/assert";
import { authorCommand } from "../../author_command.ts";
import { extract } from "../../../examples/etl/main.ts";

const AUTHORED = new URL("../../../examples/etl/main.ts", import.meta.url);

async function runScript(source: string): Promise<{ code: number; out: string; err: string }> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, source);
    const [program = "", ...args] = authorCommand(path);
    const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("serve(): does nothing when a test imports the file", () => {
  assertEquals(extract.taskId, "extract");
});

Deno.test("serve(): does nothing when a script imports the file", async () => {
  const { code, out, err } = await runScript(
    `import { extract } from "${AUTHORED}";\nconsole.log(extract.taskId);\nDeno.exit(7);\n`,
  );
  assertEquals([code, out, err], [7, "extract\n", ""]);
});

Deno.test("serve(): prints how to run the tasks and exits when the file is run by itself", async () => {
  const { code, out, err } = await runScript(
    'import { Bundle } from "@airflow-deno/task-runtime";\n' +
      'await new Bundle().serve();\nconsole.log("not reached");\n',
  );
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "airflow-task-runtime dev FILE");
});
