/**
 * Chooses the Dag of a program that `dev` runs, its tasks and its plan.
 *
 * @module
 */
import { dirname } from "node:path";
import type { DagPlan } from "../../local/scheduler/dag_plan.ts";
import { seedStore } from "../../local/fixtures/fixtures.ts";
import type { Fixtures } from "../../local/fixtures/fixtures.ts";
import { parseFile } from "../../local/supervisor/parse.ts";
import { readPlan } from "../../local/scheduler/serialized_dag.ts";
import { MemoryStore } from "../../local/store/store.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { Program } from "../program.ts";
import { UsageError } from "../command_line.ts";

/**
 * Returns the id of the Dag to run.
 *
 * @throws {UsageError} when the id is missing or does not exist
 */
export function dagOf(command: string, program: Program, wanted: string | undefined): string {
  const { path, dags } = program;
  const dagIds = [...dags.keys()];
  if (wanted !== undefined && dags.has(wanted)) return wanted;
  const [only] = dagIds;
  if (wanted === undefined && only !== undefined && dagIds.length === 1) return only;
  if (only === undefined) {
    throw new TaskRuntimeError("INVALID", `Cannot run "${path}": it registers no tasks`);
  }
  throw new UsageError(
    command,
    wanted === undefined
      ? `"${path}" has several Dags: ${dagIds.join(", ")}. Choose one with --dag`
      : `Dag "${wanted}" does not exist in "${path}"; it has ${dagIds.join(", ")}`,
  );
}

/**
 * Returns the ids of the tasks to run: the chosen ones, or all.
 *
 * @throws {UsageError} when a chosen task does not exist
 */
export function tasksOf(
  command: string,
  { dags }: Program,
  dagId: string,
  { plan, wanted }: { readonly plan: DagPlan | undefined; readonly wanted: readonly string[] },
): readonly string[] {
  const tasks = plan === undefined ? dags.get(dagId) ?? [] : [...plan.tasks.keys()];
  const unknown = wanted.find((taskId) => !tasks.includes(taskId));
  if (unknown !== undefined) {
    throw new UsageError(
      command,
      `Task "${unknown}" does not exist in Dag "${dagId}"; it has ${tasks.join(", ")}`,
    );
  }
  return wanted.length === 0 ? tasks : wanted;
}

/** The options of loading a plan. */
export interface PlanOptions {
  /** Connections and variables that the program may read. */
  readonly fixtures: Fixtures;
  /** Environment variables of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Cancels the load. */
  readonly signal: AbortSignal;
}

/**
 * Requests the plan of a Dag in TypeScript from the program, as Airflow's Dag processor does;
 * undefined for a Dag of a Python file, whose graph the program does not know.
 *
 * @throws {TaskRuntimeError} `INVALID` when the program does not return the Dag, with its errors
 */
export async function loadPlan(
  program: Program,
  dagId: string,
  { fixtures, env, signal }: PlanOptions,
): Promise<DagPlan | undefined> {
  if (!program.whole.has(dagId)) return undefined;
  const store = new MemoryStore();
  seedStore(store, fixtures, dagId, "parse");
  const file = await Deno.realPath(program.path);
  const { result, failure, stderr } = await parseFile({
    ...{ command: program.command, env, store, date: program.schema, signal, file },
    bundlePath: dirname(file),
  });
  const plans = (result?.serialized_dags ?? []).map(({ data }) => readPlan(data));
  const plan = plans.find((each) => each.dagId === dagId);
  if (plan !== undefined) return plan;
  const problems = Object.values(result?.import_errors ?? {}).map(String);
  const said = [...problems, ...(failure === undefined ? [] : [failure]), ...stderr].join("\n");
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot read Dag "${dagId}" of "${program.path}": ${said || "the program returned no Dags"}`,
  );
}
