import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { readDagFiles } from "../../src/python_dag/dag_file.ts";
import { readDagText } from "./dag_file_text.ts";

/** The task ids with their queues, by Dag. */
async function idsOf(text: string): Promise<Record<string, string[]>> {
  const { dags } = await readDagText(text);
  return Object.fromEntries(
    dags.map(({ dagId, tasks }) => [dagId, tasks.map(({ taskId, queue }) => `${taskId}@${queue}`)]),
  );
}

async function notesOf(text: string): Promise<string[]> {
  return (await readDagText(text)).notes.map(({ line, text }) => `${line}: ${text}`);
}

const HEAD = "from airflow.sdk import DAG, TaskGroup, dag, task, task_group\n";

Deno.test("readDagFiles(): reads the Dag of a decorator, with its own id or the name of its function", async () => {
  const text = `${HEAD}
@dag(schedule=None)
def first():
    @task.stub(queue="deno")
    def a(): ...
    a()

@dag(dag_id='the-' "second")
def other():
    @task.stub(task_id="b.c", queue="deno", retries=3)
    def b(): pass
    x = b()

first()
other()
`;
  assertEquals(await idsOf(text), { first: ["a@deno"], "the-second": ["b.c@deno"] });
});

Deno.test("readDagFiles(): reads with-blocks, Dag variables and task groups", async () => {
  const text = `${HEAD}
@task.stub(queue="deno")
def shared(): ...

with DAG("one", schedule=None) as one, TaskGroup("g"):
    shared()
    with TaskGroup(group_id="h", prefix_group_id=False):
        shared.override(task_id="renamed", queue="other")()

two = DAG(
    dag_id="two",
    default_args={"owner": "me", "queue": "deno"},
)

@task.stub(dag=two)
def third(): ...

third()

with two:
    @task_group
    def inner():
        @task.stub
        def fourth(): ...
        fourth()
    inner()
`;
  assertEquals(await idsOf(text), {
    one: ["g.shared@deno", "g.renamed@other"],
    two: ["third@deno", "inner.fourth@deno"],
  });
});

Deno.test("readDagFiles(): resolves constants, dictionaries of arguments and renamed imports", async () => {
  const text = `
import airflow.sdk as sdk
from airflow.sdk import task as t, dag as make
QUEUE: str = "deno"
OPTIONS = {"retries": 2, "queue": QUEUE}
ID = "the_dag"

@make(dag_id=ID)
def x():
    @t.stub(queue=QUEUE)
    def a(): ...
    @sdk.task.stub(**OPTIONS)
    def b(): ...
    a() >> b()

x()
`;
  assertEquals(await idsOf(text), { the_dag: ["a@deno", "b@deno"] });
});

Deno.test("readDagFiles(): numbers the tasks as Airflow does when a stub is called again", async () => {
  const text = `${HEAD}
with DAG("d"):
    @task.stub(queue="deno")
    def a(x): ...
    a(1)
    a(2)
    a.expand(x=[1, 2])
    a.partial().expand(x=[1])
`;
  assertEquals(await idsOf(text), { d: ["a@deno", "a__1@deno", "a__2@deno", "a__3@deno"] });
});

Deno.test("readDagFiles(): reads parameters on several lines and with comments", async () => {
  const text = `${HEAD}
with DAG("d"):
    @task.stub(queue="deno")
    def a(
        rows: list[int],  # a comment, with (
        *,
        limit: "int" = 10,
        note=None,
        **rest,
    ): ...
    a(rows=[])
`;
  assertEquals((await readDagText(text)).dags[0]?.tasks[0]?.parameters, [
    { name: "rows", annotation: "list[int]", required: true },
    { name: "limit", annotation: "int", required: false },
    { name: "note", required: false },
  ]);
});

Deno.test("readDagFiles(): ignores code in strings and comments, and joins continued lines", async () => {
  const text = `${HEAD}
"""
@task.stub(queue="deno")
def no(): ...
"""
with DAG("d"):
    # @task.stub
    TEXT = '@task.stub' r"\\\\" # def no2(): ...
    @task.stub(queue=\\
        "deno")
    def a(): ...
    f"""{no()}
    """
    a(
)
`;
  assertEquals(await idsOf(text), { d: ["a@deno"] });
  assertEquals(await notesOf(text), []);
});

