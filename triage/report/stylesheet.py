"""The look of the HTML report: one style sheet for screen and paper, light and dark."""

from __future__ import annotations

__all__ = ["STYLESHEET"]

STYLESHEET = """\
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --raised: #f3f1ec; --ink: #21252b; --soft: #575d66; --rule: #dcd8cf; --faint: #e9e6df;
  --first: #2c5f8a; --second: #a2521c; --lost: #b4474718; --lost-edge: #b44747; --track: #e7e3da;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, Charter, "Bitstream Charter", Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #17191c; --raised: #1f2226; --ink: #e3e0d9; --soft: #a5a8ad; --rule: #363a40; --faint: #2a2d32;
    --first: #8cb6dc; --second: #e0a06c; --lost: #e0808022; --lost-edge: #e08080; --track: #2d3136;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.page { max-width: 70rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 4rem) clamp(1rem, 4vw, 3rem) 3rem; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.6vw, 3rem); letter-spacing: -0.012em; max-width: 22em; }
h2 { font-size: 1.3rem; }
h3 { font-size: 1.1rem; margin: 0 0 .5rem; }
p, ul, ol, dl, table, figure { margin: 0 0 1rem; }
ul, ol { padding: 0; list-style: none; }
a { color: var(--first); text-underline-offset: .18em; text-decoration-thickness: .06em; }
:focus-visible { outline: 2px solid var(--first); outline-offset: 3px; border-radius: 2px; }
code, pre { font-family: var(--mono); font-size: .86em; }
.kicker { margin: 0 0 .6rem; color: var(--soft); font-size: .9rem; }
.lead { font: 1.2rem/1.5 var(--serif); color: var(--soft); margin: .8rem 0 0; max-width: 40rem; }
.lead strong { color: var(--ink); font-weight: 600; }
.soft { color: var(--soft); }
.small { font-size: .9rem; }
.banner { border-left: 3px solid var(--lost-edge); padding: .2rem 0 .2rem 1rem; margin: 1.5rem 0 0; max-width: 44rem; }
.facts {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1.25rem;
  margin: 1.75rem 0 0; font-size: .9rem; color: var(--soft);
}
.facts dt { font-weight: 400; }
.facts dd { margin: 0; color: var(--ink); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .4rem .8rem; }
section { border-top: 1px solid var(--rule); padding: 1.75rem 0 1rem; margin-top: 1.75rem; }
section + section { margin-top: .75rem; }
section > h2 { margin-bottom: 1.1rem; }
section > .body { min-width: 0; }
.body > p, .seen p, .advice p { max-width: 44rem; }

figure.curves { margin: 0 0 1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; margin: 0 0 .4rem; }
.legend, .pane-title { font-size: .875rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .5rem; }
.key { width: 1.6rem; height: .75rem; overflow: visible; }
.pane { display: block; width: calc(100% - 3.6rem); margin: 1rem .2rem 0 3.4rem; overflow: visible; }
.pane.losses { height: clamp(13rem, 34vw, 21rem); }
.pane.small { height: 5rem; margin-top: .4rem; }
.pane.with-steps { margin-bottom: 3.1rem; }
.pane.lanes-1 { margin-top: 2.1rem; } .pane.lanes-2 { margin-top: 3.5rem; }
.pane.lanes-3 { margin-top: 4.9rem; } .pane.lanes-4 { margin-top: 6.3rem; }
.pane-title { margin: 1.25rem 0 0; }
.pane text { font: .75rem var(--sans); fill: var(--soft); }
.pane text.value { text-anchor: end; }
.pane text.start { text-anchor: start; } .pane text.middle { text-anchor: middle; } .pane text.end { text-anchor: end; }
.stretched { overflow: visible; }
.curve {
  fill: none; stroke: var(--first); stroke-width: 1.5px; stroke-linejoin: round; stroke-linecap: round;
  vector-effect: non-scaling-stroke;
}
.curve.val_loss { stroke: var(--second); stroke-width: 2px; }
.curve.grad_norm, .curve.learning_rate { stroke: var(--soft); }
.curve.dense { stroke-width: 1px; stroke-opacity: .75; }
.dot { fill: var(--first); }
.dot.val_loss { fill: var(--second); }
.dot.grad_norm, .dot.learning_rate { fill: var(--soft); }
.grid { stroke: var(--faint); stroke-width: 1px; }
.axis { stroke: var(--rule); stroke-width: 1px; }
.lost { fill: var(--lost); }
.lost-edge { stroke: var(--lost-edge); stroke-width: 1px; stroke-dasharray: 2 3; }
.pointer { stroke: var(--ink); stroke-opacity: .28; stroke-width: 1px; }
.mark circle { fill: var(--ink); }
.mark text { fill: var(--paper); font-weight: 600; font-size: .7rem; text-anchor: middle; }

.seen li { display: grid; grid-template-columns: 1.5rem minmax(0, 1fr); gap: 0 .75rem; margin-bottom: .9rem; }
.seen p { margin: 0; }
.badge {
  display: inline-grid; place-items: center; width: 1.25rem; height: 1.25rem; margin-top: .18rem; border-radius: 50%;
  background: var(--ink); color: var(--paper); font-size: .72rem; font-weight: 600; line-height: 1;
}
.badge.said { background: none; box-shadow: inset 0 0 0 1.5px var(--soft); }

table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding: 0 0 .5rem; max-width: 44rem; }
th, td { text-align: left; vertical-align: baseline; padding: .4rem 0; font-weight: 400; }
thead th { font-size: .8rem; color: var(--soft); padding: 0 0 .2rem; }
tbody tr { border-top: 1px solid var(--faint); }
td.figure, th.figure { text-align: right; white-space: nowrap; padding-left: 1rem; }
td.drawn { width: 34%; padding-left: 1rem; }
.ranking tbody:first-of-type tr:first-child :is(th, td) { font-weight: 600; }
.ranking .rest :is(th, td) { color: var(--soft); }
.bar { display: block; width: 100%; height: .6rem; overflow: visible; }
.bar .track { fill: var(--track); }
.bar .fill { fill: var(--first); }
.bar.quiet .fill { fill: var(--soft); }
.bar .fill.against { fill: var(--second); }
.bar .zero { stroke: var(--soft); stroke-width: 1px; }
.evidence { margin-bottom: 1.75rem; }
.evidence caption { font: 600 1.1rem/1.3 var(--serif); color: var(--ink); }
.evidence .state { display: block; }

details { border-top: 1px solid var(--faint); }
li:last-child > details { border-bottom: 1px solid var(--faint); }
summary { cursor: pointer; padding: .65rem 0 .65rem 1.5rem; position: relative; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before {
  content: ""; position: absolute; left: .25rem; top: 1.2rem; width: .45rem; height: .45rem;
  border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg);
}
details[open] > summary::before { transform: rotate(45deg); top: 1.1rem; }
summary h3 { display: inline; font: 600 1rem/1.5 var(--sans); margin: 0; }
summary .aside { display: block; color: var(--soft); font-size: .9rem; }
.inside { padding: 0 0 1rem 1.5rem; }
details.more { border: 0; margin-top: .75rem; }
.more > summary { padding: .2rem 0 .2rem 1.25rem; }
.more > summary::before { top: .65rem; left: .1rem; }
.more[open] > summary::before { top: .55rem; }
pre code { font-size: inherit; }
.code { margin: 1rem 0 0; }
.code figcaption { font-size: .8rem; color: var(--soft); margin-bottom: .25rem; }
pre {
  margin: 0; padding: .8rem 1rem; background: var(--raised); border-radius: 4px; line-height: 1.5;
  overflow-x: auto; overflow-wrap: normal; tab-size: 4;
}
.values { display: grid; grid-template-columns: fit-content(70%) minmax(0, 1fr); gap: .1rem 1rem; margin: .25rem 0 0; }
.values dd { margin: 0; font-weight: 600; }

.questions > li { margin-bottom: 1.75rem; }
.questions h3 { font: 600 1rem/1.5 var(--sans); margin: 0; }
.choices { display: grid; gap: .35rem 1.5rem; margin: .5rem 0 0; }
.choices li { border-top: 1px solid var(--faint); padding-top: .35rem; }
.choices code { display: block; color: var(--soft); }
.sources li { margin-bottom: .35rem; }
.sources .host { display: block; color: var(--soft); font-size: .875rem; }
footer { border-top: 1px solid var(--rule); margin-top: 1.5rem; padding-top: 1rem; }
footer { color: var(--soft); font-size: .85rem; }

@media (min-width: 44rem) {
  .choices { grid-template-columns: 1fr 1fr; }
}
@media (min-width: 62rem) {
  section { display: grid; grid-template-columns: 11rem minmax(0, 1fr); column-gap: 2.5rem; }
  section > h2 { margin: 0; padding-top: .05rem; }
}
@media print {
  @page { margin: 18mm 16mm; }
  :root { --paper: #fff; --raised: #f5f5f3; }
  html { font-size: 12.5px; }
  .page { max-width: none; padding: 0; }
  .skip { display: none; }
  .pane.losses { height: 5.5cm; }
  .pane.small { height: 1.6cm; }
  section { padding: 1rem 0 .5rem; margin-top: 1rem; }
  h2, h3, summary, caption, thead, figcaption, .questions h3 + p { break-after: avoid; }
  svg, table, tr, pre, summary, .curves, .code, .seen li, .choices li, .sources li { break-inside: avoid; }
  summary h3 { display: block; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary, .more > summary { padding-left: 0; }
  summary::before { display: none; }
  .inside { padding-left: 0; }
  pre { white-space: pre-wrap; overflow: visible; }
  a { color: inherit; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
@media (forced-colors: active) {
  .curve, .grid, .axis, .pointer { stroke: CanvasText; }
  .bar .fill, .mark circle { fill: CanvasText; }
}
"""
