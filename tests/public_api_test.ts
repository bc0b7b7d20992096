import { assertEquals } from "@std/assert";
import * as api from "../mod.ts";
import * as kit from "../src/testing/mod.ts";

/** What authors can import, by kind: a change of it is a decision, and belongs in CHANGELOG.md. */
const VALUES = [
  "class AwaitInput",
  "class Bundle",
  "class DeferTask",
  "class FailTask",
  "class RescheduleTask",
  "class RetryTask",
  "class SkipTask",
  "class TaskEnding",
  "class TaskHandler",
  "class TaskLogHandler",
  "class TaskRuntimeError",
  "class Trigger",
  "function answered",
  "function approve",
  "function ask",
  "function branch",
  "function dateTimeTrigger",
  "function defer",
  "function externalTaskTrigger",
  "function fileTrigger",
  "function getContext",
  "function poke",
  "function timeDeltaTrigger",
  "string VERSION",
];

const TYPES = [
  "AliasOutlets",
  "Answer",
  "Approval",
  "ApprovalOption",
  "ApprovalQuestion",
  "ApproveOptions",
  "Asset",
  "AssetAliasHandle",
  "AssetEvent",
  "AssetEventDagRun",
  "AssetEventOptions",
  "AssetEventSource",
  "AssetHandle",
  "AssetRef",
  "AssetStateStore",
  "Assets",
  "AwaitInputOptions",
  "BranchChoice",
  "BranchOptions",
  "BundleOptions",
  "CheckedResultOptions",
  "Connection",
  "Connections",
  "ConsumedAssetEvent",
  "Continuation",
  "Continuations",
  "Dag",
  "DagRun",
  "DagRunFilter",
  "DagRuns",
  "DeferOptions",
  "DeferTaskOptions",
  "ErrorCode",
  "ExternalTaskEvent",
  "ExternalTaskTriggerOptions",
  "FileTriggerOptions",
  "Handler",
  "JsonObject",
  "JsonSchemaConverter",
  "JsonValue",
  "LogFields",
  "Logger",
  "Moment",
  "OutletAsset",
  "OutletExtra",
  "OutletOptions",
  "Outlets",
  "PermissionList",
  "Permissions",
  "PokeOptions",
  "PokeResult",
  "PreviousDagRunOptions",
  "PreviousTaskInstance",
  "PreviousTaskInstanceOptions",
  "Question",
  "QuestionParam",
  "QuestionSource",
  "QuestionUser",
  "ResumableHandler",
  "RetryAfter",
  "RetryDecision",
  "RetryPolicy",
  "RetryTaskOptions",
  "SchemaIssue",
  "SchemaPathStep",
  "SchemaResult",
  "ServeOptions",
  "SkippedTask",
  "StandardSchema",
  "StandardSchemaProperties",
  "StateGetOptions",
  "StateSetOptions",
  "SuccessfulDagRun",
  "TaskArgs",
  "TaskBreadcrumb",
  "TaskContext",
  "TaskHandlerOptions",
  "TaskInstance",
  "TaskInstanceCountFilter",
  "TaskInstanceFilter",
  "TaskInstanceState",
  "TaskInstances",
  "TaskRuntimeErrorOptions",
  "TaskStateStore",
  "TaskStates",
  "TriggerOptions",
  "TriggerSource",
  "TriggeredDagRun",
  "VariableGetOptions",
  "VariableKeysOptions",
  "VariableSetOptions",
  "Variables",
  "WaitOptions",
  "XComAddress",
  "XComDeleteOptions",
  "XComGetOptions",
  "XComItemOptions",
  "XComSequenceOptions",
  "XComSliceOptions",
  "XComWriteOptions",
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
  "RetryAsked",
  "RunTaskOptions",
  "RunUntilDoneOptions",
  "SchemaDate",
  "TaskHistory",
  "TaskTestRun",
  "WorldInputs",
];

/** The names that a door exports, which is a list written by hand. */
async function exportedNames(door: string): Promise<{ types: string[]; values: string[] }> {
  const text = await Deno.readTextFile(new URL(`../${door}`, import.meta.url));
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

async function checkDoor(
  door: string,
  module: object,
  expected: { readonly values: readonly string[]; readonly types: readonly string[] },
): Promise<void> {
  const found = Object.entries(module).map(([name, value]) => `${kindOf(value)} ${name}`);
  assertEquals(found.toSorted(), expected.values.toSorted());
  const { types, values } = await exportedNames(door);
  assertEquals(types.toSorted(), expected.types.toSorted());
  assertEquals(values.toSorted(), Object.keys(module).toSorted(), "the list is read whole");
}

Deno.test("mod.ts exports these values and types, and nothing else", async () => {
  await checkDoor("mod.ts", api, { values: VALUES, types: TYPES });
});

Deno.test("./testing exports these values and types, and nothing else", async () => {
  await checkDoor("src/testing/mod.ts", kit, { values: KIT_VALUES, types: KIT_TYPES });
});
