/**
 * `ctx.dagRuns` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { DagRun as DagRunMessage } from "../../protocol/generated.ts";
import type {
  DagRun,
  DagRunFilter,
  DagRuns,
  PreviousDagRunOptions,
  SuccessfulDagRun,
  TriggeredDagRun,
  TriggerOptions,
  WaitOptions,
} from "../../sdk/dag_runs.ts";
import { SkipTask } from "../../sdk/terminal_state.ts";
import { triggeringAssetEventOf } from "./assets.ts";
import { cannot, checkJsonObject } from "./checks.ts";
import { pause, secondsOf } from "../../sdk/time.ts";
import type { Requester } from "../requester.ts";

/** The default interval of Airflow's TriggerDagRunOperator. */
const POLL_SECONDS = 60;

/** The task that reads Dag runs. */
export interface DagRunsOwner {
  /** The UUID of the task instance. */
  readonly id: string;
  /** Its Dag run. */
  readonly dagRun: DagRun;
  /** Aborts a wait. */
  readonly signal: AbortSignal;
}

/** Reads and triggers Dag runs through the supervisor. */
export class AirflowDagRuns implements DagRuns {
  readonly #requester: Requester;
  readonly #owner: DagRunsOwner;

  /** Reads and triggers through `requester`, for the task `owner`. */
  constructor(requester: Requester, owner: DagRunsOwner) {
    this.#requester = requester;
    this.#owner = owner;
  }

