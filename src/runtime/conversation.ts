/**
 * The conversation with the supervisor: reads the first message, which says what this process is to
 * do, and does it.
 *
 * @module
 */
import type { DagFileParseRequest } from "../protocol/generated.ts";
import { parseFirst } from "../protocol/message.ts";
import type { TaskHandlerParseRequest } from "../protocol/task_handlers.ts";
import { dagLoaderContext } from "./dag/dag_loader.ts";
import { parse } from "./dag/parse.ts";
import { declareTaskHandlers } from "./dag/task_handlers.ts";
import { MaskingRequester } from "./logging/masking_requester.ts";
import {
  type Host,
  openSession,
  type Session,
  type SessionSettings,
  type Transports,
} from "./session.ts";
import { asError, shown } from "./task/failure.ts";
import type { LoadedBundle } from "./task/loading.ts";
import { flushRest } from "./task/report.ts";
import { runTaskInstance } from "./task/task_instance_run.ts";

/** Does what the first message asks for; resolves to the exit code. */
export async function converse(
  transports: Transports,
  bundle: LoadedBundle,
  host: Host,
  settings: SessionSettings = {},
): Promise<number> {
  const session = openSession(transports, host, settings);
  const { client, log } = session;
  try {
    const first = parseFirst((await client.first()).body);
    const loaded = "failure" in bundle ? bundle : host.loading?.failure ?? bundle;
    if (first.type === "StartupDetails") await runTaskInstance(first, loaded, session);
    else if (first.type === "DagFileParseRequest") await parseDagFile(first, loaded, session);
    else await listTaskHandlers(first, loaded, session);
    return 0;
  } catch (error) {
    log.critical("Cannot continue", shown(error));
    return 1;
  } finally {
    await flushRest(session);
    client.stopTimer();
  }
}

/** Answers the Dag processor with the Dags of the bundle. */
async function parseDagFile(
  request: DagFileParseRequest,
  bundle: LoadedBundle,
  { client, log, channel, host: { loading } }: Session,
): Promise<void> {
  if ("failure" in bundle) {
    await client.request(await parse(request, [], [bundle.failure]));
    return;
  }
  const { contents } = bundle;
  const requester = new MaskingRequester(client, channel.secrets);
  const context = dagLoaderContext(requester, log);
  const thrown = await contents.loadAll(context, (load) => loading?.race(load) ?? load());
  await requester.request(await parse(request, contents.dags.values(), thrown));
  for (const error of loading?.unclaimed ?? []) {
    log.warn("Uncaught error while Dags were loading", asError(error));
  }
}

/** Answers with the handlers of the bundle. Load failures go to the log: the answer has no field. */
async function listTaskHandlers(
  request: TaskHandlerParseRequest,
  bundle: LoadedBundle,
  { client, log, channel }: Session,
): Promise<void> {
  if ("failure" in bundle) throw bundle.failure;
  const { contents } = bundle;
  const context = dagLoaderContext(new MaskingRequester(client, channel.secrets), log);
  for (const error of await contents.loadAll(context)) {
    log.error("Cannot load a file of the bundle", asError(error));
  }
  await client.answer(declareTaskHandlers(request, contents.handlers));
}
