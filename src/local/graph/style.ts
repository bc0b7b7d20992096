/**
 * The picture's style sheet, light and dark.
 *
 * @module
 */

/** The style sheet. */
export const PICTURE_STYLE = `
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
