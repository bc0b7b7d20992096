/**
 * The journal of a local Dag run: keeps events, and makes a record with all secrets masked.
 *
 * @module
 */

import { MASK } from "../../protocol/secret_name.ts";
import type { AnswerKind, SupervisedRequest } from "../supervisor/conversation.ts";
import type { DagRunEvent, DagRunSummary, TaskResult } from "../scheduler/dag_run.ts";
import type { EndState } from "../supervisor/terminal_state.ts";
import { instanceName } from "../scheduler/instances.ts";
import { type LogRecord, maskedRecord } from "../supervisor/log_record.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import type { AirflowStore } from "../store/store.ts";

/** One process of a task: a try, or a part of a try that was resumed. */
export interface ProcessRecord {
  /** The number of the try, from 1. */
  readonly tryNumber: number;
  /** The time of its start, in milliseconds since 1970. */
  readonly started: number;
  /** The time of its exit, in milliseconds since 1970. */
  readonly ended: number;
  /** The state of the task after it. */
  readonly state: EndState | "running";
  /** The cause of that state, in one sentence. */
  readonly reason: string;
  /** Its requests, in order. */
  readonly requests: readonly RequestRecord[];
}

/** One request of a task. */
export interface RequestRecord {
  /** The message's type, e.g. `GetConnection`. */
  readonly type: string;
  /** The other fields of the message, secrets masked. */
  readonly fields: unknown;
  /** The kind of the answer. */
  readonly answered: AnswerKind;
  /** The time of its arrival, in milliseconds since 1970. */
  readonly time: number;
  /** Seconds until the answer was ready. */
  readonly durationSeconds: number;
}

/** One line of the log. */
export interface LogEntry {
  /** The task, with the map index of a mapped one: `load[2]`. */
  readonly taskId: string;
  /** The number of the try; 0 for a task that did not run. */
  readonly tryNumber: number;
  /** The record, secrets masked. */
  readonly record: LogRecord;
}

/** An XCom of a task at the end of the run. */
export interface XComRecord {
  /** Its key. */
  readonly key: string;
  /** The map index; -1 when the task is not mapped. */
  readonly mapIndex: number;
  /** Its value, secrets masked. */
  readonly value: unknown;
}

/** An asset event of a task. */
export interface OutletRecord {
  /** The asset's name. */
  readonly asset: string;
  /** The aliases of the event. */
  readonly aliases: readonly string[];
  /** Its extra, secrets masked. */
  readonly extra: unknown;
}

/** The record of one task. */
export interface TaskRecord {
  /** Its result, secrets masked. */
  readonly result: TaskResult;
  /** Its processes, in order. */
  readonly processes: readonly ProcessRecord[];
  /** Its XComs. */
  readonly xcoms: readonly XComRecord[];
  /** Its asset events. */
  readonly outlets: readonly OutletRecord[];
}

/** The record of a local Dag run, with all secrets masked that its tasks have read. */
export interface DagRunRecord {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** True when all tasks ended in their expected states. */
  readonly asExpected: boolean;
  /** The time of its start, in milliseconds since 1970. */
  readonly started: number;
  /** The time of its end, in milliseconds since 1970. */
  readonly ended: number;
  /** The tasks, in the order of the plan. */
  readonly tasks: readonly TaskRecord[];
  /** The log of all tasks, in order of arrival. */
  readonly log: readonly LogEntry[];
}

interface OpenProcess {
  /** The name of the instance. */
  readonly taskId: string;
  readonly tryNumber: number;
  readonly started: number;
  ended: number | undefined;
  state: EndState | "running";
  reason: string;
  readonly requests: SupervisedRequest[];
}

/**
 * Keeps the events of a run.
 *
 * @example
 * ```ts
 * import { Journal } from "./journal.ts";
 * import { MemoryStore } from "../store/store.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const journal = new Journal();
 * journal.note({ type: "task-started", taskId: "extract", tryNumber: 1 });
 * const summary = { dagId: "etl", runId: "r", tasks: [], asExpected: false };
 * assertEquals(journal.record(summary, new MemoryStore()).dagId, "etl");
 * ```
 */
export class Journal {
  readonly #started = now();
  readonly #processes: OpenProcess[] = [];
  readonly #log: LogEntry[] = [];

