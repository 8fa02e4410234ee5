"""`Diagnosis` -> plain text that fits 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis, EvidenceItem, NextQuestion
from triage.history import History
from triage.provenance import packs_words
from triage.report.cells import cells, padded, wrapped
from triage.report.choice import (
    MOST_EVIDENCE,
    RANKING_NOTE,
    best_checks,
    best_remedies,
    code_in_order,
    explained_causes,
    files_words,
    finding_words,
    first_sentences,
    marks_of,
    notable_findings,
    open_questions,
    ranking,
    seen_words,
    stop_sentence,
    unremarkable_titles,
    unused_words,
    verdict,
)
from triage.report.escape import plain
from triage.report.figures import duration, number, percent
from triage.report.plot import plot_losses
from triage.report.style import Style
from triage.wording import Wording, wording

__all__ = ["WIDTH", "text_report", "verdict"]

WIDTH = 100
BAR = 20
MOST_LINES = 3
"""Lines of code that may stand below a question."""


def text_report(
    diagnosis: Diagnosis, base: KnowledgeBase, history: History | None, *, colour: bool = False, top: int = 5
) -> str:
    """The whole report.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for titles and labels.
        history: the curves, for the picture.
        colour: whether ANSI codes are wanted.
        top: how many causes to list.

    """
    style = Style(colour)
    sections = [
        _head(diagnosis, style),
        _picture(diagnosis, base, history),
        _seen(diagnosis, base, style),
        _ranking(diagnosis, style, top),
        _why(diagnosis, base, style),
        _checks(diagnosis, style),
        _changes(diagnosis, style),
        _questions(diagnosis, base, style),
        _foot(diagnosis, style),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def _head(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    say = wording(diagnosis.language)
    emphasis = style.good if diagnosis.is_healthy else style.bad
    yield from (style.bold(emphasis(line)) for line in _wrapped(verdict(diagnosis)))
    if diagnosis.conflict.banner:
        yield from (style.bad(part) for part in _wrapped(diagnosis.conflict.banner, "! ", "  "))
    if diagnosis.history is not None:
        history = diagnosis.history
        files = ", ".join(plain(file, 60) for file in history.files)
        columns = ", ".join(
            plain(name, 40)
            if name == original
            else say("{original} as {name}", original=plain(original, 40), name=plain(name, 40))
            for name, original in history.columns.items()
        )
        rows = f"{history.steps:,}"
        read = say(
            "{files}: {format}, {rows} rows; read {columns}",
            files=files,
            format=history.format,
            rows=rows,
            columns=columns,
        )
        yield from map(style.dim, _wrapped(read))
        if unused := unused_words(history, say):
            yield from map(style.dim, _wrapped(say("not used: {names}", names=plain(unused, 400))))
        for warning in history.warnings:
            yield from _wrapped(say("note: {note}", note=plain(warning)))
    for file, notes in files_words(diagnosis):
        yield from map(style.dim, _wrapped(plain(file, 200)))
        for note in notes:
            yield from _wrapped(say("note: {note}", note=plain(note, 400)))
    for item in diagnosis.disagreements:
        yield from (style.bad(part) for part in _wrapped(plain(item.message, 600), "! ", "  "))


def _picture(diagnosis: Diagnosis, base: KnowledgeBase, history: History | None) -> list[str]:
    if history is None:
        return []
    marks = marks_of(notable_findings(diagnosis, base))
    return plot_losses(history, {label: step for label, step in marks.items() if len(label) == 1}, WIDTH - 2)


def _seen(diagnosis: Diagnosis, base: KnowledgeBase, style: Style) -> Iterator[str]:
    if not diagnosis.findings:
        return
    say = wording(base.language)
    yield style.bold(say("What was seen and said"))
    for index, finding in notable_findings(diagnosis, base):
        title, label = seen_words(base, finding)
        head = "-  " if index is None else f"{index}. "
        said = say(" (your answer)") if finding.origin == "answer" else ""
        yield from _wrapped(say("{title}: {label}", title=title, label=label) + said, f"  {head}", "     ")
        if finding.origin != "answer":
            place = "" if finding.place is None else f"{plain(finding.place, 200)}: "
            yield from map(style.dim, _wrapped(f"{place}{plain(finding.message, 900)}", "     ", "     "))
    unremarkable = unremarkable_titles(diagnosis, base)
    if unremarkable:
        quiet = say("Unremarkable: {titles}.", titles=say("; ").join(unremarkable))
        yield from map(style.dim, _wrapped(quiet, "  ", "  "))


def _ranking(diagnosis: Diagnosis, style: Style, top: int) -> Iterator[str]:
    say = wording(diagnosis.language)
    yield style.bold(say("What it may be"))
    listed, others = ranking(diagnosis, top)
    for title, probability in listed:
        first, *more = wrapped(plain(title), WIDTH - BAR - 9)
        yield f"  {percent(probability):>5} {_bar(probability, style)} {first}"
        yield from (" " * (BAR + 9) + line for line in more)
    rest = say(", ").join(f"{title} {percent(probability)}" for title, probability in others)
    noted = say("{rest}; {note}", rest=rest, note=say(RANKING_NOTE))
    yield from map(style.dim, _wrapped(noted, "        ", "        "))


def _bar(probability: float, style: Style) -> str:
    filled = round(probability * BAR)
    return style.accent("█" * filled) + style.dim("░" * (BAR - filled))


def _why(diagnosis: Diagnosis, base: KnowledgeBase, style: Style) -> Iterator[str]:
    explained, say = explained_causes(diagnosis), wording(base.language)
    if explained:
        measure = say("  (decibans: +3 doubles the odds, +10 makes them ten times as large)")
        yield style.bold(say("Why")) + style.dim(measure)
    for cause in explained:
        yield f"  {style.bold(plain(cause.title))}"
        for word, items in ((say("for"), cause.evidence_for), (say("against"), cause.evidence_against)):
            for item in items[:MOST_EVIDENCE]:
                yield from _evidence(word, item, base, say)


def _evidence(word: str, item: EvidenceItem, base: KnowledgeBase, say: Wording) -> list[str]:
    title, label = finding_words(base, item.finding, item.state)
    head = f"    {padded(word, 8)}{item.decibans:>+6.1f}  "
    return _wrapped(say("{title}: {label}", title=title, label=label), head, " " * cells(head))


def _checks(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    chosen = best_checks(diagnosis)
    if not chosen:
        return
    say = wording(diagnosis.language)
    yield style.bold(say("What to check first"))
    for index, (cause, check) in enumerate(chosen, start=1):
        time = duration(check.minutes, say)
        named = say("{check} ({time}) - for: {cause}", check=check.title, time=time, cause=cause.title)
        yield from _wrapped(named, f"  {index}. ", "     ")
        told = check.instructions if index == 1 else first_sentences(check.instructions)
        yield from map(style.dim, _wrapped(told, "     ", "     "))
        if index == 1:
            yield from _code(diagnosis, check.snippets, style)


def _changes(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    chosen = best_remedies(diagnosis)
    if not chosen:
        return
    say = wording(diagnosis.language)
    yield style.bold(say("What to change, once confirmed"))
    for index, (cause, remedy) in enumerate(chosen, start=1):
        named = say("{remedy} - against: {cause}", remedy=remedy.title, cause=cause.title)
        yield from _wrapped(named, f"  {index}. ", "     ")
        told = remedy.change if index == 1 else first_sentences(remedy.change)
        yield from map(style.dim, _wrapped(told, "     ", "     "))
        for name, value in remedy.values.items():
            yield "     " + style.accent(f"{name.replace('_', ' ')}: {number(value)}")
    command = f"triage knowledge show {chosen[0][1].id}"
    yield style.dim(say("  In full, with code per framework: {command}", command=command))


def _code(diagnosis: Diagnosis, snippets: dict[str, str], style: Style) -> Iterator[str]:
    for framework, code in list(code_in_order(diagnosis, snippets))[:1]:
        yield style.dim(f"     {framework}:")
        for line in code.rstrip().splitlines():
            yield style.accent(f"       {plain(line, 500)}".rstrip())


def _questions(diagnosis: Diagnosis, base: KnowledgeBase, style: Style) -> Iterator[str]:
    questions = open_questions(diagnosis)
    if not questions:
        return
    yield style.bold(wording(diagnosis.language)("What would help most to know"))
    for index, question in enumerate(questions, start=1):
        yield from _wrapped(question.prompt, f"  {index}. ", "     ")
        yield from map(style.dim, _wrapped(question.why, "     ", "     "))
        yield from _one_liner(diagnosis, question, style)
        yield from (f"     {style.accent(line)}" for line in _answers(question))


def _one_liner(diagnosis: Diagnosis, question: NextQuestion, style: Style) -> Iterator[str]:
    """The code that answers a question, where it is short; that of a check is shown with the check."""
    code = next((code for _, code in code_in_order(diagnosis, question.how)), "").rstrip().splitlines()
    if len(code) <= MOST_LINES:
        yield from (style.accent(f"       {plain(line, 500)}".rstrip()) for line in code)


def _answers(question: NextQuestion) -> list[str]:
    states = "|".join(choice.state for choice in question.choices)
    return (
        textwrap.wrap(
            f"--answer {question.finding}={states}",
            WIDTH - 5,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if len(states) < 60
        else _broken(f"--answer {question.finding}=", states.split("|"))
    )


def _broken(head: str, states: list[str]) -> list[str]:
    """The states of a long answer over several lines, broken only between states."""
    lines = [head]
    for index, state in enumerate(states):
        piece = state + ("|" if index < len(states) - 1 else "")
        if len(lines[-1]) + len(piece) > WIDTH - 6:
            lines.append("    ")
        lines[-1] += piece
    return lines


def _foot(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    if packs := packs_words(diagnosis.knowledge, wording(diagnosis.language)):
        yield from map(style.dim, _wrapped(packs))
    if diagnosis.stopped is not None:
        yield style.dim(stop_sentence(diagnosis))


def _wrapped(text: str, head: str = "", tail: str = "") -> list[str]:
    return wrapped(plain(" ".join(text.split()), 5000), WIDTH, head, tail)
