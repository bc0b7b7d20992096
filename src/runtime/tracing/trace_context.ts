/**
 * The parts of OpenTelemetry's API that Deno has built in, without a dependency on it.
 *
 * @module
 */

/** Under which OpenTelemetry's JavaScript API keeps the span of a context. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** What a span is known by, in all processes. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** 1 when the trace is sampled, else 0. */
  readonly traceFlags: number;
  /** Whether the span is another process's. */
  readonly isRemote?: boolean;
}

/** Something with a span context: enough of a span to be a parent. */
export interface ParentSpan {
  /** What the span is known by. */
  spanContext(): SpanContext;
}

/** A span of ours. */
export interface Span extends ParentSpan {
  /** Notes a value. */
  setAttribute(name: string, value: string | number): unknown;
  /** Says how it went: 1 is well, 2 is an error. */
  setStatus(status: { code: 1 | 2; message?: string }): unknown;
  /** Closes it. */
  end(): void;
}

interface Tracer {
  startSpan(
    name: string,
    options: { kind: number; attributes: Readonly<Record<string, string | number>> },
    context: TraceContext,
  ): Span;
}

/** `Deno.telemetry`, which Deno's own types leave open. */
export interface Telemetry {
  /** Makes tracers. */
  readonly tracerProvider: { getTracer(name: string, version: string): Tracer };
  /** Knows the context of the code that runs, over awaits. */
  readonly contextManager: {
    active(): unknown;
    with<T>(context: TraceContext, work: () => T): T;
  };
}

/** Values by key, as OpenTelemetry's API hands them on: never changed, only copied. */
export class TraceContext {
  readonly #values: ReadonlyMap<symbol, unknown>;

  /** A context with these values. */
  constructor(values: ReadonlyMap<symbol, unknown> = new Map()) {
    this.#values = values;
  }

  /** A context whose span is `span`. */
  static of(span: ParentSpan): TraceContext {
    return contextWith(new Map([[SPAN_KEY, span]]));
  }

  /** The value of a key. */
  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  /** A copy with another value. */
  setValue(key: symbol, value: unknown): TraceContext {
    return contextWith(new Map(this.#values).set(key, value));
  }

  /** A copy without a value. */
  deleteValue(key: symbol): TraceContext {
    const values = new Map(this.#values);
    values.delete(key);
    return contextWith(values);
  }
}

/** Outside of the class, since bundling changes the name of a class that uses itself. */
function contextWith(values: ReadonlyMap<symbol, unknown>): TraceContext {
  return new TraceContext(values);
}

/** The span of the code that runs: the author's innermost one, or the task's; undefined outside. */
export function activeSpan({ contextManager }: Telemetry): ParentSpan | undefined {
  const context = contextManager.active();
  if (!hasMethod(context, "getValue")) return undefined;
  const span = context.getValue(SPAN_KEY);
  return isSpan(span) ? span : undefined;
}

/** Deno's telemetry; undefined in an engine without it. */
export function denoTelemetry(): Telemetry | undefined {
  const telemetry: unknown = Reflect.get(Deno, "telemetry");
  return isTelemetry(telemetry) ? telemetry : undefined;
}

function isTelemetry(value: unknown): value is Telemetry {
  return typeof value === "object" && value !== null &&
    hasMethod(Reflect.get(value, "tracerProvider"), "getTracer") &&
    hasMethod(Reflect.get(value, "contextManager"), "active") &&
    hasMethod(Reflect.get(value, "contextManager"), "with");
}

function isSpan(value: unknown): value is ParentSpan {
  return hasMethod(value, "spanContext");
}

function hasMethod<Name extends string>(
  value: unknown,
  name: Name,
): value is { [K in Name]: (...args: readonly unknown[]) => unknown } {
  const holder = (typeof value === "object" && value !== null) || typeof value === "function";
  return holder && typeof Reflect.get(value, name) === "function";
}
