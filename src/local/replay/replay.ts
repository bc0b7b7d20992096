/**
 * Replays a recorded run: the supervisor sends the recorded replies, and the requests of the task
 * are compared with the recorded ones.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { RequestFrame } from "../../protocol/message.ts";
import type { RecordedRequest, RecordedRun } from "../../protocol/recording.ts";
import { redact } from "../../protocol/redaction.ts";
import { type Divergence, findDivergence } from "./replay_comparison.ts";
import type { SupervisorReply } from "../api/reply.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import { type Supervised, superviseProcess } from "../supervisor/supervision.ts";
import type { TaskProcessOptions } from "../supervisor/task_process.ts";

/** The seconds from SIGTERM to SIGKILL once the task differs. */
const KILL_GRACE_SECONDS = 0.2;

/** The first difference between a replay and its recording. */
export interface ReplayDifference extends Divergence {
  /** The number of the request, from 1. */
  readonly request: number;
  /** The type of the replayed request, or else of the recorded one. */
  readonly type: string;
}

/** The result of a replay. */
export interface ReplayResult {
  /** The first difference; null without one. */
  readonly difference: ReplayDifference | null;
  /** The number of compared requests. */
  readonly compared: number;
  /** The number of values that may differ, such as times and random ids, and did. */
  readonly volatile: number;
  /** True when the recording contains the whole run; otherwise only its part is compared. */
  readonly isComplete: boolean;
}

/** The options of a replay. */
export interface ReplayOptions extends TaskProcessOptions {
  /** Terminates the replay. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the program of a recorded run again, in its own process.
 *
 * @throws {TaskRuntimeError} `INVALID` when the recording has no first message; `CLOSED` when the
 * program does not connect; `NOT_FOUND` or `PERMISSION_DENIED` when it cannot be started
 */
export async function replayRun(
  recorded: RecordedRun,
  options: ReplayOptions,
): Promise<ReplayResult> {
  if (recorded.first === null) {
    throw new TaskRuntimeError(
      "INVALID",
      "Cannot replay the run: the recording ends before the supervisor's first message",
    );
  }
  const replay = new Replay(recorded);
  const signals = [replay.over, ...(options.signal === undefined ? [] : [options.signal])];
  const supervised = await superviseProcess({
    ...options,
    env: { ...options.env, AIRFLOW_TASK_RUNTIME_RECORD: "" },
    first: shifted(recorded.first, replay.shiftMs),
    answer: (body) => replay.answer(body),
    ended: () => replay.isEnded,
    masker: new SecretsMask(),
    signal: AbortSignal.any(signals),
    killGraceSeconds: KILL_GRACE_SECONDS,
  });
  if (!supervised.connected) throw notConnected(supervised);
  return replay.result(recorded.isComplete);
}

class Replay {
  readonly #recorded: RecordedRun;
  readonly #masker = new SecretsMask();
  readonly #over = new AbortController();
  readonly #started = Date.now();
  #compared = 0;
  #volatile = 0;
  #difference: ReplayDifference | null = null;

  constructor(recorded: RecordedRun) {
    this.#recorded = recorded;
  }

  /** Aborts when the result is known. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The milliseconds from the recording to the replay. */
  get shiftMs(): number {
    return this.#started - this.#recorded.start.epochMilliseconds - this.#recorded.firstMs;
  }

  /** True when every recorded request has arrived. */
  get isEnded(): boolean {
    return this.#compared === this.#recorded.requests.length;
  }

  /** Answers with the recorded reply, or with the cause why the replay ends here. */
  answer(body: Readonly<Record<string, unknown>> | null): SupervisorReply | string {
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
    // The recorded requests are redacted in the same way.
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

/** The times from which a sensor measures: they are shifted to be as long ago as recorded. */
const STARTS: ReadonlySet<string> = new Set(["start_date", "first_task_reschedule_start_date"]);

/** Shifts the start times of the task in a message. */
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

function notConnected({ failure, stderr }: Supervised): TaskRuntimeError {
  const said = stderr.slice(-3).join("; ");
  return new TaskRuntimeError(
    "CLOSED",
    `Cannot replay the run: ${failure ?? "the process did not connect"}${
      said === "" ? "" : `: ${said}`
    }`,
  );
}
