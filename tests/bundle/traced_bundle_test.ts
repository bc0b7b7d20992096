/** OpenTelemetry spans of packed bundles, exported to a collector by the process that runs them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { pack } from "../../src/bundle/pack.ts";
import { configArgs } from "../author_command.ts";
import { OtlpCollector } from "../runtime/otlp_collector.ts";
import { type Ran, runTask } from "../runtime/run_task.ts";

const CONFIG = configArgs().find((arg) => !arg.startsWith("--"));
const [TRACE, PARENT] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];

/** A bundle with the tasks `reads` (a variable), `fetches` (a URL) and `fails`. */
class TracedBundle implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly #path: string;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.#path = folder.join("bundle");
  }

  /** Packs a bundle whose task `fetches` sends a request to `url`. */
  static async make(permissions: unknown, url: string): Promise<TracedBundle> {
    const bundle = new TracedBundle(await TemporaryFolder.create());
    const entry = bundle.#folder.join("main.ts");
    await Deno.writeTextFile(
      entry,
      `
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
await new Bundle({ permissions: ${JSON.stringify(permissions)} }).register(
  new TaskHandler("runtime", "reads", (_args, ctx) => ctx.variables.get("a")),
  new TaskHandler("runtime", "fetches", async () => await (await fetch("${url}")).text()),
  new TaskHandler("runtime", "fails", () => {
    throw new RangeError("it broke");
  }),
).serve();
`,
    );
    await pack({ entry, out: bundle.#path, config: CONFIG });
    return bundle;
  }

  /** Runs a task under the local supervisor; the bundle's first line finds `runtime`. */
  run(taskId: string, runtime: string, collector: OtlpCollector): Promise<Ran> {
    return runTask(taskId, {
      command: [this.#path],
      env: { AIRFLOW_TASK_RUNTIME: runtime, ...collector.env },
      contextCarrier: { traceparent: `00-${TRACE}-${PARENT}-01` },
      fixtures: { variables: { a: "1" } },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** The `deno` that runs the tests, and that of a worker if it is set. */
const DENOS: [name: string, path: string][] = [["deno", Deno.execPath()]];
const workerDeno = Deno.env.get("WORKER_DENO");
if (workerDeno !== undefined) DENOS.push(["the worker's deno", workerDeno]);

/** Tasks with their terminal state, their terminal message, and the status of their span. */
const CASES = [
  ["reads", "success", "SucceedTask", 1],
  ["fails", "failed", "TaskState", 2],
] as const;

for (const [name, deno] of DENOS) {
  Deno.test(`tracing, ${name}: exports the spans of a bundle that declares no permission`, async () => {
    await using collector = new OtlpCollector();
    await using bundle = await TracedBundle.make({}, "");
    for (const [taskId, state, terminal, status] of CASES) {
      const ran = await bundle.run(taskId, deno, collector);
      assertEquals([ran.state, ran.exitCode, ran.stderr], [state, 0, []]);
      const task = collector.span(`worker.${taskId}`);
      assertEquals([task.traceId, task.parentSpanId, task.status], [TRACE, PARENT, status]);
      assertEquals(task.attributes.get("airflow.task_instance.state"), state);
      const last = collector.span(terminal);
      assertEquals([last.traceId, last.parentSpanId], [TRACE, task.spanId]);
    }
  });

  Deno.test(`tracing, ${name}: joins requests of fetch() to the trace`, async () => {
    await using collector = new OtlpCollector();
    const url = `http://${collector.address}/asked`;
    await using bundle = await TracedBundle.make({ net: [collector.address] }, url);
    assertEquals((await bundle.run("fetches", deno, collector)).state, "success");
    const fetched = collector.span("GET");
    assertEquals(fetched.parentSpanId, collector.span("worker.fetches").spanId);
    assertEquals(collector.headers, [`00-${TRACE}-${fetched.spanId}-01`]);
  });
}

const binary = Deno.env.get("CLI_BINARY");

Deno.test({
  name: "tracing, the binary: logs that it exports no spans",
  ignore: binary === undefined,
  async fn() {
    await using collector = new OtlpCollector();
    await using bundle = await TracedBundle.make({}, "");
    const ran = await bundle.run("reads", binary ?? "", collector);
    assertEquals([ran.state, collector.spans], ["success", []]);
    assertStringIncludes(ran.log[0]?.event ?? "", "compiled without OTEL_DENO=true");
  },
});
