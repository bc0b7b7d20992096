import { assertEquals } from "@std/assert";
import { readStubs } from "../../src/python_dag/read_stubs.ts";

/** The task ids with their queues, by Dag. */
function idsOf(text: string): Record<string, string[]> {
  const { dags } = readStubs(text);
  return Object.fromEntries(
    dags.map(({ dagId, tasks }) => [dagId, tasks.map(({ taskId, queue }) => `${taskId}@${queue}`)]),
  );
}

function notesOf(text: string): string[] {
  return readStubs(text).notes.map(({ line, text }) => `${line}: ${text}`);
}

const HEAD = "from airflow.sdk import DAG, TaskGroup, dag, task, task_group\n";

Deno.test("readStubs() reads a Dag that a decorator makes, by its id or its function's name", () => {
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
  assertEquals(idsOf(text), { first: ["a@deno"], "the-second": ["b.c@deno"] });
});

Deno.test("readStubs() reads with-blocks, Dag variables and task groups", () => {
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
  assertEquals(idsOf(text), {
    one: ["g.shared@deno", "g.renamed@other"],
    two: ["third@deno", "inner.fourth@deno"],
  });
});

Deno.test("readStubs() knows constants, dictionaries of arguments and names of imports", () => {
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
  assertEquals(idsOf(text), { the_dag: ["a@deno", "b@deno"] });
});

Deno.test("readStubs() numbers the tasks of a stub that is called again, as Airflow does", () => {
  const text = `${HEAD}
with DAG("d"):
    @task.stub(queue="deno")
    def a(x): ...
    a(1)
    a(2)
    a.expand(x=[1, 2])
    a.partial().expand(x=[1])
`;
  assertEquals(idsOf(text), { d: ["a@deno", "a__1@deno", "a__2@deno", "a__3@deno"] });
});

Deno.test("readStubs() reads parameters, over lines and with comments", () => {
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
  assertEquals(readStubs(text).dags[0]?.tasks[0]?.parameters, [
    { name: "rows", annotation: "list[int]", required: true },
    { name: "limit", annotation: "int", required: false },
    { name: "note", required: false },
  ]);
});

Deno.test("readStubs() is not misled by strings, comments and continued lines", () => {
  const text = `${HEAD}
"""
@task.stub(queue="deno")
def no(): ...
"""
with DAG("d"):
    # @task.stub
    TEXT = '@task.stub' r"\\" # def no2(): ...
    @task.stub(queue=\\
        "deno")
    def a(): ...
    f"""{no()}
    """
    a(
)
`;
  assertEquals(idsOf(text), { d: ["a@deno"] });
  assertEquals(notesOf(text), []);
});

Deno.test("readStubs() tells what it cannot know, and where", () => {
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
  assertEquals(notesOf(text), [
    "4: stub never is never called, which makes no task",
    "7: the task_id of stub computed is computed",
    "16: routed is called in a loop: of its tasks only the first is read",
    "20: the Dag of the task that outside makes here cannot be told",
    "22: a stub that no decorator makes is not read",
    "24: the id of the Dag is computed (stub tasks in it: 1)",
    "27: uncalled is never called, which makes no Dag",
  ]);
  assertEquals(idsOf(text), { d: ["routed@null", "routed__1@null"] });
});

Deno.test("readStubs() takes any text without a fault", () => {
  for (
    const text of ["", "(", '"', "'''", "@", "@task.stub", "def", "with DAG(", "\\", "\t\f", "x = "]
  ) {
    assertEquals(readStubs(text).dags, []);
  }
});
