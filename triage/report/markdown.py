"""`Diagnosis` -> Markdown fit for a GitHub issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis, EvidenceItem, HistoryView, NextQuestion
from triage.history import History
from triage.provenance import packs_words
from triage.report.choice import (
    MOST_EVIDENCE,
    RANKING_NOTE,
    Seen,
    best_checks,
    best_remedies,
    cited_sources,
    code_in_order,
    explained_causes,
    files_words,
    finding_words,
    framework_name,
    marks_of,
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
from triage.report.escape import plain
from triage.report.figures import duration, number, percent
from triage.report.marking import code, fenced, link, prose
from triage.report.plot import plot_losses
from triage.wording import Wording, wording

__all__ = ["markdown_report"]

PICTURE_WIDTH = 84
BAR = 20
LONGEST = 4_000
"""Characters of a paragraph."""

MOST_NAMES = 12
"""Files, columns and warnings that are named, of each."""

MOST_SOURCES = 12

LANGUAGES = {"pytorch": "python", "keras": "python", "hugging_face": "python", "numpy": "python", "shell": "sh"}
"""Framework -> how its code is coloured."""


def markdown_report(diagnosis: Diagnosis, base: KnowledgeBase, history: History | None, *, top: int = 5) -> str:
    """The whole report.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for titles and labels.
        history: the curves, for the picture.
        top: how many causes to list.

    """
    seen = notable_findings(diagnosis, base)
    unit = "step" if history is None else history.step_unit
    sections = [
        _head(diagnosis),
        _picture(history, seen),
        _seen(diagnosis, base, seen, unit),
        _ranking(diagnosis, top),
        _why(diagnosis, base),
        _checks(diagnosis),
        _changes(diagnosis),
        _questions(diagnosis),
        _sources(diagnosis),
        _foot(diagnosis),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def _head(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"## {prose(verdict(diagnosis))}"
    if diagnosis.conflict.banner:
        yield ""
        yield f"> {prose(diagnosis.conflict.banner, 600)}"
    if diagnosis.history is not None:
        yield ""
        yield from _history(diagnosis.history, wording(diagnosis.language))
    say = wording(diagnosis.language)
    for file, notes in files_words(diagnosis):
        told = (say("Note: {note}", note=prose(note, 400)) for note in notes[:MOST_NAMES])
        yield from ("", f"- {prose(file, 200)}", *(f"  - {note}" for note in told))
    for item in diagnosis.disagreements:
        yield from ("", f"> {prose(item.message, 600)}")


def _history(history: HistoryView, say: Wording) -> Iterator[str]:
    columns = [
        code(name, 60)
        if name == original
        else say("{original} as {name}", original=code(original, 60), name=code(name, 60))
        for name, original in history.columns.items()
    ]
    yield say(
        "{files}: {format}, {rows} rows; read {columns}",
        files=_listed([code(file, 120) for file in history.files], say) or say("The history"),
        format=prose(history.format, 60),
        rows=f"{history.steps:,}",
        columns=_listed(columns, say) or say("nothing"),
    )
    if not history.warnings and not history.ignored:
        return
    yield ""
    if unused := unused_words(history, say):
        yield "- " + say("not used: {names}", names=prose(unused, 400))
    yield from ("- " + say("Note: {note}", note=prose(warning, 400)) for warning in history.warnings[:MOST_NAMES])
    if len(history.warnings) > MOST_NAMES:
        yield "- " + say("and {n} more notes", n=f"{len(history.warnings) - MOST_NAMES:,}")


def _picture(history: History | None, seen: Sequence[Seen]) -> list[str]:
    if history is None:
        return []
    marks = {label: step for label, step in marks_of(seen).items() if len(label) == 1}
    picture = plot_losses(history, marks, PICTURE_WIDTH)
    return fenced("\n".join(picture), "text") if picture else []


def _seen(diagnosis: Diagnosis, base: KnowledgeBase, seen: Sequence[Seen], unit: str) -> Iterator[str]:
    if not diagnosis.findings:
        return
    say = wording(base.language)
    yield f"### {say('What was seen and said')}"
    if seen:
        head = " | ".join(say(name) for name in ("Finding", "State", "Where", "How it is known"))
        yield from ("", f"| | {head} |", "| ---: | --- | --- | --- | --- |")
    for index, finding in seen:
        title, label = seen_words(base, finding)
        known = origin_words(finding, say) if finding.origin == "answer" else finding.message
        cells = [
            "" if index is None else str(index),
            prose(title),
            f"**{prose(label)}**",
            prose(where(finding, unit, say)),
            prose(known if finding.place is None else f"{finding.place}: {known}", 900),
        ]
        yield f"| {' | '.join(cells)} |"
    unremarkable = unremarkable_titles(diagnosis, base)
    if unremarkable:
        yield from ("", say("Unremarkable: {titles}.", titles=prose(say("; ").join(unremarkable), LONGEST)))


def _ranking(diagnosis: Diagnosis, top: int) -> Iterator[str]:
    listed, others = ranking(diagnosis, top)
    say = wording(diagnosis.language)
    yield from (
        f"### {say('What it may be')}",
        "",
        f"| {say('Probability')} | | {say('Cause')} |",
        "| ---: | --- | --- |",
    )
    for title, probability in listed:
        yield f"| {prose(percent(probability))} | {_bar(probability)} | {prose(title)} |"
    rest = say(", ").join(f"{title} {percent(probability)}" for title, probability in others)
    yield ""
    yield prose(say("Also: {rest}; {note}.", rest=rest, note=say(RANKING_NOTE)), LONGEST)


def _bar(probability: float) -> str:
    filled = round(min(max(probability, 0.0), 1.0) * BAR)
    return f"`{'█' * filled}{'░' * (BAR - filled)}`"


def _why(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    explained, say = explained_causes(diagnosis), wording(base.language)
    if explained:
        measure = say("In decibans: +3 doubles the odds, +10 makes them ten times as large.")
        yield from (f"### {say('Why')}", "", measure)
    for cause in explained:
        head = f"| | {say('Decibans')} | {say('Finding')} |"
        yield from ("", f"**{prose(cause.title)}**", "", head, "| --- | ---: | --- |")
        for word, items in ((say("for"), cause.evidence_for), (say("against"), cause.evidence_against)):
            yield from (_evidence(word, item, base) for item in items[:MOST_EVIDENCE])


def _evidence(word: str, item: EvidenceItem, base: KnowledgeBase) -> str:
    title, label = finding_words(base, item.finding, item.state)
    said = wording(base.language)("{title}: {label}", title=prose(title), label=prose(label))
    return f"| {word} | {item.decibans:+.1f} | {said} |"


def _checks(diagnosis: Diagnosis) -> Iterator[str]:
    chosen, say = best_checks(diagnosis), wording(diagnosis.language)
    if chosen:
        yield f"### {say('What to check first')}"
    for index, (cause, check) in enumerate(chosen, start=1):
        aside = say("{time}, for: {cause}", time=duration(check.minutes, say), cause=prose(cause.title))
        title = f"**{prose(check.title)}** ({aside})"
        yield from ("", f"{index}. {title}", "", f"   {prose(check.instructions, LONGEST)}")
        yield from _snippets(diagnosis, check.snippets, unfolded=index == 1)


def _changes(diagnosis: Diagnosis) -> Iterator[str]:
    chosen, say = best_remedies(diagnosis), wording(diagnosis.language)
    if chosen:
        yield f"### {say('What to change, once confirmed')}"
    for index, (cause, remedy) in enumerate(chosen, start=1):
        title = f"**{prose(remedy.title)}** ({say('against: {cause}', cause=prose(cause.title))})"
        yield from ("", f"{index}. {title}", "", f"   {prose(remedy.change, LONGEST)}")
        if remedy.values:
            yield ""
        yield from (f"   - {code(f'{name} = {number(value)}')}" for name, value in remedy.values.items())
        yield from _snippets(diagnosis, remedy.snippets, unfolded=False)


def _snippets(diagnosis: Diagnosis, snippets: Mapping[str, str], *, unfolded: bool) -> Iterator[str]:
    """Code inside a list item: the first framework in sight, the others folded; or all of them folded."""
    ordered = list(code_in_order(diagnosis, snippets))
    if unfolded and ordered:
        yield from _snippet(*ordered.pop(0))
    if not ordered:
        return
    names = escape(plain(", ".join(framework_name(framework) for framework, _ in ordered)))
    yield from ("", f"   <details><summary>{names}</summary>")
    for framework, text in ordered:
        yield from _snippet(framework, text)
    yield from ("", "   </details>")


def _snippet(framework: str, text: str) -> Iterator[str]:
    yield from ("", f"   {prose(framework_name(framework), 40)}:", "")
    yield from (f"   {line}".rstrip() for line in fenced(text, LANGUAGES.get(framework, "text")))


def _questions(diagnosis: Diagnosis) -> Iterator[str]:
    questions = open_questions(diagnosis)
    if questions:
        yield f"### {wording(diagnosis.language)('What would help most to know')}"
    for index, question in enumerate(questions, start=1):
        yield from ("", f"{index}. {prose(question.prompt, 600)}", "")
        yield from (f"   - {line}" for line in _choices(question))
    if sentence := stop_sentence(diagnosis):
        yield from ([""] if questions else [])
        yield sentence


def _choices(question: NextQuestion) -> Iterator[str]:
    for choice in question.choices:
        yield f"{prose(choice.label)}: {code(f'--answer {question.finding}={choice.state}')}"


def _sources(diagnosis: Diagnosis) -> Iterator[str]:
    sources = cited_sources(diagnosis, MOST_SOURCES)
    if sources:
        yield from (f"### {wording(diagnosis.language)('Sources')}", "")
    yield from (f"- {link(source.title, source.address)}" for source in sources)


def _foot(diagnosis: Diagnosis) -> Iterator[str]:
    version = prose(diagnosis.knowledge.version, 40)
    told = wording(diagnosis.language)("Knowledge {version}", version=version)
    packs = packs_words(diagnosis.knowledge, wording(diagnosis.language))
    yield f"*{told}, {code(diagnosis.knowledge.hash, 20)}{f'. {prose(packs, 2000)}' if packs else ''}*"


def _listed(items: Sequence[str], say: Wording) -> str:
    """Items, already safe, in a row; of very many the first ones alone."""
    more = len(items) - MOST_NAMES
    return ", ".join(items[:MOST_NAMES]) + (say(" and {n} more", n=f"{more:,}") if more > 0 else "")
