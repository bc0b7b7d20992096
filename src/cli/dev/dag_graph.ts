/**
 * Writes the picture of a Dag to a file.
 *
 * @module
 */
import { writeAtomically } from "../../bundle/output_file.ts";
import type { DagPlan } from "../../local/scheduler/dag_plan.ts";
import type { TaskResult } from "../../local/scheduler/dag_run.ts";
import { TaskRuntimeError } from "../../error.ts";

/**
 * Writes the picture of a Dag as `.svg` or `.html`, with the states of tasks that have results.
 *
 * @throws {TaskRuntimeError} `UNSUPPORTED` for a Dag of a Python file; `INVALID` for another file
 * name extension
 */
export async function writeGraph(
  path: string,
  dagId: string,
  plan: DagPlan | undefined,
  results: readonly TaskResult[] = [],
): Promise<void> {
  if (plan === undefined) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot draw Dag "${dagId}": its graph is in a Python file. Use Airflow's UI`,
    );
  }
  if (!/\.(?:svg|html)$/.test(path)) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot draw to "${path}": the name must end in .svg or .html`,
    );
  }
  // Loaded on demand, since a run does not need it.
  const { graphPage, graphPicture } = await import("../../local/graph/picture.ts");
  const text = path.endsWith(".svg") ? graphPicture(plan, results) : graphPage(plan, results);
  await writeAtomically(path, (temporary) => Deno.writeTextFile(temporary, text), 0o644);
}
