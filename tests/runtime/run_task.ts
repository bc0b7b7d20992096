/** Runs a task in a process of its own, under the local supervisor. */
import { parseFixtures, seedStore } from "../../src/local/fixtures/fixtures.ts";
import { startupDetails, type StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import type { StartupDetails } from "../../src/protocol/generated.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { superviseTask, type TaskRun } from "../../src/local/supervisor/supervisor.ts";
import type { SupervisionSettings } from "../../src/local/supervisor/supervision.ts";
import { taskCommand } from "../author_command.ts";

/** The module whose tasks run by default. */
export const TASKS: URL = new URL("./testdata/tasks.ts", import.meta.url);

/** The run of a task. */
export interface Ran extends TaskRun {
  /** The XCom return_value; undefined when none was pushed. */
  readonly returned: unknown;
  /** The local Airflow's state after the run. */
  readonly store: MemoryStore;
}

/** Runs a task of testdata/tasks.ts, or of another command. */
export async function runTask(
  taskId: string,
  options: Partial<StartupOptions> & SupervisionSettings & {
    readonly fixtures?: unknown;
    /** Changes to the ti_context of StartupDetails. */
    readonly tiContext?: Partial<StartupDetails["ti_context"]>;
    readonly env?: Record<string, string>;
    readonly command?: readonly string[];
  } = {},
): Promise<Ran> {
  const store = new MemoryStore();
  const details = startupDetails({ dagId: "runtime", taskId, ...options });
  const startup = { ...details, ti_context: { ...details.ti_context, ...options.tiContext } };
  const { run_id: runId, dag_id: dagId } = startup.ti;
  seedStore(store, parseFixtures(JSON.stringify(options.fixtures ?? {})), dagId, runId);
  const ran = await superviseTask({
    ...options,
    command: options.command ?? taskCommand(TASKS),
    startup,
    store,
    env: options.env ?? {},
  });
  const pushed = store.xcoms({ dagId, runId, taskId, key: "return_value" });
  return { ...ran, returned: pushed[0]?.value, store };
}
