import { assertEquals } from "@std/assert";
import { annotationOf } from "../../src/python_dag/annotation.ts";
import { compare } from "../../src/python_dag/compare.ts";
import { nearest } from "../../src/python_dag/spelling.ts";
import { readDagText } from "./dag_file_text.ts";

const STRING = { type: "string" };

const BUNDLE = {
  dags: {
    etl: {
      tasks: ["extract", "transform", "load"],
      parameters: {
        load: [
          { name: "rows", required: true, schema: { type: "array" } },
          { name: "batchSize", required: false, schema: { type: "integer" } },
          { name: "table", required: true, schema: STRING },
        ],
      },
    },
    nightly: { tasks: ["clean"] },
  },
};

async function differences(text: string, queue = "deno"): Promise<string[]> {
  const files = [await readDagText(text)];
  return compare({ bundle: BUNDLE, path: "main.ts", files, queue })
    .map(({ place, text }) => `${place}: ${text}`);
}

Deno.test("compare(): reports missing, unknown and misspelt tasks, queues and parameters", async () => {
  assertEquals(
    await differences(`
with DAG("etl"):
    @task.stub(queue="deno")
    def extarct(): ...
    @task.stub
    def report(): ...
    @task.stub(queue="go")
    def load(row: list, batch_size: str, tabel): ...
    extarct() >> report() >> load()
with DAG("nihgtly"):
    @task.stub(queue="deno")
    def clean(): ...
    clean()
`),
    [
      'dag.py:3: the bundle has no handler for task "extarct"; did you mean "extract"?',
      'dag.py:5: the bundle has no handler for task "report"',
      'dag.py:5: task "report" has no queue; expected "deno"',
      'dag.py:7: task "load" has queue "go"; expected "deno"',
      'dag.py:7: the handler of task "load" has no parameter "row"; did you mean "rows"?',
      'dag.py:7: parameter "batch_size" of task "load" has type str; the handler expects int',
      'dag.py:7: the handler of task "load" has no parameter "tabel"; did you mean "table"?',
      'dag.py:2: the Dag has no stub for task "transform" of the bundle',
      'dag.py:10: the bundle has no Dag "nihgtly"; did you mean "nightly"?',
    ],
  );
});

Deno.test("compare(): reports Dags that no file has, and ignores Dags without stubs", async () => {
  assertEquals(await differences('with DAG("python_only"):\n    x()\n'), [
    'main.ts: no Dag file has Dag "etl" (tasks in the bundle: 3)',
    'main.ts: no Dag file has Dag "nightly" (tasks in the bundle: 1)',
  ]);
});

Deno.test("compare(): accepts a computed queue and missing optional parameters", async () => {
  const text = `
with DAG("etl"):
    @task.stub(queue=choose())
    def extract(): ...
    @task.stub(queue="q")
    def transform(x): ...
    @task.stub(queue="q")
    def load(rows: "list[int]", table): ...
    extract() >> transform() >> load()
with DAG("nightly"):
    @task.stub(queue="q")
    def clean(): ...
    clean()
`;
  assertEquals(await differences(text, "q"), []);
});

Deno.test("nearest(): returns the similar name, or undefined when none is similar", () => {
  for (
    const [name, wanted] of [
      ["extarct", "extract"],
      ["extrct", "extract"],
      ["laod", "load"],
      ["loadd", "load"],
      ["Extract", "extract"],
      ["audit", undefined],
      ["", undefined],
    ] as const
  ) assertEquals(nearest(name, ["extract", "load"]), wanted, name);
});

Deno.test("annotationOf(): returns built-in types, or undefined when they cannot express the schema", () => {
  const cases: [schema: unknown, annotation: string | undefined][] = [
    [{ type: "string" }, "str"],
    [{ type: "integer" }, "int"],
    [{ type: "number" }, "float"],
    [{ type: ["integer", "number"] }, "float"],
    [{ type: "array" }, "list"],
    [{ type: "array", items: { type: "string" } }, "list[str]"],
    [{ type: "array", items: { anyOf: [STRING, { type: "null" }] } }, "list[str | None]"],
    [{ type: "object", properties: { a: STRING } }, "dict"],
    [{ type: "object", additionalProperties: { type: "integer" } }, "dict[str, int]"],
    [{ anyOf: [{ type: "null" }, STRING] }, "str | None"],
    [{ enum: ["eu", "us", null] }, "str | None"],
    [{ const: 3 }, "int"],
    [{}, undefined],
    [true, undefined],
    [{ $ref: "#/$defs/Row" }, undefined],
    [{ type: "tuple" }, undefined],
    [{ anyOf: [STRING, {}] }, undefined],
  ];
  for (const [schema, annotation] of cases) {
    assertEquals(annotationOf(schema), annotation, JSON.stringify(schema));
  }
});
