/**
 * What Airflow answers to the requests on Dags and Dag runs.
 *
 * @module
 */

import type {
  GetDRCount,
  GetPreviousDagRun,
  TriggerDagRun,
  UpdateDagRunNote,
} from "../../protocol/generated.ts";
import { among, type AnswerState, ofItself } from "./answer_state.ts";
import { dagRunMessage } from "./dag_run_message.ts";
import { byMoment, isSame, momentOf } from "../store/moment.ts";
import { missing, OK, raised, type Reply, result } from "./reply.ts";
import type { DagRunRow, Store } from "../store/store.ts";

/** What names a Dag run in a request. */
interface RunName {
  readonly dag_id: string;
  readonly run_id: string;
}

/** Airflow's limit for the note of a Dag run, in characters. */
const MAX_NOTE = 1000;

/** Answers GetDag. */
export function getDag({ dag_id }: { dag_id: string }, { store }: AnswerState): Reply {
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
export function getDagRun(request: RunName, { store }: AnswerState): Reply {
  const run = store.dagRun(request.dag_id, request.run_id);
  return run === undefined ? noRun(request) : result("DagRunResult", { ...dagRunMessage(run) });
}

/** Answers GetDagRunState. */
export function getDagRunState(request: RunName, { store }: AnswerState): Reply {
  const run = store.dagRun(request.dag_id, request.run_id);
  return run === undefined ? noRun(request) : result("DagRunStateResult", { state: run.state });
}

/** Answers GetDRCount. */
export function countDagRuns(request: GetDRCount, { store }: AnswerState): Reply {
  const dates = request.logical_dates?.map(momentOf) ?? [];
  const runs = store.dagRuns(request.dag_id).filter((run) =>
    among(request.run_ids, run.runId) && among(request.states, run.state) && isAt(dates, run)
  );
  return result("DRCount", { count: runs.length });
}

/** Answers GetPreviousDagRun. */
export function getPreviousDagRun(request: GetPreviousDagRun, { store }: AnswerState): Reply {
  const run = previousRun(
    store,
    request.dag_id,
    momentOf(request.logical_date),
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
): Reply {
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

/** Answers TriggerDagRun: the run is put into the store; nothing runs it here. */
export function triggerDagRun(request: TriggerDagRun, state: AnswerState): Reply {
  const { store, task, say } = state;
  const { dag_id: dagId, run_id: runId } = request;
  const dag = store.dag(dagId);
  if (dag === undefined) {
    say?.("warning", "The Dag is not known here; the fixtures' dags can name it", {
      dag_id: dagId,
    });
    return missing(`Dag with dag_id: '${dagId}' not found`);
  }
  const logicalDate = momentOf(request.logical_date);
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
    runAfter: momentOf(request.run_after) ?? logicalDate ?? Temporal.Now.instant(),
    runType: "operator_triggered",
    conf: request.conf ?? {},
    note: request.note ?? null,
    triggeringUserName: store.dagRun(task.dagId, task.runId)?.triggeringUserName ?? null,
  });
  if (found === "queued") {
    say?.("info", "The Dag run stays queued: nothing runs it here", {
      dag_id: dagId,
      run_id: runId,
      hint: `dags.${dagId}.triggered_state in the fixtures sets the state to find it in`,
    });
  }
  return OK;
}

/** Answers UpdateDagRunNote: an empty note takes it away, null leaves it. */
export function updateNote({ ti_id, note }: UpdateDagRunNote, state: AnswerState): Reply {
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

/** The last run before a logical date, in that state if one is given. */
export function previousRun(
  store: Store,
  dagId: string,
  before: Temporal.Instant | null,
  state: string | null,
): DagRunRow | undefined {
  return store.dagRuns(dagId).filter(({ logicalDate = null, ...run }) =>
    logicalDate !== null && (before === null || byMoment(logicalDate, before) < 0) &&
    (state === null || run.state === state)
  ).sort((a, b) => byMoment(a.logicalDate ?? null, b.logicalDate ?? null)).at(-1);
}

/** Whether a run has one of these logical dates; none filter nothing. */
export function isAt(dates: readonly (Temporal.Instant | null)[], run: DagRunRow): boolean {
  return dates.length === 0 || dates.some((date) => isSame(date, run.logicalDate ?? null));
}

function noRun({ dag_id, run_id }: RunName): Reply {
  return missing(`Dag run with dag_id '${dag_id}' and run_id '${run_id}' was not found`);
}
