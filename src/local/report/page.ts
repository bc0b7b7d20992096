/**
 * The page of a local Dag run: one file without a reference to any other.
 *
 * @module
 */

import type { DagRunRecord } from "./journal.ts";
import { durationText } from "./duration.ts";
import { type Markup, markup, trusted } from "./markup.ts";
import { logList } from "./log_list.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { taskPanel } from "./task_panel.ts";
import { timeline } from "./timeline.ts";

/**
 * Writes the page. It works from a `file:` URL; its Content-Security-Policy lets nothing run or load
 * but its own script and style.
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
          ${timeline(record)} ${
    record.tasks.map((task, index) => taskPanel(record, task, index))
  } ${logList(record)}
        </main>
        <footer>Made by airflow-task-runtime dev. Times are in UTC.</footer>
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
  const requests = processes.reduce((sum, process) => sum + process.requests.length, 0);
  const errors = log.filter(({ record }) => ["error", "critical"].includes(record.level)).length;
  const facts: [string, string | number][] = [
    ["Duration", durationText(ended - started)],
    ["Tasks", tasks.length],
    ["Processes", processes.length],
    ["Requests", requests],
    ["Log lines", log.length],
    ["of them errors", errors],
  ];
  const verdict = asExpected
    ? markup`
      <span class="verdict good">every task ended as expected</span>
    `
    : markup`
      <span class="verdict bad">not every task ended as expected</span>
    `;
  return markup`
    <header>
      <h1>${dagId} ${verdict}</h1>
      <p>Dag run ${runId}, begun ${
    new Date(started).toISOString().slice(0, 19).replace(
      "T",
      " ",
    )
  }</p>
      <dl class="facts">${
    facts.map(([name, value]) =>
      markup`
          <div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>
        `
    )
  }</dl>
    </header>
  `;
}

/** The digest by which a Content-Security-Policy knows a text. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return bytes.toBase64();
}
