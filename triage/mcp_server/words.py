"""What the tools give back as plain text, all that many agents read: short, with every id that is needed next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis, NextQuestion
from triage.history import History
from triage.mcp_server.pages import uri_of
from triage.mcp_server.views import Asked, Briefing, Found, Hit
from triage.report.choice import (
    best_checks,
    best_remedies,
    code_in_order,
    files_words,
    framework_name,
    notable_findings,
    open_questions,
    origin_words,
    seen_words,
    stop_sentence,
    unused_words,
    where,
)
from triage.report.escape import folded, plain_lines
from triage.report.figures import duration, percent
from triage.report.why_text import why_text
from triage.why import Why

__all__ = ["asked_words", "briefing_words", "found_words", "why_words", "without_flags"]

MOST_SEEN = 20
LONGEST = 1_000
"""Characters of a paragraph."""

_ANSWER = re.compile(r"--answer (\w+)=STATE")
_SHOW = re.compile(r"triage knowledge show (\w+)")
_FLAG = re.compile(r"--(run|log|text|config|code|weights|data|answers?)\b(?: (?:NAME|FILE|WORDS|FINDING=STATE))?")
_COLUMN = re.compile(r"--column\b(?: [A-Z]+=[A-Z]+)?")


def without_flags(text: str) -> str:
    """A message that speaks of flags of the command line, speaking of arguments of the tools instead."""
    answered = _ANSWER.sub(r'answer with finding "\1" and one of its states', text)
    shown = _SHOW.sub(lambda found: f"the resource {uri_of('cause', found[1])}", answered)
    return _COLUMN.sub("the argument columns", _FLAG.sub(r"the argument \1", shown))


def briefing_words(briefing: Briefing, base: KnowledgeBase, history: History | None) -> str:
    """A diagnosis in some thirty lines.

    Args:
        briefing: what to tell.
        base: the knowledge, for titles and labels.
        history: the curves, for what their steps are called.

    """
    diagnosis = briefing.diagnosis
    unit = "step" if history is None else history.step_unit
    sections = [
        _head(briefing),
        _seen(diagnosis, base, unit),
        _causes(diagnosis),
        _first_check(diagnosis),
        _first_change(diagnosis),
        _question(briefing.session, open_questions(diagnosis)[:1], stop_sentence(diagnosis)),
    ]
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


def asked_words(asked: Asked, sentence: str) -> str:
    """The question that would help most, or why there is none."""
    questions = [] if asked.question is None else [asked.question]
    return "\n".join(_question(asked.session, questions, sentence))


def why_words(why: Why, base: KnowledgeBase) -> str:
    """What speaks for and against a cause."""
    return without_flags(why_text(why, base, colour=False).rstrip())


def found_words(found: Found) -> str:
    """What was found in the knowledge, a few lines each."""
    if not found.hits:
        return "Nothing in the knowledge is about these words."
    return "\n".join(line for hit in found.hits for line in _hit_lines(hit))


def _head(briefing: Briefing) -> Iterator[str]:
    diagnosis = briefing.diagnosis
    yield f"Session {briefing.session}. {folded(briefing.verdict, LONGEST)}"
    if diagnosis.history is not None:
        files = ", ".join(folded(file, 200) for file in diagnosis.history.files[:4])
        columns = ", ".join(
            folded(f"{original} as {name}", 120) for name, original in list(diagnosis.history.columns.items())[:12]
        )
        yield f"Log: {files}: {folded(diagnosis.history.format, 60)}, {diagnosis.history.steps:,} rows; read {columns}"
        if unused := unused_words(diagnosis.history):
            yield f"Not used: {folded(unused, 400)}"
        yield from (f"Note: {folded(without_flags(warning), 400)}" for warning in diagnosis.history.warnings[:6])
    for file, notes in files_words(diagnosis):
        yield f"File: {folded(file, 300)}"
        yield from (f"Note: {folded(note, 400)}" for note in notes[:6])
    if diagnosis.conflict.banner:
        yield folded(diagnosis.conflict.banner, LONGEST)
    yield from (folded(item.message, LONGEST) for item in diagnosis.disagreements[:6])


def _seen(diagnosis: Diagnosis, base: KnowledgeBase, unit: str) -> Iterator[str]:
    seen = notable_findings(diagnosis, base)[:MOST_SEEN]
    if seen:
        yield "Seen and said (finding=state):"
    for _, finding in seen:
        title, label = seen_words(base, finding)
        facts = [origin_words(finding), where(finding, unit), f"{percent(finding.probability)} sure"]
        aside = ", ".join(fact for fact in facts if fact)
        yield f"- {finding.finding}={finding.state}: {folded(title)}: {folded(label)} ({folded(aside)})"
        if finding.origin != "answer":
            yield f"  {folded(finding.message, LONGEST)}"


def _causes(diagnosis: Diagnosis) -> Iterator[str]:
    yield "Causes, by probability:"
    yield from (f"- {percent(cause.probability)} {cause.id}: {folded(cause.title)}" for cause in diagnosis.causes)
    yield f"- {percent(diagnosis.no_fault)} no fault; {percent(diagnosis.not_listed)} a fault that is not listed here"


def _first_check(diagnosis: Diagnosis) -> Iterator[str]:
    for cause, check in best_checks(diagnosis, 1):
        yield f"Check first: {folded(check.title)} ({check.id}, {duration(check.minutes)}), for {cause.id}"
        yield folded(check.instructions, LONGEST)
        yield from _code(diagnosis, check.snippets)


def _first_change(diagnosis: Diagnosis) -> Iterator[str]:
    for cause, remedy in best_remedies(diagnosis, 1):
        yield f"To change, once confirmed: {folded(remedy.title)} ({remedy.id}), against {cause.id}"
        yield folded(remedy.change, LONGEST)
        yield from (f"{folded(name)} = {value:g}" for name, value in remedy.values.items())
        yield from _code(diagnosis, remedy.snippets)


def _code(diagnosis: Diagnosis, snippets: dict[str, str]) -> Iterator[str]:
    for framework, code in list(code_in_order(diagnosis, snippets))[:1]:
        yield f"{framework_name(framework)}:"
        yield from (f"    {line}" for line in plain_lines(code))


def _question(session: str, questions: list[NextQuestion], sentence: str) -> Iterator[str]:
    for question in questions:
        yield f"Best asked next: {folded(question.prompt, LONGEST)}"
        yield folded(question.why, LONGEST)
        yield f"Answer with session {session}, finding {question.finding} and as state one of:"
        yield from (f"- {choice.state}: {folded(choice.label)}" for choice in question.choices)
        yield "- unknown"
        for framework, code in list(question.how.items())[:1]:
            yield f"How to find out, {framework_name(framework)}:"
            yield from (f"    {line}" for line in plain_lines(code))
    if sentence:
        yield sentence


def _hit_lines(hit: Hit) -> Iterator[str]:
    yield f"{hit.kind} {hit.id}: {folded(hit.title)} ({hit.uri})"
    yield f"  {folded(hit.summary, 400)}"
    if hit.states:
        yield "  states: " + "; ".join(f"{name} ({folded(label, 100)})" for name, label in hit.states.items())
