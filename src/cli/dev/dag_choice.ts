/**
 * Which Dag of a program `dev` runs, and which of its tasks.
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
 * The Dag's id.
 *
 * @throws {UsageError} where it must be named, or is named and not there
 */
export function dagOf(command: string, program: Program, wanted: string | undefined): string {
  const { path, dags } = program;
  const dagIds = [...dags.keys()];
  if (wanted !== undefined && dags.has(wanted)) return wanted;
  const [only] = dagIds;
  if (wanted === undefined && only !== undefined && dagIds.length === 1) return only;
  if (only === undefined) {
    throw new TaskRuntimeError("INVALID", `Cannot run ${path}: it has no tasks`);
  }
  throw new UsageError(
    command,
    wanted === undefined
      ? `${path} has several Dags, ${dagIds.join(", ")}: name one with --dag`
      : `${path} has no Dag "${wanted}", it has ${dagIds.join(", ")}`,
  );
}

/**
 * The ids of the tasks to run: all of the graph or of the program, or those that are wanted.
 *
 * @throws {UsageError} for one that is not there
 */
export function tasksOf(
  command: string,
  { path, dags }: Program,
  dagId: string,
  { plan, wanted }: { readonly plan: DagPlan | undefined; readonly wanted: readonly string[] },
): readonly string[] {
  const tasks = plan === undefined ? dags.get(dagId) ?? [] : [...plan.tasks.keys()];
  const unknown = wanted.find((taskId) => !tasks.includes(taskId));
  if (unknown !== undefined) {
    throw new UsageError(
      command,
      `Dag "${dagId}" of ${path} has no task "${unknown}", it has ${tasks.join(", ")}`,
    );
  }
  return wanted.length === 0 ? tasks : wanted;
}

/** What asking for a Dag needs. */
export interface PlanOptions {
  /** Connections and variables that the program may read while it says what it defines. */
  readonly fixtures: Fixtures;
  /** Variables of the program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the question. */
  readonly signal: AbortSignal;
}

/**
 * The graph of a Dag that the program defines whole, asked for as Airflow's Dag processor asks;
 * undefined for a Dag of a Python file, whose graph a program does not know.
 *
 * @throws {TaskRuntimeError} `INVALID` when the program does not say the Dag, with what it says
 * instead
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
    ...{ command: program.command, env, store, date: program.date, signal, file },
    bundlePath: dirname(file),
  });
  const plans = (result?.serialized_dags ?? []).map(({ data }) => readPlan(data));
  const plan = plans.find((each) => each.dagId === dagId);
  if (plan !== undefined) return plan;
  const problems = Object.values(result?.import_errors ?? {}).map(String);
  const said = [...problems, ...(failure === undefined ? [] : [failure]), ...stderr].join("\n");
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot read Dag "${dagId}" of ${program.path}: ${said || "it did not say what it defines"}`,
  );
}
