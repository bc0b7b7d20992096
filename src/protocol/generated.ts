/**
 * The messages of the supervisor protocol, both directions.
 *
 * Written by scripts/generate_protocol.ts; change that, not this file. Generated from
 * - 2026-06-16: apache-airflow-task-sdk 1.3.2, schema.json
 *   sha256 eca2f7122a9b3998158847f226896ba7ce2e14113071272f4890dcd85470e004
 * - 2026-10-30: apache-airflow-task-sdk 1.4.0b2, schema.json
 *   sha256 0e0d678b206ddf20fc87fc959e00912f3a8c53cbc826a638a06cbed0c069d7cf
 *
 * @module
 */
import type { DateTime, JsonObject, JsonValue, WireDuration } from "./value.ts";
export type { DateTime, JsonObject, JsonValue, WireDuration };

/** The schema versions that this runtime supports. */
export type SchemaVersion = "2026-06-16" | "2026-10-30";

/** Alias that an asset event came through. */
export interface AssetAliasReferenceAssetEventDagRun {
  /** Name. */
  readonly name: string;
}

/** Asset event that triggered a Dag run. */
export interface AssetEventDagRunReference {
  /** The asset of the event. */
  readonly asset: AssetReferenceAssetEventDagRun;
  /** Extra data. */
  readonly extra: JsonObject;
  /** Task that emitted the event. */
  readonly source_task_id: string | null;
  /** Dag that emitted the event. */
  readonly source_dag_id: string | null;
  /** Dag run that emitted the event. */
  readonly source_run_id: string | null;
  /** Map index of the task instance that emitted the event. */
  readonly source_map_index: number | null;
  /** Aliases that the event came through. */
  readonly source_aliases: readonly AssetAliasReferenceAssetEventDagRun[];
  /** The time it happened. */
  readonly timestamp: Temporal.Instant;
  /** Key of the partition. */
  readonly partition_key?: string | null;
}

/** Asset event. */
export interface AssetEventResponse {
  /** Id. */
  readonly id: number;
  /** The time it happened. */
  readonly timestamp: Temporal.Instant;
  /** The asset of the event. */
  readonly asset: AssetResponse;
  /** Dag runs that the event triggered. */
  readonly created_dagruns: readonly DagRunAssetReference[];
  /** Extra data. */
  readonly extra?: JsonObject | null;
  /** Task that emitted the event. */
  readonly source_task_id?: string | null;
  /** Dag that emitted the event. */
  readonly source_dag_id?: string | null;
  /** Dag run that emitted the event. */
  readonly source_run_id?: string | null;
  /** Map index of the task instance that emitted the event. */
  readonly source_map_index?: number | null;
  /** Key of the partition. */
  readonly partition_key?: string | null;
}

/** Reply: asset events. */
export interface AssetEventsResult {
  /** The type of the message. */
  readonly type: "AssetEventsResult";
  /** The events, in the requested order. */
  readonly asset_events: readonly AssetEventResponse[];
}

/** Asset, reference to an asset, or asset alias of a task. */
export interface AssetProfile {
  /** "Asset", "AssetNameRef", "AssetUriRef" or "AssetAlias". */
  readonly type: string;
  /** Name. */
  readonly name?: string | null | undefined;
  /** URI of the asset. */
  readonly uri?: string | null | undefined;
}

/** Asset of an event that triggered a Dag run. */
export interface AssetReferenceAssetEventDagRun {
  /** Name. */
  readonly name: string;
  /** URI of the asset. */
  readonly uri: string;
  /** Extra data. */
  readonly extra: JsonObject;
}

/** Asset. */
export interface AssetResponse {
  /** Name. */
  readonly name: string;
  /** URI of the asset. */
  readonly uri: string;
  /** Group of the asset. */
  readonly group: string;
  /** Extra data. */
  readonly extra?: JsonObject | null;
}

/** Reply: asset. */
export interface AssetResult {
  /** The type of the message. */
  readonly type: "AssetResult";
  /** Name. */
  readonly name: string;
  /** URI of the asset. */
  readonly uri: string;
  /** Group of the asset. */
  readonly group: string;
  /** Extra data. */
  readonly extra?: JsonObject | null;
}

/** Reply: asset state store. */
export interface AssetStateStoreResult {
  /** The type of the message. */
  readonly type: "AssetStateStoreResult";
  /** The value. */
  readonly value: JsonValue;
}

/** Reply: assets by alias. */
export interface AssetsByAliasResult {
  /** The type of the message. */
  readonly type: "AssetsByAliasResult";
  /** The assets behind the alias. */
  readonly assets: readonly AssetResult[];
}

/** Suspends the task until a user responds. */
export interface AwaitInputTask {
  /** The type of the message. */
  readonly type: "AwaitInputTask";
  /** Method to resume with. */
  readonly next_method: string;
  /** State. */
  readonly state?: "awaiting_input" | undefined;
  /** Time to wait for a response. */
  readonly timeout?: WireDuration | null | undefined;
  /** Arguments of the method to resume with. */
  readonly next_kwargs?: JsonObject | null | undefined;
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index?: string | null | undefined;
}

/** Dag bundle and its version. */
export interface BundleInfo {
  /** Name. */
  readonly name: string;
  /** Version of the Dag bundle. */
  readonly version?: string | null;
  /** Further data about the version; since 2026-10-30. */
  readonly version_data?: JsonObject | null;
}

/** Request: clear asset state store by name. */
export interface ClearAssetStateStoreByName {
  /** The type of the message. */
  readonly type: "ClearAssetStateStoreByName";
  /** Name. */
  readonly name: string;
}

/** Request: clear asset state store by uri. */
export interface ClearAssetStateStoreByUri {
  /** The type of the message. */
  readonly type: "ClearAssetStateStoreByUri";
  /** URI of the asset. */
  readonly uri: string;
}

/** Request: clear task state store. */
export interface ClearTaskStateStore {
  /** The type of the message. */
  readonly type: "ClearTaskStateStore";
  /** Id of the task instance. */
  readonly ti_id: string;
}

