"""`Diagnosis` -> one HTML file: no script, nothing fetched, readable in any width, light or dark, and on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape

from knowledge.base import KnowledgeBase
from triage.diagnosis import CauseView, Diagnosis, EvidenceItem, HistoryView, NextQuestion
from triage.history import History
from triage.provenance import packs_words
from triage.report.choice import (
    MOST_EVIDENCE,
    RANKING_NOTE,
    Ranked,
    Seen,
    best_checks,
    best_remedies,
    cited_sources,
    code_in_order,
    explained_causes,
    files_words,
    finding_words,
    framework_name,
    is_clear,
    marks_of,
    most_likely,
    notable_findings,
    open_questions,
    origin_words,
    ranking,
    seen_words,
    stop_sentence,
    unremarkable_titles,
    unused_words,
    verdict,
    where,
)
from triage.report.escape import folded, plain, plain_lines, web_address
from triage.report.figures import duration, number, percent
from triage.report.stylesheet import STYLESHEET
from triage.report.svg import bar_svg, curves_svg, signed_bar_svg
from triage.wording import ENGLISH

__all__ = ["html_report"]

LONGEST = 4_000
"""Characters of a paragraph."""

MOST_NAMES = 24
"""Files, columns and warnings that are named, of each."""

MOST_SOURCES = 40
UNFOLDED = 2
"""Frameworks of which the code is in sight."""

LEAST_SCALE = 10.0
"""Decibans that fill the bars of evidence at least, so that weak evidence looks weak."""


def html_report(diagnosis: Diagnosis, base: KnowledgeBase, history: History | None, *, top: int = 5) -> str:
    """The whole page.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for titles and labels.
        history: the curves, for the picture.
        top: how many causes to list.

    """
    seen = notable_findings(diagnosis, base)
    unit = "step" if history is None else history.step_unit
    sections = [
        ("The curve", _curves(history, seen)),
        ("What was seen and said", _seen(diagnosis, base, seen, unit)),
        ("What it may be", _ranking(diagnosis, top)),
        ("Why", _why(diagnosis, base)),
        ("What to check first", _checks(diagnosis)),
        ("What to change, once confirmed", _changes(diagnosis)),
        ("What would help most to know", _questions(diagnosis)),
        ("Sources", _sources(diagnosis)),
    ]
    body = "\n".join(
        _section(f"part-{index}", title, content)
        for index, (title, lines) in enumerate(sections, start=1)
        if (content := "\n".join(lines))
    )
    return _page(f"Triage: {verdict(diagnosis)}", "\n".join(_head(diagnosis)), body, _foot(diagnosis))


def _page(title: str, head: str, body: str, foot: str) -> str:
    style = b64encode(sha256(STYLESHEET.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{_text(title)}</title>
<link rel="icon" href="data:,">
<style>{STYLESHEET}</style>
</head>
<body>
<a class="skip small" href="#report">Skip to the report</a>
<div class="page">
<header>
{head}
</header>
<main id="report">
{body}
</main>
<footer>
{foot}
</footer>
</div>
</body>
</html>
"""


def _section(name: str, title: str, content: str) -> str:
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{_text(title)}</h2>\n'
        f'<div class="body">\n{content}\n</div>\n</section>'
    )


def _head(diagnosis: Diagnosis) -> Iterator[str]:
    result = most_likely(diagnosis)
    title = result.title[:1].upper() + result.title[1:]
    runner_up = next((cause for cause in diagnosis.causes if cause.title != result.title), None)
    then = "" if runner_up is None else f" Next: {_text(runner_up.title)}, {_percent(runner_up.probability)}."
    sure = f"<strong>{_percent(result.probability)}</strong>"
    yield '<p class="kicker">Training triage</p>'
    if is_clear(diagnosis):
        words = "Probability" if diagnosis.is_healthy else "Most likely, with a probability of"
        yield f'<h1>{_text(title)}</h1><p class="lead">{words} {sure}.{then}</p>'
    else:
        sound = f"No fault, {_percent(diagnosis.no_fault)}. " if diagnosis.no_fault > result.probability else ""
        yield f'<h1>Not clear yet</h1><p class="lead">{sound}First of several causes: {_text(title)}, {sure}.{then}</p>'
    if diagnosis.conflict.banner:
        yield f'<p class="banner" role="note">{_text(diagnosis.conflict.banner)}</p>'
    for item in diagnosis.disagreements:
        yield f'<p class="banner" role="note">{_text(item.message, 600)}</p>'
    if diagnosis.history is not None or diagnosis.files:
        yield '<dl class="facts">'
        if diagnosis.history is not None:
            yield from _facts(diagnosis.history)
        for file, notes in files_words(diagnosis):
            told = "".join(f'<br><span class="soft">{_text(note, 400)}</span>' for note in notes[:MOST_NAMES])
            yield f"<dt>File</dt><dd>{_text(file, 200)}{told}</dd>"
        yield "</dl>"


