/**
 * The picture of a Dag: an SVG image, or a page with it, in one file.
 *
 * @module
 */

import type { DagPlan, PlannedGroup, PlannedTask } from "../scheduler/dag_plan.ts";
import type { TaskResult } from "../scheduler/dag_run.ts";
import { type Markup, markup, trusted } from "../report/markup.ts";
import { layOutPlan, nameIn, type Placed, type PlacedEdge, type Point } from "./layout.ts";

const MARGIN = 24;
const HEADING = 40;

/** Draws a Dag as SVG, with the states of tasks that have results. */
export function graphPicture(plan: DagPlan, results: readonly TaskResult[] = []): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg(plan, results).text}\n`;
}

/** Draws a Dag on a page. */
export function graphPage(plan: DagPlan, results: readonly TaskResult[] = []): string {
  const page = markup`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        >
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${plan.dagId}</title>
        <style>
        ${trusted("body{margin:0;background:light-dark(#f6f7f9,#11151b)}svg{display:block}")}
        </style>
      </head>
      <body>
        ${svg(plan, results)}
      </body>
    </html>
  `;
  return page.text;
}

function svg(plan: DagPlan, results: readonly TaskResult[]): Markup {
  const rows = Map.groupBy(results, ({ taskId }) => taskId);
  const rowsOf = (task: PlannedTask): readonly TaskResult[] => rows.get(task.taskId) ?? [];
  const layout = layOutPlan(plan, (task) => aboutTask(task, rowsOf(task)));
  const width = Math.ceil(Math.max(layout.width, 260) + 2 * MARGIN);
  const height = Math.ceil(layout.height + 2 * MARGIN + HEADING);
  const edges = layout.edges.map((edge) => ({
    ...edge,
    label: plan.edgeLabels.get(edge.from)?.get(edge.to),
  }));
  const parts = [
    layout.groups.map(groupBox),
    edges.map(edgeLine),
    layout.tasks.map((task) => taskBox(task, rowsOf(task.item))),
    edges.map(edgeLabel),
  ];
  return markup`
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Graph of Dag ${plan.dagId}"
    >
      <style>
      ${trusted(PICTURE_STYLE)}
      </style>
      <defs>
        <marker
          id="tip"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path class="tip" d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      <rect class="ground" width="${width}" height="${height}" />
      <text class="title" x="${MARGIN}" y="${MARGIN + 12}">${plan.dagId}</text>
      <g transform="translate(${MARGIN} ${MARGIN + HEADING})">${parts}</g>
    </svg>
  `;
}

function groupBox({ item, x, y, width, height }: Placed<PlannedGroup>): Markup {
  const name = item.mapping === undefined ? item.displayName : `${item.displayName} [ ]`;
  return markup`
    <g class="group">
      <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" />
      <text x="${x + 14}" y="${y + 22}">${name}</text>
    </g>
  `;
}

function taskBox(
  { item, x, y, width, height }: Placed<PlannedTask>,
  rows: readonly TaskResult[],
): Markup {
  const details = rows.map((row) => `${row.mapIndex ?? ""} ${row.state}: ${row.reason}`);
  const box = (kind: string, by: number): Markup =>
    markup`
      <rect class="${kind}" x="${x + by}" y="${
      y + by
    }" width="${width}" height="${height}" rx="7" />
    `;
  const isMapped = item.mapping !== undefined || item.mappedGroups.length > 0;
  const mark = item.chooses
    ? markup`<path class="choice" d="M${x + 17} ${y + 15}l7 8l-7 8l-7 -8z" />`
    : markup`<circle class="dot" cx="${x + 17}" cy="${y + 23}" r="5" />`;
  return markup`
    <g class="task ${item.role ?? ""} ${item.work} ${worst(rows)}">
      <title>${[item.taskId, ...details].join("\n")}</title>
      ${isMapped ? box("shade", 4) : ""}${box("box", 0)}${mark}
      <text class="name" x="${x + 32}" y="${y + 20}">${nameIn(item)}</text>
      <text class="kind" x="${x + 32}" y="${y + 35}">${aboutTask(item, rows)}</text>
    </g>
  `;
}

/** The line below a task's name: its states, or its kind. */
function aboutTask(task: PlannedTask, rows: readonly TaskResult[]): string {
  return rows.length === 0 ? kindOf(task) : statesOf(rows);
}

function kindOf({ work, operator, role, chooses, triggerRule }: PlannedTask): string {
  if (role !== undefined) return role;
  if (triggerRule !== "all_success") return triggerRule;
  if (chooses) return "branch";
  return work === "bundle" ? "task" : work === "empty" ? "empty" : operator;
}

const RANKS = ["failed", "upstream_failed", "success", "skipped", "removed"];

function worst(rows: readonly TaskResult[]): string {
  const rank = (state: string): number => (RANKS.indexOf(state) + 6) % 6;
  return rows.map(({ state }): string => state).toSorted((a, b) => rank(a) - rank(b))[0] ?? "";
}

function statesOf(rows: readonly TaskResult[]): string {
  const counts = Map.groupBy(rows, ({ state }) => state);
  return [...counts].map(([state, each]) => rows.length === 1 ? state : `${each.length} ${state}`)
    .join(", ");
}

type LabelledEdge = PlacedEdge & { readonly label: string | undefined };

function edgeLine({ points }: LabelledEdge): Markup {
  return markup`<path class="edge" marker-end="url(#tip)" d="${curve(points)}"/>`;
}

function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let [path, last] = [`M${round(first.x)} ${round(first.y)}`, first];
  for (const point of rest) {
    const half = round((last.x + point.x) / 2);
    path += `C${half} ${round(last.y)} ${half} ${round(point.y)} ${round(point.x)} ${
      round(point.y)
    }`;
    last = point;
  }
  return path;
}

function edgeLabel({ points, label }: LabelledEdge): Markup | undefined {
  const [a, b] = points;
  if (label === undefined || a === undefined || b === undefined) return undefined;
  const [x, y] = [round((a.x + b.x) / 2), round((a.y + b.y) / 2) - 5];
  return markup`<text class="label" x="${x}" y="${y}">${label}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The style sheet, light and dark. */
