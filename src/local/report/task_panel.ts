/**
 * The panel of one task: its tries, errors, XComs, asset events and requests.
 *
 * @module
 */

import type {
  DagRunRecord,
  LogEntry,
  OutletRecord,
  ProcessRecord,
  RequestRecord,
  TaskRecord,
  XComRecord,
} from "./journal.ts";
import { instanceName } from "../scheduler/instances.ts";
import {
  durationText,
  exceptionBlock,
  type Markup,
  markup,
  type Part,
  plural,
  share,
  type TimeSpan,
} from "./markup.ts";
import { fieldTrees, valueSummary, valueTree } from "./value_tree.ts";

/** The maximum number of listed requests of one process. */
const MAX_REQUESTS = 1000;

/** The fields that may name the subject of a request, the best first. */
const SUBJECTS = ["conn_id", "key", "task_id", "name", "uri", "trigger_dag_id", "dag_id", "state"];

/** The panel of a task; `index` is its number on the page. */
export function taskPanel(record: DagRunRecord, task: TaskRecord, index: number): Markup {
  const { result: { taskId, mapIndex, state, expected, reason }, processes } = task;
  const name = instanceName(taskId, mapIndex);
  const errors = record.log.filter((entry) =>
    entry.taskId === name && entry.record.exception !== undefined
  ).map(errorBlock);
  const unexpected = state === expected
    ? ""
    : markup`<span class="unexpected">expected ${expected}</span>`;
  const parts = [
    part("Tries", processes.length, tries(processes, record)),
    part("Errors", errors.length, errors),
    part("XComs", task.xcoms.length, task.xcoms.map(xcomBlock)),
    part("Asset events", task.outlets.length, task.outlets.map(outletBlock)),
    processes.map(requests),
  ];
  return markup`
    <section class="task" id="task-${index}" aria-labelledby="task-title-${index}">
      <h2 id="task-title-${index}">
        <span class="dot ${state}"></span>${name} <span class="state ${state}">${state}</span> ${unexpected}
      </h2>
      <p class="reason">${reason}</p>
      ${parts}
    </section>
  `;
}

/** A part with its heading; empty when the count is 0. */
function part(title: string, count: number, content: Part): Part {
  if (count === 0) return "";
  return markup`<h3>${title} <span class="count">${count}</span></h3>${content}`;
}

function tries(processes: readonly ProcessRecord[], { started }: DagRunRecord): Markup {
  const head = ["Try", "State", "Start", "Duration", "Requests", "Cause"].map((title) =>
    markup`<th scope="col">${title}</th>`
  );
  const rows = processes.map((process) => {
    const cells = [
      process.tryNumber,
      markup`<span class="state ${process.state}">${process.state}</span>`,
      `+${durationText(process.started - started)}`,
      durationText(process.ended - process.started),
      process.requests.length,
      process.reason,
    ];
    return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
  });
  return markup`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

function errorBlock({ record: { event, exception }, tryNumber }: LogEntry): Markup {
  const stack = exceptionBlock(exception);
  return markup`<div class="error"><p>try ${tryNumber}: ${event}</p>${stack}</div>`;
}

function xcomBlock({ key, mapIndex, value }: XComRecord): Markup {
  return markup`<div class="xcom">${valueTree(value, instanceName(key, mapIndex))}</div>`;
}

function outletBlock({ asset, aliases, extra }: OutletRecord): Markup {
  const through = aliases.length === 0 ? "" : ` through ${aliases.join(", ")}`;
  return markup`<div class="outlet"><b>${asset}</b>${through}${valueTree(extra, "extra")}</div>`;
}

/** The requests of one process, each with a bar from its arrival to its answer. */
function requests({ started, ended, tryNumber, requests }: ProcessRecord): Part {
  if (requests.length === 0) return "";
  const span = { from: started, to: Math.max(ended, started + 1) };
  const rows = requests.slice(0, MAX_REQUESTS).map((request) => requestRow(request, span));
  const rest = requests.length - rows.length;
  const more = rest > 0 ? markup`<li>${plural(rest, "more request")}, not shown</li>` : "";
  const length = durationText(span.to - span.from);
  return markup`
    <h3>Requests of try ${tryNumber} <span class="count">${requests.length}</span></h3>
    <p class="hint">Along ${length} of the process, each from its arrival to its answer.</p>
    <ol class="requests">${rows}${more}</ol>
  `;
}

function requestRow(request: RequestRecord, span: TimeSpan): Markup {
  const { type, fields, answered, time, durationSeconds } = request;
  const [x, width] = [share(time, span), share(span.from + durationSeconds * 1000, span)];
  const when = durationText(time - span.from);
  const took = durationText(durationSeconds * 1000);
  return markup`
    <li>
      <details>
        <summary>
          <span class="type">${type}</span><span class="subject">${subjectOf(fields)}</span>
          <svg class="track" aria-hidden="true">
            <line class="ground" x1="0" x2="100%" y1="10" y2="10" />
            <rect class="${answered}" x="${x}" width="${width}" y="4" height="12" rx="2" />
          </svg>
          <span class="when">+${when}</span><span class="took">${took}</span>
          <span class="answered ${answered}">${answered}</span>
        </summary>
        ${fieldTrees(fields)}
      </details>
    </li>
  `;
}

function subjectOf(fields: unknown): string {
  const named = new Map<string, unknown>(
    typeof fields === "object" && fields !== null ? Object.entries(fields) : [],
  );
  const subject = SUBJECTS.map((name) => named.get(name)).find((value) =>
    typeof value === "string" && value !== ""
  );
  const key = named.get("key");
  const task = named.get("task_id");
  if (typeof key === "string" && typeof task === "string") return `${task} ${key}`;
  if (typeof subject === "string") return subject;
  // The task's own UUID does not help a reader.
  named.delete("ti_id");
  return named.size === 0 ? "" : valueSummary(Object.fromEntries(named));
}
