// A task process for tests: `task.ts <scenario> --comm=… --logs=…`.
import { Peer, succeed } from "./peer.ts";

const scenario = Deno.args[0] ?? "";
if (scenario === "exit-before-connect") {
  await Deno.stderr.write(new TextEncoder().encode("no such bundle\n"));
  Deno.exit(3);
}
if (scenario === "never-connect") await new Promise((resolve) => setTimeout(resolve, 60_000));

const peer = await Peer.connectByArgs(Deno.args);
const first = await peer.receive();
const retry = { type: "RetryTask", state: "up_for_retry", end_date: new Date() };
const state = (state: string) => ({ type: "TaskState", state, end_date: new Date() });

switch (scenario) {
  case "succeed":
    await peer.request(succeed());
    break;
  case "exit-0":
    break;
  case "exit-1":
    Deno.exit(1);
    break;
  case "succeed-exit-1":
    await peer.request(succeed());
    Deno.exit(1);
    break;
  case "succeed-null-outlets":
    await peer.request({ ...succeed(), task_outlets: null });
    break;
  case "succeed-twice": {
    await peer.request(succeed());
    const second = await peer.request(retry);
    await peer.log({ level: "info", event: "second", error: second?.error });
    break;
  }
  case "failed":
    await peer.request(state("failed"));
    break;
  case "failed-exit-1":
    await peer.request(state("failed"));
    Deno.exit(1);
    break;
  case "skipped":
    await peer.request(state("skipped"));
    break;
  case "removed":
    await peer.request(state("removed"));
    break;
  case "state-success":
    await peer.send(state("success"));
    break;
  case "retry":
    await peer.request({ ...retry, retry_delay_seconds: 7, retry_reason: "busy" });
    break;
  case "kill-self":
    Deno.kill(Deno.pid, "SIGKILL");
    break;
  case "map-frame":
    await peer.write(new Uint8Array([0, 0, 0, 1, 0x80]));
    await peer.receive();
    break;
  case "outlive-terminal":
    await peer.request(succeed());
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    break;
  case "wait-for-sigterm": {
    const terminated = Promise.withResolvers<void>();
    Deno.addSignalListener("SIGTERM", terminated.resolve);
    await peer.log({ level: "info", event: "waiting" });
    await terminated.promise;
    await peer.log({ level: "info", event: "cleaning up" });
    Deno.exit(1);
    break;
  }
  case "ignore-sigterm":
    Deno.addSignalListener("SIGTERM", () => {});
    await peer.log({ level: "info", event: "waiting" });
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    break;
  case "print":
    await Deno.stdout.write(new TextEncoder().encode("to stdout\nunfinished"));
    await Deno.stderr.write(new TextEncoder().encode("to stderr\n"));
    await peer.request(succeed());
    break;
  case "orphan":
    // A grandchild that holds stdout and stderr after this process has exited.
    new Deno.Command("sleep", { args: ["3"], stdin: "null" }).spawn().unref();
    await peer.request(succeed());
    peer[Symbol.dispose]();
    Deno.exit(0);
    break;
  case "environment":
    await peer.log({
      level: "info",
      event: "environment",
      logging: Deno.env.get("AIRFLOW__LOGGING__LOGGING_LEVEL"),
      own: Deno.env.get("PEER_TEST"),
      cwd: Deno.cwd(),
      args: Deno.args.length,
    });
    await peer.request(succeed());
    break;
  case "flaky": {
    // Fails on its first try, and pushes its try number as XCom on the second.
    const { ti, ti_context } = Object(first?.body);
    const address = { dag_id: ti.dag_id, run_id: ti.run_id, task_id: ti.task_id };
    for (const key of ti_context.xcom_keys_to_clear) {
      await peer.request({ type: "DeleteXCom", key, map_index: -1, ...address });
    }
    if (ti.task_id === "flaky" && ti.try_number === 1) {
      await peer.request({ type: "SetXCom", key: "partial", value: 1, ...address });
      await peer.request(retry);
    } else {
      const upstream = { ...address, task_id: "start" };
      const pulled = await peer.request({ type: "GetXCom", key: "return_value", ...upstream });
      const value = [ti.try_number, pulled?.body?.["value"], ti_context.xcom_keys_to_clear];
      await peer.request({ type: "SetXCom", key: "return_value", value, ...address });
      await peer.request(succeed());
    }
    break;
  }
  case "overrun":
    await peer.request({ type: "SetExecutionTimeout", timeout_seconds: 0.05 });
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    break;
  case "waits":
    await waits();
    break;
  case "parse":
    await peer.request({ type: "GetVariable", key: "since" });
    await peer.request({
      type: "DagFileParsingResult",
      fileloc: Object(first?.body).file,
      serialized_dags: [],
    });
    break;
  case "parse-invalid":
    await peer.send({ type: "DagFileParsingResult" });
    await peer.receive();
    break;
  default:
    throw new Error(`unknown scenario ${scenario}`);
}
peer[Symbol.dispose]();

