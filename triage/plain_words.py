"""What the line-mode interview says: paragraphs that make sense when they are read aloud."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Check
from triage.beliefs import Report
from triage.diagnosis import Choice, Diagnosis, EvidenceItem
from triage.events import Attached, Change, Enclosed, Said, Stopped, Withdrawn
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
    framework_name,
    notable_findings,
    stop_sentence,
    unused_words,
    verdict,
)
from triage.report.escape import folded, plain, plain_lines
from triage.report.figures import duration, number, percent

if TYPE_CHECKING:
    from triage.outlook import Ahead

__all__ = [
    "HELP",
    "WIDTH",
    "after_closing",
    "beginning",
    "closing",
    "how_to",
    "movement",
    "numbered",
    "outlook",
    "question",
    "spoken_percent",
    "where_we_stand",
    "why_no_more",
    "words_of_change",
    "words_of_report",
    "wrapped",
]

WIDTH = 80
TIED = "\0"
"""Stands for a blank at which no line is broken; text that is safe to show holds none."""

TOP = 5
"""Causes that are listed."""

WORK = 0.5
"""Minutes from which on a question takes more than a glance, so that the code that answers it stands beside it."""

HELP = (
    "Answer with a number, or with several where it is one of them, such as 1 3. Other commands, each a letter or a "
    "word: ? or why, for why this is asked; h or how, for how to find out; u or unknown, if you don't know; b or back; "
    "r or redo; s or stand, for where we stand; q or quit, to stop and report. FINDING=STATE tells something else, "
    "such as optimizer=adam. Enter alone repeats the question, help repeats this."
)

_UNITS = {"s": "second", "min": "minute", "h": "hour", "days": "day"}

_STOPPED_HERE = {"cheaper_to_try": "Trying the changes below in their order is quicker now than finding out more."}
"""The reasons for stopping that speak of a place in the report, as they are where they stand before it."""


class Standing(NamedTuple):
    """One explanation, by the id of its cause, and how probable it is; no fault and not listed are explanations too."""

    key: str
    title: str
    probability: float


def wrapped(text: str) -> list[str]:
    """A paragraph as lines of at most 80 columns, safe to show."""
    shown = folded(text, 3000).replace(" %", f"{TIED}%")
    # A character that is two columns wide would make a full line twice as long.
    wide = any(unicodedata.east_asian_width(character) in "WF" for character in shown)
    lines = textwrap.wrap(shown, WIDTH // 2 if wide else WIDTH, break_on_hyphens=False)
    return [line.replace(TIED, " ") for line in lines]


def beginning(diagnosis: Diagnosis, base: KnowledgeBase, reports: Sequence[Report], notes: Sequence[str]) -> list[str]:
    """What stands before the first question: the notes, what this is, how to answer, what is known so far."""
    answers = sum(report.origin == "answer" for report in reports)
    lines = [*notes, "Triage: find out why a network does not train, one question at a time.", HELP]
    if diagnosis.history is not None:
        lines += ["", *_seen_in_history(diagnosis, base)]
    if diagnosis.files:
        lines += ["", *_seen_in_files(diagnosis, base)]
    if answers:
        lines += ["", f"{answers} {'answer counts' if answers == 1 else 'answers count'} already; s lists them."]
    if diagnosis.history is not None or diagnosis.files or answers:
        lines.append(movement(diagnosis, diagnosis))
    return lines


def _seen_in_history(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    if diagnosis.history is None:
        return
    history = diagnosis.history
    files = ", ".join(plain(file, 60) for file in history.files) or "The history"
    columns = ", ".join(
        plain(name, 40) if name == original else f"{plain(original, 40)} as {plain(name, 40)}"
        for name, original in history.columns.items()
    )
    yield f"{files}: {history.format}, {history.steps:,} rows; read {columns}."
    if unused := unused_words(history):
        yield f"Not used: {plain(unused, 400)}."
    yield from (f"Note: {plain(warning, 900)}" for warning in history.warnings)
    read = [item.finding for item in notable_findings(diagnosis, base) if item.finding.origin == "detector"]
    yield "What the log shows:" if read else "The log shows nothing unusual."
    yield from (plain(finding.message, 900) for finding in read)


def _seen_in_files(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    """What the files beside the log are, what stands out in them, and where they contradict."""
    for file, notes in files_words(diagnosis):
        yield f"{plain(file, 120)}."
        yield from (f"Note: {plain(note, 400)}" for note in notes)
    read = [item.finding for item in notable_findings(diagnosis, base) if item.finding.place is not None]
    yield "What stands out there:" if read else "Nothing stands out there."
    yield from (f"{plain(str(finding.place), 120)}: {plain(finding.message, 400)}" for finding in read)
    yield from (plain(item.message, 600) for item in diagnosis.disagreements)


def numbered(choices: Sequence[Choice]) -> Iterator[str]:
    """The choices, each with its number."""
    return (f"{index}. {choice.label}" for index, choice in enumerate(choices, start=1))


def question(diagnosis: Diagnosis, base: KnowledgeBase, finding: AnyFinding, head: str) -> Iterator[str]:
    """A question with what helps to answer it, without its choices.

    Args:
        diagnosis: what is believed now; it tells the person's framework.
        base: the knowledge.
        finding: what is asked.
        head: what stands before the time that answering takes, such as ``Question 3``.

    """
    yield f"{head}, about {_spoken_time(finding.minutes)}."
    yield finding.question.prompt
    instructions, code = _how(base, finding.id)
    if isinstance(finding, Check):
        yield f"How: {first_sentences(instructions)}"
        yield f"Not done yet: answer u, or do it now{'; h prints the code' if code else ''}."
    elif code and finding.minutes >= WORK:
        framework, snippet = next(iter(code_in_order(diagnosis, code)))
        if "\n" in snippet.strip():
            yield "To find out: h prints the code."
        else:
            yield f"To find out, in {framework_name(framework)}:"
            yield snippet.strip()


def outlook(
    diagnosis: Diagnosis, base: KnowledgeBase, choices: Sequence[Choice], ahead: Sequence[Ahead]
) -> Iterator[str]:
    """What each answer would do to the explanation that leads, and which would lead then."""
    now = _standing(diagnosis)[0]
    was = spoken_percent(now.probability)
    yield f"Leading now: {now.title}, {was}."
    by_state = {item.state: item for item in ahead}
    for index, choice in enumerate(choices, start=1):
        item = by_state[choice.state]
        causes = [Standing(key, base.causes[key].title, value) for key, value in item.causes.items()]
        leading, *others = _with_others(causes, item.none, item.not_listed)
        after = next(entry for entry in (leading, *others) if entry.key == now.key).probability
        verb = "stays at" if spoken_percent(after) == was else "rises to" if after > now.probability else "falls to"
        other = f", and then {leading.title} leads with {spoken_percent(leading.probability)}"
        overtaken = "" if leading.key == now.key else other
        yield f"If {index}, {choice.label}: it {verb} {spoken_percent(after)}{overtaken}."


def movement(before: Diagnosis, after: Diagnosis) -> str:
    """How things firm up: the two likeliest explanations, the first with what it was before."""
    was = {entry.key: entry.probability for entry in _standing(before)}
    first, second = _standing(after)[:2]
    now, earlier = spoken_percent(first.probability), spoken_percent(was.get(first.key, 0.0))
    change = "" if before is after else ", as before" if now == earlier else f", was {earlier}"
    return (
        f"Most likely now: {first.title} ({now}{change}), then {second.title} ({spoken_percent(second.probability)})."
    )


def where_we_stand(diagnosis: Diagnosis, base: KnowledgeBase, answers: Sequence[Report]) -> Iterator[str]:
    """What is believed, what was said so far, numbered, and what would be checked first."""
    yield from _ranking(diagnosis)
    yield "What was said so far:" if answers else "Nothing was said so far."
    for index, report in enumerate(answers, start=1):
        yield f"{index}. {words_of_report(base, report)}."
    if answers:
        yield "To take one of them back, type b and its number, such as b 1."
    for cause, check in best_checks(diagnosis, 1):
        yield f"First to check: {check.title}, about {_spoken_time(check.minutes)}, for: {cause.title}."


def _ranking(diagnosis: Diagnosis) -> Iterator[str]:
    yield "What it may be:"
    for index, cause in enumerate(diagnosis.causes[:TOP], start=1):
        yield f"{index}. {cause.title}: {spoken_percent(cause.probability)}."
    yield f"No fault: {spoken_percent(diagnosis.no_fault)}."
    yield f"A fault that is not listed here: {spoken_percent(diagnosis.not_listed)}."
    if len(diagnosis.causes) > 1:
        yield f"{RANKING_NOTE[0].upper()}{RANKING_NOTE[1:]}."
    if diagnosis.conflict.banner:
        yield diagnosis.conflict.banner


def words_of_report(base: KnowledgeBase, report: Report) -> str:
    """What the person said of one finding."""
    return f"{base.finding(report.finding).title}: not known" if report.says_nothing else report.message.rstrip(".")


def words_of_change(base: KnowledgeBase, change: Change) -> str:
    """What is taken back, or counts again."""
    match change:
        case Said(finding, states):
            labels = " or ".join(finding_words(base, finding, state)[1] for state in states)
            return f"{finding_words(base, finding, '')[0]}: {labels or 'not known'}"
        case Withdrawn(finding):
            return f"the withdrawal of {finding_words(base, finding, '')[0]}"
        case Stopped():
            return "the wish to stop"
        case Attached():
            return "the history"
        case Enclosed(_, files):
            return "what was read in " + ", ".join(plain(PurePath(file).name or file, 60) for file in files)


def closing(diagnosis: Diagnosis, base: KnowledgeBase, *, full: bool) -> Iterator[str]:
    """The result: verdict, why asking stops, ranking, evidence, what to check and what to change.

    Args:
        diagnosis: what is believed now.
        base: the knowledge.
        full: whether evidence, instructions and values are wanted, or the titles alone because they were read before.

    """
    yield _spoken(verdict(diagnosis)) + "."
    yield why_no_more(diagnosis)
    yield ""
    yield from _ranking(diagnosis)
    if full:
        yield from _why(diagnosis, base)
    yield from _checks(diagnosis, full=full)
    yield from _changes(diagnosis, full=full)
    if full and (checks := best_checks(diagnosis, 1)):
        yield ""
        yield f"The code: triage knowledge show {checks[0][1].id}"


def after_closing(diagnosis: Diagnosis) -> str:
    """What can be typed once the result was told."""
    steps = (
        "A number tells what came of that check or change; h and its number, such as h 1, prints its code. "
        if diagnosis.plan
        else ""
    )
    on = "The letter a asks on, " if diagnosis.next_questions else ""
    return f"Enter ends. {steps}FINDING=STATE tells anything else. {on}s says where we stand, b takes back."


def why_no_more(diagnosis: Diagnosis) -> str:
    """Why no more is asked."""
    if diagnosis.stopped is None:
        return "There is nothing left to ask."
    return _STOPPED_HERE.get(diagnosis.stopped, stop_sentence(diagnosis))


def _why(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    explained = explained_causes(diagnosis)
    for cause in explained:
        yield ""
        yield f"What speaks for and against: {cause.title}."
        yield from (_evidence("For", item, base) for item in cause.evidence_for[:MOST_EVIDENCE])
        yield from (_evidence("Against", item, base) for item in cause.evidence_against[:MOST_EVIDENCE])
    if explained:
        yield "3 decibans double the odds or halve them, 10 change them tenfold."


def _evidence(side: str, item: EvidenceItem, base: KnowledgeBase) -> str:
    title, label = finding_words(base, item.finding, item.state)
    return f"{side}, {abs(item.decibans):.1f} decibans: {title}: {label}."


def _checks(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen = best_checks(diagnosis)
    if chosen:
        yield ""
        yield "What to check first:"
    for index, (cause, check) in enumerate(chosen, start=1):
        yield f"{index}. {check.title}, about {_spoken_time(check.minutes)}, for: {cause.title}."
        if full:
            yield check.instructions if index == 1 else first_sentences(check.instructions)


def _changes(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen = best_remedies(diagnosis)
    if chosen:
        yield ""
        yield "What to change, once confirmed:"
    for index, (cause, remedy) in enumerate(chosen, start=1 + len(best_checks(diagnosis))):
        yield f"{index}. {remedy.title}, against: {cause.title}."
        if full:
            yield remedy.change if index == 1 + len(best_checks(diagnosis)) else first_sentences(remedy.change)
        for name, value in remedy.values.items():
            yield f"{plain(name).replace('_', ' ').capitalize()}: {number(value)}."


def how_to(diagnosis: Diagnosis, base: KnowledgeBase, thing: str, framework: str, command: str) -> list[str]:
    """How to find something out, or how to make a change: the instructions and the code of one framework, as lines.

    Args:
        diagnosis: what is believed now; it tells the person's framework.
        base: the knowledge.
        thing: id of a finding or of a remedy.
        framework: the beginning of a framework's name, or nothing for the person's own.
        command: what is typed before the name of another framework.

    """
    instructions, code = _how(base, thing)
    lines = wrapped(instructions)
    if not code:
        return [*lines, *wrapped("There is no code for this." if lines else "There is nothing to look up for this.")]
    wanted = framework.lower().replace(" ", "_")
    ordered = sorted(code_in_order(diagnosis, code), key=lambda item: not item[0].startswith(wanted))
    (name, snippet), *others = ordered
    if not name.startswith(wanted):
        lines += wrapped(f"There is no code for {framework}.")
    body = [part for line in plain_lines(snippet) for part in _broken(line)]
    lines += wrapped(f"In {framework_name(name)}, {len(body)} {'line' if len(body) == 1 else 'lines'} of code:")
    lines += [*body, "End of the code."]
    if others:
        names = " or ".join(f"{command} {other}" for other, _ in others)
        lines += wrapped(f"For other frameworks, type {names}.")
    return lines


def _how(base: KnowledgeBase, thing: str) -> tuple[str, dict[str, str]]:
    """Instructions, where there are any, and code per framework."""
    known = base.findings.get(thing)
    if known is None:
        instructions, code = base.remedies[thing].change, base.remedies[thing].snippets
    elif isinstance(known, Check):
        instructions, code = known.instructions, known.snippets
    else:
        instructions, code = "", known.question.how
    return instructions, {str(framework): text for framework, text in code.items()}


def _broken(line: str) -> list[str]:
    """A line of code that is too long, broken between words where it can be and indented further."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent[: WIDTH // 2] + "    ", break_on_hyphens=False) or [""]


def _standing(diagnosis: Diagnosis) -> list[Standing]:
    causes = [Standing(cause.id, cause.title, cause.probability) for cause in diagnosis.causes]
    return _with_others(causes, diagnosis.no_fault, diagnosis.not_listed)


def _with_others(causes: list[Standing], none: float, not_listed: float) -> list[Standing]:
    others = [Standing("", "no fault", none), Standing("not listed", "a fault that is not listed here", not_listed)]
    return sorted([*causes, *others], key=lambda entry: -entry.probability)


def _spoken(text: str) -> str:
    """The percentages of a sentence without signs that are not read aloud."""
    return text.replace("<1 %", "under 1 %").replace(">99 %", "over 99 %")


def spoken_percent(probability: float) -> str:
    """A probability in whole percents, its ends in words."""
    return _spoken(percent(probability))


def _spoken_time(minutes: float) -> str:
    amount, unit = duration(minutes).split()
    return f"{amount} {_UNITS[unit]}{'' if amount == '1' else 's'}"