Deno.test("readDagFiles(): lists the places that only a run of the file would explain", async () => {
  const text = `${HEAD}
with DAG("d"):
    @task.stub(queue="deno")
    def never(): ...

    @task.stub(task_id=f"x-{1}", queue="deno")
    def computed(): ...

    @task.stub(queue=choose())
    def routed(): ...

    computed()
    routed()
    for _ in range(3):
        routed()

@task.stub(queue="deno")
def outside(): ...
outside()

task.stub(queue="deno")(print)

with DAG(name()):
    routed()

@dag()
def uncalled():
    routed()
`;
  assertEquals(await notesOf(text), [
    "4: stub never is never called, so it makes no task",
    "7: the task_id of stub computed is computed",
    "16: routed is called in a loop: only its first task is read",
    "20: the Dag of the task that outside makes here is unknown",
    "22: a stub that is not made by a decorator cannot be read",
    "24: the id of the Dag is computed (stub tasks in it: 1)",
    "27: uncalled is never called, so it makes no Dag",
  ]);
  assertEquals(await idsOf(text), { d: ["routed@null", "routed__1@null"] });
});

Deno.test("readDagFiles(): reports a loop when a comprehension calls a stub", async () => {
  const text = `${HEAD}
with DAG("d"):
    @task.stub
    def a(x): ...
    [a(x) for x in range(3)]
`;
  assertEquals(await notesOf(text), ["6: a is called in a loop: only its first task is read"]);
});

Deno.test("readDagFiles(): does not run the file", async () => {
  const marker = await Deno.makeTempFile();
  const text = `import os\nos.remove(${JSON.stringify(marker)})\n`;
  assertEquals((await readDagText(text)).dags, []);
  await Deno.remove(marker);
});

Deno.test("readDagFiles(): reads a byte order mark and the encoding that a file declares", async () => {
  const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
  const code = "from airflow.sdk import DAG, task\nwith DAG('d'):\n    task.stub()\n";
  const marked = await readDagText(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes(code)]));
  const latin = new Uint8Array([...bytes("# coding: latin-1\n# "), 0xe9, ...bytes(`\n${code}`)]);
  assertEquals(marked.notes.length, 1);
  assertEquals((await readDagText(latin)).notes.length, 1);
});

Deno.test("readDagFiles(): names the file and the line when Python cannot parse it", async () => {
  for (
    const [text, reason] of [
      ["x = 1\nwith DAG(\n", "line 2: "],
      ["x = '\n", "line 1: "],
      ["@task.stub\n", "line 1: "],
      ["x = \0", "null bytes"],
    ] as const
  ) {
    const read = readDagText(text);
    const error = await assertRejects(() => read, TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assertStringIncludes(error.message, 'Cannot read the Dag file "dag.py": ');
    assertStringIncludes(error.message, reason);
  }
});

Deno.test("readDagFiles(): rejects with NOT_FOUND when the file or Python does not exist", async () => {
  const none = await assertRejects(() => readDagFiles(["/no/dag.py"]), TaskRuntimeError);
  assertEquals(
    [none.code, none.message],
    ["NOT_FOUND", 'Cannot read the Dag file "/no/dag.py": the file does not exist'],
  );
  const python = "/no/python3";
  const error = await assertRejects(() => readDagFiles(["dag.py"], { python }), TaskRuntimeError);
  assertEquals(
    [error.code, error.message],
    [
      "NOT_FOUND",
      'Cannot read the Dag file "dag.py": /no/python3 does not exist. ' +
      "Install Python 3.9 or newer",
    ],
  );
});

Deno.test("readDagFiles(): rejects when the Python program fails", async () => {
  const error = await assertRejects(
    () => readDagFiles(["dag.py"], { python: Deno.execPath() }),
    TaskRuntimeError,
  );
  assertEquals(error.code, "INVALID");
  assertStringIncludes(error.message, `${Deno.execPath()} exited with 1: `);
  assertStringIncludes(error.message, ". Use Python 3.9 or newer");
});
