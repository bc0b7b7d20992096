/**
 * The log of a run, to be filtered by level, task and text.
 *
 * @module
 */

import type { DagRunRecord, LogEntry } from "./journal.ts";
import { instanceName } from "../scheduler/instances.ts";
import { clockTime } from "./log_line.ts";
import type { RecordLevel } from "../supervisor/log_record.ts";
import { exceptionBlock } from "./exception_block.ts";
import { type Markup, markup } from "./markup.ts";
import { valueSummary, valueTree } from "./value_tree.ts";

const LEVELS: readonly RecordLevel[] = ["debug", "info", "warning", "error", "critical"];

/** The section with the log; the page's script filters it. */
export function logList({ log, tasks }: DagRunRecord): Markup {
  const ids = tasks.map(({ result }) => instanceName(result.taskId, result.mapIndex));
  return markup`<section aria-labelledby="log-title">
<div class="bar"><h2 id="log-title">Log</h2>
<form id="filter" role="search" hidden>
<label>Level <select id="level">${
    LEVELS.map((level, rank) =>
      markup`<option value="${rank}">${level}${rank < 4 ? " and above" : ""}</option>`
    )
  }</select></label>
<label>Task <select id="log-task"><option value="">all</option>${
    ids.map((id, index) => markup`<option value="${index}">${id}</option>`)
  }</select></label>
<label>Text <input type="search" id="text" placeholder="part of a line" autocomplete="off"></label>
<output id="shown" aria-live="polite"></output>
</form></div>
<ol class="log" id="log">${log.map((entry) => line(entry, ids))}</ol>
<p class="empty" id="no-lines" hidden>No line passes the filter.</p>
</section>`;
}

function line({ taskId, tryNumber, record }: LogEntry, ids: readonly string[]): Markup {
  const { time, level, logger, event, fields, exception } = record;
  return markup`<li class="line ${level}" data-level="${LEVELS.indexOf(level)}" data-task="${
    ids.indexOf(taskId)
  }"><time datetime="${time}">${
    clockTime(time)
  }</time><span class="level">${level}</span><span class="who">${taskId}<small> ${tryNumber}</small></span><div class="said">${
    logger === "" ? "" : markup`<span class="logger">${logger}: </span>`
  }<span class="event">${event}</span>${Object.entries(fields).map(field)}${
    exception === undefined ? "" : exceptionBlock(exception)
  }</div></li>`;
}

function field([key, value]: [string, unknown]): Markup {
  return typeof value === "object" && value !== null
    ? markup` <div class="field">${valueTree(value, key)}</div>`
    : markup` <span class="field"><span class="key">${key}=</span>${
      typeof value === "string" ? value : valueSummary(value)
    }</span>`;
}
