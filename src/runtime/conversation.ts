/**
 * The conversation with the supervisor: one task or one Dag file, from the first frame to the last.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type {
  DagFileParseRequest,
  RetryTask,
  StartupDetails,
  TaskState,
} from "../protocol/generated.ts";
import { parseFirst } from "../protocol/message.ts";
import type { TaskHandlerParseRequest } from "../protocol/task_handlers.ts";
import { Client, type ClientOptions } from "../supervisor/client.ts";
import { Connection } from "../supervisor/connection.ts";
import { LogChannel, type LogChannelOptions } from "../supervisor/log_channel.ts";
import { LogLevelFilter } from "../supervisor/log_level.ts";
import type { Transport } from "../supervisor/transport.ts";
import { shown } from "./task/conclusion.ts";
import type { Contents } from "./dag/contents.ts";
import { dagLoaderContext } from "./dag/dag_loader.ts";
import { denialOf } from "./task/permission_denial.ts";
import { execute, type ExecutionObserver } from "./task/execution.ts";
import { type Farewell, farewell, flushRest } from "./task/report.ts";
import { Interruption, type Watch } from "./task/interruption.ts";
import { KillTime } from "./task/kill_time.ts";
import type { LoadingWatch } from "./launch/loading_watch.ts";
import { learnSecrets, MaskingRequester } from "./logging/masking_requester.ts";
import { failed, failedForGood, reasonOf, type TerminalMessage } from "./task/terminal_message.ts";
import { parse } from "./dag/parse.ts";
import { schemaDateOf } from "./schema_version.ts";
import { declareTaskHandlers } from "./dag/task_handlers.ts";
import { TaskLogger } from "./logging/task_logger.ts";
import { startTracing } from "./tracing/tracing.ts";

/** What there is to serve with: a bundle's contents, or the reason why it could not be loaded. */
export type Served = { readonly contents: Contents } | { readonly failure: unknown };

/** What a conversation uses of what is around it. */
export interface Surroundings {
  /** An environment variable. */
  env(name: string): string | undefined;
  /** Has what the handler prints by `console` go to `logger`. */
  captureConsole(logger: TaskLogger): void;
  /** What became of the bundle before it was asked for a task, and what its files do aside. */
  readonly loading?: Pick<LoadingWatch, "failure" | "race" | "unclaimed">;
  /** Watches for what must end the handler. */
  readonly watch: Watch;
  /** Sees how the handler ended. */
  readonly observer?: ExecutionObserver;
}

/** The two streams to the supervisor. */
export interface Transports {
  /** Where frames go back and forth. */
  readonly comm: Transport;
  /** Where log lines go. */
  readonly logs: Transport;
}

/** How long to wait for a supervisor, and how much to keep for it; the defaults suit Airflow's. */
export type ServeSettings = ClientOptions & LogChannelOptions;

/** Talks with the supervisor until it has been told how the task ended; resolves to the exit code. */
export async function converse(
  { comm, logs }: Transports,
  served: Served,
  surroundings: Surroundings,
  settings: ServeSettings = {},
): Promise<number> {
  const channel = new LogChannel(logs, levelFilter(surroundings), settings);
  const client = new Client(new Connection(comm), settings);
  const log = new TaskLogger(channel, "task");
  const conversation: Conversation = {
    client,
    channel,
    log,
    surroundings,
    interruption: undefined,
  };
  try {
    const first = parseFirst((await client.first()).body);
    const loaded = "failure" in served ? served : surroundings.loading?.failure ?? served;
    if (first.type === "StartupDetails") {
      await runTask(first, conversation, loaded);
    } else if (first.type === "DagFileParseRequest") {
      await parseFile(first, conversation, loaded);
    } else await tellHandlers(first, conversation, loaded);
    return 0;
  } catch (error) {
    log.critical("Cannot go on", shown(error));
    return 1;
  } finally {
    await flushRest(channel, conversation.interruption?.killTime);
    client.rest();
  }
}

/** What Airflow asks for by the environment, since nothing on the wire tells it. */
function levelFilter({ env }: Surroundings): LogLevelFilter {
  return new LogLevelFilter(
    env("AIRFLOW__LOGGING__LOGGING_LEVEL"),
    env("AIRFLOW__LOGGING__NAMESPACE_LEVELS"),
  );
}

interface Conversation {
  readonly client: Client;
  readonly channel: LogChannel;
  readonly log: TaskLogger;
  readonly surroundings: Surroundings;
  /** From when on the author's code runs. */
  interruption: Interruption | undefined;
}

