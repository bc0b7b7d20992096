/**
 * The shape of each message; definition.ts reads it.
 *
 * Written by scripts/generate_protocol.ts; change that, not this file. Generated from
 * - 2026-06-16: apache-airflow-task-sdk 1.3.2, schema.json
 *   sha256 eca2f7122a9b3998158847f226896ba7ce2e14113071272f4890dcd85470e004
 * - 2026-10-30: apache-airflow-task-sdk 1.4.0b2, schema.json
 *   sha256 0e0d678b206ddf20fc87fc959e00912f3a8c53cbc826a638a06cbed0c069d7cf
 *
 * @module
 */
import type { SchemaVersion } from "./generated.ts";

/** The schema versions that this runtime supports, oldest first. */
export const SCHEMA_VERSIONS: readonly SchemaVersion[] = ["2026-06-16", "2026-10-30"];

/** The Airflow release of each schema version. */
export const AIRFLOW_RELEASES: Readonly<Record<SchemaVersion, string>> = {
  "2026-06-16": "3.3",
  "2026-10-30": "3.4",
};

/** One line for each definition, in the grammar of definition.ts. */
export const TABLE: Readonly<Record<string, string>> = {
  AssetAliasReferenceAssetEventDagRun: "x name",
  AssetEventDagRunReference:
    "x asset=<AssetReferenceAssetEventDagRun> extra=o source_task_id=?s source_dag_id=?s source_run_id=?s source_map_index=?i source_aliases=*<AssetAliasReferenceAssetEventDagRun> timestamp=d partition_key~",
  AssetEventResponse:
    " id=i timestamp=d asset=<AssetResponse> created_dagruns=*<DagRunAssetReference> extra~?o source_task_id~ source_dag_id~ source_run_id~ source_map_index~?i partition_key~",
  AssetEventsResult: "t asset_events=*<AssetEventResponse>",
  AssetProfile: "x type name~ uri~",
  AssetReferenceAssetEventDagRun: "x name uri extra=o",
  AssetResponse: " name uri group extra~?o",
  AssetResult: "t &AssetResponse",
  AssetStateStoreResult: "tx value=j",
  AssetsByAliasResult: "t assets=*<AssetResult>",
  AwaitInputTask:
    "sx next_method state~'awaiting_input' timeout~?t next_kwargs~?o rendered_map_index~",
  BundleInfo: " name version~ version_data@?o",
  ClearAssetStateStoreByName: "s name",
  ClearAssetStateStoreByUri: "s uri",
  ClearTaskStateStore: "s ti_id=u",
  ConnectionResponse: " conn_id conn_type host=?s schema=?s login=?s password=?s port=?i extra=?s",
  ConnectionResult: "tp &ConnectionResponse",
  CreateHITLDetailPayload:
    "st ti_id=u options=+s subject body~ defaults~?*s multiple~?b params~?o assigned_users~?*<HITLUser>",
  DRCount: "t count=i",
  DagCallbackRequest:
    "c &GetDagRun filepath bundle_name bundle_version=?s version_data@?o msg~ context_from_server~?<DagRunContext> is_failure_callback~?b",
  DagFileParseRequest:
    "p file bundle_path bundle_name callback_requests~*|<DagCallbackRequest>|<TaskCallbackRequest><EmailRequest>",
  DagFileParsingResult:
    "m fileloc serialized_dags=*<LazyDeserializedDAG> warnings~?*j import_errors~?{s parsed_definitions@*s dag_source_codes@{<DagSourceCode>",
  DagResult:
    "t dag_id is_paused=b bundle_name=?s bundle_version=?s relative_fileloc=?s owners=?s tags=*s next_dagrun=?d",
  DagRun:
    "x &DagRunAssetReference run_after=d run_type consumed_asset_events=*<AssetEventDagRunReference> clear_number~i conf~?o triggering_user_name~ partition_date~?d note~ team_name~",
  DagRunAssetReference:
    "x &GetDagRun logical_date=?d start_date=?d end_date=?d state data_interval_start=?d data_interval_end=?d partition_key=?s",
  DagRunContext: " dag_run~?<DagRun> last_ti~?<TaskInstance>",
  DagRunResult:
    "tx &DagRunAssetReference run_after=d run_type consumed_asset_events=*<AssetEventDagRunReference> clear_number~?i conf~?o triggering_user_name~ partition_date~?d note~ team_name~",
  DagRunStateResult: "t state",
  DagSourceCode: "n source_code language",
  DeferTask:
    "sx classpath next_method state~'deferred' trigger_kwargs~?|os trigger_timeout~?t queue~ next_kwargs~?o rendered_map_index~",
  DeleteAssetStateStoreByName: "s name key",
  DeleteAssetStateStoreByUri: "s uri key",
  DeleteTaskStateStore: "s ti_id=u key",
  DeleteVariable: "sm key",
  DeleteXCom: "s &GetDagRun key task_id map_index~?i",
  EmailRequest:
    "c filepath bundle_name bundle_version=?s ti=<TaskInstance> context_from_server=<TIRunContext> version_data@?o msg~ email_type~s",
  ErrorResponse: "tp error~s detail~?o",
  GetAssetByName: "s name",
  GetAssetByUri: "s uri",
  GetAssetEventByAsset:
    "s name=?s uri=?s after~?d before~?d limit~?i ascending~b partition_key@ partition_key_regexp_pattern@ extra@?{s",
  GetAssetEventByAssetAlias:
    "s alias_name after~?d before~?d limit~?i ascending~b partition_key@ partition_key_regexp_pattern@ extra@?{s",
  GetAssetStateStoreByName: "s name key",
  GetAssetStateStoreByUri: "s uri key",
  GetAssetsByAlias: "s alias_name",
  GetConnection: "sm conn_id",
  GetDRCount: "s dag_id logical_dates~?*d run_ids~?*s states~?*s",
  GetDag: "s dag_id",
  GetDagRun: "s dag_id run_id",
  GetDagRunState: "s &GetDagRun",
  GetHITLDetailResponse: "s ti_id=u",
  GetPrevSuccessfulDagRun: "sm ti_id=u",
  GetPreviousDagRun: "sm dag_id logical_date=d state~",
  GetPreviousTI:
    "sm dag_id task_id logical_date~?d map_index~i state~?'removed,scheduled,queued,running,success,restarting,failed,up_for_retry,up_for_reschedule,upstream_failed,skipped,deferred,awaiting_input'",
  GetTICount: "sm &GetTaskStates states~?*s",
  GetTaskBreadcrumbs: "s &GetDagRun",
  GetTaskRescheduleStartDate: "s ti_id=u try_number~i",
  GetTaskStateStore: "s ti_id=u key",
  GetTaskStates: "sm dag_id map_index~?i task_ids~?*s task_group_id~ logical_dates~?*d run_ids~?*s",
  GetVariable: "sm key",
  GetVariableKeys: "sm prefix~ limit~i offset~i",
  GetXCom: "sm &GetXComCount map_index~?i include_prior_dates~b",
  GetXComCount: "sm &GetDagRun key task_id previous_iteration@b",
  GetXComSequenceItem: "sm &GetXComCount offset=i",
  GetXComSequenceSlice: "sm &GetXComCount start=?i stop=?i step=?i include_prior_dates~b",
  HITLDetailRequestResult: "t &CreateHITLDetailPayload",
  HITLUser: " id name",
  InactiveAssetsResult: "t inactive_assets~?*<AssetProfile>",
  LazyDeserializedDAG: " data=o last_loaded~?d",
  LiteralArgBinding: "n name kind='literal' value_schema~?o value~j from_default~b",
  LoopContext: "n node_id index=i max_iterations=i terminal_task_id terminal_is_mapped=b",
  LoopDecisionPayload: "xn stop=b reason~",
  MaskSecret: "sm value=j name~",
  OKResponse: "tp ok=b",
  PrevSuccessfulDagRunResult:
    "tp data_interval_start~?d data_interval_end~?d start_date~?d end_date~?d",
  PreviousDagRunResult: "tp dag_run~?<DagRun>",
  PreviousTIResponse:
    " &GetDagRun task_id try_number=i logical_date~?d start_date~?d end_date~?d state~ map_index~?i region_id@?u region_index@?i duration~?n",
  PreviousTIResult: "tp task_instance~?<PreviousTIResponse>",
  PutVariable: "sm key value=?s description=?s",
  RescheduleTask: "sx reschedule_date=d end_date=d state~'up_for_reschedule'",
  ResendLoggingFD: "s",
  RetryTask:
    "sx end_date=d state~'up_for_retry' rendered_map_index~ retry_delay_seconds~?n retry_reason~",
  SentFDs: "t fds=*i",
  SetAssetStateStoreByName: "s name key value=j",
  SetAssetStateStoreByUri: "s uri key value=j",
  SetExecutionTimeout: "sn timeout_seconds=p",
  SetRenderedFields: "s rendered_fields=o",
  SetRenderedMapIndex: "s rendered_map_index",
  SetTaskStateStore: "s ti_id=u key value=j expires_at=?d",
  SetXCom: "s &DeleteXCom value=j dag_result~b mapped_length~?i",
  SkipDownstreamTasks: "sx tasks=*|s:si",
  StartupDetails:
    "t ti=<TaskInstance> dag_rel_path bundle_info=<BundleInfo> start_date=d ti_context=<TIRunContext> sentry_integration",
  SucceedTask:
    "sx end_date=d state~'success' task_outlets~?*<AssetProfile> outlet_events~?*o rendered_map_index~ loop_decision@?<LoopDecisionPayload>",
  TICount: "t count=i",
  TIRunContext:
    " dag_run=<DagRun> max_tries=i loop@?<LoopContext> task_reschedule_count~i first_task_reschedule_start_date@?d variables~*<VariableResponse> connections~*<ConnectionResponse> next_method~ next_kwargs~?|os xcom_keys_to_clear~*s should_retry~b start_date~?d arg_bindings@?*|<XComArgBinding><LiteralArgBinding> multi_team@b",
  TaskBreadcrumbsResult: "t breadcrumbs=*o",
  TaskCallbackRequest:
    "c filepath bundle_name bundle_version=?s ti=<TaskInstance> version_data@?o msg~ task_callback_type~ context_from_server~?<TIRunContext>",
  TaskInstance:
    " &GetDagRun id=u task_id try_number=i dag_version_id=u map_index~i region_id@u region_index@i hostname~ context_carrier~?o queue~s",
  TaskRescheduleStartDate: "t start_date=?d",
  TaskState:
    "s state='failed,skipped,removed' end_date~?d rendered_map_index~ retry_reason@ loop_decision@?<LoopDecisionPayload>",
  TaskStateStoreResult: "tx value=j",
  TaskStatesResult: "tp task_states=o",
  TriggerDagRun:
    "sx &GetDagRun logical_date~?d run_after~?d conf~?o reset_dag_run~?b partition_key~ note~",
  UpdateDagRunNote: "sn ti_id=u note=?s",
  UpdateHITLDetail: "s ti_id=u chosen_options=+s params_input~?o",
  ValidateInletsAndOutlets: "s ti_id=u",
  VariableKeysResult: "tp keys=*s total_entries=i",
  VariableResponse: "x key value=?s",
  VariableResult: "tpx key value=?s",
  XComArgBinding: "n name kind='xcom' task_id value_schema~?o",
  XComCountResponse: "tp len=i",
  XComResult: "tp key value=j",
  XComSequenceIndexResult: "tp root=j",
  XComSequenceSliceResult: "tp root=*j",
};
