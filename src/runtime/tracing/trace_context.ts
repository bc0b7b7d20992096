/**
 * The parts of OpenTelemetry's API that Deno implements, without a dependency on the package.
 *
 * @module
 */

/** The key of the span in a context of OpenTelemetry's JavaScript API. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** The identity of a span across processes. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** 1 when the trace is sampled, else 0. */
  readonly traceFlags: number;
  /** True for a span of another process. */
  readonly isRemote?: boolean;
}

/** A span that can be a parent. */
export interface ParentSpan {
  /** Returns the identity of the span. */
  spanContext(): SpanContext;
}

/** A span that the runtime started. */
export interface Span extends ParentSpan {
  /** Sets an attribute. */
  setAttribute(name: string, value: string | number): unknown;
  /** Sets the status: 1 is OK, 2 is an error. */
  setStatus(status: { code: 1 | 2; message?: string }): unknown;
  /** Ends the span. */
  end(): void;
}

interface Tracer {
  startSpan(
    name: string,
    options: { kind: number; attributes: Readonly<Record<string, string | number>> },
    context: TraceContext,
  ): Span;
}

/** `Deno.telemetry`, for which Deno has no types. */
export interface Telemetry {
  /** Creates tracers. */
  readonly tracerProvider: { getTracer(name: string, version: string): Tracer };
  /** Keeps the context of running code, also across awaits. */
  readonly contextManager: {
    active(): unknown;
    with<T>(context: TraceContext, work: () => T): T;
  };
}

/** An immutable context of OpenTelemetry's API: values by key. */
export class TraceContext {
  readonly #values: ReadonlyMap<symbol, unknown>;

  /** Creates a context with these values. */
  constructor(values: ReadonlyMap<symbol, unknown> = new Map()) {
    this.#values = values;
  }

  /** Creates a context with a span. */
  static of(span: ParentSpan): TraceContext {
    return contextWith(new Map([[SPAN_KEY, span]]));
  }

  /** Returns the value of a key. */
  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  /** Returns a copy with a value. */
  setValue(key: symbol, value: unknown): TraceContext {
    return contextWith(new Map(this.#values).set(key, value));
  }

  /** Returns a copy without a value. */
  deleteValue(key: symbol): TraceContext {
    const values = new Map(this.#values);
    values.delete(key);
    return contextWith(values);
  }
}

/** Outside of the class, because bundling renames a class that refers to itself. */
function contextWith(values: ReadonlyMap<symbol, unknown>): TraceContext {
  return new TraceContext(values);
}

/** Returns the innermost span of the running code; undefined outside of a task. */
export function activeSpan({ contextManager }: Telemetry): ParentSpan | undefined {
  const context = contextManager.active();
  if (!hasMethod(context, "getValue")) return undefined;
  const span = context.getValue(SPAN_KEY);
  return isSpan(span) ? span : undefined;
}

/** Returns Deno's telemetry; undefined in a Deno without it. */
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
