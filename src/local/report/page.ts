/**
 * The report page of a local Dag run: one file with heading, timeline, tasks and log.
 *
 * @module
 */

import { instanceName } from "../scheduler/instances.ts";
import type { RecordLevel } from "../supervisor/log_record.ts";
import type { DagRunRecord, LogEntry, ProcessRecord, TaskRecord } from "./journal.ts";
import { clockTime } from "./log_line.ts";
import {
  durationText,
  exceptionBlock,
  type Markup,
  markup,
  plural,
  share,
  type TimeSpan,
  trusted,
} from "./markup.ts";
import { SCRIPT, STYLE } from "./page_assets.ts";
import { taskPanel } from "./task_panel.ts";
import { valueSummary, valueTree } from "./value_tree.ts";

const LEVELS: readonly RecordLevel[] = ["debug", "info", "warning", "error", "critical"];

/**
 * Writes the page. It works from a `file:` URL, and its Content-Security-Policy allows only its own
 * script and style.
 *
 * @example
 * ```ts
 * import { dagRunPage } from "./page.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const now = Date.now();
 * const page = await dagRunPage({
 *   dagId: "<etl>",
 *   runId: "r",
 *   asExpected: true,
 *   started: now,
 *   ended: now + 5,
 *   tasks: [],
 *   log: [],
 * });
 * assertStringIncludes(page, "<h1>&lt;etl&gt;");
 * ```
 */
