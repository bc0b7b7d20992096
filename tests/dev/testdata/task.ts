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
    // A grandchild that holds stdout and stderr after this process is gone.
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
    // Fails on its first try, hands its try number on by XCom on the second.
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