/** Connection. */
export interface ConnectionResponse {
  /** Id of the connection. */
  readonly conn_id: string;
  /** Type of the connection, e.g. "postgres". */
  readonly conn_type: string;
  /** Host name or address. */
  readonly host: string | null;
  /** Schema or database. */
  readonly schema: string | null;
  /** User name. */
  readonly login: string | null;
  /** Password. */
  readonly password: string | null;
  /** Port number. */
  readonly port: number | null;
  /** Extra settings, as JSON text. */
  readonly extra: string | null;
}

/** Reply: connection. */
export interface ConnectionResult {
  /** The type of the message. */
  readonly type: "ConnectionResult";
  /** Id of the connection. */
  readonly conn_id: string;
  /** Type of the connection, e.g. "postgres". */
  readonly conn_type: string;
  /** Host name or address. */
  readonly host: string | null;
  /** Schema or database. */
  readonly schema: string | null;
  /** User name. */
  readonly login: string | null;
  /** Password. */
  readonly password: string | null;
  /** Port number. */
  readonly port: number | null;
  /** Extra settings, as JSON text. */
  readonly extra: string | null;
}

/** Request: create HITL detail payload. */
export interface CreateHITLDetailPayload {
  /** The type of the message. */
  readonly type: "CreateHITLDetailPayload";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** The options to choose from; at least one. */
  readonly options: readonly string[];
  /** The question. */
  readonly subject: string;
  /** Text below the subject, in Markdown. */
  readonly body?: string | null | undefined;
  /** Options chosen when no response arrives in time. */
  readonly defaults?: readonly string[] | null | undefined;
  /** True if several options may be chosen; false when left out. */
  readonly multiple?: boolean | null | undefined;
  /** Input fields of the form. */
  readonly params?: JsonObject | null | undefined;
  /** Users who may respond; all users when empty. */
  readonly assigned_users?: readonly HITLUser[] | null | undefined;
}

/** Reply: Dag run count. */
export interface DRCount {
  /** The type of the message. */
  readonly type: "DRCount";
  /** Number of matches. */
  readonly count: number;
}

/** Callback of a Dag, for Python's Dag processor. */
export interface DagCallbackRequest {
  /** The type of the message. */
  readonly type: "DagCallbackRequest";
  /** Path of the Dag file. */
  readonly filepath: string;
  /** Name of the Dag bundle. */
  readonly bundle_name: string;
  /** Version of the Dag bundle. */
  readonly bundle_version: string | null;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Further data about the version; since 2026-10-30. */
  readonly version_data?: JsonObject | null;
  /** Message for the callback. */
  readonly msg?: string | null;
  /** The server's data about the run. */
  readonly context_from_server?: DagRunContext | null;
  /** True if the Dag run failed; true when left out. */
  readonly is_failure_callback?: boolean | null;
}

/** First message of a parse: the file. */
export interface DagFileParseRequest {
  /** The type of the message. */
  readonly type: "DagFileParseRequest";
  /** Path of the file to parse. */
  readonly file: string;
  /** Folder of the Dag bundle on this machine. */
  readonly bundle_path: string;
  /** Name of the Dag bundle. */
  readonly bundle_name: string;
  /** Callbacks to run while parsing. */
  readonly callback_requests?:
    | readonly (DagCallbackRequest | TaskCallbackRequest | EmailRequest)[]
    | null;
}

/** Last message of a parse: the Dags found. */
export interface DagFileParsingResult {
  /** The type of the message. */
  readonly type: "DagFileParsingResult";
  /** Path of the file that was parsed. */
  readonly fileloc: string;
  /** The Dags found. */
  readonly serialized_dags: readonly LazyDeserializedDAG[];
  /** Warnings of the parse. */
  readonly warnings?: readonly JsonValue[] | null | undefined;
  /** Import errors, by file. */
  readonly import_errors?: { readonly [key: string]: string } | null | undefined;
  /** The places in the bundle that define the Dags; since 2026-10-30. */
  readonly parsed_definitions?: readonly string[] | undefined;
  /** Source code to show, by Dag id; since 2026-10-30. */
  readonly dag_source_codes?: { readonly [key: string]: DagSourceCode } | undefined;
}

/** Reply: Dag. */
export interface DagResult {
  /** The type of the message. */
  readonly type: "DagResult";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** True if the Dag is paused. */
  readonly is_paused: boolean;
  /** Name of the Dag bundle. */
  readonly bundle_name: string | null;
  /** Version of the Dag bundle. */
  readonly bundle_version: string | null;
  /** Path of the Dag file, relative to its bundle. */
  readonly relative_fileloc: string | null;
  /** Owners of the Dag. */
  readonly owners: string | null;
  /** Tags of the Dag. */
  readonly tags: readonly string[];
  /** The time the next Dag run is due. */
  readonly next_dagrun: Temporal.Instant | null;
}

/** Dag run. */
export interface DagRun {
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date: Temporal.Instant | null;
  /** Start of the data interval. */
  readonly data_interval_start: Temporal.Instant | null;
  /** End of the data interval. */
  readonly data_interval_end: Temporal.Instant | null;
  /** Earliest time at which the Dag run may start. */
  readonly run_after: Temporal.Instant;
  /** The time it started. */
  readonly start_date: Temporal.Instant | null;
  /** The time it ended. */
  readonly end_date: Temporal.Instant | null;
  /** The kind of trigger of the Dag run. */
  readonly run_type: DagRunType;
  /** State. */
  readonly state: DagRunState;
  /** The asset events that triggered the Dag run. */
  readonly consumed_asset_events: readonly AssetEventDagRunReference[];
  /** Key of the partition. */
  readonly partition_key: string | null;
  /** Number of times the Dag run was cleared; 0 when left out. */
  readonly clear_number?: number | null;
  /** The configuration the Dag run was triggered with. */
  readonly conf?: JsonObject | null;
  /** User who triggered the Dag run. */
  readonly triggering_user_name?: string | null;
  /** Date of the partition. */
  readonly partition_date?: Temporal.Instant | null;
  /** Note on the Dag run. */
  readonly note?: string | null;
  /** Team of the Dag. */
  readonly team_name?: string | null;
}

/** Dag run that an asset event triggered. */
export interface DagRunAssetReference {
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date: Temporal.Instant | null;
  /** The time it started. */
  readonly start_date: Temporal.Instant | null;
  /** The time it ended. */
  readonly end_date: Temporal.Instant | null;
  /** State. */
  readonly state: string;
  /** Start of the data interval. */
  readonly data_interval_start: Temporal.Instant | null;
  /** End of the data interval. */
  readonly data_interval_end: Temporal.Instant | null;
  /** Key of the partition. */
  readonly partition_key: string | null;
}