export async function dagRunPage(record: DagRunRecord): Promise<string> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await digest(STYLE)}'`,
    `script-src 'sha256-${await digest(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const unexpected = record.tasks.findIndex(({ result }) => result.state !== result.expected);
  const panels = record.tasks.map((task, index) => taskPanel(record, task, index));
  const page = markup`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${record.dagId} – ${record.runId}</title>
        <style>
        ${trusted(STYLE)}
        </style>
      </head>
      <body data-first="${Math.max(0, unexpected)}">
        ${heading(record)}
        <main>
          ${timeline(record)} ${panels} ${logList(record)}
        </main>
        <footer>Made by airflow-task-runtime dev. All times are in UTC.</footer>
        <script>
        ${trusted(SCRIPT)}
        </script>
      </body>
    </html>
  `;
  return page.text;
}

function heading({ dagId, runId, asExpected, started, ended, tasks, log }: DagRunRecord): Markup {
  const processes = tasks.flatMap((task) => task.processes);
  const facts = Object.entries({
    "Duration": durationText(ended - started),
    "Tasks": tasks.length,
    "Processes": processes.length,
    "Requests": processes.reduce((sum, process) => sum + process.requests.length, 0),
    "Log lines": log.length,
    "Errors in the log": log.filter(({ record }) =>
      ["error", "critical"].includes(record.level)
    ).length,
  }).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const [kind, verdict] = asExpected
    ? ["good", "every task ended as expected"]
    : ["bad", "not every task ended as expected"];
  const start = new Date(started).toISOString().slice(0, 19).replace("T", " ");
  return markup`
    <header>
      <h1>${dagId} <span class="verdict ${kind}">${verdict}</span></h1>
      <p>Dag run ${runId}, started ${start}</p>
      <dl class="facts">${facts}</dl>
    </header>
  `;
}

/** The timeline: a row for each task, a bar for each process, a mark for each request. */
function timeline(record: DagRunRecord): Markup {
  const span: TimeSpan = { from: record.started, to: Math.max(record.ended, record.started + 1) };
  const tracks = record.tasks.map((task) => track(task, span));
  return markup`
    <section aria-labelledby="timeline-title">
      <div class="bar">
        <h2 id="timeline-title">Timeline</h2>
        <label class="zoom" hidden>Zoom <input
          type="range"
          id="zoom"
          min="0"
          max="6"
          step="0.5"
          value="0"
        > <output id="zoom-text" for="zoom">1×</output></label>
      </div>
      <div class="timeline" data-ms="${span.to - span.from}">
        <div class="names"><div class="axis"></div>${record.tasks.map(nameCell)}</div>
        <div class="scroll" tabindex="0" role="group" aria-label="Bars of the tasks">
          <div class="tracks"><div class="axis" aria-hidden="true"></div>${tracks}</div>
        </div>
      </div>
    </section>
  `;
}

function nameCell({ result, processes }: TaskRecord, index: number): Markup {
  const { state, tries, durationSeconds, taskId, mapIndex } = result;
  const requests = processes.reduce((sum, process) => sum + process.requests.length, 0);
  const facts = [
    state,
    durationText(durationSeconds * 1000),
    plural(tries, "try", "tries"),
    plural(requests, "request"),
  ].join(" · ");
  return markup`
    <button
      type="button"
      class="name"
      data-select="${index}"
      aria-pressed="false"
      aria-controls="task-${index}"
    >
      <span class="dot ${state}"></span><span class="id">${instanceName(taskId, mapIndex)}</span>
      <span class="sub">${facts}</span>
    </button>
  `;
}

function track({ result, processes }: TaskRecord, span: TimeSpan): Markup {
  const name = instanceName(result.taskId, result.mapIndex);
  const label = `${name}: ${plural(processes.length, "process", "processes")}`;
  const bars = processes.map((process) => [bar(process, span), marks(process, span)]);
  return markup`<svg class="track" role="img" aria-label="${label}">${bars}</svg>`;
}

function bar(process: ProcessRecord, span: TimeSpan): Markup {
  const { started, ended, state, tryNumber, reason } = process;
  const width = share(span.from + ended - started, span);
  return markup`
    <rect class="${state}" x="${share(started, span)}" width="${width}" y="7" height="22" rx="4">
      <title>try ${tryNumber}: ${state} after ${durationText(ended - started)}; ${reason}</title>
    </rect>
  `;
}

function marks({ requests }: ProcessRecord, span: TimeSpan): Markup[] {
  return requests.map(({ time, type }) => {
    const x = share(time, span);
    return markup`
      <line class="mark" x1="${x}" x2="${x}" y1="9" y2="27"><title>${type}</title></line>
    `;
  });
}

/** The log, which the script filters by level, task and text. */
function logList({ log, tasks }: DagRunRecord): Markup {
  const names = tasks.map(({ result }) => instanceName(result.taskId, result.mapIndex));
  const levels = LEVELS.map((level, rank) => {
    const text = rank < LEVELS.length - 1 ? `${level} and above` : level;
    return markup`<option value="${rank}">${text}</option>`;
  });
  const options = names.map((name, index) => markup`<option value="${index}">${name}</option>`);
  return markup`
    <section aria-labelledby="log-title">
      <div class="bar">
        <h2 id="log-title">Log</h2>
        <form id="filter" role="search" hidden>
          <label>Level <select id="level">${levels}</select></label>
          <label>Task <select id="log-task"><option value="">all</option>${options}</select></label>
          <label>Text <input
            type="search"
            id="text"
            placeholder="part of a line"
            autocomplete="off"
          ></label>
          <output id="shown" aria-live="polite"></output>
        </form>
      </div>
      <ol class="log" id="log">${log.map((entry) => logLine(entry, names))}</ol>
      <p class="empty" id="no-lines" hidden>No line passes the filter.</p>
    </section>
  `;
}

function logLine({ taskId, tryNumber, record }: LogEntry, names: readonly string[]): Markup {
  const { time, level, logger, event, fields, exception } = record;
  const rank = LEVELS.indexOf(level);
  const said = [
    logger === "" ? "" : markup`<span class="logger">${logger}: </span>`,
    markup`<span class="event">${event}</span>`,
    Object.entries(fields).map(logField),
    exception === undefined ? "" : exceptionBlock(exception),
  ];
  return markup`
    <li class="line ${level}" data-level="${rank}" data-task="${names.indexOf(taskId)}">
      <time datetime="${time}">${clockTime(time)}</time><span class="level">${level}</span>
      <span class="who">${taskId}<small> ${tryNumber}</small></span><div class="said">${said}</div>
    </li>
  `;
}

function logField([key, value]: [string, unknown]): Markup {
  if (typeof value === "object" && value !== null) {
    return markup` <div class="field">${valueTree(value, key)}</div>`;
  }
  const text = typeof value === "string" ? value : valueSummary(value);
  return markup` <span class="field"><span class="key">${key}=</span>${text}</span>`;
}

/** The digest of a text in a Content-Security-Policy. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return bytes.toBase64();
}
