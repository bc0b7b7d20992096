/**
 * A task's way from its first message to its terminal message, one step after the other.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import { undeclaredVariables } from "../launch/environment_view.ts";
import { MaskingRequester, registerSecrets } from "../logging/masking_requester.ts";
import type { TaskLogger } from "../logging/task_logger.ts";
import { schemaVersionOf } from "../schema_version.ts";
import type { Session } from "../session.ts";
import { startTracing } from "../tracing/tracing.ts";
import { bind, type HandlerCall, prepareCall } from "./binding.ts";
import { conclude } from "./conclusion.ts";
import { execute } from "./execution.ts";
import { asError } from "./failure.ts";
import { Interruption } from "./interruption.ts";
import { KillTime } from "./kill_time.ts";
import { type LoadedBundle, loadHandler } from "./loading.ts";
import { report } from "./report.ts";
import type { RunningTask } from "./running_task.ts";
import { succeeded, type TerminalMessage } from "./terminal_message.ts";

/**
 * Runs the task instance that `startup` names and reports its terminal state.
 *
 * @throws when the terminal state cannot be reported, e.g. because the supervisor is gone
 */
export async function runTaskInstance(
  startup: StartupDetails,
  bundle: LoadedBundle,
  session: Session,
): Promise<void> {
  const { client, channel, log, host } = session;
  client.useSchema(schemaVersionOf(startup));
  registerSecrets(startup, channel.secrets);
  const tracing = startTracing(startup.ti, log, host.env);
  client.traceWith(({ type }) => tracing.request(type));
  const task = startTask(startup, session);
  const message = await tracing.run(() => runSteps(bundle, task));
  logUndeclaredVariables(bundle, log);
  const reported = await report(message, task, session);
  tracing.end(reported.state ?? reported.type);
}

/** Starts to watch the process. Nothing stops that: what a handler left running may still fail. */
function startTask(startup: StartupDetails, session: Session): RunningTask {
  const { client, channel, log, host } = session;
  const killTime = session.killTime = new KillTime(schemaVersionOf(startup));
  host.captureConsole(log.named("console"));
  const interruption = new Interruption(
    client.closed,
    (error) => log.warn("Uncaught error after the handler ended", asError(error)),
    host.watch,
    killTime,
  );
  const requester = new MaskingRequester(client, channel.secrets);
  return { startup, requester, log, interruption, observer: host.observer };
}

/** Runs the steps up to the terminal message, which a failure of any step leads to as well. */
async function runSteps(bundle: LoadedBundle, task: RunningTask): Promise<TerminalMessage> {
  using scope = new DisposableStack();
  let call: HandlerCall | undefined;
  try {
    const handler = await loadHandler(bundle, task);
    call = scope.use(prepareCall(handler, task));
    const bound = await bind(call, task);
    await execute(bound, call, task);
    return call.completion.complete(succeeded());
  } catch (error) {
    return await conclude(error, task, call);
  } finally {
    task.interruption.settle();
  }
}

/** Tells the author which variables read as undefined since the bundle does not declare them. */
function logUndeclaredVariables(bundle: LoadedBundle, log: TaskLogger): void {
  const permissions = "contents" in bundle ? bundle.permissions : undefined;
  const names = undeclaredVariables(permissions?.env);
  if (names.length === 0) return;
  log.debug("Environment variables that the bundle does not declare read as undefined", { names });
}
