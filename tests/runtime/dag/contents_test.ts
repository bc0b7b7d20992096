import { assertEquals, assertThrows } from "@std/assert";
import { Dag, TaskHandler, TaskRuntimeError } from "../../../mod.ts";
import { Contents } from "../../../src/runtime/dag/contents.ts";
import { offlineContext } from "../../../src/runtime/dag/dag_loader.ts";

/** Contents with one loader function for each Dag id, and the list of those that ran. */
function contentsOf(ids: readonly string[], hints: readonly string[][] = []) {
  const contents = new Contents(hints);
  const ran: string[] = [];
  for (const id of ids) {
    contents.add(() => {
      ran.push(id);
      if (id === "broken") throw new TypeError("no such table");
      const dag = new Dag(id);
      dag.task("load", () => {})();
      return dag;
    });
  }
  return { contents, ran };
}

Deno.test("Contents.loadTask(): runs loader functions in order until one returns the task", async () => {
  const { contents, ran } = contentsOf(["a", "b", "c"]);
  assertEquals(await contents.loadTask("b", "load", offlineContext()), []);
  assertEquals(ran, ["a", "b"]);
});

Deno.test("Contents.loadTask(): runs only the function that returned the task's Dag to pack", async () => {
  const { contents, ran } = contentsOf(["a", "b", "c"], [["a"], ["b"], ["c"]]);
  assertEquals(await contents.loadTask("c", "load", offlineContext()), []);
  assertEquals(ran, ["c"]);
});

Deno.test("Contents.loadTask(): runs the other functions when the hint is wrong", async () => {
  const { contents, ran } = contentsOf(["a", "b", "c"], [["a"], ["b"], ["a"]]);
  assertEquals(await contents.loadTask("b", "load", offlineContext()), []);
  assertEquals(await contents.loadTask("c", "load", offlineContext()), []);
  assertEquals(ran, ["b", "a", "c"]);
});

Deno.test("Contents.loadTask(): resolves to the errors when no function returns the task", async () => {
  const { contents, ran } = contentsOf(["a", "broken"], [["a"], ["b"]]);
  const errors = await contents.loadTask("b", "load", offlineContext());
  assertEquals(errors.map(String), ["TypeError: no such table"]);
  assertEquals(ran, ["broken", "a"]);
});

Deno.test("Contents.loadedDagIds: has the Dag ids of each loader function", async () => {
  const contents = new Contents();
  const handler = (taskId: string) => new TaskHandler("python_dag", taskId, () => {});
  contents.add(() => [handler("a"), handler("b"), new Dag("own")]);
  contents.add(() => ({ default: handler("c"), helper: () => {} }));
  await contents.loadAll(offlineContext());
  assertEquals(contents.loadedDagIds, [["python_dag", "own"], ["python_dag"]]);
});

Deno.test("Contents.add(): refuses a value that is not a Dag, a TaskHandler or a function", () => {
  for (const [value, type] of [[3, "number"], [null, "null"], [{}, "object"]] as const) {
    assertThrows(
      // @ts-expect-error the compiler refuses it too
      () => new Contents().add(value),
      TaskRuntimeError,
      `must be a Dag, a TaskHandler or a loader function, got ${type}`,
    );
  }
});