  async get(dagId: string, runId: string): Promise<DagRun> {
    const run = await this.#requester.request({
      type: "GetDagRun",
      dag_id: dagId,
      run_id: runId,
    });
    return dagRunOf(run);
  }

  async state(dagId: string, runId: string): Promise<string> {
    const request = { type: "GetDagRunState", dag_id: dagId, run_id: runId } as const;
    return (await this.#requester.request(request)).state;
  }

  async count(dagId: string, filter: DagRunFilter = {}): Promise<number> {
    const { count } = await this.#requester.request({
      type: "GetDRCount",
      dag_id: dagId,
      run_ids: filter.runIds,
      logical_dates: filter.logicalDates,
      states: filter.states,
    });
    return count;
  }

  async previous(options: PreviousDagRunOptions = {}): Promise<DagRun | null> {
    const { dagRun } = this.#owner;
    const logicalDate = options.logicalDate ?? dagRun.logicalDate;
    if (logicalDate === null) return null;
    const { dag_run: run } = await this.#requester.request({
      type: "GetPreviousDagRun",
      dag_id: options.dagId ?? dagRun.dagId,
      logical_date: logicalDate,
      state: options.state,
    });
    return run === undefined || run === null ? null : dagRunOf(run);
  }

  async previousSuccessful(): Promise<SuccessfulDagRun | null> {
    const run = await this.#requester.request({
      type: "GetPrevSuccessfulDagRun",
      ti_id: this.#owner.id,
    });
    const found = {
      dataIntervalStart: run.data_interval_start ?? null,
      dataIntervalEnd: run.data_interval_end ?? null,
      startDate: run.start_date ?? null,
      endDate: run.end_date ?? null,
    };
    return Object.values(found).every((date) => date === null) ? null : found;
  }

  async trigger(options: TriggerOptions): Promise<TriggeredDagRun> {
    const { dagId, conf = {}, waitForCompletion = false } = options;
    const runId = options.runId ?? newRunId(options);
    checkJsonObject(`trigger Dag "${dagId}"`, conf);
    const run = { dagId, runId };
    const waitOptions = waitForCompletion === true ? {} : waitForCompletion;
    if (waitOptions !== false) checkWait(run, waitOptions);
    try {
      await this.#requester.request({
        type: "TriggerDagRun",
        dag_id: dagId,
        run_id: runId,
        conf,
        logical_date: options.logicalDate ?? null,
        run_after: options.runAfter ?? null,
        reset_dag_run: options.resetDagRun ?? false,
        note: options.note ?? null,
        partition_key: options.partitionKey ?? null,
      });
    } catch (error) {
      const exists = error instanceof TaskRuntimeError && error.code === "CONFLICT";
      if (!exists) throw error;
      if (options.skipWhenAlreadyExists) {
        throw new SkipTask(`Dag run "${runId}" of "${dagId}" already exists`, { cause: error });
      }
      throw new TaskRuntimeError(
        "CONFLICT",
        `Cannot trigger Dag "${dagId}": run "${runId}" already exists. Set another "runId", ` +
          '"resetDagRun" or "skipWhenAlreadyExists"',
        { cause: error, request: error.request, detail: error.detail },
      );
    }
    if (waitOptions === false) return { ...run, state: null };
    return { ...run, state: await this.wait(dagId, runId, waitOptions) };
  }

  async wait(dagId: string, runId: string, options: WaitOptions = {}): Promise<string> {
    const { deed, interval, limit } = checkWait({ dagId, runId }, options);
    const { allowedStates = ["success"], failedStates = ["failed"] } = options;
    const end = performance.now() + limit * 1000;
    for (;;) {
      const state = await this.state(dagId, runId);
      if (allowedStates.includes(state)) return state;
      if (failedStates.includes(state)) {
        throw new TaskRuntimeError("CONFLICT", `Cannot ${deed}: it finished in state "${state}"`, {
          request: "GetDagRunState",
          detail: { state },
        });
      }
      const left = end - performance.now();
      if (left <= 0) {
        throw new TaskRuntimeError(
          "TIMEOUT",
          `Cannot ${deed}: it is still in state "${state}" after ${limit} s`,
          { request: "GetDagRunState", detail: { state } },
        );
      }
      await pause(Math.min(interval, left / 1000), this.#owner.signal);
    }
  }

  async setNote(note: string): Promise<void> {
    const request = { type: "UpdateDagRunNote", ti_id: this.#owner.id, note } as const;
    await this.#requester.request(request);
  }
}

/** Converts a Dag run message for authors. */
export function dagRunOf(run: Omit<DagRunMessage, "type">): DagRun {
  return {
    dagId: run.dag_id,
    runId: run.run_id,
    runType: run.run_type,
    state: run.state,
    logicalDate: run.logical_date,
    dataIntervalStart: run.data_interval_start,
    dataIntervalEnd: run.data_interval_end,
    runAfter: run.run_after,
    startDate: run.start_date,
    endDate: run.end_date,
    conf: run.conf ?? {},
    note: run.note ?? null,
    triggeringUserName: run.triggering_user_name ?? null,
    partitionKey: run.partition_key,
    triggeringAssetEvents: run.consumed_asset_events.map(triggeringAssetEventOf),
  };
}

/** Checks the options of a wait, and converts its lengths of time to seconds. */
function checkWait(
  { dagId, runId }: { readonly dagId: string; readonly runId: string },
  { pollInterval = POLL_SECONDS, timeout }: WaitOptions,
): { readonly deed: string; readonly interval: number; readonly limit: number } {
  const deed = `wait for Dag run "${runId}" of "${dagId}"`;
  const problem = `Cannot ${deed}`;
  const interval = secondsOf(pollInterval, problem, "pollInterval");
  if (interval === 0) throw cannot(deed, '"pollInterval" must be above 0');
  const limit = timeout === undefined ? Infinity : secondsOf(timeout, problem, "timeout");
  return { deed, interval, limit };
}

/** Makes a run id in the form of Airflow's TriggerDagRunOperator. */
function newRunId({ runAfter }: TriggerOptions): string {
  const time = runAfter instanceof Date ? runAfter.toISOString() : runAfter;
  const random = crypto.randomUUID().slice(0, 8);
  return `manual__${time ?? Temporal.Now.instant()}_${random}`;
}
