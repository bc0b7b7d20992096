import { assertEquals } from "@std/assert";
import * as api from "../mod.ts";
import * as objectStore from "../src/object_store/mod.ts";
import * as kit from "../src/testing/mod.ts";

/** The exports by kind. A change of the public API is a decision, which CHANGELOG.md lists. */
const VALUES = [
  "class Asset",
  "class AssetAlias",
  "class AwaitInput",
  "class Bundle",
  "class Dag",
  "class DeferTask",
  "class FailTask",
  "class RescheduleTask",
  "class RetryTask",
  "class SkipTask",
  "class TaskHandler",
  "class TaskLogHandler",
  "class TaskRuntimeError",
  "class TerminalState",
  "class Trigger",
  "function allOf",
  "function answered",
  "function anyOf",
  "function approve",
  "function ask",
  "function branch",
  "function concat",
  "function dateTimeTrigger",
  "function defer",
  "function externalTaskTrigger",
  "function fileTrigger",
  "function getContext",
  "function handlersFor",
  "function sensor",
  "function timeDeltaTrigger",
  "function zip",
  "string VERSION",
];

const TYPES = [
  "AliasOutlets",
  "Answer",
  "Approval",
  "ApprovalOption",
  "ApprovalQuestion",
  "ApproveOptions",
  "AssetAliasHandle",
  "AssetAll",
  "AssetAny",
  "AssetCondition",
  "AssetDetails",
  "AssetEvent",
  "AssetEventDagRun",
  "AssetEventOptions",
  "AssetEventSource",
  "AssetHandle",
  "AssetOptions",
  "AssetOrTimeTimetable",
  "AssetRef",
  "AssetReference",
  "AssetStateStore",
  "AssetWatcher",
  "Assets",
  "AwaitInputOptions",
  "BranchChoice",
  "BranchOptions",
  "BundleOptions",
  "CheckedResultOptions",
  "CallOf",
  "CaseChain",
  "Connection",
  "ConnectionGetOptions",
  "Connections",
  "Continuation",
  "Continuations",
  "CronIntervalTimetable",
  "CronPreset",
  "CronTimetable",
  "DagDetails",
  "DagLoader",
  "DagLoaderContext",
  "DagNode",
  "DagOptions",
  "DagRun",
  "DagRunFilter",
  "DagRunType",
  "DagRuns",
  "DagTaskContext",
  "DagTaskHandler",
  "Dags",
  "DeadlineAlert",
  "DeadlineCallback",
  "DeadlineReference",
  "DeferOptions",
  "DeferTaskOptions",
  "DeltaIntervalTimetable",
  "DeltaTimetable",
  "Duration",
  "DurationParts",
  "EdgeOptions",
  "ElseChain",
  "ErrorCode",
  "EventsTimetable",
  "ExternalTaskEvent",
  "ExternalTaskSensorOptions",
  "ExternalTaskTriggerOptions",
  "FileTriggerOptions",
  "GroupItems",
  "Handler",
  "IfChain",
  "Input",
  "Inputs",
  "ItemOf",
  "ItemsOf",
  "JsonObject",
  "JsonSchemaConverter",
  "JsonValue",
  "ListRef",
  "LogFields",
  "Logger",
  "MapSource",
  "MapSources",
  "Mappable",
  "MultipleCronTimetable",
  "NamedTimetable",
  "NewAsset",
  "NoArgs",
  "OutletExtra",
  "OutletOptions",
  "Outlets",
  "PermissionList",
  "Permissions",
  "ParamDefinitions",
  "ParamSchema",
  "ParamType",
  "ParamTypes",
  "ParamValue",
  "ParamValues",
  "PokeResult",
  "PreviousDagRunOptions",
  "PreviousTaskInstance",
  "PreviousTaskInstanceOptions",
  "Question",
  "QuestionParam",
  "QuestionSource",
  "QuestionUser",
  "Registered",
  "ResumableHandler",
  "ResumedTask",
  "RetryAfter",
  "RetryDecision",
  "RetryPolicy",
  "RetryTaskOptions",
  "SchemaIssue",
  "SchemaPathStep",
  "SchemaResult",
  "Schedule",
  "SensorOptions",
  "ServeOptions",
  "ShortCircuitOptions",
  "SkippedTask",
  "StandardSchema",
  "StandardSchemaProperties",
  "StateGetOptions",
  "StateSetOptions",
  "SuccessfulDagRun",
  "TaskArgs",
  "TaskBreadcrumb",
  "TaskContext",
  "TaskFactory",
  "TaskGroup",
  "TaskGroupOptions",
  "TaskHandlerFactory",
  "TaskHandlerOptions",
  "TaskInstance",
  "TaskInstanceCountFilter",
  "TaskInstanceFilter",
  "TaskInstanceState",
  "TaskInstances",
  "TaskMaker",
  "TaskOptions",
  "TaskRef",
  "TaskRuntimeErrorOptions",
  "TaskStateStore",
  "TaskStates",
  "TeardownOptions",
  "Timestamp",
  "Timetable",
  "TriggerDagRunOptions",
  "TriggerOptions",
  "TriggerRule",
  "TriggerSource",
  "TriggeredDagRun",
  "TriggeringAssetEvent",
  "UncheckedResultOptions",
  "ValueRef",
  "VariableGetOptions",
  "VariableKeysOptions",
  "VariableSetOptions",
  "Variables",
  "WaitOptions",
  "WeightRule",
  "XComAddress",
  "XComDefault",
  "XComDeleteOptions",
  "XComPullOptions",
  "XComSequenceOptions",
  "XComSliceOptions",
  "XComPushOptions",
  "XComs",
];

