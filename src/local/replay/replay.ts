/**
 * A recorded run, run again: the supervisor says what it said then, and what the task asks is held
 * against what it asked then.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { RequestFrame } from "../../protocol/message.ts";
import type { RecordedRequest, RecordedRun } from "../../protocol/recording.ts";
import { redact } from "../../protocol/redaction.ts";
import { addressOf, Listeners } from "../supervisor/listeners.ts";
import { type Divergence, findDivergence } from "./replay_comparison.ts";
import type { Reply } from "../api/reply.ts";
import { SecretsMasker } from "../supervisor/secrets_masker.ts";
import { supervise, type Supervised } from "../supervisor/supervision.ts";
import { withLogging } from "../supervisor/supervisor.ts";
import { TaskProcess, type TaskProcessOptions } from "../supervisor/task_process.ts";

/** Seconds that a task gets to end once it is known to differ. */
const KILL_GRACE_SECONDS = 0.2;

/** Where a replay first differs from its recording. */
export interface ReplayDifference extends Divergence {
  /** Which request it is, counted from 1. */
  readonly request: number;
  /** The type of the request, the replay's where there is one. */
  readonly type: string;
}

/** What became of a replay. */
export interface ReplayResult {
  /** The first difference; null when there is none. */
  readonly difference: ReplayDifference | null;
  /** How many requests were compared. */
  readonly compared: number;
  /** How many values differ as clocks and random ids do, and count as the same. */
  readonly volatile: number;
  /** Whether the recording goes to the end of the run; where not, no more than its part is compared. */
  readonly isComplete: boolean;
}

/** What a replay needs. */
export interface ReplayOptions extends TaskProcessOptions {
  /** Ends the replay early. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a recorded run's program again, in a process of its own.
 *
 * @throws {TaskRuntimeError} `INVALID` when the recording ends before the task was told what to do;
 * `CLOSED` when the program does not come to talk; `NOT_FOUND` or `PERMISSION_DENIED` when it cannot
 * be started
 */
export async function replayRun(
  recorded: RecordedRun,
  options: ReplayOptions,
): Promise<ReplayResult> {
  if (recorded.first === null) {
    throw new TaskRuntimeError(
      "INVALID",
      "Cannot replay: the recording ends before the supervisor said what to do",
    );
  }
  const replay = new Replay(recorded);
  const signals = [replay.over, ...(options.signal === undefined ? [] : [options.signal])];
  using listeners = new Listeners();
  const env = { ...options.env, AIRFLOW_TASK_RUNTIME_RECORD: "" };
  await using process = new TaskProcess(
    withLogging({ ...options, env }),
    addressOf(listeners.comm),
    addressOf(listeners.logs),
  );
  const supervised = await supervise(listeners, {
    first: shifted(recorded.first, replay.shiftMs),
    answer: (body) => replay.answer(body),
    ended: () => replay.isEnded,
    masker: new SecretsMasker(),
    signal: AbortSignal.any(signals),
    killGraceSeconds: KILL_GRACE_SECONDS,
    process,
  });
  if (!supervised.connected) throw neverTalked(supervised);
  return replay.result(recorded.isComplete);
}

class Replay {
  readonly #recorded: RecordedRun;
  readonly #masker = new SecretsMasker();
  readonly #over = new AbortController();
  readonly #started = Date.now();
  #compared = 0;
  #volatile = 0;
  #difference: ReplayDifference | null = null;

  constructor(recorded: RecordedRun) {
    this.#recorded = recorded;
  }

  /** Aborted when there is no more to learn. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** How much later this is than the recording. */
  get shiftMs(): number {
    return this.#started - this.#recorded.start.epochMilliseconds - this.#recorded.firstMs;
  }

  /** Whether every recorded request has come. */
  get isEnded(): boolean {
    return this.#compared === this.#recorded.requests.length;
  }

  /** The recorded reply, as long as the request is the recorded one. */
  answer(body: Readonly<Record<string, unknown>> | null): Reply | string {
    if (this.#over.signal.aborted) return "the replay is over";
    const expected = this.#recorded.requests[this.#compared];
    if (body?.["type"] === "MaskSecret") {
      const name = body["name"];
      this.#masker.add(body["value"], typeof name === "string" ? name : null);
    }
    if (expected === undefined && !this.#recorded.isComplete) {
      return this.#end("the recording ends here");
    }
    this.#compared += 1;
    this.#compare(expected?.request, body);
    if (this.#difference !== null) return this.#end("it differs from the recording");
    const reply = expected?.reply;
    if (reply === undefined) return this.#end("the recording has no reply");
    return { body: reply.body && shifted(reply.body, this.shiftMs), error: reply.error };
  }

  result(isComplete: boolean): ReplayResult {
    const missing = this.#recorded.requests[this.#compared];
    if (this.#difference === null && !this.#over.signal.aborted && missing !== undefined) {
      this.#difference = {
        request: this.#compared + 1,
        type: typeOf(missing.request.body),
        path: "",
        recorded: missing.request.body,
        replayed: undefined,
      };
    }
    return {
      difference: this.#difference,
      compared: this.#compared,
      volatile: this.#volatile,
      isComplete,
    };
  }

  #compare(
    expected: RequestFrame | undefined,
    body: Readonly<Record<string, unknown>> | null,
  ): void {
    const mask = (text: string): string => this.#masker.mask(text);
    // What is kept of a recording has gone through the same.
    const replayed = redact(body, mask);
    const { divergence, volatile } = findDivergence(expected?.body, replayed, {
      recorded: this.#recorded.start.epochMilliseconds + this.#msOf(this.#compared - 1),
      replayed: Date.now(),
    });
    this.#volatile += volatile;
    if (divergence === undefined) return;
    const type = typeOf(body) || typeOf(expected?.body);
    this.#difference = { request: this.#compared, type, ...divergence };
  }

  #msOf(index: number): number {
    const recorded: RecordedRequest | undefined = this.#recorded.requests[index];
    return recorded?.ms ?? 0;
  }

  #end(why: string): string {
    this.#over.abort();
    return why;
  }
}

function typeOf(body: Readonly<Record<string, unknown>> | null | undefined): string {
  const type = body?.["type"];
  return typeof type === "string" ? type : "";
}

/** The moments that a sensor reckons from: they lie as far back as they did then. */
const STARTS: ReadonlySet<string> = new Set(["start_date", "first_task_reschedule_start_date"]);

/** A message with the starts of the task itself as much later as the replay is. */
function shifted(
  message: Readonly<Record<string, unknown>>,
  ms: number,
): Readonly<Record<string, unknown>> {
  const type = message["type"];
  if (type !== "StartupDetails" && type !== "TaskRescheduleStartDate") return message;
  const later = (fields: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        STARTS.has(key) && value instanceof Temporal.Instant
          ? value.add({ milliseconds: Math.round(ms) })
          : value,
      ]),
    );
  const context = message["ti_context"];
  return {
    ...later(message),
    ...(typeof context === "object" && context !== null ? { ti_context: later(context) } : {}),
  };
}

function neverTalked({ failure, stderr }: Supervised): TaskRuntimeError {
  const said = stderr.slice(-3).join("; ");
  return new TaskRuntimeError(
    "CLOSED",
    `Cannot replay: ${failure ?? "the process did not connect"}${said === "" ? "" : `: ${said}`}`,
  );
}
