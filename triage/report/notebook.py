"""`Diagnosis` -> a short display for notebooks: the curve with its marks, the ranking, what to check and to ask next.

Notebooks put it into a page of their own, so every rule is scoped, nothing has an id, and colours follow the text that
stands around it, light or dark. There are no tables, which notebooks stripe and shrink.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis, NextQuestion
from triage.history import History
from triage.report.choice import (
    RANKING_NOTE,
    Ranked,
    Seen,
    best_checks,
    marks_of,
    notable_findings,
    open_questions,
    ranking,
    seen_words,
    verdict,
    where,
)
from triage.report.escape import folded
from triage.report.figures import duration, percent
from triage.report.svg import bar_svg, curves_svg

__all__ = ["notebook_html"]

TOP = 5
MOST_SEEN = 8
MOST_CHOICES = 8

STYLE = """\
.triage-diagnosis{max-width:52rem;font-size:14px;line-height:1.5;overflow-wrap:anywhere;
--first:#3f7cac;--second:#c26a1f;--lost:#c8505022;--lost-edge:#c85050;
--soft:color-mix(in srgb,currentColor 68%,transparent);--rule:color-mix(in srgb,currentColor 25%,transparent);
--faint:color-mix(in srgb,currentColor 12%,transparent)}
.triage-diagnosis div.verdict{font-size:1.2em;font-weight:600;margin:.2em 0 .4em}
.triage-diagnosis div.head{font-weight:600;margin:1em 0 .2em}
.triage-diagnosis div.soft,.triage-diagnosis span.soft{color:var(--soft);font-size:.92em}
.triage-diagnosis div.row{display:grid;grid-template-columns:minmax(0,1fr) 30% 4em;gap:0 1em;align-items:center;
border-top:1px solid var(--faint);padding:.15em 0}
.triage-diagnosis div.row>:last-child{text-align:right;white-space:nowrap}
.triage-diagnosis div.item{display:grid;grid-template-columns:1.6em minmax(0,1fr);gap:0 .5em;padding:.15em 0}
.triage-diagnosis span.badge{display:inline-grid;place-items:center;width:1.45em;height:1.45em;border-radius:50%;
box-shadow:inset 0 0 0 1.5px currentColor;font-size:.82em;margin-top:.15em}
.triage-diagnosis ul.legend{display:flex;flex-wrap:wrap;gap:0 1.4em;list-style:none;margin:0;padding:0;
color:var(--soft);font-size:.92em}
.triage-diagnosis ul.legend li{display:flex;align-items:center;gap:.5em;margin:0;list-style:none}
.triage-diagnosis p.pane-title{color:var(--soft);font-size:.92em;margin:.8em 0 0}
.triage-diagnosis svg.key{width:1.6em;height:.75em;overflow:visible}
.triage-diagnosis svg.pane{display:block;width:calc(100% - 4.2em);max-width:none;height:14em;margin:.8em .2em 0 3.8em;
overflow:visible}
.triage-diagnosis svg.pane.small{height:4.5em;margin-top:.4em}
.triage-diagnosis svg.pane.with-steps{margin-bottom:3.2em}
.triage-diagnosis svg.pane.lanes-1{margin-top:2.4em}.triage-diagnosis svg.pane.lanes-2{margin-top:4em}
.triage-diagnosis svg.pane.lanes-3{margin-top:5.6em}.triage-diagnosis svg.pane.lanes-4{margin-top:7.2em}
.triage-diagnosis svg.pane text{font-size:12px;fill:var(--soft)}
.triage-diagnosis svg text.value,.triage-diagnosis svg text.end{text-anchor:end}
.triage-diagnosis svg text.middle{text-anchor:middle}
.triage-diagnosis svg.stretched{max-width:none;height:100%;overflow:visible}
.triage-diagnosis .curve{fill:none;stroke:var(--first);stroke-width:1.5px;stroke-linejoin:round;
vector-effect:non-scaling-stroke}
.triage-diagnosis .curve.val_loss{stroke:var(--second);stroke-width:2px}
.triage-diagnosis .curve.grad_norm,.triage-diagnosis .curve.learning_rate{stroke:var(--soft)}
.triage-diagnosis .curve.dense{stroke-width:1px}
.triage-diagnosis .dot{fill:var(--first)}.triage-diagnosis .dot.val_loss{fill:var(--second)}
.triage-diagnosis .dot.grad_norm,.triage-diagnosis .dot.learning_rate{fill:var(--soft)}
.triage-diagnosis .grid{stroke:var(--faint)}.triage-diagnosis .axis{stroke:var(--rule)}
.triage-diagnosis .pointer{stroke:var(--rule)}.triage-diagnosis .lost{fill:var(--lost)}
.triage-diagnosis .lost-edge{stroke:var(--lost-edge);stroke-dasharray:2 3}
.triage-diagnosis .mark circle{fill:none;stroke:currentColor;stroke-width:1.5px}
.triage-diagnosis svg .mark text{fill:currentColor;text-anchor:middle;font-size:11px}
.triage-diagnosis svg.bar{display:block;width:100%;max-width:none;height:.6em}
.triage-diagnosis .bar .track{fill:var(--faint)}.triage-diagnosis .bar .fill{fill:var(--first)}
.triage-diagnosis .bar.quiet .fill{fill:var(--soft)}
"""


def notebook_html(diagnosis: Diagnosis, base: KnowledgeBase | None, history: History | None) -> str:
    """A piece of HTML that needs nothing from elsewhere and changes nothing around it.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for titles and labels; None where it is not at hand, then the built-in one is taken.
        history: the curves, for the picture.

    """
    if base is None:
        from knowledge.loader import load

        base = load()
    seen = notable_findings(diagnosis, base)
    lines = [
        *_head(diagnosis, history),
        *_curves(history, seen),
        *_seen(base, seen[:MOST_SEEN], "step" if history is None else history.step_unit),
        *_ranking(diagnosis),
        *_check(diagnosis),
        *_question(diagnosis),
    ]
    return f'<div class="triage-diagnosis"><style>{STYLE}</style>\n' + "\n".join(lines) + "\n</div>"


def _head(diagnosis: Diagnosis, history: History | None) -> Iterator[str]:
    yield f'<div class="verdict">{_text(verdict(diagnosis))}</div>'
    if diagnosis.conflict.banner:
        yield f"<div>{_text(diagnosis.conflict.banner)}</div>"
    if diagnosis.history is not None:
        files = ", ".join(diagnosis.history.files[:3])
        yield f'<div class="soft">{_text(f"{files}, {diagnosis.history.steps:,} rows", 200)}</div>'


def _curves(history: History | None, seen: Sequence[Seen]) -> Iterator[str]:
    if history is not None:
        yield curves_svg(history, marks_of(seen))


def _seen(base: KnowledgeBase, seen: Sequence[Seen], unit: str) -> Iterator[str]:
    if seen:
        yield '<div class="head">Seen and said</div><div role="list">'
    for number, finding in seen:
        title, label = seen_words(base, finding)
        place = where(finding, unit)
        told = f' <span class="soft">{_text(place)}</span>' if place else ""
        badge = "<span></span>" if number is None else f'<span class="badge">{number}</span>'
        yield f'<div class="item" role="listitem">{badge}<div>{_text(title)}: {_text(label)}{told}</div></div>'
    if seen:
        yield "</div>"


def _ranking(diagnosis: Diagnosis) -> Iterator[str]:
    listed, others = ranking(diagnosis, TOP)
    yield f'<div class="head">What it may be</div><div class="soft">{_text(RANKING_NOTE.capitalize())}.</div>'
    yield '<div role="list">'
    yield from (_ranked(row, "") for row in listed)
    yield from (_ranked(row, "quiet") for row in others)
    yield "</div>"


def _ranked(row: Ranked, kind: str) -> str:
    title = _text(row.title[:1].upper() + row.title[1:])
    bar = bar_svg(row.probability, kind)
    return f'<div class="row" role="listitem"><div>{title}</div>{bar}<div>{_text(percent(row.probability))}</div></div>'


def _check(diagnosis: Diagnosis) -> Iterator[str]:
    for cause, check in best_checks(diagnosis, 1):
        yield f'<div class="head">Check first: {_text(check.title)}</div>'
        yield f'<div class="soft">{duration(check.minutes)}, for: {_text(cause.title)}</div>'
        yield f"<div>{_text(check.instructions, 600)}</div>"


def _question(diagnosis: Diagnosis) -> Iterator[str]:
    for question in open_questions(diagnosis)[:1]:
        yield f'<div class="head">What would help most to know: {_text(question.prompt, 400)}</div>'
        yield from (_choice(question, choice.state, choice.label) for choice in question.choices[:MOST_CHOICES])


def _choice(question: NextQuestion, state: str, label: str) -> str:
    answer = escape(folded(f'answers={{"{question.finding}": "{state}"}}', 200))
    return f'<div>{_text(label)} <span class="soft"><code>{answer}</code></span></div>'


def _text(text: str, longest: int = 300) -> str:
    return escape(folded(text, longest))
