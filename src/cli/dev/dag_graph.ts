/**
 * The picture of a Dag in a file.
 *
 * @module
 */
import { writeAtomically } from "../../bundle/output_file.ts";
import type { DagPlan } from "../../local/scheduler/dag_plan.ts";
import type { TaskResult } from "../../local/scheduler/dag_run.ts";
import { TaskRuntimeError } from "../../error.ts";

/**
 * Draws the Dag into the file, a page where its name ends in `.html`, with the states of its tasks
 * where there are results.
 *
 * @throws {TaskRuntimeError} `UNSUPPORTED` for a Dag of a Python file; `INVALID` for another ending
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
      `Cannot draw Dag "${dagId}": its graph is in a Python file; Airflow's UI draws it`,
    );
  }
  if (!/\.(?:svg|html)$/.test(path)) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot draw to ${path}: its name must end in .svg or .html`,
    );
  }
  // Loaded when it is asked for: a run alone does not need it.
  const { graphPage, graphPicture } = await import("../../local/graph/picture.ts");
  const text = path.endsWith(".svg") ? graphPicture(plan, results) : graphPage(plan, results);
  await writeAtomically(path, (temporary) => Deno.writeTextFile(temporary, text), 0o644);
}
