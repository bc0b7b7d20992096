import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { compare } from "../../src/python_dag/compare.ts";
import { writeStubs } from "../../src/python_dag/write_stubs.ts";
import { TaskRuntimeError } from "../../src/error.ts";
import { readDagText } from "./dag_file_text.ts";
import { STRANGE } from "./strange_bundle.ts";

const OPTIONS = { queue: "deno", source: "main.ts" };

Deno.test("writeStubs(): writes a Dag file as Python formatters do", () => {
  const parameters = {
    load: [
      { name: "limit", required: false, schema: { type: "integer", default: 10 } },
      { name: "rows", required: true, schema: { type: "array", items: { type: "integer" } } },
      { name: "note", required: false, schema: { type: "string" } },
      { name: "anything", required: true, schema: {} },
    ],
  };
  const dags = { etl: { tasks: ["extract", "load"], parameters } };
  assertEquals(
    writeStubs({ dags }, OPTIONS),
    `"""Stub tasks for main.ts. Queue deno routes them to the bundle.

Written by "airflow-task-runtime stubs"; "airflow-task-runtime check" compares it with the
bundle.
Replace each None that a call passes by the result of an upstream task.
"""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="etl", schedule=None, catchup=False)
def etl():
    @task.stub(queue="deno")
    def extract(): ...

    @task.stub(queue="deno")
    def load(rows: list[int], anything, limit: int = 10, note: str | None = None): ...

    extract()
    load(rows=None, anything=None)


etl()
`,
  );
});

Deno.test("writeStubs(): makes a Python name when an id is not one", () => {
  const text = writeStubs(STRANGE, OPTIONS);
  for (
    const part of [
      '@task.stub(task_id="class", queue="deno")\n    def class_(): ...',
      '@task.stub(task_id="group.load", queue="deno")\n    def group_load(): ...',
      '@task.stub(task_id="2nd-step", queue="deno")\n    def task_2nd_step(): ...',
      '@task.stub(task_id="größe", queue="deno")\n    def gr__e(): ...',
      '@task.stub(task_id="...", queue="deno")\n    def task_3(): ...',
      '@dag(dag_id="1.5", schedule=None, catchup=False)\ndef dag_1_5():',
    ]
  ) assertStringIncludes(text, part);
});

Deno.test("writeStubs(): writes a file that readDagFiles() and compare() accept", async () => {
  const file = await readDagText(writeStubs(STRANGE, OPTIONS));
  assertEquals(file.notes, []);
  assertEquals(compare({ bundle: STRANGE, path: "main.ts", files: [file], queue: "deno" }), []);
});

Deno.test("writeStubs(): breaks lines that are too long", () => {
  const taskId = "x".repeat(100);
  const names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];
  const parameters = {
    [taskId]: [],
    b: names.map((name) => ({ name, required: true, schema: { type: "string" } })),
  };
  const text = writeStubs({ dags: { d: { tasks: ["a-" + taskId, "b"], parameters } } }, OPTIONS);
  assertStringIncludes(
    text,
    `    @task.stub(\n        task_id="a-${taskId}",\n        queue="deno",\n    )\n`,
  );
  assertStringIncludes(text, "    def b(\n        first: str,\n        second: str,\n");
});

Deno.test("writeStubs(): throws when a parameter is not a valid Python name", () => {
  const parameters = { load: [{ name: "batch-size", required: true, schema: {} }] };
  const error = assertThrows(
    () => writeStubs({ dags: { etl: { tasks: ["load"], parameters } } }, OPTIONS),
    TaskRuntimeError,
  );
  assertEquals(
    error.message,
    'Cannot write the stub of task "load": parameter "batch-size" is not a valid Python name. ' +
      "Rename the parameter",
  );
});

Deno.test("writeStubs(): escapes the names of the file and the queue", () => {
  const text = writeStubs({ dags: { d: { tasks: ["a"] } } }, {
    queue: 'a"b\nimport os',
    source: 'x"""; y\\',
  });
  assertEquals(text.split('"""').length, 3);
  assertStringIncludes(text, `@task.stub(queue='a"b\\u000aimport os')`);
});
