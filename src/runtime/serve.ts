/**
 * One process: one launch, one task or one Dag file, one terminal frame, one end.
 *
 * @module
 */
import type { DagFileParseRequest, StartupDetails } from "../protocol/generated.ts";
import { parseFirst } from "../protocol/message.ts";
import type { HandlerRegistry } from "../sdk/handler_registry.ts";
import { Client } from "../supervisor/client.ts";
import { Connection } from "../supervisor/connection.ts";
import { LogChannel } from "../supervisor/log_channel.ts";
import { LogLevelFilter } from "../supervisor/log_level.ts";
import type { SecretsMask } from "../supervisor/secrets_mask.ts";
import { captureConsole } from "./console_capture.ts";
import { end, prepareEnd } from "./ending.ts";
import { execute } from "./execute.ts";
import { Interruption } from "./interruption.ts";
import type { Launch } from "./launch.ts";
import { learnSecrets, MaskingRequester } from "./masking_requester.ts";
import { failed, type TerminalMessage } from "./outcome.ts";
import { parse, parseFailed } from "./parse.ts";
import type { Requester } from "./requester.ts";
import { TaskLogger } from "./task_logger.ts";
import { schemaDateOf } from "./schema_date.ts";
import { startTracing } from "./tracing.ts";

/** What there is to serve with: a bundle's handlers, or the reason why it could not be loaded. */
export type Served = { readonly handlers: HandlerRegistry } | { readonly failure: unknown };

/**
 * Talks with the supervisor until it has been told how the task ended, then ends the process.
 *
 * The exit code is 0 whatever became of the task, since a frame has told; it is 1 when the
 * supervisor could not be told.
 */
export async function serve(launch: Launch, served: Served): Promise<never> {
  return end(await converse(launch, served));
}

async function converse(launch: Launch, served: Served): Promise<number> {
  const [comm, logs] = await Promise.all([launch.comm, launch.logs]);
  // Both sockets stay open: the end of the process closes them, at the right moment.
  const channel = new LogChannel(logs, levelFilter());
  const client = new Client(new Connection(comm));
  const log = new TaskLogger(channel, "task");
  try {
    const first = parseFirst((await client.first()).body);
    if (first.type === "StartupDetails") {
      await runTask(first, { client, log, secrets: channel.secrets }, served);
    } else await client.request(answer(first, served));
    return 0;
  } catch (error) {
    log.critical("Cannot go on", Error.isError(error) ? error : { error });
    return 1;
  } finally {
    await channel.flush();
  }
}

/** What Airflow asks for by the environment, since nothing on the wire tells it. */
function levelFilter(): LogLevelFilter {
  return new LogLevelFilter(
    Deno.env.get("AIRFLOW__LOGGING__LOGGING_LEVEL"),
    Deno.env.get("AIRFLOW__LOGGING__NAMESPACE_LEVELS"),
  );
}

interface Conversation {
  readonly client: Client;
  readonly log: TaskLogger;
  readonly secrets: SecretsMask;
}

async function runTask(
  startup: StartupDetails,
  { client, log, secrets }: Conversation,
  served: Served,
): Promise<void> {
  client.speak(schemaDateOf(startup));
  learnSecrets(startup, secrets);
  const requester = new MaskingRequester(client, secrets);
  const tracing = startTracing(startup.ti, log);
  client.trace(({ type }) => tracing.request(type));
  if ("failure" in served) {
    log.error("Cannot load the bundle", asError(served.failure));
    const outcome = failed(startup, served.failure);
    await tell(requester, outcome);
    tracing.end(outcome.state ?? "failed");
    return;
  }
  // Neither is undone: what a handler left running may still log, fail or try to exit.
  captureConsole(log.named("console"));
  const interruption = new Interruption(
    client.closed,
    (error) => log.warn("An error that nobody caught, after the handler ended", asError(error)),
  );
  const { handlers } = served;
  const outcome = await tracing.run(() =>
    execute({ startup, handlers, requester, log, interruption })
  );
  // What a handler asked for and did not wait for still belongs to the task.
  await client.idle();
  await tell(requester, outcome);
  tracing.end(outcome.state ?? outcome.type);
}

/** Sends the terminal frame, and uses the time until its reply. */
async function tell(requester: Requester, outcome: TerminalMessage): Promise<void> {
  const told = requester.request(outcome);
  prepareEnd();
  await told;
}

function answer(
  request: DagFileParseRequest,
  served: Served,
): ReturnType<typeof parse> {
  return "failure" in served ? parseFailed(request, asError(served.failure)) : parse(request);
}

function asError(value: unknown): Error {
  return Error.isError(value) ? value : new Error("Something was thrown", { cause: value });
}
