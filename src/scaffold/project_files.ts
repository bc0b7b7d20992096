/**
 * The files of a new project.
 *
 * @module
 */
import type { ModuleSettings } from "./module_settings.ts";
import { PythonNames, pythonString } from "../python_dag/python_name.ts";

/** The command line, which Deno runs by its name in the imports of the project. */
const COMMAND = "deno run -A @airflow-deno/task-runtime/cli";

/** Options of {@linkcode projectFiles}. */
export interface ProjectOptions {
  /** The id of its Dag. */
  readonly dagId: string;
  /** The queue that routes its tasks to the coordinator. */
  readonly queue: string;
  /** The settings in its deno.json that the module needs. */
  readonly module: ModuleSettings;
}

/** Returns the formatted text of each file by its path in the project. */
export function projectFiles(options: ProjectOptions): ReadonlyMap<string, string> {
  return new Map([
    ["deno.json", denoConfig(options)],
    ["tasks.ts", tasks(options)],
    ["tasks_test.ts", tasksTest()],
    ["main.ts", main()],
    ["dag.py", dag(options)],
    ["README.md", readme(options)],
    [".gitignore", "/dist/\n__pycache__/\n"],
    [".github/workflows/ci.yml", workflow()],
  ]);
}

function denoConfig({ dagId, module }: ProjectOptions): string {
  const config = {
    imports: module.imports,
    tasks: {
      dev: `${COMMAND} dev main.ts`,
      test: "deno test",
      pack: `${COMMAND} pack main.ts --out dist/${dagId}`,
      check: "deno fmt --check && deno lint && deno check main.ts tasks_test.ts && deno test && " +
        `${COMMAND} check main.ts dag.py`,
    },
    compilerOptions: module.compilerOptions,
    fmt: { lineWidth: 100 },
    exclude: ["dist/"],
  };
  // deno fmt keeps short lists on one line.
  return `${JSON.stringify(config, null, 2).replace(/\[\n\s*("dist\/")\n\s*\]/, "[$1]")}\n`
    .replace('"fmt": {\n    "lineWidth": 100\n  }', '"fmt": { "lineWidth": 100 }');
}

function tasks({ dagId }: ProjectOptions): string {
  return `${imports(['{ FailTask, handlersFor } from "@airflow-deno/task-runtime"'])}
const task = handlersFor(${JSON.stringify(dagId)});

export const extract = task("extract", async (_args, ctx) => {
  const since = await ctx.variables.get("since", { default: "1970-01-01" });
  ctx.log.info("extracting", { since });
  return { since, rows: [3, 5, 34] };
});

export const load = task("load", async (_args, ctx) => {
  const extracted = await ctx.xcoms.pull<{ rows: number[] }>("extract");
  if (extracted === null) throw new FailTask("extract returned no rows");
  const total = extracted.rows.reduce((sum, row) => sum + row, 0);
  ctx.log.info("loading", { rows: extracted.rows.length, total });
  return { total };
});
`;
}

function tasksTest(): string {
  const each = [
    '{ deepStrictEqual } from "node:assert/strict"',
    '{ runTask } from "@airflow-deno/task-runtime/testing"',
    '{ extract, load } from "./tasks.ts"',
  ];
  return `${imports(each)}
Deno.test("extract: starts at the date of the variable", async () => {
  const run = await runTask(extract, { variables: { since: "2026-01-01" } });
  deepStrictEqual(run.state, "success");
  deepStrictEqual(run.returnValue?.since, "2026-01-01");
});

Deno.test("load: adds the rows of extract", async () => {
  const xcoms = { extract: { return_value: { rows: [1, 2, 3] } } };
  const run = await runTask(load, { xcoms });
  deepStrictEqual([run.state, run.returnValue], ["success", { total: 6 }]);
});

Deno.test("load: fails without a retry when there are no rows", async () => {
  const run = await runTask(load);
  deepStrictEqual(run.state, "failed");
});
`;
}

function main(): string {
  return `// The bundle that Airflow starts. The tests import tasks.ts, which does not call serve().
${
    imports([
      '{ Bundle } from "@airflow-deno/task-runtime"',
      '{ extract, load } from "./tasks.ts"',
    ])
  }
await new Bundle().register(extract, load).serve();
`;
}

/** Returns import statements. */
function imports(each: readonly string[]): string {
  return each.map((one) => `import ${one};\n`).join("");
}

function dag({ dagId, queue }: ProjectOptions): string {
  const name = new PythonNames(["annotations", "dag", "task"]).nameFor(dagId, "dag");
  const line = `@dag(dag_id=${pythonString(dagId)}, schedule=None, catchup=False)`;
  const decorator = line.length <= 88
    ? line
    : `@dag(\n    dag_id=${pythonString(dagId)},\n    schedule=None,\n    catchup=False,\n)`;
  return `"""The Dag whose tasks are in main.ts."""

from __future__ import annotations

from airflow.sdk import dag, task


${decorator}
def ${name}():
    @task.stub(queue=${pythonString(queue)})
    def extract(): ...

    @task.stub(queue=${pythonString(queue)})
    def load(): ...

    extract() >> load()


${name}()
`;
}

function readme({ dagId, queue }: ProjectOptions): string {
  return `# ${dagId}

The tasks of the Airflow Dag in [dag.py](dag.py) are written in TypeScript, in [tasks.ts](tasks.ts).

\`\`\`sh
deno task dev    # runs the tasks without Airflow
deno task test   # tests them
deno task check  # checks format, lint, types, tests and dag.py
deno task pack   # makes the bundle dist/${dagId}
\`\`\`

The tasks need Deno, and \`check\` needs Python. To install the command line:

\`\`\`sh
deno install -gA -n airflow-task-runtime jsr:@airflow-deno/task-runtime/cli
\`\`\`

To deploy:

- Copy \`dag.py\` to the Dags folder.
- Copy the bundle to the folder of the coordinator for queue \`${queue}\`.
- Run \`airflow-task-runtime doctor\` on a worker to check the installation.
`;
}

function workflow(): string {
  return `name: ci

on: [push, pull_request]

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: denoland/setup-deno@v2
        with:
          deno-version: v2.x
      - run: deno task check
      - run: deno task pack
`;
}
