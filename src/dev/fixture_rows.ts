/**
 * The parts of a fixtures file that are rows of Airflow's tables, under Airflow's field names.
 *
 * @module
 */

import type { AssetEventDagRunReference, TaskArgBinding } from "../protocol/generated.ts";
import { defined } from "./defined.ts";
import type { FixtureReader } from "./fixture_reader.ts";
import type {
  AssetAliasRow,
  AssetEventRow,
  AssetRow,
  DagRow,
  DagRunRow,
  TaskInstanceRow,
} from "./store.ts";

/** A Dag run that leaves its Dag's id to the run at hand. */
export type DagRunFixture = Omit<DagRunRow, "dagId"> & { readonly dagId?: string };

/** The present Dag run, as far as the file says. */
export type PresentRunFixture = Partial<Omit<DagRunRow, "dagId" | "state">>;

/** A task instance that leaves its Dag's and its run's ids to the run at hand. */
export type TaskInstanceFixture = Omit<TaskInstanceRow, "dagId" | "runId" | "id"> & {
  readonly dagId?: string;
  readonly runId?: string;
};

const RUN_STATES = ["queued", "running", "success", "failed"];
const TASK_STATES = [
  "removed",
  "scheduled",
  "queued",
  "running",
  "success",
  "restarting",
  "failed",
  "up_for_retry",
  "up_for_reschedule",
  "upstream_failed",
  "skipped",
  "deferred",
  "awaiting_input",
];
const PRESENT_RUN_FIELDS = [
  "run_id",
  "logical_date",
  "data_interval_start",
  "data_interval_end",
  "run_after",
  "start_date",
  "end_date",
  "run_type",
  "conf",
  "note",
  "partition_key",
  "consumed_asset_events",
];

/** Reads an entry of `dags`. */
export function readDag(dagId: string, reader: FixtureReader): DagRow {
  const fields = reader.fields([
    "is_paused",
    "bundle_name",
    "bundle_version",
    "relative_fileloc",
    "owners",
    "tags",
    "next_dagrun",
    "task_groups",
    "triggered_state",
  ]);
  const groups = fields.get("task_groups")?.fields();
  return defined({
    dagId,
    isPaused: fields.get("is_paused")?.flag(),
    bundleName: fields.get("bundle_name")?.textOrNull(),
    bundleVersion: fields.get("bundle_version")?.textOrNull(),
    relativeFileloc: fields.get("relative_fileloc")?.textOrNull(),
    owners: fields.get("owners")?.textOrNull(),
    tags: fields.get("tags")?.texts(),
    nextDagrun: fields.get("next_dagrun")?.momentOrNull(),
    taskGroups: groups && Object.fromEntries(
      [...groups].map(([name, tasks]) => [name, tasks.texts("a task id")]),
    ),
    triggeredState: fields.get("triggered_state")?.oneOf(RUN_STATES),
  });
}

/** Reads `dagRun`. */
export function readPresentRun(
  reader: FixtureReader,
  assets: readonly AssetRow[],
): PresentRunFixture {
  return runFields(reader.fields(PRESENT_RUN_FIELDS), assets);
}

/** Reads an item of `dagRuns`. */
export function readDagRun(reader: FixtureReader, assets: readonly AssetRow[]): DagRunFixture {
  const fields = reader.fields(["dag_id", "state", ...PRESENT_RUN_FIELDS]);
  const runId = fields.get("run_id")?.text();
  if (runId === undefined) throw reader.error("run_id is missing");
  return {
    ...runFields(fields, assets),
    ...defined({ dagId: fields.get("dag_id")?.text() }),
    runId,
    state: fields.get("state")?.oneOf(RUN_STATES) ?? "success",
  };
}

function runFields(
  fields: ReadonlyMap<string, FixtureReader>,
  assets: readonly AssetRow[],
): PresentRunFixture {
  return defined({
    runId: fields.get("run_id")?.text(),
    logicalDate: fields.get("logical_date")?.momentOrNull(),
    dataIntervalStart: fields.get("data_interval_start")?.momentOrNull(),
    dataIntervalEnd: fields.get("data_interval_end")?.momentOrNull(),
    runAfter: fields.get("run_after")?.moment(),
    startDate: fields.get("start_date")?.momentOrNull(),
    endDate: fields.get("end_date")?.momentOrNull(),
    runType: fields.get("run_type")?.text(),
    conf: fields.get("conf")?.jsonObject(),
    note: fields.get("note")?.textOrNull(),
    partitionKey: fields.get("partition_key")?.textOrNull(),
    consumedAssetEvents: fields.get("consumed_asset_events")?.items()
      .map((item) => consumedEvent(readAssetEvent(item, assets), assets)),
  });
}

