/**
 * Answers the requests on Dags and Dag runs.
 *
 * @module
 */

import type {
  DagRun,
  GetDRCount,
  GetPreviousDagRun,
  TriggerDagRun,
  UpdateDagRunNote,
} from "../../protocol/generated.ts";
import { among, type AnswerState, ofItself } from "./answer_state.ts";
import { byTime, isSame, timeOf } from "../store/time.ts";
import { missing, OK, raised, result, type SupervisorReply } from "./reply.ts";
import type { AirflowStore, DagRunRow } from "../store/store.ts";

/** The fields that identify a Dag run in a request. */
interface RunName {
  readonly dag_id: string;
  readonly run_id: string;
}

/** Airflow's limit for the note of a Dag run, in characters. */
const MAX_NOTE = 1000;

/** Answers GetDag. */
export function getDag({ dag_id }: { dag_id: string }, { store }: AnswerState): SupervisorReply {
  const dag = store.dag(dag_id);
  if (dag === undefined) return missing(`The Dag with dag_id: \`${dag_id}\` was not found`);
  return result("DagResult", {
    dag_id,
    is_paused: dag.isPaused ?? false,
    bundle_name: dag.bundleName === undefined ? "local" : dag.bundleName,
    bundle_version: dag.bundleVersion ?? null,
    relative_fileloc: dag.relativeFileloc === undefined ? `${dag_id}.py` : dag.relativeFileloc,
    owners: dag.owners === undefined ? "airflow" : dag.owners,
    tags: [...dag.tags ?? []].sort(),
    next_dagrun: dag.nextDagrun ?? null,
  });
}

/** Answers GetDagRun. */
export function getDagRun(request: RunName, { store }: AnswerState): SupervisorReply {
  const run = store.dagRun(request.dag_id, request.run_id);
  return run === undefined ? noRun(request) : result("DagRunResult", { ...dagRunMessage(run) });
}

/** Answers GetDagRunState. */
export function getDagRunState(request: RunName, { store }: AnswerState): SupervisorReply {
  const run = store.dagRun(request.dag_id, request.run_id);
  return run === undefined ? noRun(request) : result("DagRunStateResult", { state: run.state });
}

/** Answers GetDRCount. */
export function countDagRuns(request: GetDRCount, { store }: AnswerState): SupervisorReply {
  const dates = request.logical_dates?.map(timeOf) ?? [];
  const runs = store.dagRuns(request.dag_id).filter((run) =>
    among(request.run_ids, run.runId) && among(request.states, run.state) && isAt(dates, run)
  );
  return result("DRCount", { count: runs.length });
}

/** Answers GetPreviousDagRun. */
export function getPreviousDagRun(
  request: GetPreviousDagRun,
  { store }: AnswerState,
): SupervisorReply {
  const run = previousRun(
    store,
    request.dag_id,
    timeOf(request.logical_date),
    request.state ?? null,
  );
  return result("PreviousDagRunResult", {
    dag_run: run === undefined ? null : dagRunMessage(run),
  });
}

/** Answers GetPrevSuccessfulDagRun. */
export function getPreviousSuccess(
  { ti_id }: { ti_id: string },
  state: AnswerState,
): SupervisorReply {
  const { store, task } = state;
  return ofItself(ti_id, state, () => {
    const own = store.dagRun(task.dagId, task.runId)?.logicalDate ?? null;
    const run = own === null ? undefined : previousRun(store, task.dagId, own, "success");
    const message = run === undefined ? undefined : dagRunMessage(run);
    return result("PrevSuccessfulDagRunResult", {
      data_interval_start: message?.data_interval_start ?? null,
      data_interval_end: message?.data_interval_end ?? null,
      start_date: message?.start_date ?? null,
      end_date: message?.end_date ?? null,
    });
  });
}

