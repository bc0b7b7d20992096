/**
 * Tasks that are run for nobody, while the supervisor has nothing to say yet.
 *
 * When a function is first called, V8 makes what it needs to run it: the bytecode, where the binary
 * has not brought it, and its inline caches. For a short task that is most of its time. From both
 * connections to the first frame Airflow needs 10 ms and more (it looks who has connected, and tells
 * its API server that the task runs), of which loading a small bundle takes half. What every task
 * calls is called in the rest, and the real task finds it ready.
 *
 * @module
 */
import type { StartupDetails } from "../protocol/generated.ts";
import { getContext } from "../sdk/context.ts";
import { TaskHandler } from "../sdk/task_handler.ts";
import type { Transport } from "../supervisor/transport.ts";
import { decode } from "../wire/decoder.ts";
import { encodeFrame } from "../wire/encoder.ts";
import { HEAD_BYTES } from "../wire/frame.ts";
import { Contents } from "./contents.ts";
import { converse, type Meantime, type ServeSettings, type Surroundings } from "./conversation.ts";

/** Stands for every name and id. */
const NAME = "rehearsal";
const UUID = "00000000-0000-0000-0000-000000000000";

/** What is rehearsed, one after the other: a task that does nothing, then what most tasks do. */
const TASKS: readonly (() => unknown)[] = [
  () => {},
  () => {
    getContext().log.info(NAME);
    return NAME;
  },
];

/** What a rehearsal sees of the process: nothing. */
const NOWHERE: Surroundings = {
  env: () => undefined,
  captureConsole: () => {},
  watch: () => ({ [Symbol.dispose]: () => {} }),
};

/** Should one not come to its end, which nothing is known to cause: the real task waits for it. */
const PATIENCE: ServeSettings = { firstSeconds: 1, deadlineSeconds: 1 };

/**
 * Tasks that run against a supervisor that is made up, until the first frame of the real one comes.
 *
 * They leave nothing behind. But while one is under way, its context is the one of the process.
 */
export class Rehearsal implements Meantime {
  /** Resolves, to how many succeeded, when no more will begin; never rejects. */
  readonly ended: Promise<number>;
  #current: Promise<unknown> | undefined;

  /** Begins when the event loop turns, unless `arrival`, the first frame's, has come about by then. */
  constructor(arrival: Promise<unknown>) {
    this.ended = this.#rehearse(arrival);
  }

  /** Settles with the task that is under way; undefined when none is. */
  get current(): Promise<unknown> | undefined {
    return this.#current;
  }

  async #rehearse(arrival: Promise<unknown>): Promise<number> {
    let hasArrived = false;
    const onArrival = (): void => {
      hasArrived = true;
    };
    arrival.then(onArrival, onArrival);
    let succeeded = 0;
    for (const task of TASKS) {
      // A frame that is there already is found when the event loop turns.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (hasArrived) break;
      const comm = new Prompter(startupDetails());
      this.#current = perform(task, comm);
      await this.#current;
      this.#current = undefined;
      if (comm.lastType === "SucceedTask") succeeded++;
    }
    return succeeded;
  }
}

async function perform(task: () => unknown, comm: Transport): Promise<void> {
  const contents = new Contents();
  contents.add(new TaskHandler(NAME, NAME, task));
  await converse({ comm, logs: NO_READER }, { contents }, NOWHERE, PATIENCE).catch(() => {});
}

/** A supervisor that says what to do, and nods to all it is told. */
class Prompter implements Transport {
  /** The last message that it was told. */
  lastType: unknown;
  #next = Promise.withResolvers<Uint8Array>();

  constructor(first: StartupDetails) {
    this.#next.resolve(encodeFrame([0, first, null]));
  }

  async read(buffer: Uint8Array): Promise<number> {
    const frame = await this.#next.promise;
    this.#next = Promise.withResolvers();
    buffer.set(frame);
    return frame.length;
  }

  write(frame: Uint8Array): Promise<number> {
    const told = decode(frame.subarray(HEAD_BYTES));
    const [id, body]: unknown[] = Array.isArray(told) ? told : [];
    this.lastType = typeof body === "object" && body !== null ? Reflect.get(body, "type") : body;
    this.#next.resolve(encodeFrame([id, null, null]));
    return Promise.resolve(frame.length);
  }

  close(): void {}
}

/** Takes the log, and drops it. */
const NO_READER: Transport = {
  read: () => Promise.resolve(null),
  write: (bytes) => Promise.resolve(bytes.length),
  close: () => {},
};

/** As Airflow tells a scheduled task on its first try. */
function startupDetails(): StartupDetails {
  const now = Temporal.Now.instant();
  return {
    type: "StartupDetails",
    ti: {
      id: UUID,
      dag_id: NAME,
      task_id: NAME,
      run_id: NAME,
      try_number: 1,
      map_index: -1,
      dag_version_id: UUID,
      hostname: NAME,
      queue: NAME,
      context_carrier: { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-00` },
    },
    dag_rel_path: NAME,
    bundle_info: { name: NAME, version: null },
    start_date: now,
    ti_context: {
      dag_run: {
        dag_id: NAME,
        run_id: NAME,
        run_type: "scheduled",
        state: "running",
        logical_date: now,
        data_interval_start: null,
        data_interval_end: null,
        run_after: now,
        start_date: now,
        end_date: null,
        conf: {},
        consumed_asset_events: [],
        partition_key: null,
      },
      max_tries: 0,
      task_reschedule_count: 0,
      variables: [],
      connections: [],
      xcom_keys_to_clear: [],
      should_retry: false,
    },
    sentry_integration: "",
  };
}
