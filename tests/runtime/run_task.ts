/** Runs one task of testdata/tasks.ts in a process of its own, under the local supervisor. */
import { parseFixtures, seedStore } from "../../src/local/fixtures/fixtures.ts";
import { startupDetails, type StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import type { StartupDetails } from "../../src/protocol/generated.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { superviseTask, type TaskRun } from "../../src/local/supervisor/supervisor.ts";
import type { SupervisionSettings } from "../../src/local/supervisor/supervision.ts";
import { taskCommand } from "../author_command.ts";

/** The tasks that are run unless another command is given. */
export const TASKS: URL = new URL("./testdata/tasks.ts", import.meta.url);

export interface Ran extends TaskRun {
  /** The XCom return_value; undefined when none was pushed. */
  readonly returned: unknown;
  readonly store: MemoryStore;
}

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
  const told = startupDetails({ dagId: "runtime", taskId, ...options });
  const startup = { ...told, ti_context: { ...told.ti_context, ...options.tiContext } };
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