const PICTURE_STYLE = `
svg{--ground:#f6f7f9;--card:#fff;--line:#c3cad4;--edge:#8791a0;--text:#1c2430;--faint:#5b6675;
--group:#0b62c40d;--frame:#9fb6d3;--accent:#0b62c4;--success:#1e7f3c;--failed:#c22b2b;
--skipped:#a8326f;--waiting:#6f42b8;
font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media (prefers-color-scheme:dark){svg{--ground:#11151b;--card:#1b212a;--line:#3a4452;
--edge:#7d8898;--text:#e3e8ef;--faint:#98a4b3;--group:#6cb0ff12;--frame:#3d5678;--accent:#6cb0ff;
--success:#4cc274;--failed:#ff7b72;--skipped:#f08cc0;--waiting:#b794f6}}
.ground{fill:var(--ground)}
text{fill:var(--text)}
.title{font-size:18px;font-weight:600}
.group rect{fill:var(--group);stroke:var(--frame);stroke-dasharray:5 4}
.group text{font-weight:600;fill:var(--faint)}
.edge{fill:none;stroke:var(--edge);stroke-width:1.4}
.tip{fill:var(--edge)}
.task{--state:var(--accent)}
.task.empty,.task.operator{--state:var(--faint)}
.task.success{--state:var(--success)}
.task.failed,.task.upstream_failed{--state:var(--failed)}
.task.skipped,.task.removed{--state:var(--skipped)}
.task.deferred,.task.up_for_retry,.task.up_for_reschedule,.task.awaiting_input{--state:var(--waiting)}
.box,.shade{fill:var(--card);stroke:var(--line);stroke-width:1.2}
.task.success .box,.task.failed .box,.task.upstream_failed .box,.task.skipped .box{stroke:var(--state)}
.task.upstream_failed .box,.task.skipped .box{stroke-dasharray:4 3}
.setup .box,.teardown .box{stroke-dasharray:2 3}
.dot,.choice{fill:var(--state)}
.name{font-weight:600}
.kind{font-size:11px;fill:var(--faint)}
.label{font-size:11px;fill:var(--faint);text-anchor:middle;stroke:var(--ground);stroke-width:4;
paint-order:stroke}
`;
