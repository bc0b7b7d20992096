/**
 * The line at the bottom of a terminal that shows the running tasks.
 *
 * @module
 */
import type { DagRunEvent } from "../local/scheduler/dag_run.ts";
import { instanceName } from "../local/scheduler/instances.ts";
import { printable } from "../local/report/log_line.ts";
import { textWidth } from "../local/report/table.ts";

/** The terminal of a progress line. */
export interface ProgressTerminal {
  /** Writes a text. */
  write(text: string): void;
  /** Returns the current number of columns. */
  columns(): number;
}

/** The interval between updates, in milliseconds. */
const TICK_MS = 200;
const DEFAULT_COLUMNS = 80;

interface Running {
  readonly tryNumber: number;
  readonly since: number;
  requests: number;
  waits: boolean;
}

/**
 * Shows the try, the duration and the number of requests of each running task. It uses no escape
 * sequences, so that it also works with NO_COLOR.
 */
export class ProgressLine implements Disposable {
  readonly #terminal: ProgressTerminal;
  readonly #running = new Map<string, Running>();
  readonly #timer: ReturnType<typeof setInterval>;
  #width = 0;
  #holds = 0;

  /** Shows the line and updates it until it is disposed. */
  constructor(terminal: ProgressTerminal) {
    this.#terminal = terminal;
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
  }

  /** Updates the line for an event. */
  note(event: DagRunEvent): void {
    const { tryNumber } = event;
    const taskId = instanceName(event.taskId, event.mapIndex);
    const running = this.#running.get(taskId);
    if (event.type === "task-started") {
      const since = performance.now();
      this.#running.set(taskId, { tryNumber, since, requests: 0, waits: false });
    } else if (event.type === "retry-waiting") {
      this.#running.set(taskId, { tryNumber, since: performance.now(), requests: 0, waits: true });
    } else if (event.type === "task-ended") this.#running.delete(taskId);
    else if (event.type === "request" && running !== undefined) running.requests += 1;
    if (event.type !== "log" && event.type !== "task-not-run") this.#draw();
  }

  /** Writes a text above the line. */
  above(text: string): void {
    this.#erase();
    this.#terminal.write(text);
    this.#draw();
  }

  /** Hides the line while `work` uses the terminal. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#erase();
    this.#holds += 1;
    try {
      return await work();
    } finally {
      this.#holds -= 1;
    }
  }

  /** Removes the line. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #draw(): void {
    if (this.#holds > 0) return;
    const now = performance.now();
    const parts = [...this.#running].map(([taskId, { tryNumber, since, requests, waits }]) => {
      const seconds = `${Math.floor((now - since) / 1000)} s`;
      const doing = waits
        ? `waits for its next try, ${seconds}`
        : `try ${tryNumber}, ${seconds}, ${requests} ${requests === 1 ? "request" : "requests"}`;
      return `${printable(taskId)}: ${doing}`;
    });
    const line = fit(parts.join(" | "), this.#usableColumns());
    const width = textWidth(line);
    const rest = Math.max(0, Math.min(this.#width, this.#usableColumns()) - width);
    if (width + this.#width > 0) this.#terminal.write(`\r${line}${" ".repeat(rest)}\r${line}`);
    this.#width = width;
  }

  /** Returns the usable columns; a terminal of unknown width reports 0. */
  #usableColumns(): number {
    return (this.#terminal.columns() || DEFAULT_COLUMNS) - 1;
  }

  #erase(): void {
    const spaces = " ".repeat(Math.min(this.#width, this.#usableColumns()));
    if (spaces !== "") this.#terminal.write(`\r${spaces}\r`);
    this.#width = 0;
  }
}

/** Truncates a text to a number of columns. */
function fit(text: string, columns: number): string {
  let kept = text.slice(0, columns);
  while (kept !== "" && textWidth(kept) > columns) kept = kept.slice(0, -1);
  return kept;
}
