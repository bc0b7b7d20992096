/**
 * The page's script: it selects, filters and zooms what is there already, and makes no markup.
 *
 * @module
 */

/** The script; it runs in the browser, after the page's markup. */
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
/** One that is selected already is let go: the log of all tasks comes back. */
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
