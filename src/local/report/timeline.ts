/**
 * The timeline of a run: a row a task, a bar a process, a mark a request.
 *
 * @module
 */

import type { DagRunRecord, ProcessRecord, TaskRecord } from "./journal.ts";
import { instanceName } from "../scheduler/instances.ts";
import { durationText, plural, share } from "./duration.ts";
import { type Markup, markup, type Part } from "./markup.ts";

/** The span that a timeline shows, in milliseconds. */
export interface TimeSpan {
  /** Where it begins. */
  readonly from: number;
  /** Where it ends; after `from`. */
  readonly to: number;
}

/** The section with the timeline; the page's script draws its scale and makes it zoom. */
export function timeline(record: DagRunRecord): Markup {
  const span: TimeSpan = { from: record.started, to: Math.max(record.ended, record.started + 1) };
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
          <div class="tracks"><div class="axis" aria-hidden="true"></div>${
    record.tasks.map((
      task,
    ) => track(task, span))
  }</div>
        </div>
      </div>
    </section>
  `;
}

function nameCell({ result, processes }: TaskRecord, index: number): Markup {
  const name = instanceName(result.taskId, result.mapIndex);
  const requests = processes.reduce((sum, process) => sum + process.requests.length, 0);
  return markup`
    <button
      type="button"
      class="name"
      data-select="${index}"
      aria-pressed="false"
      aria-controls="task-${index}"
    >
      <span class="dot ${result.state}"></span><span class="id">${name}</span><span class="sub"
      >${result.state} · ${durationText(result.durationSeconds * 1000)} · ${
    plural(
      result.tries,
      "try",
      "tries",
    )
  } · ${plural(requests, "request")}</span>
    </button>
  `;
}

function track({ result, processes }: TaskRecord, span: TimeSpan): Markup {
  const name = instanceName(result.taskId, result.mapIndex);
  return markup`
    <svg class="track" role="img" aria-label="${name}: ${
    plural(
      processes.length,
      "process",
      "processes",
    )
  }">${
    processes.map((process) => [
      bar(process, span),
      process.requests.map((request) => {
        const x = share(request.time, span);
        return markup`
          <line class="mark" x1="${x}" x2="${x}" y1="9" y2="27">
            <title>${request.type}</title>
          </line>
        `;
      }),
    ])
  }</svg>
  `;
}

function bar(process: ProcessRecord, span: TimeSpan): Part {
  const { started, ended, state, tryNumber, reason } = process;
  const width = share(span.from + ended - started, span);
  return markup`
    <rect class="${state}" x="${share(started, span)}" width="${width}" y="7" height="22" rx="4">
      <title>try ${tryNumber}: ${state} after ${durationText(ended - started)}; ${reason}</title>
    </rect>
  `;
}