def _facts(history: HistoryView) -> Iterator[str]:
    yield f"<dt>Log</dt><dd>{_listed([_code(file, 120) for file in history.files])}</dd>"
    yield f"<dt>Form</dt><dd>{_text(history.format, 60)}, {history.steps:,} rows</dd>"
    columns = [
        _code(name, 60) if name == original else f"{_code(original, 60)} as {_code(name, 60)}"
        for name, original in history.columns.items()
    ]
    yield f"<dt>Read</dt><dd>{_listed(columns)}</dd>"
    if unused := unused_words(history):
        yield f"<dt>Not used</dt><dd>{_text(unused, 400)}</dd>"
    for warning in history.warnings[:MOST_NAMES]:
        yield f"<dt>Note</dt><dd>{_text(warning, 400)}</dd>"
    if len(history.warnings) > MOST_NAMES:
        yield f"<dt>Note</dt><dd>and {len(history.warnings) - MOST_NAMES:,} more notes</dd>"


def _curves(history: History | None, seen: Sequence[Seen]) -> Iterator[str]:
    if history is None:
        return
    marks = marks_of(seen)
    picture = curves_svg(history, marks)
    if not picture:
        yield "<p>No finite loss was logged, so there is nothing to draw.</p>"
        return
    yield f'<figure class="curves" aria-label="Curves of the run">\n{picture}'
    if marks:
        yield '<figcaption class="soft small">The numbers stand where a finding below begins.</figcaption>'
    yield "</figure>"


def _seen(diagnosis: Diagnosis, base: KnowledgeBase, seen: Sequence[Seen], unit: str) -> Iterator[str]:
    if seen:
        yield '<ul class="seen" role="list">'
    for index, finding in seen:
        title, label = seen_words(base, finding)
        badge = '<span class="badge said"></span>' if index is None else f'<span class="badge">{index}</span>'
        yield f"<li>{badge}<div><p>{_text(title)}: <strong>{_text(label)}</strong></p>"
        if finding.origin != "answer":
            yield f'<p class="soft small">{_text(finding.message, 900)}</p>'
        place = where(finding, unit)
        facts = [origin_words(finding), *([place] if place else []), f"{percent(finding.probability)} sure"]
        yield f'<p class="soft small">{_text(" · ".join(facts))}</p></div></li>'
    if seen:
        yield "</ul>"
    unremarkable = unremarkable_titles(diagnosis, base)
    if unremarkable:
        yield f'<p class="soft small">Unremarkable: {_text("; ".join(unremarkable), LONGEST)}.</p>'


def _ranking(diagnosis: Diagnosis, top: int) -> Iterator[str]:
    listed, others = ranking(diagnosis, top)
    yield '<table class="ranking">'
    yield f"<caption>Probability of each cause; {_text(RANKING_NOTE)}.</caption>"
    yield _table_head("Cause", "Probability")
    yield f"<tbody>{''.join(_ranked(row, '') for row in listed)}</tbody>"
    yield f'<tbody class="rest">{"".join(_ranked(row, "quiet") for row in others)}</tbody>'
    yield "</table>"


def _table_head(what: str, figure: str) -> str:
    return (
        f'<thead><tr><th scope="col">{what}</th><th scope="col" class="figure" colspan="2">{figure}</th></tr></thead>'
    )


def _ranked(row: Ranked, kind: str) -> str:
    title = row.title[:1].upper() + row.title[1:]
    return (
        f'<tr><th scope="row">{_text(title)}</th><td class="drawn">{bar_svg(row.probability, kind)}</td>'
        f'<td class="figure">{_percent(row.probability)}</td></tr>'
    )


