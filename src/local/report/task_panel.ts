/**
 * The panel of one task: its tries, errors, XComs, asset events and requests.
 *
 * @module
 */

import type {
  DagRunRecord,
  LogEntry,
  ProcessRecord,
  RequestRecord,
  TaskRecord,
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
} from "./markup.ts";
import { fieldTrees, valueSummary, valueTree } from "./value_tree.ts";

/** The maximum number of listed requests of one process. */
const MAX_REQUESTS = 1000;

/** The fields that may name the subject of a request, the best first. */
const SUBJECTS = ["conn_id", "key", "task_id", "name", "uri", "trigger_dag_id", "dag_id", "state"];

/** The panel of a task; `index` is its number on the page. */
export function taskPanel(record: DagRunRecord, task: TaskRecord, index: number): Markup {
  const { result, processes, xcoms, outlets } = task;
  const name = instanceName(result.taskId, result.mapIndex);
  const errors = record.log.filter((entry) =>
    entry.taskId === name && entry.record.exception !== undefined
  );
  const expected = result.state === result.expected ? "" : markup`
    <span class="unexpected">expected ${result.expected}</span>
  `;
  return markup`
    <section class="task" id="task-${index}" aria-labelledby="task-title-${index}">
      <h2 id="task-title-${index}">
        <span class="dot ${result.state}"></span>${name} <span class="state ${result.state}"
        >${result.state}</span> ${expected}
      </h2>
      <p class="reason">${result.reason}</p>
      ${part("Tries", processes.length, tries(processes, record))} ${
    part(
      "Errors",
      errors.length,
      errors.map(errorBlock),
    )
  } ${
    part(
      "XComs",
      xcoms.length,
      xcoms.map(({ key, mapIndex, value }) =>
        markup`
            <div class="xcom">${valueTree(value, mapIndex < 0 ? key : `${key}[${mapIndex}]`)}</div>
          `
      ),
    )
  } ${
    part(
      "Asset events",
      outlets.length,
      outlets.map(({ asset, aliases, extra }) =>
        markup`
            <div class="outlet"><b>${asset}</b>${
          aliases.length === 0 ? "" : ` through ${aliases.join(", ")}`
        }${valueTree(extra, "extra")}</div>
          `
      ),
    )
  } ${processes.map((process) => requests(process))}
    </section>
  `;
}

/** A part with its heading; empty when the count is 0. */
function part(title: string, count: number, content: Part): Part {
  return count === 0 ? "" : markup`
    <h3>${title} <span class="count">${count}</span></h3>${content}
  `;
}

function tries(processes: readonly ProcessRecord[], { started }: DagRunRecord): Markup {
  return markup`
    <table>
      <thead>
        <tr>
          <th scope="col">Try</th>
          <th scope="col">State</th>
          <th scope="col">Start</th>
          <th scope="col">Duration</th>
          <th scope="col">Requests</th>
          <th scope="col">Cause</th>
        </tr>
      </thead>
      <tbody>${
    processes.map((process) =>
      markup`
          <tr>
            <td>${process.tryNumber}</td>
            <td><span class="state ${process.state}">${process.state}</span></td>
            <td>+${durationText(process.started - started)}</td>
            <td>${durationText(process.ended - process.started)}</td>
            <td>${process.requests.length}</td>
            <td>${process.reason}</td>
          </tr>
        `
    )
  }</tbody>
    </table>
  `;
}

function errorBlock({ record, tryNumber }: LogEntry): Markup {
  return markup`
    <div class="error"><p>try ${tryNumber}: ${record.event}</p>${
    exceptionBlock(
      record.exception,
    )
  }</div>
  `;
}

/** The requests of one process, each with a bar from its arrival to its answer. */
function requests(process: ProcessRecord): Part {
  const { started, ended, tryNumber } = process;
  const span = { from: started, to: Math.max(ended, started + 1) };
  const shown = process.requests.slice(0, MAX_REQUESTS);
  const rest = process.requests.length - shown.length;
  if (shown.length === 0) return "";
  return markup`
    <h3>Requests of try ${tryNumber} <span class="count">${process.requests.length}</span></h3>
    <p class="hint">Along ${
    durationText(
      span.to - span.from,
    )
  } of the process, each from its arrival to its answer.</p>
    <ol class="requests">${shown.map((request) => requestRow(request, span))}${
    rest > 0
      ? markup`
        <li>${plural(rest, "more request")}, not shown</li>
      `
      : ""
  }</ol>
  `;
}

function requestRow(request: RequestRecord, span: { from: number; to: number }): Markup {
  const { type, fields, answered, time, durationSeconds } = request;
  const width = share(span.from + durationSeconds * 1000, span);
  return markup`
    <li>
      <details>
        <summary>
          <span class="type">${type}</span><span class="subject">${subjectOf(fields)}</span><svg
            class="track"
            aria-hidden="true"
          >
            <line class="ground" x1="0" x2="100%" y1="10" y2="10" />
            <rect class="${answered}" x="${
    share(
      time,
      span,
    )
  }" width="${width}" y="4" height="12" rx="2" />
          </svg><span class="when">+${
    durationText(
      time - span.from,
    )
  }</span><span class="took">${durationText(durationSeconds * 1000)}</span><span
            class="answered ${answered}"
          >${answered}</span>
        </summary>${fieldTrees(fields)}
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
