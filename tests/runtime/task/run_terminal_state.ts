/** Runs one task of testdata/terminal_states.ts under the local supervisor. */
import { assertEquals } from "@std/assert";
import type { LogRecord } from "../../../src/local/supervisor/log_record.ts";
import {
  startupDetails,
  type StartupOptions,
} from "../../../src/local/supervisor/startup_details.ts";
import { MemoryStore } from "../../../src/local/store/store.ts";
import { superviseTask, type TaskRun } from "../../../src/local/supervisor/supervisor.ts";
import type { StartupDetails } from "../../../src/protocol/generated.ts";
import { taskCommand } from "../../author_command.ts";

const TASKS = new URL("../testdata/terminal_states.ts", import.meta.url);

export interface Ran extends TaskRun {
  readonly returned: unknown;
  /** Body of the terminal frame, its time of end left out. */
  readonly end: Record<string, unknown>;
  /** The log's last line. */
  readonly last: LogRecord | undefined;
}

export async function runTerminalState(
  taskId: string,
  options: Partial<StartupOptions> & {
    readonly ti_context?: Partial<StartupDetails["ti_context"]>;
    readonly signal?: AbortSignal;
    readonly onLog?: (record: LogRecord) => void;
  } = {},
): Promise<Ran> {
  const made = startupDetails({ dagId: "terminal_states", taskId, ...options });
  const startup = { ...made, ti_context: { ...made.ti_context, ...options.ti_context } };
  const { run_id: runId } = startup.ti;
  const store = new MemoryStore();
  const command = taskCommand(TASKS);
  const ran = await superviseTask({ ...options, command, startup, store, env: {} });
  const [pushed] = store.xcoms({ dagId: "terminal_states", runId, taskId, key: "return_value" });
  const { end_date: _end, ...end } = ran.requests.at(-1)?.body ?? {};
  assertEquals(ran.exitCode, 0);
  return { ...ran, returned: pushed?.value, end, last: ran.log.at(-1) };
}

/** Level and event of a line. */
export function told(record: LogRecord | undefined): [string | undefined, string | undefined] {
  return [record?.level, record?.event];
}

/** The exception of a line, as JSON. */
export function exceptionOf(record: LogRecord | undefined): string {
  return JSON.stringify(record?.exception);
}