function kindOf(value: unknown): string {
  const isClass = typeof value === "function" && /^class\b/.test(String(value));
  return isClass ? "class" : typeof value;
}

/** What authors' tests can import. */
const KIT_VALUES = ["class FakeClock", "function runTask", "function runUntilDone"];

const KIT_TYPES = [
  "AnswerInput",
  "AskedQuestion",
  "AssetInput",
  "ConnectionInput",
  "Deferral",
  "EndState",
  "FakeClockOptions",
  "Fault",
  "FaultReply",
  "LogLevel",
  "LoggedEvent",
  "OutletEvent",
  "RequestBody",
  "ResumeInput",
  "RequestedRetry",
  "RunTaskOptions",
  "RunUntilDoneOptions",
  "SchemaVersion",
  "TaskHistory",
  "TaskTestRun",
  "WorldInputs",
];

/** The exports for files and objects. */
const OBJECT_STORE_VALUES = ["class ObjectStoragePath"];

const OBJECT_STORE_TYPES = [
  "CopyOptions",
  "DeleteOptions",
  "ListOptions",
  "ObjectEntry",
  "ObjectOptions",
  "ObjectStat",
  "ObjectStoragePathOptions",
  "Protocol",
  "ReadOptions",
];

/** Reads the names that an entry point exports by a handwritten list. */
async function exportedNames(entryPoint: string): Promise<{ types: string[]; values: string[] }> {
  const text = await Deno.readTextFile(new URL(`../${entryPoint}`, import.meta.url));
  const code = text.replaceAll(/\/\*[^]*?\*\//g, "");
  const names = { types: new Array<string>(), values: new Array<string>() };
  for (const [statement, type, list = ""] of code.matchAll(/export (type )?\{([^}]*)\}/g)) {
    assertEquals(statement.includes(" as "), false, "a thing has one name");
    for (const entry of list.split(",").map((word) => word.trim()).filter((word) => word !== "")) {
      const isType = type !== undefined || entry.startsWith("type ");
      names[isType ? "types" : "values"].push(entry.replace(/^type /, ""));
    }
  }
  return names;
}

async function checkEntryPoint(
  entryPoint: string,
  module: object,
  expected: { readonly values: readonly string[]; readonly types: readonly string[] },
): Promise<void> {
  const found = Object.entries(module).map(([name, value]) => `${kindOf(value)} ${name}`);
  assertEquals(found.toSorted(), expected.values.toSorted());
  const { types, values } = await exportedNames(entryPoint);
  assertEquals(types.toSorted(), expected.types.toSorted());
  assertEquals(values.toSorted(), Object.keys(module).toSorted(), "the list is read whole");
}

Deno.test("mod.ts: exports exactly these values and types", async () => {
  await checkEntryPoint("mod.ts", api, { values: VALUES, types: TYPES });
});

Deno.test("./testing: exports exactly these values and types", async () => {
  await checkEntryPoint("src/testing/mod.ts", kit, { values: KIT_VALUES, types: KIT_TYPES });
});

Deno.test("./object-store: exports exactly these values and types", async () => {
  await checkEntryPoint("src/object_store/mod.ts", objectStore, {
    values: OBJECT_STORE_VALUES,
    types: OBJECT_STORE_TYPES,
  });
});