/** Reads an item of `taskInstances`. */
export function readTaskInstance(reader: FixtureReader): TaskInstanceFixture {
  const fields = reader.fields([
    "dag_id",
    "run_id",
    "task_id",
    "map_index",
    "state",
    "try_number",
    "start_date",
    "end_date",
    "operator",
  ]);
  const taskId = fields.get("task_id")?.text();
  if (taskId === undefined) throw reader.error("task_id is missing");
  const state = fields.get("state");
  return defined({
    dagId: fields.get("dag_id")?.text(),
    runId: fields.get("run_id")?.text(),
    taskId,
    mapIndex: fields.get("map_index")?.whole(-1) ?? -1,
    state: state === undefined ? "success" : state.value === null ? null : state.oneOf(TASK_STATES),
    tryNumber: fields.get("try_number")?.whole(),
    startDate: fields.get("start_date")?.momentOrNull(),
    endDate: fields.get("end_date")?.momentOrNull(),
    operator: fields.get("operator")?.textOrNull(),
  });
}

/** Reads an entry of `assets`: a URI, or an object with `uri`. */
export function readAsset(name: string, reader: FixtureReader): AssetRow {
  const plain = { name, group: "asset", extra: {}, active: true };
  if (typeof reader.value === "string") return { ...plain, uri: reader.value };
  const fields = reader.fields(["uri", "group", "extra", "active"]);
  return {
    ...plain,
    uri: fields.get("uri")?.text() ?? name,
    group: fields.get("group")?.text() ?? plain.group,
    extra: fields.get("extra")?.jsonObject() ?? plain.extra,
    active: fields.get("active")?.flag() ?? plain.active,
  };
}

/** Reads an entry of `assetAliases`. */
export function readAssetAlias(
  name: string,
  reader: FixtureReader,
  assets: readonly AssetRow[],
): AssetAliasRow {
  return { name, assets: reader.items().map((item) => readAssetName(item, assets)) };
}

/** Reads an item of `assetEvents`. */
export function readAssetEvent(
  reader: FixtureReader,
  assets: readonly AssetRow[],
): Omit<AssetEventRow, "id"> {
  const fields = reader.fields([
    "asset",
    "timestamp",
    "extra",
    "source_task_id",
    "source_dag_id",
    "source_run_id",
    "source_map_index",
    "source_aliases",
    "partition_key",
  ]);
  const [asset, timestamp] = [fields.get("asset"), fields.get("timestamp")];
  if (asset === undefined) throw reader.error("asset is missing");
  // Needed, so that the event of a file is the same one in every run.
  if (timestamp === undefined) throw reader.error("timestamp is missing");
  return {
    asset: readAssetName(asset, assets),
    timestamp: timestamp.moment(),
    extra: fields.get("extra")?.jsonObject() ?? {},
    sourceTaskId: fields.get("source_task_id")?.textOrNull() ?? null,
    sourceDagId: fields.get("source_dag_id")?.textOrNull() ?? null,
    sourceRunId: fields.get("source_run_id")?.textOrNull() ?? null,
    sourceMapIndex: fields.get("source_map_index")?.whole(-1) ?? null,
    sourceAliases: fields.get("source_aliases")?.texts() ?? [],
    partitionKey: fields.get("partition_key")?.textOrNull() ?? null,
  };
}

/** Reads the name of an asset that the file has. */
export function readAssetName(reader: FixtureReader, assets: readonly AssetRow[]): string {
  const name = reader.text("an asset's name");
  if (!assets.some((asset) => asset.name === name)) throw reader.error(`assets has no ${name}`);
  return name;
}

/** Reads `tasks.<id>.args`: the arguments that a Python Dag would bind. */
export function readArgs(reader: FixtureReader): TaskArgBinding[] {
  return [...reader.fields()].map(([name, argument]): TaskArgBinding => {
    const fields = argument.fields(["value", "default", "xcom", "schema"]);
    const schema = fields.get("schema")?.jsonObject();
    const given = { name, ...(schema === undefined ? {} : { value_schema: schema }) };
    const [source, ...more] = [...fields.keys()].filter((key) => key !== "schema");
    const field = fields.get(source ?? "");
    if (source === undefined || field === undefined || more.length > 0) {
      throw argument.error("expected one of value, default, xcom");
    }
    if (source === "xcom") return { ...given, kind: "xcom", task_id: field.text("a task id") };
    return { ...given, kind: "literal", value: field.json(), from_default: source === "default" };
  });
}

function consumedEvent(
  event: Omit<AssetEventRow, "id">,
  assets: readonly AssetRow[],
): AssetEventDagRunReference {
  const { uri = event.asset, extra = {} } = assets.find(({ name }) => name === event.asset) ?? {};
  return {
    asset: { name: event.asset, uri, extra },
    extra: event.extra,
    source_task_id: event.sourceTaskId,
    source_dag_id: event.sourceDagId,
    source_run_id: event.sourceRunId,
    source_map_index: event.sourceMapIndex,
    source_aliases: event.sourceAliases.map((name) => ({ name })),
    timestamp: event.timestamp,
    partition_key: event.partitionKey,
  };
}