async function runTask(
  startup: StartupDetails,
  conversation: Conversation,
  served: Served,
): Promise<void> {
  const { client, channel, log, surroundings } = conversation;
  const { secrets } = channel;
  client.speak(schemaDateOf(startup));
  learnSecrets(startup, secrets);
  const requester = new MaskingRequester(client, secrets);
  const tracing = startTracing(startup.ti, log, surroundings.env);
  client.trace(({ type }) => tracing.request(type));
  if ("failure" in served) {
    log.error("Cannot load the bundle", shownFailure(served.failure, startup));
    const killTime = new KillTime(schemaDateOf(startup));
    using _watch = surroundings.watch({
      abort: (reason) => killTime.start(reason),
      // The bundle has failed already.
      end: () => {},
    });
    const outcome = unloaded(served.failure, startup);
    const told = await tell(outcome, startup, { client, requester, channel, log, killTime });
    tracing.end(told.state ?? told.type);
    return;
  }
  // Neither is undone: what a handler left running may still log, fail or try to exit.
  surroundings.captureConsole(log.named("console"));
  const interruption = new Interruption(
    client.closed,
    (error) => log.warn("An error that nobody caught, after the handler ended", asError(error)),
    surroundings.watch,
    new KillTime(schemaDateOf(startup)),
  );
  conversation.interruption = interruption;
  const { contents: { handlers }, contents } = served;
  const { observer } = surroundings;
  const outcome = await tracing.run(async () => {
    try {
      const failure = await loadTask(startup, contents, { requester, log, interruption });
      if (failure !== undefined) return unloaded(failure.thrown, startup);
      return await execute({ startup, handlers, requester, log, interruption, observer });
    } finally {
      interruption.settle();
    }
  });
  const parts = { client, requester, channel, log, killTime: interruption.killTime };
  const told = await tell(outcome, startup, parts);
  tracing.end(told.state ?? told.type);
}

/**
 * Loads the files of the bundle until one has the task. Where none has and some could not be loaded,
 * it may be in one of these: gives what the first of them threw.
 */
async function loadTask(
  startup: StartupDetails,
  contents: Contents,
  { requester, log, interruption }: {
    readonly requester: MaskingRequester;
    readonly log: TaskLogger;
    readonly interruption: Interruption;
  },
): Promise<{ readonly thrown: unknown } | undefined> {
  const { dag_id: dagId, task_id: taskId } = startup.ti;
  const isThere = (): boolean => contents.handlers.find(dagId, taskId) !== undefined;
  const context = dagLoaderContext(requester, log);
  let thrown: readonly unknown[];
  try {
    thrown = await interruption.wait(() => contents.loadTask(dagId, taskId, context));
    if (isThere()) return undefined;
  } catch (error) {
    if (interruption.isSupervisorGone) throw error;
    thrown = [error];
  }
  for (const error of thrown) {
    log.error("Cannot load a file of the bundle", shownFailure(error, startup));
  }
  return thrown.length === 0 ? undefined : { thrown: thrown[0] };
}

/** What could not be loaded, with what to do about it where the author named too few permissions. */
function shownFailure(failure: unknown, { ti }: StartupDetails): Error {
  return denialOf(failure, `${ti.dag_id}.${ti.task_id}`) ?? asError(failure);
}

/** The end of a task whose code could not be loaded: another try may, but for a denial. */
function unloaded(failure: unknown, startup: StartupDetails): RetryTask | TaskState {
  const { dag_id, task_id } = startup.ti;
  const denial = denialOf(failure, `${dag_id}.${task_id}`);
  return denial === undefined ? failed(startup, failure) : failedForGood(startup, reasonOf(denial));
}

/** Tells Airflow how the task ended; where that cannot be said on the wire, that it failed. */
async function tell(
  outcome: TerminalMessage,
  startup: StartupDetails,
  parts: Farewell,
): Promise<TerminalMessage> {
  try {
    await farewell(outcome, parts);
    return outcome;
  } catch (error) {
    if (!isUnsent(error)) throw error;
    parts.log.error("Task failed: its end could not be told", error);
    const failure = failed(startup, error);
    await farewell(failure, parts);
    return failure;
  }
}

/** Whether a request was refused here, before anything was sent: what Airflow refuses has its word. */
function isUnsent(error: unknown): error is TaskRuntimeError {
  return error instanceof TaskRuntimeError && error.code === "INVALID" &&
    error.detail === undefined;
}

async function parseFile(
  request: DagFileParseRequest,
  { client, log, channel, surroundings: { loading } }: Conversation,
  served: Served,
): Promise<void> {
  if ("failure" in served) {
    await client.request(await parse(request, [], [served.failure]));
    return;
  }
  const { contents } = served;
  const requester = new MaskingRequester(client, channel.secrets);
  const context = dagLoaderContext(requester, log);
  const thrown = await contents.loadAll(context, (load) => loading?.race(load) ?? load());
  await requester.request(await parse(request, contents.dags.values(), thrown));
  for (const error of loading?.unclaimed ?? []) {
    log.warn("An error that nobody caught, while Dags were loading", asError(error));
  }
}

/** Whatever failed to load is told by the log: the answer has no place for it. */
async function tellHandlers(
  request: TaskHandlerParseRequest,
  { client, log, channel }: Conversation,
  served: Served,
): Promise<void> {
  if ("failure" in served) throw served.failure;
  const { contents } = served;
  const context = dagLoaderContext(new MaskingRequester(client, channel.secrets), log);
  for (const error of await contents.loadAll(context)) {
    log.error("Cannot load a file of the bundle", asError(error));
  }
  await client.answer(declareTaskHandlers(request, contents.handlers));
}

function asError(value: unknown): Error {
  return Error.isError(value) ? value : new Error("Something was thrown", { cause: value });
}
