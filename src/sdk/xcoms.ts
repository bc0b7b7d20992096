/**
 * Airflow's XComs: the values that tasks hand to one another.
 *
 * @module
 */

/** Which task's XCom is meant, where it is not of this very task. */
export interface XComAddress {
  /** The Dag; this task's by default. */
  dagId?: string;
  /** The Dag run; this task's by default. */
  runId?: string;
  /** The index of a mapped task instance; by default none, or this task's own for its own XComs. */
  mapIndex?: number;
}

/** How to read an XCom. */
export interface XComGetOptions<Default> extends XComAddress {
  /** The key; `"return_value"` by default. */
  key?: string;
  /** Comes back when there is no such XCom, or its value is null; `null` by default. */
  default?: Default;
  /** Whether an earlier run's XCom will do when the run has none: the latest; false by default. */
  includePriorDates?: boolean;
}

/** Which XComs of a mapped task to read, over all its map indexes. */
export interface XComSequenceOptions {
  /** The key; `"return_value"` by default. */
  key?: string;
  /** The Dag; this task's by default. */
  dagId?: string;
  /** The Dag run; this task's by default. */
  runId?: string;
}

/** How to read one XCom of a mapped task by its position. */
export interface XComItemOptions<Default> extends XComSequenceOptions {
  /** Comes back when there are not as many; without it, that is an error. */
  default?: Default;
}

/** Which part of a mapped task's XComs to read: `[start:stop:step]` of a Python slice. */
export interface XComSliceOptions extends XComSequenceOptions {
  /** The first position; from the end when negative; the first of all by default. */
  start?: number;
  /** The position behind the last; from the end when negative; the end by default. */
  stop?: number;
  /** From one to the next, backwards when negative; 1 by default. */
  step?: number;
  /** Whether XComs of earlier runs come too; false by default. */
  includePriorDates?: boolean;
}

/** Which XCom to delete. */
export interface XComDeleteOptions extends XComAddress {
  /** The task; this one by default. */
  taskId?: string;
}

/** How to write an XCom. */
export interface XComWriteOptions extends XComDeleteOptions {
  /**
   * How many instances a mapped task downstream gets. By default the length of an array or the
   * number of an object's fields, for the return value of a task that is not itself mapped, up to
   * Airflow's default limit of 1,024; `false` sends none.
   */
  mappedLength?: number | false;
  /** Whether the value is the result of the whole Dag run; false by default. */
  dagResult?: boolean;
}

/**
 * Reads and writes XComs: `ctx.xcoms`.
 *
 * Values that Python tasks pushed come as the fitting JavaScript values: a datetime as
 * `Temporal.Instant` (its zone is not kept), a date as `Temporal.PlainDate`, a timedelta as
 * `Temporal.Duration`, a set as Set, a tuple as array, a Decimal as number; an integer beyond 2^53
 * is a bigint. What has no fitting one, as an instance of a dataclass, is the object
 * `{ __classname__, __version__, __data__ }` that Airflow keeps, and may be sent back so.
 *
 * Values that are written become what a Python task expects: Date, `Temporal.Instant` and
 * `Temporal.ZonedDateTime` a datetime, `Temporal.PlainDate` a date, `Temporal.Duration` a timedelta,
 * Set a set, Map a dict, bigint an int. A later change of the value changes nothing.
 *
 * XCom backends (`[core] xcom_backend`) are Python code of Airflow's own tasks, so they have no part
 * in this: what is written here lies in Airflow's database, and what such a backend has put
 * elsewhere arrives as the reference that it left in the database, e.g. the path of a file.
 */
export interface XComs {
  /**
   * Reads an XCom of the task `taskId`, its return value unless a key is given (GetXCom).
   *
   * `T` is what the author expects; nothing checks it. A mapped task's XComs need the `mapIndex`.
   *
   * @throws {TaskRuntimeError} `INVALID` when an option is none that Airflow takes
   */
  get<T = unknown, Default = null>(
    taskId: string,
    options?: XComGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * The XComs of all instances of a mapped task, by map index, a hundred a request
   * (GetXComSequenceSlice).
   */
  values<T = unknown>(taskId: string, options?: XComSequenceOptions): AsyncIterable<T>;

  /** How many instances of a mapped task have pushed the XCom (GetXComCount). */
  count(taskId: string, options?: XComSequenceOptions): Promise<number>;

  /**
   * The XCom at a position among those of a mapped task, from the end when negative
   * (GetXComSequenceItem).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there are not as many and no default is given
   */
  item<T = unknown, Default = never>(
    taskId: string,
    offset: number,
    options?: XComItemOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Some XComs of a mapped task, or all of them, in one request (GetXComSequenceSlice).
   *
   * @throws {TaskRuntimeError} `INVALID` when the step is 0 or a position is no integer
   */
  slice<T = unknown>(taskId: string, options?: XComSliceOptions): Promise<T[]>;

  /**
   * Writes an XCom, of this task unless another is named (SetXCom).
   *
   * @throws {TaskRuntimeError} `INVALID` when the key is empty or none that Airflow carries, or the value cannot be sent: the
   * message names the place inside it; `NOT_FOUND` when there is no such task instance; `API` when
   * a given `mappedLength` is beyond Airflow's limit
   */
  set(key: string, value: unknown, options?: XComWriteOptions): Promise<void>;

  /**
   * Deletes an XCom, of this task unless another is named (DeleteXCom); none there is no error.
   *
   * @throws {TaskRuntimeError} `INVALID` when the key is empty or none that Airflow carries
   */
  delete(key: string, options?: XComDeleteOptions): Promise<void>;
}
