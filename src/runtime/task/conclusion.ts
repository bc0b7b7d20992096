/**
 * What left the handler, as the frame that ends the task and a line of the log that says why.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { AwaitInputTask, DeferTask, StartupDetails } from "../../protocol/generated.ts";
import type { JsonObject, JsonValue } from "../../protocol/value.ts";
import {
  DeferTask as DeferEnding,
  FailTask,
  RescheduleTask as RescheduleEnding,
  RetryTask as RetryEnding,
  SkipTask,
  type TaskEnding,
} from "../../sdk/ending.ts";
import { PokeAgain } from "../../sdk/poke.ts";
import { AwaitInput, type Question } from "../../sdk/question.ts";
import type { LogFields } from "../../sdk/logger.ts";
import {
  failed,
  failedForGood,
  type FailureDetails,
  rescheduled,
  skipped,
  type TerminalMessage,
} from "./terminal_message.ts";
import type { Requester } from "../requester.ts";
import { pokeAgain } from "./terminal_state.ts";
import { serialize } from "../context/serialize.ts";
import type { TaskLogger } from "../logging/task_logger.ts";

/** What a failure is concluded with. */
export interface Conclusion {
  /** What the supervisor said at the start. */
  readonly startup: StartupDetails;
  /** Sends requests to the supervisor. */
  readonly requester: Requester;
  /** Writes to the task log. */
  readonly log: TaskLogger;
}

/** What an ending is concluded with. */
export interface EndingConclusion extends Conclusion {
  /** The names of the continuations in which the task can go on. */
  readonly continuations: readonly string[];
  /** Is told what the task ends with, where it is not what was thrown. */
  readonly observer?: { threw(error: unknown): void } | undefined;
}

/**
 * The frame for a state that the task put itself in.
 *
 * @throws what the wait could not be arranged with: a TaskRuntimeError, which is then a failure of
 * the task as any other
 */
export async function conclude(
  ending: TaskEnding,
  conclusion: EndingConclusion,
): Promise<TerminalMessage> {
  const { startup, log, requester, continuations } = conclusion;
  if (ending instanceof PokeAgain) {
    const next = await pokeAgain(ending, startup, requester);
    if (!(next instanceof RescheduleEnding)) {
      conclusion.observer?.threw(next);
      return await conclude(next, conclusion);
    }
    return reschedule(next, log);
  }
  if (ending instanceof RescheduleEnding) return reschedule(ending, log);
  if (ending instanceof DeferEnding || ending instanceof AwaitInput) {
    checkContinuation(ending.resume, continuations);
    return ending instanceof AwaitInput
      ? await awaiting(ending, conclusion)
      : deferred(ending, log);
  }
  if (ending instanceof SkipTask) {
    log.with(reasonField(ending)).info("Task skipped", causeIn(ending));
    return skipped();
  }
  if (ending instanceof RetryEnding) return retried(ending, startup, log);
  // FailTask, and what an author may derive from TaskEnding: a failure that asks for no retry.
  log.error("Task failed, not to be retried", ending);
  return failedForGood(startup, ending instanceof FailTask ? ending.reason : null);
}

/** The frame for an error: the next try while there is one, else failed. */
export function concludeFailure(
  error: unknown,
  { startup, log }: Conclusion,
  details: FailureDetails = {},
): TerminalMessage {
  const outcome = failed(startup, error, details);
  const event = outcome.type === "RetryTask" ? "Task failed, to be retried" : "Task failed";
  log.with(retryFields(outcome)).error(event, shown(error));
  return outcome;
}

function retried(
  ending: RetryEnding,
  startup: StartupDetails,
  log: TaskLogger,
): TerminalMessage {
  const { reason, after, cause } = ending;
  const outcome = failed(startup, cause ?? ending, { reason, after });
  if (outcome.type === "RetryTask") {
    log.with({ ...reasonField(ending), ...retryFields(outcome) })
      .warn("Task to be retried", causeIn(ending));
  } else log.error("Task failed: it asked for a retry, and has none left", ending);
  return outcome;
}

function retryFields(outcome: TerminalMessage): LogFields {
  if (outcome.type !== "RetryTask" || outcome.retry_delay_seconds === undefined) return {};
  return { retry_delay_seconds: outcome.retry_delay_seconds };
}

function reschedule(ending: RescheduleEnding, log: TaskLogger): TerminalMessage {
  log.with({ reschedule_date: ending.date.toString(), ...reasonField(ending) })
    .info("Task rescheduled", causeIn(ending));
  return rescheduled(ending.date);
}

/** Found out now, not when the wait is over. */
function checkContinuation(name: string, continuations: readonly string[]): void {
  if (continuations.includes(name)) return;
  const has = continuations.map((known) => `"${known}"`).join(", ") || "none";
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot wait and then resume in "${name}": the handler's continuations are ${has}`,
  );
}

function deferred(ending: DeferEnding, log: TaskLogger): DeferTask {
  const { trigger, resume, timeout, kwargs, queue } = ending;
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

async function awaiting(
  ending: AwaitInput,
  { startup, requester, log }: Conclusion,
): Promise<AwaitInputTask> {
  const { question, resume, kwargs } = ending;
  const next_kwargs = serializeKwargs(kwargs);
  const { subject, body, options, defaults, multiple, assignedUsers, timeout } = question;
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
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** Airflow takes an object with these three keys for a param, and any other for its value. */
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

function reasonField({ reason }: TaskEnding): LogFields {
  return reason === null ? {} : { reason };
}

function causeIn({ cause }: TaskEnding): LogFields | Error {
  return cause === undefined ? {} : shown(cause);
}

/** What was thrown, for the log: an error with its stack, anything else as a field, even nothing. */
export function shown(thrown: unknown): LogFields | Error {
  return Error.isError(thrown) ? thrown : { error: thrown === undefined ? "undefined" : thrown };
}
