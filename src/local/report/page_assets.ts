/**
 * The style sheet and the script of the page.
 *
 * @module
 */

/** The style sheet, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;
--ground:#f6f7f9;--card:#fff;--line:#dfe3e8;--soft:#eef1f4;--text:#1c2430;--faint:#5b6675;
--accent:#0b62c4;--success:#1e7f3c;--failed:#c22b2b;--warning:#946100;--skipped:#a8326f;
--waiting:#6f42b8;--removed:#6a7280;--string:#0a6b58;--number:#8a3d00;--select:#e3eefc}
@media (prefers-color-scheme:dark){:root{
--ground:#11151b;--card:#181d25;--line:#2c3440;--soft:#212833;--text:#e3e8ef;--faint:#98a4b3;
--accent:#6cb0ff;--success:#4cc274;--failed:#ff7b72;--warning:#e3b341;--skipped:#f08cc0;
--waiting:#b794f6;--removed:#9aa4b2;--string:#6fd6bd;--number:#f0a868;--select:#1d3250}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;background:var(--ground);color:var(--text);
font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,header{max-width:1500px;margin:0 auto;padding:0 20px}
header{padding-top:20px}
h1{margin:0;font-size:22px;overflow-wrap:anywhere}
h2{margin:0;font-size:16px;overflow-wrap:anywhere}
h3{margin:18px 0 6px;font-size:13px;color:var(--faint);font-weight:600}
header p{margin:2px 0;color:var(--faint);overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:8px 28px;margin:12px 0 0;padding:0}
.facts div{display:flex;flex-direction:column}
.facts dt{color:var(--faint);font-size:12px}
.facts dd{margin:0;font-size:16px;font-variant-numeric:tabular-nums}
.verdict{display:inline-block;margin-left:10px;padding:2px 10px;border-radius:99px;font-size:13px;
font-weight:600;vertical-align:middle;border:1px solid currentColor;white-space:nowrap}
.verdict.good{color:var(--success)}.verdict.bad{color:var(--failed)}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;
padding:14px 16px;margin:16px 0}
.bar{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;justify-content:space-between;
margin-bottom:10px}
.bar form,.zoom{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;color:var(--faint)}
select,input[type=search]{font:inherit;color:var(--text);background:var(--ground);
border:1px solid var(--line);border-radius:6px;padding:3px 8px;max-width:100%}
input[type=range]{width:120px;vertical-align:middle;accent-color:var(--accent)}
output{font-variant-numeric:tabular-nums;min-width:3em}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.timeline{display:grid;grid-template-columns:minmax(170px,24%) 1fr}
.names{border-right:1px solid var(--line);min-width:0}
.axis{height:26px;border-bottom:1px solid var(--line)}
.name{display:grid;grid-template-columns:16px 1fr;align-items:center;width:100%;height:44px;
padding:0 8px;border:0;border-bottom:1px solid var(--line);background:none;color:inherit;
font:inherit;text-align:left;cursor:pointer;overflow:hidden}
.name[aria-current=true]{box-shadow:inset 3px 0 var(--accent)}
.name:hover{background:var(--soft)}.name[aria-pressed=true]{background:var(--select)}
.name .id{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.name .sub{grid-column:2;color:var(--faint);font-size:12px;line-height:1.2;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
.name .dot{grid-row:1/3}
.dot{display:inline-block;width:9px;height:9px;border-radius:99px;background:var(--removed);
margin-right:7px}
.scroll{overflow-x:auto;overflow-y:hidden}
.tracks{position:relative;min-width:100%;padding:0}
.tracks .track{display:block;width:100%;height:44px;border-bottom:1px solid var(--line);
position:relative;overflow:visible}
.tracks .track rect{stroke:var(--card);stroke-width:.5}
.tick{position:absolute;top:0;bottom:0;border-left:1px solid var(--line);padding-left:4px;
color:var(--faint);font-size:11px;line-height:26px;white-space:nowrap;pointer-events:none;
font-variant-numeric:tabular-nums}
.mark{stroke:var(--card);stroke-width:1.5;opacity:.85}
rect{fill:var(--removed)}rect.running,rect.result,rect.empty{fill:var(--accent)}
rect.success{fill:var(--success)}rect.failed,rect.upstream_failed,rect.error{fill:var(--failed)}
rect.skipped{fill:var(--skipped)}rect.up_for_retry,rect.not-found,rect.none{fill:var(--warning)}
rect.up_for_reschedule,rect.deferred,rect.awaiting_input{fill:var(--waiting)}
.dot.success{background:var(--success)}.dot.failed,.dot.upstream_failed{background:var(--failed)}
.dot.skipped{background:var(--skipped)}.dot.up_for_retry{background:var(--warning)}
.dot.up_for_reschedule,.dot.deferred,.dot.awaiting_input{background:var(--waiting)}
.state{font-size:12px;font-weight:600;color:var(--removed);white-space:nowrap}
.state.success{color:var(--success)}.state.failed,.state.upstream_failed{color:var(--failed)}
.state.skipped{color:var(--skipped)}.state.up_for_retry{color:var(--warning)}
.state.up_for_reschedule,.state.deferred,.state.awaiting_input{color:var(--waiting)}
.unexpected{margin-left:4px;color:var(--failed);font-size:12px;font-weight:600}
.reason,.hint{margin:2px 0 8px;color:var(--faint)}.hint{font-size:12px}
.count{display:inline-block;min-width:1.6em;padding:0 6px;border-radius:99px;background:var(--soft);
font-size:12px;text-align:center}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{color:var(--faint);font-size:12px;font-weight:500;text-align:left}
th,td{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);vertical-align:top}
.error{border-left:3px solid var(--failed);padding-left:12px;margin:6px 0}
.error p{margin:0;overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:isolate}
pre.stack{margin:4px 0;padding:8px 10px;background:var(--soft);border-radius:6px;overflow-x:auto;
font:12px/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;
overflow-wrap:anywhere}
.xcom,.outlet{padding:3px 0}
.xcom+.xcom,.outlet+.outlet{border-top:1px solid var(--line)}
.node>summary{cursor:pointer;list-style:none;overflow-wrap:anywhere;padding:1px 0 1px 16px;
position:relative}
.node>summary::before{content:"";position:absolute;left:3px;top:8px;border:4px solid transparent;
border-left:6px solid var(--faint)}
.node[open]>summary::before{transform:rotate(90deg);transform-origin:2px 4px}
.node>summary::-webkit-details-marker,.requests summary::-webkit-details-marker{display:none}
.node[open]>summary>.preview{display:none}
.children{margin-left:7px;padding-left:13px;border-left:1px solid var(--line)}
.leaf{padding:1px 0 1px 16px;overflow-wrap:anywhere}
i{margin-left:6px;color:var(--faint)}
.key{color:var(--faint);margin-right:4px}
.kind{color:var(--faint);font-size:12px}.preview{color:var(--faint)}
.preview,.value,.subject,.field{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:12px;unicode-bidi:isolate}
.value{white-space:pre-wrap}
.value.string{color:var(--string)}.value.number,.value.bigint{color:var(--number)}
.value.boolean,.value.null{color:var(--accent)}
.requests,.log{list-style:none;margin:0;padding:0}
.requests summary{display:grid;align-items:center;gap:0 12px;cursor:pointer;list-style:none;
grid-template-columns:minmax(120px,200px) minmax(80px,220px) 1fr 76px 70px 72px;padding:2px 4px;
border-bottom:1px solid var(--line)}
.requests summary:hover{background:var(--soft)}
.requests .type{overflow:hidden;text-overflow:ellipsis}
.requests .subject{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--faint)}
.requests .track{width:100%;height:20px;overflow:visible}
.requests .track rect{stroke-width:2}
rect.result,rect.empty{stroke:var(--accent)}rect.error{stroke:var(--failed)}
rect.not-found,rect.none{stroke:var(--warning)}
.ground{stroke:var(--line)}
.when,.took{text-align:right;color:var(--faint);font-variant-numeric:tabular-nums;font-size:12px}
.answered{font-size:12px;color:var(--faint)}.answered.error{color:var(--failed)}
.answered.not-found,.answered.none{color:var(--warning)}
.line{display:grid;gap:0 12px;padding:2px 4px;border-bottom:1px solid var(--line);
grid-template-columns:max-content 62px minmax(70px,150px) 1fr;content-visibility:auto;
contain-intrinsic-size:auto 26px}
.line time,.line small{color:var(--faint);font-variant-numeric:tabular-nums}
.line time,.level{font-size:12px;line-height:21px}
.level{color:var(--accent)}.debug .level{color:var(--faint)}.warning .level{color:var(--warning)}
.error .level,.critical .level{color:var(--failed);font-weight:600}
.line.error{border-left:0;padding-left:4px;margin:0}
.who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--faint)}
.said{min-width:0;overflow-wrap:anywhere}.event{white-space:pre-wrap;unicode-bidi:isolate}
.logger{color:var(--faint)}
div.field{margin-left:0}span.field{margin-left:6px}
span.field .key{margin-right:0}
.empty{color:var(--faint)}
footer{max-width:1500px;margin:0 auto;padding:4px 20px 30px;color:var(--faint);font-size:12px}
@media (max-width:800px){.requests summary{grid-template-columns:1fr 70px 72px}
.requests .subject,.requests .track,.requests .when{display:none}
.line{grid-template-columns:max-content 62px 1fr}.said{grid-column:1/-1}}
`;

/** The script, which selects, filters and zooms existing elements and makes no markup. */
export const SCRIPT = String.raw`"use strict";
const all = (selector) => [...document.querySelectorAll(selector)];
const by = (id) => document.getElementById(id);
for (const one of all("#filter, .zoom")) one.hidden = false;

const lines = all("#log > .line");
const texts = lines.map(() => undefined);
function textOf(index) {
  return texts[index] ??= lines[index].textContent.toLowerCase();
}
function filter() {
  const least = Number(by("level").value);
  const task = by("log-task").value;
  const wanted = by("text").value.trim().toLowerCase();
  let shown = 0;
  lines.forEach((line, index) => {
    const passes = Number(line.dataset.level) >= least &&
      (task === "" || line.dataset.task === task) &&
      (wanted === "" || textOf(index).includes(wanted));
    line.hidden = !passes;
    if (passes) shown += 1;
  });
  by("shown").textContent = shown === lines.length ? lines.length + " lines" : shown + " of " + lines.length + " lines";
  by("no-lines").hidden = shown > 0;
}

const names = all("[data-select]");
const panels = all(".task");
function show(index) {
  for (const panel of panels) panel.hidden = panel.id !== "task-" + index;
  for (const name of names) name.setAttribute("aria-current", String(name.dataset.select === index));
}
/** Selects a task; clears the selection when the task is already selected. */
function select(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const name of names) name.setAttribute("aria-pressed", String(on && name === button));
  if (on) show(button.dataset.select);
  by("log-task").value = on ? button.dataset.select : "";
  filter();
}
names.forEach((button, index) => {
  button.addEventListener("click", () => select(button));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    names[index + step]?.focus();
  });
});
by("filter").addEventListener("submit", (event) => event.preventDefault());
by("level").addEventListener("change", filter);
by("text").addEventListener("input", filter);
by("log-task").addEventListener("change", () => {
  const task = by("log-task").value;
  for (const name of names) name.setAttribute("aria-pressed", String(name.dataset.select === task));
  if (task !== "") show(task);
  filter();
});

const timeline = document.querySelector(".timeline");
const scroll = document.querySelector(".scroll");
const tracks = document.querySelector(".tracks");
function label(ms, step) {
  if (ms === 0) return "0";
  if (step < 1) return Math.round(ms * 1000) + " µs";
  return ms < 1000 ? Math.round(ms) + " ms" : Number((ms / 1000).toFixed(3)) + " s";
}
function drawScale() {
  for (const tick of all(".tick")) tick.remove();
  const total = Number(timeline.dataset.ms);
  const width = tracks.getBoundingClientRect().width;
  const rough = total * 90 / width;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  for (let at = 0; at < total * 0.985; at += step) {
    const tick = document.createElement("div");
    tick.className = "tick";
    tick.textContent = label(at, step);
    tick.style.left = at / total * 100 + "%";
    tick.setAttribute("aria-hidden", "true");
    tracks.prepend(tick);
  }
}
function zoom() {
  const factor = 2 ** Number(by("zoom").value);
  const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / tracks.offsetWidth;
  tracks.style.width = factor * 100 + "%";
  by("zoom-text").textContent = Number(factor.toFixed(1)) + "×";
  scroll.scrollLeft = middle * tracks.offsetWidth - scroll.clientWidth / 2;
  drawScale();
}
by("zoom").addEventListener("input", zoom);
new ResizeObserver(drawScale).observe(scroll);

show(document.body.dataset.first);
filter();
drawScale();
`;
