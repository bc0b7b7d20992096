/**
 * The terminal states that a task enters by throwing: each becomes a terminal message.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { AwaitInputTask, DeferTask, StartupDetails } from "../../protocol/generated.ts";
import type { JsonObject, JsonValue } from "../../protocol/value.ts";
import {
  DeferTask as DeferState,
  FailTask,
  RescheduleTask as RescheduleState,
  RetryTask as RetryState,
  SkipTask,
  type TerminalState,
} from "../../sdk/terminal_state.ts";
import type { LogFields } from "../../sdk/logger.ts";
import { nextInterval, PokeAgain, timedOut } from "../../sdk/sensor.ts";
import { AwaitInput, type Question } from "../../sdk/question.ts";
import { serialize } from "../context/serialize.ts";
import type { TaskLogger } from "../logging/task_logger.ts";
import type { Requester } from "../requester.ts";
import { shown } from "./failure.ts";
import { retryOrFail } from "./retry_decision.ts";
import type { RunningTask } from "./running_task.ts";
import { failed, rescheduled, skipped, type TerminalMessage } from "./terminal_message.ts";

/**
 * Returns the message of the state that a task entered, and logs it.
 *
 * @throws {TaskRuntimeError} when the handler has no such continuation, or a request fails
 */
export async function messageOfState(
  state: TerminalState,
  task: RunningTask,
  continuations: readonly string[],
): Promise<TerminalMessage> {
  const { startup, log, requester } = task;
  if (state instanceof PokeAgain) {
    const next = await stateAfterPoke(state, startup, requester);
    if (!(next instanceof RescheduleState)) task.observer?.threw(next);
    return await messageOfState(next, task, continuations);
  }
  if (state instanceof RescheduleState) return reschedule(state, log);
  if (state instanceof DeferState || state instanceof AwaitInput) {
    checkContinuation(state.resume, continuations);
    return state instanceof AwaitInput ? await awaitInput(state, task) : deferred(state, log);
  }
  if (state instanceof SkipTask) {
    log.with(reasonField(state)).info("Task skipped", causeIn(state));
    return skipped();
  }
  if (state instanceof RetryState) return retry(state, startup, log);
  // FailTask, or a class that an author derived from TerminalState.
  log.error("Task failed, not to be retried", state);
  return failed(startup, state instanceof FailTask ? state.reason : null);
}

function retry(state: RetryState, startup: StartupDetails, log: TaskLogger): TerminalMessage {
  const { reason, after, cause } = state;
  const message = retryOrFail(startup, cause ?? state, { reason, after });
  if (message.type === "RetryTask") {
    log.with({ ...reasonField(state), ...delayFields(message) })
      .warn("Task to be retried", causeIn(state));
  } else log.error("Task failed: it requested a retry and has none left", state);
  return message;
}

function reschedule(state: RescheduleState, log: TaskLogger): TerminalMessage {
  log.with({ reschedule_date: state.date.toString(), ...reasonField(state) })
    .info("Task rescheduled", causeIn(state));
  return rescheduled(state.date);
}

/** Chooses the state of a sensor whose condition is not met, by its number of pokes and its time. */
async function stateAfterPoke(
  { rule }: PokeAgain,
  startup: StartupDetails,
  requester: Requester,
): Promise<RescheduleState | SkipTask | FailTask> {
  const first = await firstStart(startup, requester);
  const now = Temporal.Now.instant();
  const elapsed = Math.max(0, now.since(first).total("seconds"));
  if (elapsed > rule.timeout) return timedOut(rule, elapsed);
  const pokes = (startup.ti_context.task_reschedule_count ?? 0) + 1;
  const nanoseconds = Math.round(nextInterval(rule, pokes, elapsed) * 1e9);
  return new RescheduleState(now.add({ nanoseconds }), "not yet");
}

/**
 * Returns the time at which this try first ran. The newer schema version sends it at the start; with
 * the older one Airflow is asked, unless the task was never rescheduled.
 */
async function firstStart(
  { ti, ti_context, start_date }: StartupDetails,
  requester: Requester,
): Promise<Temporal.Instant> {
  if ((ti_context.task_reschedule_count ?? 0) === 0) return start_date;
  const sent = ti_context.first_task_reschedule_start_date;
  if (sent !== null && sent !== undefined) return sent;
  const reply = await requester.request({
    type: "GetTaskRescheduleStartDate",
    ti_id: ti.id,
    try_number: ti.try_number,
  });
  return reply.start_date ?? start_date;
}

/** Checks the name now: when the wait is over it would be too late. */
function checkContinuation(name: string, continuations: readonly string[]): void {
  if (continuations.includes(name)) return;
  const has = continuations.map((known) => `"${known}"`).join(", ") || "none";
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot wait and then resume in "${name}": the handler's continuations are ${has}`,
  );
}

function deferred(state: DeferState, log: TaskLogger): DeferTask {
  const { trigger, resume, timeout, kwargs, queue } = state;
  const message = {
    type: "DeferTask",
    state: "deferred",
    classpath: trigger.classpath,
    trigger_kwargs: serializeKwargs(trigger.kwargs),
    next_method: resume,
    next_kwargs: serializeKwargs(kwargs),
    ...(timeout === null ? {} : { trigger_timeout: timeout }),
    ...(queue === null ? {} : { queue }),
  } as const satisfies DeferTask;
  log.info("Task deferred", { trigger: trigger.classpath, continuation: resume });
  return message;
}

async function awaitInput(
  state: AwaitInput,
  { startup, requester, log }: RunningTask,
): Promise<AwaitInputTask> {
  const { question, resume, kwargs, timeout } = state;
  const next_kwargs = serializeKwargs(kwargs);
  const { subject, body, options, defaults, multiple, assignedUsers } = question;
  await requester.request({
    type: "CreateHITLDetailPayload",
    ti_id: startup.ti.id,
    subject,
    body: body ?? null,
    options,
    defaults: defaults ?? null,
    multiple: multiple ?? false,
    // Airflow refuses null for these two.
    params: paramsOf(question),
    assigned_users: (assignedUsers ?? []).map(({ id, name }) => ({ id, name })),
  });
  log.info("Task waits for an answer", { subject, options, continuation: resume });
  return {
    type: "AwaitInputTask",
    state: "awaiting_input",
    next_method: resume,
    next_kwargs,
    ...(timeout === null ? {} : { timeout }),
  };
}

/** Airflow reads an object with these three keys as a param, and any other as its value. */
function paramsOf({ params = {} }: Question): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([name, { value, description, schema }]) => [name, {
      value: value ?? null,
      description: description ?? null,
      schema: schema ?? {},
    }]),
  );
}

function serializeKwargs(kwargs: Readonly<Record<string, unknown>>): JsonObject {
  const entries = Object.entries(kwargs).map(([key, value]): [string, JsonValue] => [
    key,
    serialize(value),
  ]);
  return Object.fromEntries(entries);
}

function reasonField({ reason }: TerminalState): LogFields {
  return reason === null ? {} : { reason };
}

function causeIn({ cause }: TerminalState): LogFields | Error {
  return cause === undefined ? {} : shown(cause);
}

/** Returns the log fields of a retry whose delay the author chose. */
export function delayFields(message: TerminalMessage): LogFields {
  if (message.type !== "RetryTask" || message.retry_delay_seconds === undefined) return {};
  return { retry_delay_seconds: message.retry_delay_seconds };
}