  /** Keeps an event. */
  note(event: DagRunEvent): void {
    const { tryNumber } = event;
    const taskId = instanceName(event.taskId, event.mapIndex);
    const last = this.#processes.findLast((process) => process.taskId === taskId);
    switch (event.type) {
      case "task-started":
        this.#processes.push({
          ...{ taskId, tryNumber, started: now(), ended: undefined },
          ...{ state: "running", reason: "the process has not exited", requests: [] },
        });
        break;
      case "request":
        last?.requests.push(event.request);
        break;
      case "log":
        this.#log.push({ taskId, tryNumber, record: event.record });
        break;
      case "task-ended":
        if (last === undefined) break;
        last.ended = now();
        last.state = event.run.state;
        last.reason = event.run.reason;
        break;
      case "retry-waiting":
      case "task-not-run":
        break;
    }
  }

  /** Makes the record, with the XComs and asset events in the store. */
  record(summary: DagRunSummary, store: AirflowStore): DagRunRecord {
    const masker = this.#masker(store);
    const ended = now();
    return {
      dagId: summary.dagId,
      runId: summary.runId,
      asExpected: summary.asExpected,
      started: this.#started,
      ended,
      tasks: summary.tasks.map((result) => this.#task(result, summary, { store, masker, ended })),
      log: this.#log.map((entry) => ({ ...entry, record: maskedRecord(entry.record, masker) })),
    };
  }

  #task(
    result: TaskResult,
    { dagId, runId }: DagRunSummary,
    { store, masker, ended }: { store: AirflowStore; masker: SecretsMask; ended: number },
  ): TaskRecord {
    const { taskId, mapIndex = -1 } = result;
    const name = instanceName(taskId, mapIndex);
    return {
      result: {
        ...result,
        reason: masker.mask(result.reason),
        returnValue: masker.redact(result.returnValue),
      },
      processes: this.#processes.filter((process) => process.taskId === name).map((process) => ({
        ...process,
        ended: process.ended ?? ended,
        reason: masker.mask(process.reason),
        requests: process.requests.map((request) => requestRecord(request, masker)),
      })),
      xcoms: store.xcomsOfTask(dagId, runId, taskId).filter((xcom) =>
        mapIndex < 0 || xcom.mapIndex === mapIndex
      ).map(({ key, mapIndex, value }) => ({
        ...{ key, mapIndex },
        value: masker.redact(value, key),
      })),
      outlets: store.assetEvents()
        .filter((row) =>
          row.sourceDagId === dagId && row.sourceRunId === runId && row.sourceTaskId === taskId &&
          (mapIndex < 0 || row.sourceMapIndex === mapIndex)
        )
        .map(({ asset, sourceAliases, extra }) => ({
          asset,
          aliases: sourceAliases,
          extra: masker.redact(extra),
        })),
    };
  }

  /** A masker of every secret that a task of the run has read or registered. */
  #masker(store: AirflowStore): SecretsMask {
    const masker = new SecretsMask();
    for (const { type, body } of this.#processes.flatMap(({ requests }) => requests)) {
      const [id, key, name] = ["conn_id", "key", "name"].map((field) => textOf(body, field));
      if (type === "GetConnection") masker.addConnection(store.connection(id ?? "") ?? {});
      if (type === "GetVariable") masker.add(store.variable(key ?? ""), key);
      if (type === "PutVariable") masker.add(body?.["value"], key);
      if (type === "MaskSecret") masker.add(body?.["value"], name);
    }
    return masker;
  }
}

function requestRecord(
  { type, body, answered, time, durationSeconds }: SupervisedRequest,
  masker: SecretsMask,
): RequestRecord {
  const fields = Object.entries(body ?? {}).filter(([name]) => name !== "type");
  // The key of an XCom or a variable decides whether its value is a secret.
  const key = textOf(body, "key");
  const shown = fields.map(([name, value]) => [
    name,
    type === "MaskSecret" && name === "value"
      ? MASK
      : masker.redact(value, name === "value" ? key : name),
  ]);
  return { type, answered, time, durationSeconds, fields: Object.fromEntries(shown) };
}

function textOf(body: Readonly<Record<string, unknown>> | null, field: string): string | undefined {
  const value = body?.[field];
  return typeof value === "string" ? value : undefined;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