/** Tasks that wait outside of their process; each pushes what it was resumed with. */
async function waits(): Promise<void> {
  const { ti, ti_context: context } = Object(first?.body);
  const address = { dag_id: ti.dag_id, run_id: ti.run_id, task_id: ti.task_id };
  const end = async (value: unknown): Promise<void> => {
    await peer.request({ type: "SetXCom", key: "return_value", value, ...address });
    await peer.request(succeed());
  };
  const defer = (classpath: string, kwargs: unknown, more: Record<string, unknown> = {}) =>
    peer.request({
      type: "DeferTask",
      state: "deferred",
      classpath,
      trigger_kwargs: kwargs,
      next_method: "go_on",
      next_kwargs: { kept: 1 },
      ...more,
    });
  const standard = "airflow.providers.standard.triggers.";
  const resumed = [ti.try_number, context.next_method, context.next_kwargs];
  switch (ti.task_id) {
    case "sensor": {
      // A timeout of an hour, poked every 25 minutes.
      const ask = { type: "GetTaskRescheduleStartDate", ti_id: ti.id, try_number: 1 };
      const start = (await peer.request(ask))?.body?.["start_date"];
      const told = context.first_task_reschedule_start_date;
      const now = Temporal.Now.instant();
      const minutes = start instanceof Temporal.Instant
        ? Math.floor(start.until(now).total("minutes"))
        : -1;
      if (minutes >= 60) {
        return end([context.task_reschedule_count, minutes, told instanceof Temporal.Instant, ti.id]);
      }
      await peer.request({
        type: "RescheduleTask",
        state: "up_for_reschedule",
        reschedule_date: now.add({ minutes: 25 }),
        end_date: now,
      });
      return;
    }
    case "moment":
      if (context.next_method) return end(resumed);
      await defer(`${standard}temporal.DateTimeTrigger`, { moment: "2126-01-01T00:00:00Z" });
      return;
    case "late":
      if (context.next_method) return end(resumed);
      await defer(`${standard}temporal.DateTimeTrigger`, { moment: "2126-01-01T00:00:00Z" }, {
        trigger_timeout: 60,
      });
      return;
    case "file":
      if (context.next_method) return end(resumed);
      await defer(`${standard}file.FileTrigger`, { filepath: Deno.env.get("AWAITED") });
      return;
    case "external":
      if (context.next_method) return end(resumed);
      await defer(`${standard}external_task.WorkflowTrigger`, {
        external_dag_id: "other",
        run_ids: ["r1"],
        allowed_states: ["success"],
      });
      return;
    case "ended":
      await defer(`${standard}temporal.DateTimeTrigger`, {
        moment: "2026-01-01T00:00:00Z",
        end_from_trigger: true,
      });
      return;
    case "custom":
      if (context.next_method) return end(resumed);
      await defer("acme.Trigger", {});
      return;
    case "twice":
      if (context.next_kwargs?.event === "two") return end(context.next_kwargs.event);
      await defer("acme.Trigger", {});
      return;
    case "human":
      if (context.next_method) {
        const { responded_at, ...event } = context.next_kwargs.event;
        return end([ti.try_number, typeof responded_at, event]);
      }
      await peer.request({
        type: "CreateHITLDetailPayload",
        ti_id: ti.id,
        options: ["approve", "reject"],
        subject: "Load?",
        defaults: ["reject"],
        multiple: false,
        params: { rows: { value: 5 } },
        assigned_users: [],
      });
      await peer.request({
        type: "AwaitInputTask",
        state: "awaiting_input",
        next_method: "go_on",
        next_kwargs: {},
        timeout: Deno.env.get("NO_TIMEOUT") ? null : 3600,
      });
      return;
    case "branch":
      await peer.request({ type: "SkipDownstreamTasks", tasks: ["skipped", ["elsewhere", 2]] });
      return end(null);
    case "broken":
      await peer.request(state("failed"));
      return;
    case "bound":
      return end(context.arg_bindings ?? null);
    default:
      return end([ti.task_id]);
  }
}
