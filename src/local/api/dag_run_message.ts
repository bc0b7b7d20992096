/**
 * A Dag run as messages show it.
 *
 * @module
 */

import type { DagRun } from "../../protocol/generated.ts";
import type { DagRunRow } from "../store/store.ts";

/** The Dag run of a message, with Airflow's defaults where the row says nothing. */
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

/** The row that a message's Dag run makes. */
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
