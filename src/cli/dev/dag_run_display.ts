/**
 * A local Dag run as a person watches it: the log while it runs, a table at its end.
 *
 * @module
 */
import type { DagRunEvent, DagRunSummary } from "../../local/scheduler/dag_run.ts";
import { instanceName } from "../../local/scheduler/instances.ts";
import { formatLogRecord } from "../../local/report/log_line.ts";
import { formatSummary } from "../../local/report/table.ts";
import { ProgressLine } from "../progress_line.ts";
import { notify } from "../terminal.ts";

/** How a run is shown. */
export interface DisplayOptions {
  /** Whether to use colours. */
  readonly color: boolean;
  /** Whether to leave the log out. */
  readonly quiet: boolean;
  /** Whether stderr is a terminal, which has a line for what runs. */
  readonly terminal: boolean;
}

/** Shows a Dag run: the log on stderr as it comes, and the table that sums it up. */
export class DagRunDisplay implements Disposable {
  readonly #options: DisplayOptions;
  readonly #progress: ProgressLine | undefined;

  /** A display that looks as `options` say. */
  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#progress = options.terminal && !options.quiet
      ? new ProgressLine({ write: notify, columns: () => Deno.consoleSize().columns })
      : undefined;
  }

  /** Shows what happens, at once. */
  show(event: DagRunEvent): void {
    if (this.#options.quiet) return;
    this.#progress?.note(event);
    const line = this.#line(event);
    if (line === undefined) return;
    if (this.#progress === undefined) notify(`${line}\n`);
    else this.#progress.above(`${line}\n`);
  }

  /** Does something that needs the terminal for itself. */
  aside<T>(work: () => Promise<T>): Promise<T> {
    return this.#progress === undefined ? work() : this.#progress.aside(work);
  }

  /** Shows no more. */
  [Symbol.dispose](): void {
    this.#progress?.[Symbol.dispose]();
  }

  #line(event: DagRunEvent): string | undefined {
    const { color } = this.#options;
    const name = instanceName(event.taskId, event.mapIndex);
    switch (event.type) {
      case "task-started":
        return `${name}: try ${event.tryNumber}`;
      case "log":
        return formatLogRecord(event.record, { color, taskId: name });
      case "retry-waiting":
        return `${name}: next try in ${event.seconds} s`;
      case "task-ended":
        return `${name}: ${event.run.state} after ${seconds(event.run.durationSeconds)}`;
      case "task-not-run":
        return `${name}: ${event.state}, ${event.reason}`;
      case "request":
        return undefined;
    }
  }

  /** The result as a table, and a line that says whether all is well. */
  summarise(summary: DagRunSummary): string {
    const told = summary.asExpected
      ? `Dag run ${summary.runId} of ${summary.dagId}: every task ended as expected`
      : `Dag run ${summary.runId} of ${summary.dagId}: not every task ended as expected`;
    return `\n${formatSummary(summary)}\n\n${told}\n`;
  }
}

function seconds(duration: number): string {
  return `${duration.toFixed(2)} s`;
}
