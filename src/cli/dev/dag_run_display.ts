/**
 * Shows a local Dag run on the terminal: the log while it runs, and a table of results.
 *
 * @module
 */
import type { DagRunEvent, DagRunSummary } from "../../local/scheduler/dag_run.ts";
import { instanceName } from "../../local/scheduler/instances.ts";
import { formatLogRecord } from "../../local/report/log_line.ts";
import { formatSummary } from "../../local/report/table.ts";
import { ProgressLine } from "../progress_line.ts";
import { notify } from "../terminal.ts";

/** The options of the display. */
export interface DisplayOptions {
  /** True to use colors. */
  readonly color: boolean;
  /** True to omit the log. */
  readonly quiet: boolean;
  /** True when stderr is a terminal, which also shows the progress. */
  readonly terminal: boolean;
}

/** Shows a Dag run on stderr. */
export class DagRunDisplay implements Disposable {
  readonly #options: DisplayOptions;
  readonly #progress: ProgressLine | undefined;

  /** Creates a display. */
  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#progress = options.terminal && !options.quiet
      ? new ProgressLine({ write: notify, columns: () => Deno.consoleSize().columns })
      : undefined;
  }

  /** Shows an event. */
  show(event: DagRunEvent): void {
    if (this.#options.quiet) return;
    this.#progress?.note(event);
    const line = this.#line(event);
    if (line === undefined) return;
    if (this.#progress === undefined) notify(`${line}\n`);
    else this.#progress.above(`${line}\n`);
  }

  /** Hides the progress while `work` uses the terminal. */
  aside<T>(work: () => Promise<T>): Promise<T> {
    return this.#progress === undefined ? work() : this.#progress.aside(work);
  }

  /** Ends the display. */
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

  /** Formats the result as a table and a line with the conclusion. */
  summarise(summary: DagRunSummary): string {
    const conclusion = summary.asExpected
      ? `Dag run ${summary.runId} of ${summary.dagId}: every task ended as expected`
      : `Dag run ${summary.runId} of ${summary.dagId}: not every task ended as expected`;
    return `\n${formatSummary(summary)}\n\n${conclusion}\n`;
  }
}

function seconds(duration: number): string {
  return `${duration.toFixed(2)} s`;
}
