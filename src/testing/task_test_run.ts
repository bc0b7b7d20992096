/**
 * The result of a task that a test ran.
 *
 * @module
 */
import type { SupervisedRequest } from "../local/supervisor/conversation.ts";
import type { EndState } from "../local/supervisor/terminal_state.ts";
import type { LogRecord } from "../local/supervisor/log_record.ts";
import type { LogLevel } from "../sdk/logger.ts";
import { secondsOfDuration, timeOf } from "../local/store/time.ts";
import { taskStateScope } from "../local/api/state_answers.ts";
import type { TaskRun } from "../local/supervisor/supervisor.ts";
import type { TerminalRequest } from "../local/supervisor/terminal_state.ts";
import { deserialize } from "../runtime/context/deserialize.ts";
import type { ExecutionObserver } from "../runtime/session.ts";
import type { RequestBody } from "./faults.ts";
import type { World } from "./inputs.ts";

/** A line of the task log. */
export interface LoggedEvent {
  /** The level. */
  readonly level: LogLevel;
  /** The event. */
  readonly event: string;
  /** The name of the logger; `ctx.log` is `task`. */
  readonly logger: string;
  /** The fields of the event, with secrets masked. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An asset event that the task emitted. */
export interface OutletEvent {
  /** The name of the asset. */
  readonly name: string;
  /** The URI of the asset. */
  readonly uri: string;
  /** The extra of the event; empty by default. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** The alias through which it was emitted. */
  readonly alias?: string;
}

/** A retry that the task requested. */
export interface RequestedRetry {
  /** Seconds until the next try; null for the task's `retry_delay`. */
  readonly after: number | null;
  /** The reason. */
  readonly reason: string | null;
}

/** The trigger of a deferred task. */
export interface Deferral {
  /** The Python class of the trigger. */
  readonly classpath: string;
  /** The arguments of the trigger. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The name of the continuation. */
  readonly resume: string;
  /** The longest wait in seconds; null without a limit. */
  readonly timeout: number | null;
}

/** The question that a task asked. */
export interface AskedQuestion {
  /** The subject. */
  readonly subject: string;
  /** The options to choose from. */
  readonly options: readonly string[];
  /** The options to take when the timeout passes; null without defaults. */
  readonly defaults: readonly string[] | null;
  /** The name of the continuation. */
  readonly resume: string;
}

/** The result of a run, as plain data. */
export interface TaskTestRun<Result = unknown> {
  /** The state of the task in Airflow after the run. */
  readonly state: EndState;
  /** The value that the handler returned, unchanged; undefined if it did not return. */
  readonly returnValue: Result | undefined;
  /** The XComs that the task pushed, by key, as another task pulls them. */
  readonly xcoms: Readonly<Record<string, unknown>>;
  /** The task log. */
  readonly logs: readonly LoggedEvent[];
  /** All requests in order, as Airflow receives them; the last one is the terminal message. */
  readonly requests: readonly RequestBody[];
  /** The asset events that it emitted. */
  readonly outletEvents: readonly OutletEvent[];
  /** The ids of the tasks that it skips; with the map index for a mapped one. */
  readonly skipped: readonly (string | readonly [string, number])[];
  /** The variables after the run. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** The values of `ctx.state` after the run. */
  readonly taskState: Readonly<Record<string, unknown>>;
  /** The error of a failed task, the same object that was thrown. */
  readonly error?: unknown;
  /** The requested retry, in state `up_for_retry`. */
  readonly retry?: RequestedRetry;
  /** The time of the next run, in state `up_for_reschedule`. */
  readonly rescheduledTo?: Temporal.Instant;
  /** The trigger, in state `deferred`. */
  readonly deferral?: Deferral;
  /** The question, in state `awaiting_input`. */
  readonly question?: AskedQuestion;
}

/** The result or error of a handler, unchanged. */
export interface HandlerOutcome<Result> {
  /** The value that it returned. */
  readonly value: Result | undefined;
  /** The error that it threw; undefined without one. */
  readonly error: unknown;
}

/** Makes an observer for one run, which keeps the result or error of the handler. */
export function handlerWatch<Result>(): {
  readonly observer: ExecutionObserver;
  outcome(): HandlerOutcome<Result>;
} {
  let seen: HandlerOutcome<Result> = { value: undefined, error: undefined };
  return {
    observer: {
      // The continuation of a handler of this type may have returned it.
      returned: (value: Result) => seen = { value, error: undefined },
      threw: (error) => seen = { value: undefined, error },
    },
    outcome: () => seen,
  };
}

/** Makes the result of a run. */
export function testRunOf<Result>(
  run: TaskRun,
  outcome: HandlerOutcome<Result>,
  world: World,
  task: { readonly dagId: string; readonly taskId: string; readonly mapIndex: number },
): TaskTestRun<Result> {
  const { store, runId } = world;
  const { terminal, state } = run;
  const hasFailed = state === "failed" || state === "up_for_retry";
  const scope = taskStateScope(task.dagId, runId, task.taskId, task.mapIndex);
  return {
    state,
    returnValue: outcome.value,
    xcoms: Object.fromEntries(
      store.xcomsOfTask(task.dagId, runId, task.taskId)
        .filter(({ mapIndex }) => mapIndex === task.mapIndex)
        .map(({ key, value }) => [key, deserialize(value)]),
    ),
    logs: run.log.map(loggedEvent),
    requests: run.requests.flatMap(({ body }) => body === null ? [] : [body]),
    outletEvents: terminal?.type === "SucceedTask" ? outletEvents(terminal) : [],
    skipped: run.requests.flatMap(skippedTasks),
    variables: Object.fromEntries(
      store.variableKeys("").map((key) => [key, store.variable(key) ?? null]),
    ),
    taskState: Object.fromEntries(
      store.stateValues(scope).map(({ key, value }) => [key, deserialize(value)]),
    ),
    ...(hasFailed ? { error: outcome.error ?? new Error(run.reason) } : {}),
    ...waitOf(terminal, run),
  };
}

function loggedEvent(record: LogRecord): LoggedEvent {
  const { level, event, logger, fields } = record;
  return { level, event, logger, fields };
}

function skippedTasks({ type, body }: SupervisedRequest): (string | readonly [string, number])[] {
  const tasks = body?.["tasks"];
  if (type !== "SkipDownstreamTasks" || !Array.isArray(tasks)) return [];
  return tasks;
}

function outletEvents(
  { task_outlets, outlet_events }: Extract<TerminalRequest, { type: "SucceedTask" }>,
): OutletEvent[] {
  const given = (outlet_events ?? []).map((event): OutletEvent => {
    const { name, uri } = Object(event["dest_asset_key"]);
    const { extra, source_alias_name: alias } = event;
    return {
      name,
      uri,
      extra: Object(extra),
      ...(typeof alias === "string" ? { alias } : {}),
    };
  });
  const silent = (task_outlets ?? []).flatMap((outlet): OutletEvent[] => {
    if (outlet.type !== "Asset") return [];
    const [name, uri] = [outlet.name ?? "", outlet.uri ?? ""];
    const isGiven = given.some((event) => event.name === name && event.alias === undefined);
    return isGiven ? [] : [{ name, uri, extra: {} }];
  });
  return [...given, ...silent];
}

type Wait = Pick<TaskTestRun, "retry" | "rescheduledTo" | "deferral" | "question">;

function waitOf(terminal: TerminalRequest | null, run: TaskRun): Wait {
  switch (terminal?.type) {
    case "RetryTask":
      return { retry: { after: run.retryDelaySeconds, reason: terminal.retry_reason ?? null } };
    case "RescheduleTask": {
      const date = timeOf(terminal.reschedule_date);
      return date === null ? {} : { rescheduledTo: date };
    }
    case "DeferTask":
      return {
        deferral: {
          classpath: terminal.classpath,
          kwargs: Object(deserializeAll(terminal.trigger_kwargs)),
          resume: terminal.next_method,
          timeout: secondsOfDuration(terminal.trigger_timeout),
        },
      };
    case "AwaitInputTask":
      return questionOf(run.requests, terminal.next_method);
    default:
      return {};
  }
}

function questionOf(requests: readonly SupervisedRequest[], resume: string): Wait {
  const asked = requests.findLast(({ type }) => type === "CreateHITLDetailPayload")?.body;
  if (asked === null || asked === undefined) return {};
  const { subject, options, defaults } = Object(asked);
  return { question: { subject, options, defaults: defaults ?? null, resume } };
}

function deserializeAll(kwargs: unknown): unknown {
  if (typeof kwargs !== "object" || kwargs === null) return {};
  return Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [key, deserialize(value)]),
  );
}