/** Answers TriggerDagRun: adds the run to the store without running it. */
export function createDagRun(request: TriggerDagRun, state: AnswerState): SupervisorReply {
  const { store, task, say } = state;
  const { dag_id: dagId, run_id: runId } = request;
  const dag = store.dag(dagId);
  if (dag === undefined) {
    say?.("warning", "The Dag is unknown; add it to dags in the fixtures", {
      dag_id: dagId,
    });
    return missing(`Dag with dag_id: '${dagId}' not found`);
  }
  const logicalDate = timeOf(request.logical_date);
  const found = dag.triggeredState ?? "queued";
  const same = store.dagRuns(dagId).find((run) =>
    run.runId === runId || (logicalDate !== null && isAt([logicalDate], run))
  );
  if (same !== undefined && !request.reset_dag_run) {
    return {
      body: { error: "DAGRUN_ALREADY_EXISTS", detail: null, type: "ErrorResponse" },
      error: null,
    };
  }
  if (same !== undefined) {
    if (same.runId !== runId) return missing(`Dag run with run_id: '${runId}' not found`);
    store.setDagRun({ ...same, state: found, clearNumber: (same.clearNumber ?? 0) + 1 });
    return OK;
  }
  store.setDagRun({
    dagId,
    runId,
    state: found,
    logicalDate,
    runAfter: timeOf(request.run_after) ?? logicalDate ?? Temporal.Now.instant(),
    runType: "operator_triggered",
    conf: request.conf ?? {},
    note: request.note ?? null,
    triggeringUserName: store.dagRun(task.dagId, task.runId)?.triggeringUserName ?? null,
  });
  if (found === "queued") {
    say?.("info", "The Dag run stays queued: dev runs no other Dags", {
      dag_id: dagId,
      run_id: runId,
      hint: `set its state with dags.${dagId}.triggered_state in the fixtures`,
    });
  }
  return OK;
}

/** Answers UpdateDagRunNote: an empty note removes the note, null keeps it. */
export function updateNote({ ti_id, note }: UpdateDagRunNote, state: AnswerState): SupervisorReply {
  const { store, task } = state;
  if (note !== null && note.length > MAX_NOTE) {
    return raised(`note: String should have at most ${MAX_NOTE} characters`);
  }
  return ofItself(ti_id, state, () => {
    const run = store.dagRun(task.dagId, task.runId);
    if (run === undefined) return missing("Task Instance not found");
    if (note !== null) store.setDagRun({ ...run, note: note === "" ? null : note });
    return OK;
  });
}

/** Finds the last run before a logical date, in a state if given. */
function previousRun(
  store: AirflowStore,
  dagId: string,
  before: Temporal.Instant | null,
  state: string | null,
): DagRunRow | undefined {
  return store.dagRuns(dagId).filter(({ logicalDate = null, ...run }) =>
    logicalDate !== null && (before === null || byTime(logicalDate, before) < 0) &&
    (state === null || run.state === state)
  ).sort((a, b) => byTime(a.logicalDate ?? null, b.logicalDate ?? null)).at(-1);
}

/** Tells whether a run has one of these logical dates; true without dates. */
export function isAt(dates: readonly (Temporal.Instant | null)[], run: DagRunRow): boolean {
  return dates.length === 0 || dates.some((date) => isSame(date, run.logicalDate ?? null));
}

function noRun({ dag_id, run_id }: RunName): SupervisorReply {
  return missing(`Dag run with dag_id '${dag_id}' and run_id '${run_id}' was not found`);
}

/** Converts a row to the Dag run of a message, with Airflow's defaults. */
export function dagRunMessage(row: DagRunRow): DagRun {
  const logicalDate = row.logicalDate ?? null;
  return {
    dag_id: row.dagId,
    run_id: row.runId,
    logical_date: logicalDate,
    data_interval_start: row.dataIntervalStart === undefined ? logicalDate : row.dataIntervalStart,
    data_interval_end: row.dataIntervalEnd === undefined ? logicalDate : row.dataIntervalEnd,
    run_after: row.runAfter ?? logicalDate ?? row.startDate ?? Temporal.Now.instant(),
    start_date: row.startDate ?? null,
    end_date: row.endDate ?? null,
    clear_number: row.clearNumber ?? 0,
    run_type: row.runType ?? "manual",
    state: row.state,
    conf: row.conf ?? {},
    triggering_user_name: row.triggeringUserName ?? null,
    consumed_asset_events: row.consumedAssetEvents ?? [],
    partition_key: row.partitionKey ?? null,
    partition_date: null,
    note: row.note ?? null,
    team_name: null,
  };
}

/** Converts the Dag run of a message to a row. */
export function dagRunRow(run: DagRun): DagRunRow {
  return {
    dagId: run.dag_id,
    runId: run.run_id,
    state: run.state,
    logicalDate: run.logical_date,
    dataIntervalStart: run.data_interval_start,
    dataIntervalEnd: run.data_interval_end,
    runAfter: run.run_after,
    startDate: run.start_date,
    endDate: run.end_date,
    runType: run.run_type,
    conf: run.conf ?? {},
    note: run.note ?? null,
    partitionKey: run.partition_key,
    clearNumber: run.clear_number ?? 0,
    triggeringUserName: run.triggering_user_name ?? null,
    consumedAssetEvents: run.consumed_asset_events,
  };
}