def _why(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    explained = explained_causes(diagnosis)
    items = [item for cause in explained for item in _shown_evidence(cause)]
    largest = max([LEAST_SCALE, *(abs(item.decibans) for item in items)])
    if explained:
        yield (
            '<p class="soft small">How far each finding speaks for a cause, to the right, or against it, to the left, '
            "in decibans: +3 doubles the odds, +10 makes them ten times as large.</p>"
        )
    for cause in explained:
        yield f'<table class="evidence"><caption>{_text(cause.title)}</caption>'
        yield _table_head("Finding", "Decibans")
        yield "<tbody>"
        for item in _shown_evidence(cause):
            title, label = finding_words(base, item.finding, item.state)
            yield (
                f'<tr><th scope="row"><span class="soft small">{_text(title)}</span> '
                f'<span class="state">{_text(label)}</span></th>'
                f'<td class="drawn">{signed_bar_svg(item.decibans, largest)}</td>'
                f'<td class="figure">{f"{item.decibans:+.1f}".replace("-", "−")}</td></tr>'
            )
        yield "</tbody></table>"


def _shown_evidence(cause: CauseView) -> list[EvidenceItem]:
    return [*cause.evidence_for[:MOST_EVIDENCE], *cause.evidence_against[:MOST_EVIDENCE]]


def _checks(diagnosis: Diagnosis) -> Iterator[str]:
    chosen = best_checks(diagnosis)
    if not chosen:
        return
    yield '<ol class="advice" role="list">'
    for index, (cause, check) in enumerate(chosen):
        aside = f"{duration(check.minutes)} · for: {cause.title}"
        inside = [f"<p>{_text(check.instructions, LONGEST)}</p>", *_snippets(diagnosis, check.snippets)]
        yield _details(check.title, aside, inside, unfolded=index == 0)
    yield "</ol>"


def _changes(diagnosis: Diagnosis) -> Iterator[str]:
    chosen = best_remedies(diagnosis)
    if not chosen:
        return
    yield '<ol class="advice" role="list">'
    for index, (cause, remedy) in enumerate(chosen):
        inside = [f"<p>{_text(remedy.change, LONGEST)}</p>"]
        if remedy.values:
            pairs = (f"<dt>{_code(name, 60)}</dt><dd>{number(value)}</dd>" for name, value in remedy.values.items())
            inside.append(f'<dl class="values">{"".join(pairs)}</dl>')
        inside += _snippets(diagnosis, remedy.snippets)
        yield _details(remedy.title, f"against: {cause.title}", inside, unfolded=index == 0)
    yield "</ol>"


def _details(title: str, aside: str, inside: Sequence[str], *, unfolded: bool) -> str:
    return (
        f"<li><details{' open' if unfolded else ''}>\n"
        f'<summary><h3>{_text(title)}</h3> <span class="aside">{_text(aside, 300)}</span></summary>\n'
        f'<div class="inside">\n{chr(10).join(inside)}\n</div>\n</details></li>'
    )


def _snippets(diagnosis: Diagnosis, snippets: Mapping[str, str]) -> Iterator[str]:
    """Code per framework; of more than a few all but the first lie folded."""
    ordered = list(code_in_order(diagnosis, snippets))
    shown = ordered if len(ordered) <= UNFOLDED + 1 else ordered[:UNFOLDED]
    yield from (_snippet(framework, code) for framework, code in shown)
    if folded_away := ordered[len(shown) :]:
        names = ", ".join(framework_name(framework) for framework, _ in folded_away)
        yield f'<details class="more"><summary class="small soft">{_text(names)}</summary>'
        yield from (_snippet(framework, code) for framework, code in folded_away)
        yield "</details>"


def _snippet(framework: str, code: str) -> str:
    name = _text(framework_name(framework), 40)
    lines = "\n".join(escape(line) for line in plain_lines(code))
    return (
        f'<figure class="code" aria-label="{name}"><figcaption>{name}</figcaption>'
        f'<pre tabindex="0" role="region" aria-label="Code for {name}"><code>{lines}</code></pre></figure>'
    )


def _questions(diagnosis: Diagnosis) -> Iterator[str]:
    questions = open_questions(diagnosis)
    if questions:
        yield '<ol class="questions" role="list">'
        yield from map(_question, questions)
        yield "</ol>"
    if sentence := stop_sentence(diagnosis):
        yield f'<p class="soft">{_text(sentence)}</p>'


def _question(question: NextQuestion) -> str:
    choices = "".join(
        f"<li>{_text(choice.label)} {_code(f'--answer {question.finding}={choice.state}', 200)}</li>"
        for choice in question.choices
    )
    return (
        f"<li><h3>{_text(question.prompt, 600)}</h3>\n"
        f'<p class="soft small">Takes about {duration(question.minutes)}; add the flag of your answer, run again.</p>\n'
        f'<ul class="choices" role="list">{choices}</ul></li>'
    )


def _sources(diagnosis: Diagnosis) -> Iterator[str]:
    sources = cited_sources(diagnosis, MOST_SOURCES)
    if not sources:
        return
    yield '<ul class="sources" role="list">'
    for source in sources:
        address = web_address(source.address)
        title = _text(source.title, 300)
        link = title if address is None else f'<a href="{escape(address)}" rel="noreferrer noopener">{title}</a>'
        yield f'<li>{link} <span class="host">{_text(source.address, 80)}</span></li>'
    yield "</ul>"


def _foot(diagnosis: Diagnosis) -> str:
    knowledge = f"{_text(diagnosis.knowledge.version, 40)} ({_text(diagnosis.knowledge.hash, 20)})"
    packs = packs_words(diagnosis.knowledge, ENGLISH)
    told = f" {_text(packs, 2000)}" if packs else ""
    return f"<p>Knowledge {knowledge}.{told} Report format {_text(diagnosis.schema_version, 20)}.</p>"


def _listed(items: Sequence[str]) -> str:
    """Items, already safe, in a row; of very many the first ones alone."""
    more = len(items) - MOST_NAMES
    return ", ".join(items[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _percent(probability: float) -> str:
    """A probability whose sign never stands on a line of its own."""
    return escape(percent(probability)).replace(" ", "&nbsp;")


def _code(text: str, longest: int) -> str:
    return f"<code>{escape(plain(text, longest))}</code>"


def _text(text: str, longest: int = 300) -> str:
    """Anything as HTML text or the value of an attribute; folded lines are joined, control characters written out."""
    return escape(folded(text, longest))
