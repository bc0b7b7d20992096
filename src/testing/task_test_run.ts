/**
 * What became of a task that a test has run.
 *
 * @module
 */
import type { SupervisedRequest } from "../local/supervisor/conversation.ts";
import type { EndState } from "../local/supervisor/terminal_state.ts";
import type { LogRecord } from "../local/supervisor/log_record.ts";
import type { LogLevel } from "../sdk/logger.ts";
import { momentOf, secondsOfDuration } from "../local/store/moment.ts";
import { taskStateScope } from "../local/api/state_answers.ts";
import type { TaskRun } from "../local/supervisor/supervisor.ts";
import type { TerminalRequest } from "../local/supervisor/terminal_state.ts";
import { deserialize } from "../runtime/context/deserialize.ts";
import type { RequestBody } from "./faults.ts";
import type { World } from "./inputs.ts";

/** A line of the task log. */
export interface LoggedEvent {
  /** How grave it is: debug, info, warning, error or critical. */
  readonly level: LogLevel;
  /** What was said. */
  readonly event: string;
  /** Which logger said it; `task` is the author's. */
  readonly logger: string;
  /** The values beside it, with secrets masked. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An asset event that Airflow is told of. */
export interface OutletEvent {
  /** The asset's name. */
  readonly name: string;
  /** The asset's URI. */
  readonly uri: string;
  /** What was said with it; empty when nothing. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** The alias that it came through. */
  readonly alias?: string;
}

/** How a task asks for its next try. */
export interface RetryAsked {
  /** Seconds until then; null for the task's own `retry_delay`. */
  readonly after: number | null;
  /** Why. */
  readonly reason: string | null;
}

/** What a deferred task waits for. */
export interface Deferral {
  /** The Python class of the trigger. */
  readonly classpath: string;
  /** What the trigger is made with. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The continuation that goes on. */
  readonly resume: string;
  /** Seconds to wait at most; null for no end. */
  readonly timeout: number | null;
}

/** What a task has asked somebody. */
export interface AskedQuestion {
  /** The subject. */
  readonly subject: string;
  /** The options to choose from. */
  readonly options: readonly string[];
  /** What is taken when nobody answers; null for nothing. */
  readonly defaults: readonly string[] | null;
  /** The continuation that goes on. */
  readonly resume: string;
}

/** What became of a task: plain data, to compare. */
export interface TaskTestRun<Result = unknown> {
  /** The state that Airflow would show. */
  readonly state: EndState;
  /** What the handler returned, as it returned it; undefined when it did not. */
  readonly returnValue: Result | undefined;
  /** The XComs that the task has pushed, by key, as another task would read them. */
  readonly xcoms: Readonly<Record<string, unknown>>;
  /** The task log. */
  readonly logs: readonly LoggedEvent[];
  /** All requests in their order, the one that ended the task last, as Airflow gets them. */
  readonly requests: readonly RequestBody[];
  /** The asset events that Airflow is told of. */
  readonly outletEvents: readonly OutletEvent[];
  /** The ids of the tasks that are skipped; a mapped one with its index. */
  readonly skipped: readonly (string | readonly [string, number])[];
  /** The variables after the run. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** What `ctx.state` holds after the run. */
  readonly taskState: Readonly<Record<string, unknown>>;
  /** What the task failed with, the very object that was thrown. */
  readonly error?: unknown;
  /** What it asked for, when its state is `up_for_retry`. */
  readonly retry?: RetryAsked;
  /** When it is to run again, when its state is `up_for_reschedule`. */
  readonly rescheduledTo?: Temporal.Instant;
  /** What it waits for, when its state is `deferred`. */
  readonly deferral?: Deferral;
  /** What it has asked, when its state is `awaiting_input`. */
  readonly question?: AskedQuestion;
}

/** What the handler left, value and error as they are. */
export interface Left<Result> {
  /** What it returned. */
  readonly value: Result | undefined;
  /** What was thrown; undefined when nothing was. */
  readonly error: unknown;
}

/** Puts together what became of a run. */
export function testRunOf<Result>(
  run: TaskRun,
  left: Left<Result>,
  world: World,
  task: { readonly dagId: string; readonly taskId: string; readonly mapIndex: number },
): TaskTestRun<Result> {
  const { store, runId } = world;
  const { terminal, state } = run;
  const hasFailed = state === "failed" || state === "up_for_retry";
  const scope = taskStateScope(task.dagId, runId, task.taskId, task.mapIndex);
  return {
    state,
    returnValue: left.value,
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
    ...(hasFailed ? { error: left.error ?? new Error(run.reason) } : {}),
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
      const date = momentOf(terminal.reschedule_date);
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
