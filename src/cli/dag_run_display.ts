/**
 * A local Dag run as a person watches it: the log while it runs, a table at its end.
 *
 * @module
 */
import type { DagRunEvent, DagRunSummary } from "../dev/dag_run.ts";
import { formatLogRecord } from "../dev/log_line.ts";
import { formatSummary } from "../dev/report.ts";
import { notify } from "./terminal.ts";

/** How a run is shown. */
export interface DisplayOptions {
  /** Whether to use colours. */
  readonly color: boolean;
  /** Whether to leave the log out. */
  readonly quiet: boolean;
}

/** Shows a Dag run: the log on stderr as it comes, and the table that sums it up. */
export class DagRunDisplay {
  readonly #options: DisplayOptions;

  /** A display that looks as `options` say. */
  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  /** Shows what happens, at once. */
  show(event: DagRunEvent): void {
    if (!this.#options.quiet) notify(`${this.#line(event)}\n`);
  }

  #line(event: DagRunEvent): string {
    const { color } = this.#options;
    switch (event.type) {
      case "task-started":
        return `${event.taskId}: try ${event.tryNumber}`;
      case "log":
        return formatLogRecord(event.record, { color, taskId: event.taskId });
      case "retry-waiting":
        return `${event.taskId}: next try in ${event.seconds} s`;
      case "task-ended":
        return `${event.taskId}: ${event.run.state} after ${seconds(event.run.durationSeconds)}`;
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