/** Dag run and its last task instance. */
export interface DagRunContext {
  /** The Dag run. */
  readonly dag_run?: DagRun | null;
  /** The task instance that ended last. */
  readonly last_ti?: TaskInstance | null;
}

/** Reply: Dag run. */
export interface DagRunResult {
  /** The type of the message. */
  readonly type: "DagRunResult";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date: Temporal.Instant | null;
  /** Start of the data interval. */
  readonly data_interval_start: Temporal.Instant | null;
  /** End of the data interval. */
  readonly data_interval_end: Temporal.Instant | null;
  /** Earliest time at which the Dag run may start. */
  readonly run_after: Temporal.Instant;
  /** The time it started. */
  readonly start_date: Temporal.Instant | null;
  /** The time it ended. */
  readonly end_date: Temporal.Instant | null;
  /** The kind of trigger of the Dag run. */
  readonly run_type: DagRunType;
  /** State. */
  readonly state: DagRunState;
  /** The asset events that triggered the Dag run. */
  readonly consumed_asset_events: readonly AssetEventDagRunReference[];
  /** Key of the partition. */
  readonly partition_key: string | null;
  /** Number of times the Dag run was cleared; 0 when left out. */
  readonly clear_number?: number | null;
  /** The configuration the Dag run was triggered with. */
  readonly conf?: JsonObject | null;
  /** User who triggered the Dag run. */
  readonly triggering_user_name?: string | null;
  /** Date of the partition. */
  readonly partition_date?: Temporal.Instant | null;
  /** Note on the Dag run. */
  readonly note?: string | null;
  /** Team of the Dag. */
  readonly team_name?: string | null;
}

/** State of a Dag run; newer Airflow releases may add more. */
export type DagRunState =
  | "queued"
  | "running"
  | "success"
  | "failed"
  | (string & Record<never, never>);

/** Reply: Dag run state. */
export interface DagRunStateResult {
  /** The type of the message. */
  readonly type: "DagRunStateResult";
  /** State. */
  readonly state: DagRunState;
}

/** The kind of trigger of a Dag run; newer Airflow releases may add more. */
export type DagRunType =
  | "backfill"
  | "scheduled"
  | "manual"
  | "operator_triggered"
  | "asset_triggered"
  | "asset_materialization"
  | (string & Record<never, never>);

/** Source code of a Dag and its language; since 2026-10-30. */
export interface DagSourceCode {
  /** The text. */
  readonly source_code: string;
  /** Language of the source, e.g. "typescript". */
  readonly language: string;
}

/** Suspends the task until a Python trigger fires. */
export interface DeferTask {
  /** The type of the message. */
  readonly type: "DeferTask";
  /** Import path of the Python trigger class. */
  readonly classpath: string;
  /** Method to resume with. */
  readonly next_method: string;
  /** State. */
  readonly state?: "deferred" | undefined;
  /** Arguments of the trigger, in Airflow's serde form. */
  readonly trigger_kwargs?: JsonObject | string | null | undefined;
  /** Time to wait for the trigger. */
  readonly trigger_timeout?: WireDuration | null | undefined;
  /** Queue of the task. */
  readonly queue?: string | null | undefined;
  /** Arguments of the method to resume with. */
  readonly next_kwargs?: JsonObject | null | undefined;
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index?: string | null | undefined;
}

