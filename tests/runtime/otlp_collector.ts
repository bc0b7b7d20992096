/**
 * A collector of OpenTelemetry traces: OTLP over HTTP with protobuf, which is Deno's default.
 *
 * @module
 */
import { assert } from "@std/assert";

/** A span as it was exported. */
export interface SpanRecord {
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** The id of its parent; empty for a root span. */
  readonly parentSpanId: string;
  /** The attributes that are texts, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  /** 0 is unset, 1 is success, 2 is an error. */
  readonly status: number;
}

/** A collector on loopback, which also replies to the requests of tasks. */
export class OtlpCollector implements AsyncDisposable {
  /** The spans that have arrived. */
  readonly spans: SpanRecord[] = [];
  /** The `traceparent` of each request to `/asked`. */
  readonly headers: (string | null)[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(options, async (request) => {
      const body = new Uint8Array(await request.arrayBuffer());
      const { pathname } = new URL(request.url);
      if (pathname === "/asked") this.headers.push(request.headers.get("traceparent"));
      if (pathname !== "/v1/traces") return new Response();
      this.spans.push(...spansIn(body));
      return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
    });
  }

  /** The address, `host:port`. */
  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** The environment of a process that exports its spans here. */
  get env(): Record<string, string> {
    return { OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: `http://${this.address}` };
  }

  /** The first span of that name. */
  span(name: string): SpanRecord {
    const span = this.spans.find((one) => one.name === name);
    assert(span !== undefined, `no span "${name}" among ${this.spans.map((one) => one.name)}`);
    return span;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Reads an ExportTraceServiceRequest; the numbers are those of the fields in opentelemetry-proto. */
function spansIn(body: Uint8Array): SpanRecord[] {
  return messages(body, 1).flatMap((resource) => messages(resource, 2))
    .flatMap((scope) => messages(scope, 2)).map((span) => ({
      traceId: one(span, 1).toHex(),
      spanId: one(span, 2).toHex(),
      parentSpanId: one(span, 4).toHex(),
      name: text(one(span, 5)),
      attributes: new Map(
        messages(span, 9).map((pair) => [text(one(pair, 1)), text(one(one(pair, 2), 1))]),
      ),
      status: fields(one(span, 15)).findLast(({ field }) => field === 3)?.number ?? 0,
    }));
}

interface Field {
  readonly field: number;
  /** The value of a field of variable length; empty for others. */
  readonly bytes: Uint8Array;
  /** The value of an integer. */
  readonly number?: number;
}

function messages(message: Uint8Array, wanted: number): Uint8Array[] {
  return fields(message).filter(({ field }) => field === wanted).map(({ bytes }) => bytes);
}

function one(message: Uint8Array, wanted: number): Uint8Array {
  return messages(message, wanted).at(-1) ?? new Uint8Array();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1;; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("Cannot read protobuf: it is cut short");
      value += (byte & 0x7f) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => message.subarray(at, at += length);
  while (at < message.length) {
    const tag = varint();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) found.push({ field, bytes: new Uint8Array(), number: varint() });
    else found.push({ field, bytes: take(type === 2 ? varint() : type === 1 ? 8 : 4) });
  }
  return found;
}
