/**
 * OpenTelemetry traces of a task, with Deno's support for them (`OTEL_DENO=true`).
 *
 * @module
 */
import type { TaskInstance } from "../../protocol/generated.ts";
import type { Logger } from "../../sdk/logger.ts";
import type { RequestTrace, TraceCarrier } from "../../supervisor/pending_request.ts";
import {
  activeSpan,
  denoTelemetry,
  type ParentSpan,
  type Span,
  type SpanContext,
  type Telemetry,
  TraceContext,
} from "./trace_context.ts";
import { VERSION } from "../version.ts";

/** The instrumentation scope of the spans. */
const SCOPE = "airflow-task-runtime";
const INTERNAL = 0;
const CLIENT = 2;

/** W3C's `traceparent` in the version that Airflow writes. */
const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** The value of `OTEL_DENO` that makes Deno trace. */
const WANTED = /^true$/i;
const COMPILED_WITHOUT = "Cannot export spans: this runtime was compiled without OTEL_DENO=true. " +
  "Let the worker run its bundles by deno";

/** The trace of a task. */
export interface Tracing {
  /** Runs the task's code, whose spans become children of the task's span. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Starts the span of a request. */
  request(type: string): RequestTrace;
  /** Ends the task's span, with the terminal state. */
  end(state: string): void;
}

/**
 * Starts the span of a task, as a child of the one in Airflow's `context_carrier`.
 *
 * If Deno does not trace, or Airflow does not sample the run, there is no span. Requests then carry
 * Airflow's own context, so that the spans of its API server join the trace of the run. A run without
 * a context is traced if `OTEL_DENO` is true, because asking Deno takes most of a millisecond.
 */
export function startTracing(
  ti: TaskInstance,
  log: Logger,
  env: (name: string) => string | undefined,
): Tracing {
  const carrier = carrierOf(ti);
  const parent = parentOf(carrier);
  const isWanted = WANTED.test(env("OTEL_DENO") ?? "");
  const isSampled = parent === undefined ? isWanted : (parent.spanContext().traceFlags & 1) === 1;
  const telemetry = isSampled ? denoTelemetry() : undefined;
  const span = telemetry && startTaskSpan(telemetry, ti, parent);
  if (telemetry === undefined || span === undefined) {
    if (isSampled && isWanted && Deno.build.standalone) log.warn(COMPILED_WITHOUT);
    return new PassedOnTracing(carrier);
  }
  return new SpanTracing(telemetry, span, carrier?.["tracestate"]);
}

class PassedOnTracing implements Tracing {
  readonly #trace: RequestTrace;

  constructor(carrier: TraceCarrier | null) {
    this.#trace = { carrier, end: () => {} };
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  request(): RequestTrace {
    return this.#trace;
  }

  end(): void {}
}

class SpanTracing implements Tracing {
  readonly #telemetry: Telemetry;
  readonly #span: Span;
  readonly #context: TraceContext;
  readonly #tracestate: string | undefined;

  constructor(telemetry: Telemetry, span: Span, tracestate: string | undefined) {
    this.#telemetry = telemetry;
    this.#span = span;
    this.#context = TraceContext.of(span);
    this.#tracestate = tracestate;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#telemetry.contextManager.with(this.#context, work);
  }

  request(type: string): RequestTrace {
    const tracer = this.#telemetry.tracerProvider.getTracer(SCOPE, VERSION);
    const active = activeSpan(this.#telemetry);
    const parent = active === undefined ? this.#context : TraceContext.of(active);
    const span = tracer.startSpan(type, { kind: CLIENT, attributes: {} }, parent);
    return {
      carrier: {
        traceparent: traceparentOf(span.spanContext()),
        ...(this.#tracestate === undefined ? {} : { tracestate: this.#tracestate }),
      },
      end: (error?: unknown): void => {
        if (error !== undefined) {
          span.setStatus({ code: 2, message: error instanceof Error ? error.message : "" });
        }
        span.end();
      },
    };
  }

  end(state: string): void {
    const hasFailed = state === "failed" || state === "up_for_retry";
    this.#span.setAttribute("airflow.task_instance.state", state);
    this.#span.setStatus({ code: hasFailed ? 2 : 1 });
    this.#span.end();
  }
}

/** Starts a span with the names of Airflow's worker; returns undefined if Deno does not trace. */
function startTaskSpan(
  { tracerProvider }: Telemetry,
  ti: TaskInstance,
  parent: ParentSpan | undefined,
): Span | undefined {
  const mapIndex = ti.map_index ?? -1;
  const name = `worker.${ti.task_id}${mapIndex >= 0 ? `[${mapIndex}]` : ""}`;
  const attributes = {
    "airflow.dag_id": ti.dag_id,
    "airflow.task_id": ti.task_id,
    "airflow.dag_run.run_id": ti.run_id,
    "airflow.task_instance.try_number": ti.try_number,
    "airflow.task_instance.map_index": mapIndex,
  };
  const context = parent === undefined ? new TraceContext() : TraceContext.of(parent);
  try {
    const tracer = tracerProvider.getTracer(SCOPE, VERSION);
    return tracer.startSpan(name, { kind: INTERNAL, attributes }, context);
  } catch {
    // Deno throws when OTEL_DENO is not set.
    return undefined;
  }
}

/** Returns the carrier if it holds texts only: another one kills Airflow's supervisor. */
function carrierOf(ti: TaskInstance): TraceCarrier | null {
  const traceparent = ti.context_carrier?.["traceparent"];
  if (typeof traceparent !== "string" || !TRACEPARENT.test(traceparent)) return null;
  const tracestate = ti.context_carrier?.["tracestate"];
  return typeof tracestate === "string" ? { traceparent, tracestate } : { traceparent };
}

function parentOf(carrier: TraceCarrier | null): ParentSpan | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(carrier?.["traceparent"] ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const context = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
  return { spanContext: () => context };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