/** Request: delete asset state store by name. */
export interface DeleteAssetStateStoreByName {
  /** The type of the message. */
  readonly type: "DeleteAssetStateStoreByName";
  /** Name. */
  readonly name: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: delete asset state store by uri. */
export interface DeleteAssetStateStoreByUri {
  /** The type of the message. */
  readonly type: "DeleteAssetStateStoreByUri";
  /** URI of the asset. */
  readonly uri: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: delete task state store. */
export interface DeleteTaskStateStore {
  /** The type of the message. */
  readonly type: "DeleteTaskStateStore";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: delete variable. */
export interface DeleteVariable {
  /** The type of the message. */
  readonly type: "DeleteVariable";
  /** Key of the entry. */
  readonly key: string;
}

/** Request: delete XCom. */
export interface DeleteXCom {
  /** The type of the message. */
  readonly type: "DeleteXCom";
  /** Key of the entry. */
  readonly key: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Index of the mapped task instance; -1 when not mapped. */
  readonly map_index?: number | null | undefined;
}

/** Mail about a failure or retry, for Python's Dag processor. */
export interface EmailRequest {
  /** The type of the message. */
  readonly type: "EmailRequest";
  /** Path of the Dag file. */
  readonly filepath: string;
  /** Name of the Dag bundle. */
  readonly bundle_name: string;
  /** Version of the Dag bundle. */
  readonly bundle_version: string | null;
  /** The task instance. */
  readonly ti: TaskInstance;
  /** The server's data about the run. */
  readonly context_from_server: TIRunContext;
  /** Further data about the version; since 2026-10-30. */
  readonly version_data?: JsonObject | null;
  /** Message for the callback. */
  readonly msg?: string | null;
  /** The reason for the mail; "failure" when left out. */
  readonly email_type?: "failure" | "retry" | null;
}

/** Error reply to a request. */
export interface ErrorResponse {
  /** The type of the message. */
  readonly type: "ErrorResponse";
  /** The kind of error; "GENERIC_ERROR" when left out. */
  readonly error?: ErrorType | null;
  /** Airflow's description. */
  readonly detail?: JsonObject | null;
}

/** Kind of error; newer Airflow releases may add more. */
export type ErrorType =
  | "CONNECTION_NOT_FOUND"
  | "VARIABLE_NOT_FOUND"
  | "XCOM_NOT_FOUND"
  | "ASSET_NOT_FOUND"
  | "TASK_STORE_NOT_FOUND"
  | "ASSET_STORE_NOT_FOUND"
  | "DAGRUN_ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "GENERIC_ERROR"
  | "API_SERVER_ERROR"
  | (string & Record<never, never>);

/** Request: get asset by name. */
export interface GetAssetByName {
  /** The type of the message. */
  readonly type: "GetAssetByName";
  /** Name. */
  readonly name: string;
}

/** Request: get asset by uri. */
export interface GetAssetByUri {
  /** The type of the message. */
  readonly type: "GetAssetByUri";
  /** URI of the asset. */
  readonly uri: string;
}

/** Request: get asset event by asset. */
export interface GetAssetEventByAsset {
  /** The type of the message. */
  readonly type: "GetAssetEventByAsset";
  /** Name. */
  readonly name: string | null;
  /** URI of the asset. */
  readonly uri: string | null;
  /** Only events at or after this time. */
  readonly after?: DateTime | null | undefined;
  /** Only events at or before this time. */
  readonly before?: DateTime | null | undefined;
  /** The maximum number. */
  readonly limit?: number | null | undefined;
  /** Oldest first; true when left out. */
  readonly ascending?: boolean | undefined;
  /** Key of the partition; since 2026-10-30. */
  readonly partition_key?: string | null | undefined;
  /** Only partitions whose key matches; since 2026-10-30. */
  readonly partition_key_regexp_pattern?: string | null | undefined;
  /** Only events whose extra has these entries; since 2026-10-30. */
  readonly extra?: { readonly [key: string]: string } | null | undefined;
}

/** Request: get asset event by asset alias. */
export interface GetAssetEventByAssetAlias {
  /** The type of the message. */
  readonly type: "GetAssetEventByAssetAlias";
  /** Name of the asset alias. */
  readonly alias_name: string;
  /** Only events at or after this time. */
  readonly after?: DateTime | null | undefined;
  /** Only events at or before this time. */
  readonly before?: DateTime | null | undefined;
  /** The maximum number. */
  readonly limit?: number | null | undefined;
  /** Oldest first; true when left out. */
  readonly ascending?: boolean | undefined;
  /** Key of the partition; since 2026-10-30. */
  readonly partition_key?: string | null | undefined;
  /** Only partitions whose key matches; since 2026-10-30. */
  readonly partition_key_regexp_pattern?: string | null | undefined;
  /** Only events whose extra has these entries; since 2026-10-30. */
  readonly extra?: { readonly [key: string]: string } | null | undefined;
}

/** Request: get asset state store by name. */
export interface GetAssetStateStoreByName {
  /** The type of the message. */
  readonly type: "GetAssetStateStoreByName";
  /** Name. */
  readonly name: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: get asset state store by uri. */
export interface GetAssetStateStoreByUri {
  /** The type of the message. */
  readonly type: "GetAssetStateStoreByUri";
  /** URI of the asset. */
  readonly uri: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: get assets by alias. */
export interface GetAssetsByAlias {
  /** The type of the message. */
  readonly type: "GetAssetsByAlias";
  /** Name of the asset alias. */
  readonly alias_name: string;
}

/** Request: get connection. */
export interface GetConnection {
  /** The type of the message. */
  readonly type: "GetConnection";
  /** Id of the connection. */
  readonly conn_id: string;
}

/** Request: get dr count. */
export interface GetDRCount {
  /** The type of the message. */
  readonly type: "GetDRCount";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Only these logical dates. */
  readonly logical_dates?: readonly DateTime[] | null | undefined;
  /** Only these Dag runs. */
  readonly run_ids?: readonly string[] | null | undefined;
  /** Only these states. */
  readonly states?: readonly string[] | null | undefined;
}

/** Request: get Dag. */
export interface GetDag {
  /** The type of the message. */
  readonly type: "GetDag";
  /** Id of the Dag. */
  readonly dag_id: string;
}

/** Request: get Dag run. */
export interface GetDagRun {
  /** The type of the message. */
  readonly type: "GetDagRun";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
}

/** Request: get Dag run state. */
export interface GetDagRunState {
  /** The type of the message. */
  readonly type: "GetDagRunState";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
}

/** Request: get HITL detail response. */
export interface GetHITLDetailResponse {
  /** The type of the message. */
  readonly type: "GetHITLDetailResponse";
  /** Id of the task instance. */
  readonly ti_id: string;
}

/** Request: get prev successful Dag run. */
export interface GetPrevSuccessfulDagRun {
  /** The type of the message. */
  readonly type: "GetPrevSuccessfulDagRun";
  /** Id of the task instance. */
  readonly ti_id: string;
}

/** Request: get previous Dag run. */
export interface GetPreviousDagRun {
  /** The type of the message. */
  readonly type: "GetPreviousDagRun";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date: DateTime;
  /** State. */
  readonly state?: string | null | undefined;
}

/** Request: get previous task instance. */
export interface GetPreviousTI {
  /** The type of the message. */
  readonly type: "GetPreviousTI";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date?: DateTime | null | undefined;
  /** Index of the mapped task instance; -1 when not mapped; -1 when left out. */
  readonly map_index?: number | undefined;
  /** State. */
  readonly state?: TaskInstanceState | null | undefined;
}

/** Request: get task instance count. */
export interface GetTICount {
  /** The type of the message. */
  readonly type: "GetTICount";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Index of the mapped task instance; -1 when not mapped. */
  readonly map_index?: number | null | undefined;
  /** Only these tasks. */
  readonly task_ids?: readonly string[] | null | undefined;
  /** Only tasks of this group. */
  readonly task_group_id?: string | null | undefined;
  /** Only these logical dates. */
  readonly logical_dates?: readonly DateTime[] | null | undefined;
  /** Only these Dag runs. */
  readonly run_ids?: readonly string[] | null | undefined;
  /** Only these states. */
  readonly states?: readonly string[] | null | undefined;
}

/** Request: get task breadcrumbs. */
export interface GetTaskBreadcrumbs {
  /** The type of the message. */
  readonly type: "GetTaskBreadcrumbs";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
}

/** Request: get task reschedule start date. */
export interface GetTaskRescheduleStartDate {
  /** The type of the message. */
  readonly type: "GetTaskRescheduleStartDate";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** Number of the try, from 1; 1 when left out. */
  readonly try_number?: number | undefined;
}

/** Request: get task state store. */
export interface GetTaskStateStore {
  /** The type of the message. */
  readonly type: "GetTaskStateStore";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** Key of the entry. */
  readonly key: string;
}

/** Request: get task states. */
export interface GetTaskStates {
  /** The type of the message. */
  readonly type: "GetTaskStates";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Index of the mapped task instance; -1 when not mapped. */
  readonly map_index?: number | null | undefined;
  /** Only these tasks. */
  readonly task_ids?: readonly string[] | null | undefined;
  /** Only tasks of this group. */
  readonly task_group_id?: string | null | undefined;
  /** Only these logical dates. */
  readonly logical_dates?: readonly DateTime[] | null | undefined;
  /** Only these Dag runs. */
  readonly run_ids?: readonly string[] | null | undefined;
}

/** Request: get variable. */
export interface GetVariable {
  /** The type of the message. */
  readonly type: "GetVariable";
  /** Key of the entry. */
  readonly key: string;
}

/** Request: get variable keys. */
export interface GetVariableKeys {
  /** The type of the message. */
  readonly type: "GetVariableKeys";
  /** Only keys that start with this. */
  readonly prefix?: string | null | undefined;
  /** The maximum number; 1000 when left out. */
  readonly limit?: number | undefined;
  /** Position of the first one, from 0; 0 when left out. */
  readonly offset?: number | undefined;
}

/** Request: get XCom. */
export interface GetXCom {
  /** The type of the message. */
  readonly type: "GetXCom";
  /** Key of the entry. */
  readonly key: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Read from the iteration of the loop before this one; false when left out; since 2026-10-30. */
  readonly previous_iteration?: boolean | undefined;
  /** Index of the mapped task instance; -1 when not mapped. */
  readonly map_index?: number | null | undefined;
  /** Also search earlier Dag runs; false when left out. */
  readonly include_prior_dates?: boolean | undefined;
}

/** Request: get XCom count. */
export interface GetXComCount {
  /** The type of the message. */
  readonly type: "GetXComCount";
  /** Key of the entry. */
  readonly key: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Read from the iteration of the loop before this one; false when left out; since 2026-10-30. */
  readonly previous_iteration?: boolean | undefined;
}

/** Request: get XCom sequence item. */
export interface GetXComSequenceItem {
  /** The type of the message. */
  readonly type: "GetXComSequenceItem";
  /** Key of the entry. */
  readonly key: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Position of the first one, from 0. */
  readonly offset: number;
  /** Read from the iteration of the loop before this one; false when left out; since 2026-10-30. */
  readonly previous_iteration?: boolean | undefined;
}

/** Request: get XCom sequence slice. */
export interface GetXComSequenceSlice {
  /** The type of the message. */
  readonly type: "GetXComSequenceSlice";
  /** Key of the entry. */
  readonly key: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** First position, as in a Python slice. */
  readonly start: number | null;
  /** Position after the last, as in a Python slice. */
  readonly stop: number | null;
  /** Step, as in a Python slice. */
  readonly step: number | null;
  /** Read from the iteration of the loop before this one; false when left out; since 2026-10-30. */
  readonly previous_iteration?: boolean | undefined;
  /** Also search earlier Dag runs; false when left out. */
  readonly include_prior_dates?: boolean | undefined;
}

/** Reply: HITL detail request. */
export interface HITLDetailRequestResult {
  /** The type of the message. */
  readonly type: "HITLDetailRequestResult";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** The options to choose from; at least one. */
  readonly options: readonly string[];
  /** The question. */
  readonly subject: string;
  /** Text below the subject, in Markdown. */
  readonly body?: string | null;
  /** Options chosen when no response arrives in time. */
  readonly defaults?: readonly string[] | null;
  /** True if several options may be chosen; false when left out. */
  readonly multiple?: boolean | null;
  /** Input fields of the form. */
  readonly params?: JsonObject | null;
  /** Users who may respond; all users when empty. */
  readonly assigned_users?: readonly HITLUser[] | null;
}

/** User who may respond. */
export interface HITLUser {
  /** Id. */
  readonly id: string;
  /** Name. */
  readonly name: string;
}

/** Reply: inactive assets. */
export interface InactiveAssetsResult {
  /** The type of the message. */
  readonly type: "InactiveAssetsResult";
  /** Inactive assets among the task's inlets and outlets. */
  readonly inactive_assets?: readonly AssetProfile[] | null;
}

/** Serialized Dag. */
export interface LazyDeserializedDAG {
  /** The serialized Dag, as Airflow stores it. */
  readonly data: JsonObject;
  /** The time the Dag was loaded. */
  readonly last_loaded?: DateTime | null | undefined;
}

/** TaskFlow argument with its value; since 2026-10-30. */
export interface LiteralArgBinding {
  /** Name. */
  readonly name: string;
  /** The source of the value. */
  readonly kind: "literal";
  /** JSON schema of the parameter's type. */
  readonly value_schema?: JsonObject | null;
  /** The value. */
  readonly value?: JsonValue;
  /** True if the value is the parameter's default; false when left out. */
  readonly from_default?: boolean | null;
}

/** Loop and iteration of a task instance; since 2026-10-30. */
export interface LoopContext {
  /** Id of the loop. */
  readonly node_id: string;
  /** Number of the iteration, from 0. */
  readonly index: number;
  /** The maximum number of iterations. */
  readonly max_iterations: number;
  /** Id of the last task of the loop. */
  readonly terminal_task_id: string;
  /** True if the last task of the loop is mapped. */
  readonly terminal_is_mapped: boolean;
}

/** The decision of a loop's gate; since 2026-10-30. */
export interface LoopDecisionPayload {
  /** True if the loop ends here. */
  readonly stop: boolean;
  /** The reason. */
  readonly reason?: string | null | undefined;
}

/** Masks a value in the task log. */
export interface MaskSecret {
  /** The type of the message. */
  readonly type: "MaskSecret";
  /** The value. */
  readonly value: JsonValue;
  /** Name. */
  readonly name?: string | null | undefined;
}

/** Reply: ok. */
export interface OKResponse {
  /** The type of the message. */
  readonly type: "OKResponse";
  /** Always true. */
  readonly ok: boolean;
}

/** Reply: prev successful Dag run. */
export interface PrevSuccessfulDagRunResult {
  /** The type of the message. */
  readonly type: "PrevSuccessfulDagRunResult";
  /** Start of the data interval. */
  readonly data_interval_start?: Temporal.Instant | null;
  /** End of the data interval. */
  readonly data_interval_end?: Temporal.Instant | null;
  /** The time it started. */
  readonly start_date?: Temporal.Instant | null;
  /** The time it ended. */
  readonly end_date?: Temporal.Instant | null;
}

/** Reply: previous Dag run. */
export interface PreviousDagRunResult {
  /** The type of the message. */
  readonly type: "PreviousDagRunResult";
  /** The Dag run. */
  readonly dag_run?: DagRun | null;
}

/** Task instance of an earlier Dag run. */
export interface PreviousTIResponse {
  /** Id of the task. */
  readonly task_id: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Number of the try, from 1. */
  readonly try_number: number;
  /** Logical date of the Dag run. */
  readonly logical_date?: Temporal.Instant | null;
  /** The time it started. */
  readonly start_date?: Temporal.Instant | null;
  /** The time it ended. */
  readonly end_date?: Temporal.Instant | null;
  /** State. */
  readonly state?: string | null;
  /** Index of the mapped task instance; -1 when not mapped; -1 when left out. */
  readonly map_index?: number | null;
  /** Id of the region; since 2026-10-30. */
  readonly region_id?: string | null;
  /** Index in the region; since 2026-10-30. */
  readonly region_index?: number | null;
  /** Duration in seconds. */
  readonly duration?: number | null;
}

/** Reply: previous task instance. */
export interface PreviousTIResult {
  /** The type of the message. */
  readonly type: "PreviousTIResult";
  /** The task instance; null if none was found. */
  readonly task_instance?: PreviousTIResponse | null;
}

/** Request: put variable. */
export interface PutVariable {
  /** The type of the message. */
  readonly type: "PutVariable";
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: string | null;
  /** Description shown in the UI. */
  readonly description: string | null;
}

/** Suspends the task until a later time. */
export interface RescheduleTask {
  /** The type of the message. */
  readonly type: "RescheduleTask";
  /** The time to run again. */
  readonly reschedule_date: DateTime;
  /** The time it ended. */
  readonly end_date: DateTime;
  /** State. */
  readonly state?: "up_for_reschedule" | undefined;
}

/** Requests the log's file descriptor; unusable over TCP. */
export interface ResendLoggingFD {
  /** The type of the message. */
  readonly type: "ResendLoggingFD";
}

/** Terminates the try; another follows. */
export interface RetryTask {
  /** The type of the message. */
  readonly type: "RetryTask";
  /** The time it ended. */
  readonly end_date: DateTime;
  /** State. */
  readonly state?: "up_for_retry" | undefined;
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index?: string | null | undefined;
  /** Delay before the retry, in seconds. */
  readonly retry_delay_seconds?: number | null | undefined;
  /** The reason for the retry. */
  readonly retry_reason?: string | null | undefined;
}

/** Reply: sent f ds. */
export interface SentFDs {
  /** The type of the message. */
  readonly type: "SentFDs";
  /** File descriptors; unusable over TCP. */
  readonly fds: readonly number[];
}

/** Request: set asset state store by name. */
export interface SetAssetStateStoreByName {
  /** The type of the message. */
  readonly type: "SetAssetStateStoreByName";
  /** Name. */
  readonly name: string;
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: JsonValue;
}

/** Request: set asset state store by uri. */
export interface SetAssetStateStoreByUri {
  /** The type of the message. */
  readonly type: "SetAssetStateStoreByUri";
  /** URI of the asset. */
  readonly uri: string;
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: JsonValue;
}

/** Makes the supervisor terminate the task after a time; since 2026-10-30. */
export interface SetExecutionTimeout {
  /** The type of the message. */
  readonly type: "SetExecutionTimeout";
  /** Seconds after which the supervisor terminates the task. */
  readonly timeout_seconds: number;
}

/** Request: set rendered fields. */
export interface SetRenderedFields {
  /** The type of the message. */
  readonly type: "SetRenderedFields";
  /** Template fields as rendered, by name. */
  readonly rendered_fields: JsonObject;
}

/** Request: set rendered map index. */
export interface SetRenderedMapIndex {
  /** The type of the message. */
  readonly type: "SetRenderedMapIndex";
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index: string;
}

/** Request: set task state store. */
export interface SetTaskStateStore {
  /** The type of the message. */
  readonly type: "SetTaskStateStore";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: JsonValue;
  /** Expiry time of the entry; null for Airflow's default retention. */
  readonly expires_at: DateTime | null;
}

/** Request: set XCom. */
export interface SetXCom {
  /** The type of the message. */
  readonly type: "SetXCom";
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: JsonValue;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Index of the mapped task instance; -1 when not mapped. */
  readonly map_index?: number | null | undefined;
  /** True if the value is the result of the whole Dag; false when left out. */
  readonly dag_result?: boolean | undefined;
  /** Number of downstream task instances to map over. */
  readonly mapped_length?: number | null | undefined;
}

/** Skips downstream tasks; a SucceedTask must follow. */
export interface SkipDownstreamTasks {
  /** The type of the message. */
  readonly type: "SkipDownstreamTasks";
  /** Task ids, or pairs of task id and map index. */
  readonly tasks: readonly (string | readonly [string, number])[];
}

/** First message of a task: the task to run. */
export interface StartupDetails {
  /** The type of the message. */
  readonly type: "StartupDetails";
  /** The task instance. */
  readonly ti: TaskInstance;
  /** Path of the Dag file, relative to its bundle. */
  readonly dag_rel_path: string;
  /** The Dag bundle that the Dag was parsed from. */
  readonly bundle_info: BundleInfo;
  /** The time it started. */
  readonly start_date: Temporal.Instant;
  /** The server's data about the task instance's run. */
  readonly ti_context: TIRunContext;
  /** Import path of the Sentry integration; may be empty. */
  readonly sentry_integration: string;
}

/** Reports success. */
export interface SucceedTask {
  /** The type of the message. */
  readonly type: "SucceedTask";
  /** The time it ended. */
  readonly end_date: DateTime;
  /** State. */
  readonly state?: "success" | undefined;
  /** Assets that the task updates; send [], not null. */
  readonly task_outlets?: readonly AssetProfile[] | null | undefined;
  /** Asset events that the task emits; send [], not null. */
  readonly outlet_events?: readonly JsonObject[] | null | undefined;
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index?: string | null | undefined;
  /** The decision of a loop's gate; since 2026-10-30. */
  readonly loop_decision?: LoopDecisionPayload | null | undefined;
}

/** Reply: task instance count. */
export interface TICount {
  /** The type of the message. */
  readonly type: "TICount";
  /** Number of matches. */
  readonly count: number;
}

/** The server's data about a task instance's run. */
export interface TIRunContext {
  /** The Dag run. */
  readonly dag_run: DagRun;
  /** Number of the last retry. */
  readonly max_tries: number;
  /** The loop this task instance is in; since 2026-10-30. */
  readonly loop?: LoopContext | null;
  /** Number of times the task was rescheduled; 0 when left out. */
  readonly task_reschedule_count?: number | null;
  /** Start time of the first reschedule; since 2026-10-30. */
  readonly first_task_reschedule_start_date?: Temporal.Instant | null;
  /** Variables sent along with the task. */
  readonly variables?: readonly VariableResponse[] | null;
  /** Connections sent along with the task. */
  readonly connections?: readonly ConnectionResponse[] | null;
  /** Method to resume with. */
  readonly next_method?: string | null;
  /** Arguments of the method to resume with. */
  readonly next_kwargs?: JsonObject | string | null;
  /** XCom keys to delete before the task runs; Airflow 3.4 deletes them itself and sends none. */
  readonly xcom_keys_to_clear?: readonly string[] | null;
  /** True if a retry may follow a failure; false when left out. */
  readonly should_retry?: boolean | null;
  /** The time it started. */
  readonly start_date?: Temporal.Instant | null;
  /** TaskFlow arguments of the stub task, in the order of its signature; since 2026-10-30. */
  readonly arg_bindings?: readonly TaskArgBinding[] | null;
  /** True if this Airflow has teams; false when left out; since 2026-10-30. */
  readonly multi_team?: boolean | null;
}

/** TaskFlow argument of a stub task; since 2026-10-30. */
export type TaskArgBinding = XComArgBinding | LiteralArgBinding;

/** Reply: task breadcrumbs. */
export interface TaskBreadcrumbsResult {
  /** The type of the message. */
  readonly type: "TaskBreadcrumbsResult";
  /** One record for each finished task instance. */
  readonly breadcrumbs: readonly JsonObject[];
}

/** Callback of a task, for Python's Dag processor. */
export interface TaskCallbackRequest {
  /** The type of the message. */
  readonly type: "TaskCallbackRequest";
  /** Path of the Dag file. */
  readonly filepath: string;
  /** Name of the Dag bundle. */
  readonly bundle_name: string;
  /** Version of the Dag bundle. */
  readonly bundle_version: string | null;
  /** The task instance. */
  readonly ti: TaskInstance;
  /** Further data about the version; since 2026-10-30. */
  readonly version_data?: JsonObject | null;
  /** Message for the callback. */
  readonly msg?: string | null;
  /** The state that triggers the callback. */
  readonly task_callback_type?: TaskInstanceState | null;
  /** The server's data about the run. */
  readonly context_from_server?: TIRunContext | null;
}

/** Task instance. */
export interface TaskInstance {
  /** Id. */
  readonly id: string;
  /** Id of the task. */
  readonly task_id: string;
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Number of the try, from 1. */
  readonly try_number: number;
  /** Id of the version of the Dag. */
  readonly dag_version_id: string;
  /** Index of the mapped task instance; -1 when not mapped; -1 when left out. */
  readonly map_index?: number | null;
  /** Id of the region; since 2026-10-30. */
  readonly region_id?: string | null;
  /** Index in the region; since 2026-10-30. */
  readonly region_index?: number | null;
  /** Host that runs the task. */
  readonly hostname?: string | null;
  /** W3C trace context of the task instance. */
  readonly context_carrier?: JsonObject | null;
  /** Queue of the task; "default" when left out. */
  readonly queue?: string | null;
}

/** State of a task instance. */
export type TaskInstanceState =
  | "removed"
  | "scheduled"
  | "queued"
  | "running"
  | "success"
  | "restarting"
  | "failed"
  | "up_for_retry"
  | "up_for_reschedule"
  | "upstream_failed"
  | "skipped"
  | "deferred"
  | "awaiting_input";

/** Reply: task reschedule start date. */
export interface TaskRescheduleStartDate {
  /** The type of the message. */
  readonly type: "TaskRescheduleStartDate";
  /** The time it started. */
  readonly start_date: Temporal.Instant | null;
}

/** Reports failed, skipped or removed. */
export interface TaskState {
  /** The type of the message. */
  readonly type: "TaskState";
  /** State. */
  readonly state: "failed" | "skipped" | "removed";
  /** The time it ended. */
  readonly end_date?: DateTime | null | undefined;
  /** The label that the UI shows instead of the map index. */
  readonly rendered_map_index?: string | null | undefined;
  /** The reason for the retry; since 2026-10-30. */
  readonly retry_reason?: string | null | undefined;
  /** The decision of a loop's gate; since 2026-10-30. */
  readonly loop_decision?: LoopDecisionPayload | null | undefined;
}

/** Reply: task state store. */
export interface TaskStateStoreResult {
  /** The type of the message. */
  readonly type: "TaskStateStoreResult";
  /** The value. */
  readonly value: JsonValue;
}

/** Reply: task states. */
export interface TaskStatesResult {
  /** The type of the message. */
  readonly type: "TaskStatesResult";
  /** States by Dag run id and task id. */
  readonly task_states: JsonObject;
}

/** Request: trigger Dag run. */
export interface TriggerDagRun {
  /** The type of the message. */
  readonly type: "TriggerDagRun";
  /** Id of the Dag. */
  readonly dag_id: string;
  /** Id of the Dag run. */
  readonly run_id: string;
  /** Logical date of the Dag run. */
  readonly logical_date?: DateTime | null | undefined;
  /** Earliest time at which the Dag run may start. */
  readonly run_after?: DateTime | null | undefined;
  /** The configuration the Dag run was triggered with. */
  readonly conf?: JsonObject | null | undefined;
  /** Clear the Dag run when it exists; false when left out. */
  readonly reset_dag_run?: boolean | null | undefined;
  /** Key of the partition. */
  readonly partition_key?: string | null | undefined;
  /** Note on the Dag run. */
  readonly note?: string | null | undefined;
}

/** Request: update Dag run note; since 2026-10-30. */
export interface UpdateDagRunNote {
  /** The type of the message. */
  readonly type: "UpdateDagRunNote";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** Note on the Dag run. */
  readonly note: string | null;
}

/** Request: update HITL detail. */
export interface UpdateHITLDetail {
  /** The type of the message. */
  readonly type: "UpdateHITLDetail";
  /** Id of the task instance. */
  readonly ti_id: string;
  /** The options chosen. */
  readonly chosen_options: readonly string[];
  /** Values of the input fields. */
  readonly params_input?: JsonObject | null | undefined;
}

/** Request: validate inlets and outlets. */
export interface ValidateInletsAndOutlets {
  /** The type of the message. */
  readonly type: "ValidateInletsAndOutlets";
  /** Id of the task instance. */
  readonly ti_id: string;
}

/** Reply: variable keys. */
export interface VariableKeysResult {
  /** The type of the message. */
  readonly type: "VariableKeysResult";
  /** Keys of the variables found. */
  readonly keys: readonly string[];
  /** Total number of entries. */
  readonly total_entries: number;
}

/** Variable. */
export interface VariableResponse {
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: string | null;
}

/** Reply: variable. */
export interface VariableResult {
  /** The type of the message. */
  readonly type: "VariableResult";
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: string | null;
}

/** TaskFlow argument that is the XCom of another task; since 2026-10-30. */
export interface XComArgBinding {
  /** Name. */
  readonly name: string;
  /** The source of the value. */
  readonly kind: "xcom";
  /** Id of the task. */
  readonly task_id: string;
  /** JSON schema of the parameter's type. */
  readonly value_schema?: JsonObject | null;
}

/** Reply: XCom count. */
export interface XComCountResponse {
  /** The type of the message. */
  readonly type: "XComCountResponse";
  /** Number of values. */
  readonly len: number;
}

/** Reply: XCom. */
export interface XComResult {
  /** The type of the message. */
  readonly type: "XComResult";
  /** Key of the entry. */
  readonly key: string;
  /** The value. */
  readonly value: JsonValue;
}

/** Reply: XCom sequence index. */
export interface XComSequenceIndexResult {
  /** The type of the message. */
  readonly type: "XComSequenceIndexResult";
  /** The values found. */
  readonly root: JsonValue;
}

/** Reply: XCom sequence slice. */
export interface XComSequenceSliceResult {
  /** The type of the message. */
  readonly type: "XComSequenceSliceResult";
  /** The values found. */
  readonly root: readonly JsonValue[];
}

/** The messages that a task may send to its supervisor. */
export type ToSupervisor =
  | AwaitInputTask
  | ClearAssetStateStoreByName
  | ClearAssetStateStoreByUri
  | ClearTaskStateStore
  | CreateHITLDetailPayload
  | DeferTask
  | DeleteAssetStateStoreByName
  | DeleteAssetStateStoreByUri
  | DeleteTaskStateStore
  | DeleteVariable
  | DeleteXCom
  | GetAssetByName
  | GetAssetByUri
  | GetAssetEventByAsset
  | GetAssetEventByAssetAlias
  | GetAssetStateStoreByName
  | GetAssetStateStoreByUri
  | GetAssetsByAlias
  | GetConnection
  | GetDRCount
  | GetDag
  | GetDagRun
  | GetDagRunState
  | GetHITLDetailResponse
  | GetPrevSuccessfulDagRun
  | GetPreviousDagRun
  | GetPreviousTI
  | GetTICount
  | GetTaskBreadcrumbs
  | GetTaskRescheduleStartDate
  | GetTaskStateStore
  | GetTaskStates
  | GetVariable
  | GetVariableKeys
  | GetXCom
  | GetXComCount
  | GetXComSequenceItem
  | GetXComSequenceSlice
  | MaskSecret
  | PutVariable
  | RescheduleTask
  | ResendLoggingFD
  | RetryTask
  | SetAssetStateStoreByName
  | SetAssetStateStoreByUri
  | SetExecutionTimeout
  | SetRenderedFields
  | SetRenderedMapIndex
  | SetTaskStateStore
  | SetXCom
  | SkipDownstreamTasks
  | SucceedTask
  | TaskState
  | TriggerDagRun
  | UpdateDagRunNote
  | UpdateHITLDetail
  | ValidateInletsAndOutlets;

/** The messages that a supervisor may send to its task. */
export type ToTask =
  | AssetEventsResult
  | AssetResult
  | AssetStateStoreResult
  | AssetsByAliasResult
  | ConnectionResult
  | CreateHITLDetailPayload
  | DRCount
  | DagResult
  | DagRunResult
  | DagRunStateResult
  | ErrorResponse
  | HITLDetailRequestResult
  | InactiveAssetsResult
  | OKResponse
  | PrevSuccessfulDagRunResult
  | PreviousDagRunResult
  | PreviousTIResult
  | SentFDs
  | StartupDetails
  | TICount
  | TaskBreadcrumbsResult
  | TaskRescheduleStartDate
  | TaskStateStoreResult
  | TaskStatesResult
  | VariableKeysResult
  | VariableResult
  | XComCountResponse
  | XComResult
  | XComSequenceIndexResult
  | XComSequenceSliceResult;

/** The messages that may be sent to the Dag processor's manager. */
export type ToManager =
  | DagFileParsingResult
  | DeleteVariable
  | GetConnection
  | GetPrevSuccessfulDagRun
  | GetPreviousDagRun
  | GetPreviousTI
  | GetTICount
  | GetTaskStates
  | GetVariable
  | GetVariableKeys
  | GetXCom
  | GetXComCount
  | GetXComSequenceItem
  | GetXComSequenceSlice
  | MaskSecret
  | PutVariable;

/** The messages that the manager may send during a parse. */
export type ToDagProcessor =
  | ConnectionResult
  | DagFileParseRequest
  | ErrorResponse
  | OKResponse
  | PrevSuccessfulDagRunResult
  | PreviousDagRunResult
  | PreviousTIResult
  | TaskStatesResult
  | VariableKeysResult
  | VariableResult
  | XComCountResponse
  | XComResult
  | XComSequenceIndexResult
  | XComSequenceSliceResult;
