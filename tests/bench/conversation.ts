/**
 * Airflow's part on the comm socket: one request at a time, its reply in one write.
 *
 * It encodes large replies before the clock starts and decodes large requests after it stops, so
 * that the driver adds the same small time for every runtime.
 *
 * @module
 */
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import type { Scenario } from "./scenario.ts";

/** Longer payloads are XComs, which are not decoded. */
const LARGE_BYTES = 64 * 1024;
/** The size of a read, in bytes. */
const BUFFER_BYTES = 1024 * 1024;
/** The longest delay of a timer, in ms. */
const TIMER_LATE_MS = 3;
/** The messages that end a launch. */
const TERMINAL = new Set(["SucceedTask", "TaskState", "RetryTask", "DagFileParsingResult"]);

/** Callbacks for messages, called before the reply. */
export interface Watch {
  /** Called for the read of "mark". */
  mark(): void;
  /** Called for each request with the number of requests so far. */
  request(count: number): void;
  /** Called for the terminal frame. */
  end(): void;
}

/** One launch's conversation. */
export class Conversation {
  readonly #conn: Deno.TcpConn;
  readonly #scenario: Scenario;
  readonly #xcom: XComReply | undefined;
  readonly #watch: Watch;
  /** The time before the reply to "mark" was written. */
  markAt = 0;
  /** The time of the terminal frame; 0 until then. */
  endAt = 0;
  /** The terminal message's type; "TaskState" means failure. */
  ending = "none";
  /** The number of requests, without the terminal message. */
  requests = 0;
  /** The large payloads, not decoded. */
  readonly large: Uint8Array[] = [];

  /** Creates a conversation. */
  constructor(conn: Deno.TcpConn, scenario: Scenario, watch: Watch) {
    conn.setNoDelay(scenario.noDelay ?? false);
    this.#conn = conn;
    this.#scenario = scenario;
    this.#xcom = scenario.xcom && new XComReply(scenario.xcom());
    this.#watch = watch;
  }

  /** Sends the first message, replies until the peer closes, and closes as Airflow does. */
  async run(first: object): Promise<void> {
    using _conn = this.#conn;
    await this.#write(encodeFrame([0, first, null]));
    const frames = new FrameDecoder();
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (;;) {
      // After the terminal message a reset is as good as a close.
      const length = await this.#conn.read(buffer).catch((error) => {
        if (this.endAt > 0) return null;
        throw error;
      });
      if (length === null) return;
      for (const payload of frames.push(buffer.subarray(0, length))) await this.#answer(payload);
    }
  }

  async #answer(payload: Uint8Array): Promise<void> {
    if (payload.length > LARGE_BYTES) {
      // A payload of one chunk is in the buffer of the next read.
      this.large.push(payload.length < BUFFER_BYTES ? payload.slice() : payload);
      // The only message that a Dag parse sends without a request is its result.
      if (this.#scenario.task === undefined) this.#end("DagFileParsingResult");
      else this.requests++;
      // Only the id is needed now; the frame is an array of id and body.
      return await this.#write(encodeFrame([smallId(payload), null, null]));
    }
    const frame = decode(payload);
    const [id, body]: unknown[] = Array.isArray(frame) ? frame : [];
    const type = field(body, "type");
    if (TERMINAL.has(String(type))) {
      this.#end(String(type));
      return await this.#write(encodeFrame([id, null, null]));
    }
    this.requests++;
    this.#watch.request(this.requests);
    if (this.#scenario.replyMs !== undefined) await pause(this.#scenario.replyMs);
    const key = field(body, "key");
    const reply = this.#reply(id, type, key);
    if (type === "GetVariable" && key === "mark") {
      this.#watch.mark();
      this.markAt = performance.now();
    }
    await this.#write(reply);
  }

  #end(type: string): void {
    this.endAt = performance.now();
    this.ending = type;
    this.#watch.end();
  }

  #reply(id: unknown, type: unknown, key: unknown): Uint8Array {
    if (type === "GetVariable") {
      const value = (key === "count" ? this.#scenario.count : undefined) ?? "eu-central-1";
      return encodeFrame([id, { type: "VariableResult", key, value }, null]);
    }
    if (type === "GetXCom" && this.#xcom !== undefined) return this.#xcom.withId(id);
    return encodeFrame([id, null, null]);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }
}

/** A large reply, encoded except for its id. */
class XComReply {
  readonly #frame: Uint8Array;

  constructor(value: Uint8Array) {
    // [id, {type, key, value}, nil], the id in one byte.
    const parts = [
      new Uint8Array([0, 0, 0, 0, 0x93, 0, 0x83]),
      encode("type"),
      encode("XComResult"),
      encode("key"),
      encode("rows"),
      encode("value"),
      value,
      new Uint8Array([0xc0]),
    ];
    this.#frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      this.#frame.set(part, at);
      at += part.length;
    }
    new DataView(this.#frame.buffer).setUint32(0, at - 4);
  }

  withId(id: unknown): Uint8Array {
    if (typeof id !== "number" || id > 0x7f) throw new Error(`the id ${id} takes several bytes`);
    this.#frame[5] = id;
    return this.#frame;
  }
}

function smallId(payload: Uint8Array): number {
  const id = payload[1] ?? 0xff;
  if (id > 0x7f) throw new Error("the id of a large request takes several bytes");
  return id;
}

function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

/** Waits; the last part is a busy loop, because Deno's timers are up to 3 ms late. */
async function pause(ms: number): Promise<void> {
  const until = performance.now() + ms;
  await new Promise((resolve) => setTimeout(resolve, ms - TIMER_LATE_MS));
  while (performance.now() < until);
}
