import { assertEquals, assertMatch } from "@std/assert";
import { authorCommand } from "../author_command.ts";
import { OtlpCollector } from "./otlp_collector.ts";
import { type Ran, runTask } from "./run_task.ts";

const command = authorCommand(new URL("./testdata/traced.ts", import.meta.url));
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const carrier = (flags: string) => ({
  traceparent: `00-${TRACE}-${PARENT}-${flags}`,
  tracestate: "a=b",
});

function run(taskId: string, collector?: OtlpCollector, flags = "01"): Promise<Ran> {
  const env: Record<string, string> = collector === undefined ? {} : {
    ...collector.env,
    TRACED_URL: `http://${collector.address}/asked`,
  };
  return runTask(taskId, { command, env, contextCarrier: carrier(flags) });
}

Deno.test("tracing: opens spans for the task and for each request below Airflow's span", async () => {
  await using collector = new OtlpCollector();
  const { state, requests } = await run("asks", collector);
  assertEquals(state, "success");
  const task = collector.span("worker.asks");
  assertEquals([task.traceId, task.parentSpanId, task.status], [TRACE, PARENT, 1]);
  assertEquals(task.attributes.get("airflow.task_instance.state"), "success");
  const got = collector.spans.filter(({ name }) => name === "GetVariable");
  assertEquals(got.map(({ parentSpanId }) => parentSpanId), [task.spanId, task.spanId]);
  assertEquals(got.map(({ status }) => status === 2), [true, true]);
  assertEquals(collector.span("SucceedTask").parentSpanId, task.spanId);
  assertEquals(requests.map(({ carrier }) => carrier), [
    ...got.map(({ spanId }) => ({ traceparent: `00-${TRACE}-${spanId}-01`, tracestate: "a=b" })),
    { traceparent: `00-${TRACE}-${collector.span("SucceedTask").spanId}-01`, tracestate: "a=b" },
  ]);
});

Deno.test("tracing: adds the handler's requests to other servers to the trace", async () => {
  await using collector = new OtlpCollector();
  await run("asks", collector);
  assertEquals(collector.span("GET").parentSpanId, collector.span("worker.asks").spanId);
  assertEquals(collector.headers, [`00-${TRACE}-${collector.span("GET").spanId}-01`]);
});

Deno.test("tracing: marks the span of a task that failed", async () => {
  await using collector = new OtlpCollector();
  await run("fails", collector);
  assertEquals(collector.span("worker.fails").status, 2);
});

Deno.test("tracing: opens no span when Airflow does not sample the run", async () => {
  await using collector = new OtlpCollector();
  const { requests } = await run("asks", collector, "00");
  assertEquals(collector.spans.filter(({ name }) => name !== "GET"), []);
  assertEquals(requests.map(({ carrier: sent }) => sent), Array(3).fill(carrier("00")));
});

Deno.test("tracing: sends Airflow's trace context with each request without OTEL_DENO", async () => {
  const { requests } = await run("asks");
  assertEquals(requests.map(({ carrier: sent }) => sent), Array(3).fill(carrier("01")));
});

Deno.test("tracing: drops a trace context that would break Airflow's supervisor", async () => {
  for (const contextCarrier of [{ traceparent: 7 }, { traceparent: "nonsense" }, {}]) {
    const { requests } = await runTask("asks", { command, contextCarrier });
    assertEquals(requests.map(({ carrier: sent }) => sent), [null, null, null]);
  }
  const mixed = { traceparent: carrier("01").traceparent, tracestate: 1, baggage: {} };
  const { requests } = await runTask("asks", { command, contextCarrier: mixed });
  assertMatch(JSON.stringify(requests[0]?.carrier), /^\{"traceparent":"[^,]*"\}$/);
});
