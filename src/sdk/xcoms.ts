/**
 * Airflow's XComs, by which tasks pass values to each other.
 *
 * @module
 */

/** The task instance of an XCom. */
export interface XComAddress {
  /** The id of the Dag; this task's by default. */
  dagId?: string;
  /** The id of the Dag run; this task's by default. */
  runId?: string;
  /** The map index; by default none, or this task's own for its own XComs. */
  mapIndex?: number;
}

/** The options of {@linkcode XComs.pull}. */
export interface XComPullOptions extends XComAddress {
  /** The key; `"return_value"` by default. */
  key?: string;
  /** Reads the latest XCom of an earlier run when this run has none; false by default. */
  includePriorDates?: boolean;
}

/** A series of XComs: those of all instances of a mapped task. */
export interface XComSequenceOptions {
  /** The key; `"return_value"` by default. */
  key?: string;
  /** The id of the Dag; this task's by default. */
  dagId?: string;
  /** The id of the Dag run; this task's by default. */
  runId?: string;
}

/** The default of {@linkcode XComs.pull} and {@linkcode XComs.item}. */
export interface XComDefault<Default> {
  /** The result when the XCom does not exist. */
  default: Default;
}

/** The options of {@linkcode XComs.slice}: `[start:stop:step]` of a Python slice. */
export interface XComSliceOptions extends XComSequenceOptions {
  /** The first position, from the end when negative; 0 by default. */
  start?: number;
  /** The position after the last, from the end when negative; the end by default. */
  stop?: number;
  /** The distance between two positions, backwards when negative; 1 by default. */
  step?: number;
  /** Adds the XComs of earlier runs; false by default. */
  includePriorDates?: boolean;
}

/** The options of {@linkcode XComs.delete}. */
export interface XComDeleteOptions extends XComAddress {
  /** The id of the task; this task's by default. */
  taskId?: string;
}

/** The options of {@linkcode XComs.push}. */
export interface XComPushOptions extends XComDeleteOptions {
  /**
   * The number of instances of a downstream task that is mapped over the value. By default the
   * length of an array or the number of an object's fields, for the return value of a task that is
   * not itself mapped, up to Airflow's default limit of 1,024; `false` sends none.
   */
  mappedLength?: number | false;
  /** Makes the value the result of the Dag run; false by default. */
  dagResult?: boolean;
}

/**
 * Pushes and pulls XComs: `ctx.xcoms`.
 *
 * Values that Python tasks pushed become JavaScript values: a datetime becomes a `Temporal.Instant`
 * (its zone is lost), a date a `Temporal.PlainDate`, a timedelta a `Temporal.Duration`, a set a Set, a
 * tuple an array, a Decimal a number, an integer beyond 2^53 a bigint. A value of another class, such
 * as a dataclass, becomes Airflow's form `{ __classname__, __version__, __data__ }`, which can be
 * pushed again.
 *
 * Pushed values become Python values: Date, `Temporal.Instant` and `Temporal.ZonedDateTime` become
 * a datetime, `Temporal.PlainDate` a date, `Temporal.Duration` a timedelta, Set a set, Map a dict,
 * bigint an int. The value is copied at the call.
 *
 * XCom backends (`[core] xcom_backend`) are Python code that language runtimes cannot run. Values
 * pushed here are stored in Airflow's database. Of a value that a backend stored elsewhere, `pull()`
 * returns the reference in the database, such as the path of a file.
 */
export interface XComs {
  /**
   * Pulls an XCom of the task `taskId`, by default its return value (GetXCom).
   *
   * `T` is the author's claim; nothing checks it. XComs of a mapped task need `mapIndex`.
   *
   * @throws {TaskRuntimeError} `INVALID` when an option is not valid
   */
  pull<T = unknown>(taskId: string, options?: XComPullOptions): Promise<T | null>;
  /** Pulls an XCom, or returns the default when it does not exist or its value is null. */
  pull<T = unknown, Default = T>(
    taskId: string,
    options: XComPullOptions & XComDefault<Default>,
  ): Promise<T | Default>;

  /**
   * Pulls the XComs of all instances of a mapped task in the order of their map indexes, a hundred
   * per request (GetXComSequenceSlice).
   */
  values<T = unknown>(taskId: string, options?: XComSequenceOptions): AsyncIterable<T>;

  /** Counts the instances of a mapped task that have pushed the XCom (GetXComCount). */
  count(taskId: string, options?: XComSequenceOptions): Promise<number>;

  /**
   * Pulls the XCom at a position among those of a mapped task, from the end when negative
   * (GetXComSequenceItem).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when the position does not exist
   */
  item<T = unknown>(taskId: string, offset: number, options?: XComSequenceOptions): Promise<T>;
  /** Pulls the XCom at a position, or returns the default when the position does not exist. */
  item<T = unknown, Default = T>(
    taskId: string,
    offset: number,
    options: XComSequenceOptions & XComDefault<Default>,
  ): Promise<T | Default>;

  /**
   * Pulls a slice of the XComs of a mapped task, by default all, in one request
   * (GetXComSequenceSlice).
   *
   * @throws {TaskRuntimeError} `INVALID` when the step is 0 or a position is not an integer
   */
  slice<T = unknown>(taskId: string, options?: XComSliceOptions): Promise<T[]>;

  /**
   * Pushes an XCom, by default of this task (SetXCom).
   *
   * @throws {TaskRuntimeError} `INVALID` when Airflow cannot carry the key or the value, with the
   * place inside the value; `NOT_FOUND` when the task instance does not exist; `API` when
   * `mappedLength` exceeds Airflow's limit
   */
  push(key: string, value: unknown, options?: XComPushOptions): Promise<void>;

  /**
   * Deletes an XCom if it exists, by default of this task (DeleteXCom).
   *
   * @throws {TaskRuntimeError} `INVALID` when Airflow cannot carry the key
   */
  delete(key: string, options?: XComDeleteOptions): Promise<void>;
}
