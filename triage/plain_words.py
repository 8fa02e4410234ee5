"""What the line-mode interview says: paragraphs that make sense when they are read aloud."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Check
from triage.beliefs import Report
from triage.diagnosis import Choice, Diagnosis
from triage.events import Attached, Change, Enclosed, Said, Stopped, Withdrawn
from triage.report import cells
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
    seen_message,
    stop_sentence,
    unused_words,
    verdict,
)
from triage.report.escape import folded, plain, plain_lines
from triage.report.figures import duration, number, percent
from triage.wording import ENGLISH, Wording, wording

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

_TIMES = {
    "s": ("{n} second", "{n} seconds"),
    "min": ("{n} minute", "{n} minutes"),
    "h": ("{n} hour", "{n} hours"),
    "days": ("{n} day", "{n} days"),
}
"""Unit of a time -> one of it, and several."""

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
    return [line.replace(TIED, " ") for line in cells.wrapped(shown, WIDTH)]


def beginning(diagnosis: Diagnosis, base: KnowledgeBase, reports: Sequence[Report], notes: Sequence[str]) -> list[str]:
    """What stands before the first question: the notes, what this is, how to answer, what is known so far."""
    say = wording(base.language)
    answers = sum(report.origin == "answer" for report in reports)
    lines = [*notes, say("Triage: find out why a network does not train, one question at a time."), say(HELP)]
    if diagnosis.history is not None:
        lines += ["", *_seen_in_history(diagnosis, base)]
    if diagnosis.files:
        lines += ["", *_seen_in_files(diagnosis, base)]
    if answers:
        counted = (
            "{n} answer counts already; s lists it." if answers == 1 else "{n} answers count already; s lists them."
        )
        lines += ["", say(counted, n=answers)]
    if diagnosis.history is not None or diagnosis.files or answers:
        lines.append(movement(diagnosis, diagnosis))
    return lines


def _seen_in_history(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    if diagnosis.history is None:
        return
    history, say = diagnosis.history, wording(base.language)
    columns = ", ".join(
        plain(name, 40)
        if name == original
        else say("{original} as {name}", original=plain(original, 40), name=plain(name, 40))
        for name, original in history.columns.items()
    )
    yield say(
        "{files}: {format}, {rows} rows; read {columns}.",
        files=", ".join(plain(file, 60) for file in history.files) or say("The history"),
        format=history.format,
        rows=f"{history.steps:,}",
        columns=columns,
    )
    if unused := unused_words(history, say):
        yield say("Not used: {names}.", names=plain(unused, 400))
    yield from (say("Note: {note}", note=plain(warning, 900)) for warning in history.warnings)
    read = [item.finding for item in notable_findings(diagnosis, base) if item.finding.origin == "detector"]
    yield say("What the log shows:") if read else say("The log shows nothing unusual.")
    yield from (plain(seen_message(base, finding), 900) for finding in read)


def _seen_in_files(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    """What the files beside the log are, what stands out in them, and where they contradict."""
    say = wording(base.language)
    for file, notes in files_words(diagnosis):
        yield say("{sentence}.", sentence=plain(file, 120))
        yield from (say("Note: {note}", note=plain(note, 400)) for note in notes)
    read = [item.finding for item in notable_findings(diagnosis, base) if item.finding.place is not None]
    yield say("What stands out there:") if read else say("Nothing stands out there.")
    for finding in read:
        message = plain(seen_message(base, finding), 400)
        yield say("{title}: {label}", title=plain(str(finding.place), 120), label=message)
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
    say = wording(base.language)
    yield say("{head}, about {time}.", head=head, time=_spoken_time(finding.minutes, say))
    yield finding.question.prompt
    instructions, code = _how(base, finding.id)
    if isinstance(finding, Check):
        yield say("How: {instructions}", instructions=first_sentences(instructions))
        yield (
            say("Not done yet: answer u, or do it now; h prints the code.")
            if code
            else say("Not done yet: answer u, or do it now.")
        )
    elif code and finding.minutes >= WORK:
        framework, snippet = next(iter(code_in_order(diagnosis, code)))
        if "\n" in snippet.strip():
            yield say("To find out: h prints the code.")
        else:
            yield say("To find out, in {framework}:", framework=framework_name(framework))
            yield snippet.strip()


def outlook(
    diagnosis: Diagnosis, base: KnowledgeBase, choices: Sequence[Choice], ahead: Sequence[Ahead]
) -> Iterator[str]:
    """What each answer would do to the explanation that leads, and which would lead then."""
    say = wording(base.language)
    now = _standing(diagnosis)[0]
    was = spoken_percent(now.probability, say)
    yield say("Leading now: {title}, {percent}.", title=now.title, percent=was)
    by_state = {item.state: item for item in ahead}
    for index, choice in enumerate(choices, start=1):
        item = by_state[choice.state]
        causes = [Standing(key, base.causes[key].title, value) for key, value in item.causes.items()]
        leading, *others = _with_others(causes, item.none, item.not_listed, say)
        after = next(entry for entry in (leading, *others) if entry.key == now.key).probability
        shown = spoken_percent(after, say)
        moves = (
            say("it stays at {percent}", percent=shown)
            if shown == was
            else say("it rises to {percent}", percent=shown)
            if after > now.probability
            else say("it falls to {percent}", percent=shown)
        )
        if leading.key != now.key:
            share = spoken_percent(leading.probability, say)
            moves += say(", and then {title} leads with {percent}", title=leading.title, percent=share)
        yield say("If {n}, {label}: {moves}.", n=index, label=choice.label, moves=moves)


def movement(before: Diagnosis, after: Diagnosis) -> str:
    """How things firm up: the two likeliest explanations, the first with what it was before."""
    say = wording(after.language)
    was = {entry.key: entry.probability for entry in _standing(before)}
    first, second = _standing(after)[:2]
    now, earlier = spoken_percent(first.probability, say), spoken_percent(was.get(first.key, 0.0), say)
    change = (
        "" if before is after else say(", as before") if now == earlier else say(", was {percent}", percent=earlier)
    )
    return say(
        "Most likely now: {first} ({now}{change}), then {second} ({percent}).",
        first=first.title,
        now=now,
        change=change,
        second=second.title,
        percent=spoken_percent(second.probability, say),
    )


def where_we_stand(diagnosis: Diagnosis, base: KnowledgeBase, answers: Sequence[Report]) -> Iterator[str]:
    """What is believed, what was said so far, numbered, and what would be checked first."""
    say = wording(base.language)
    yield from _ranking(diagnosis)
    yield say("What was said so far:") if answers else say("Nothing was said so far.")
    for index, report in enumerate(answers, start=1):
        yield say("{n}. {sentence}.", n=index, sentence=words_of_report(base, report))
    if answers:
        yield say("To take one of them back, type b and its number, such as b 1.")
    for cause, check in best_checks(diagnosis, 1):
        time = _spoken_time(check.minutes, say)
        yield say(
            "First to check: {check}, about {time}, for: {cause}.", check=check.title, time=time, cause=cause.title
        )


def _ranking(diagnosis: Diagnosis) -> Iterator[str]:
    say = wording(diagnosis.language)
    yield say("What it may be:")
    for index, cause in enumerate(diagnosis.causes[:TOP], start=1):
        share = spoken_percent(cause.probability, say)
        yield say("{n}. {title}: {percent}.", n=index, title=cause.title, percent=share)
    yield say("No fault: {percent}.", percent=spoken_percent(diagnosis.no_fault, say))
    yield say("A fault that is not listed here: {percent}.", percent=spoken_percent(diagnosis.not_listed, say))
    if len(diagnosis.causes) > 1:
        note = say(RANKING_NOTE)
        yield say("{sentence}.", sentence=f"{note[0].upper()}{note[1:]}")
    if diagnosis.conflict.banner:
        yield diagnosis.conflict.banner


def words_of_report(base: KnowledgeBase, report: Report) -> str:
    """What the person said of one finding."""
    say = wording(base.language)
    if report.says_nothing:
        return say("{title}: {label}", title=base.finding(report.finding).title, label=say("not known"))
    return report.message.rstrip(".。")


def words_of_change(base: KnowledgeBase, change: Change) -> str:
    """What is taken back, or counts again."""
    say = wording(base.language)
    match change:
        case Said(finding, states):
            labels = say(" or ").join(finding_words(base, finding, state)[1] for state in states)
            title = finding_words(base, finding, "")[0]
            return say("{title}: {label}", title=title, label=labels or say("not known"))
        case Withdrawn(finding):
            return say("the withdrawal of {title}", title=finding_words(base, finding, "")[0])
        case Stopped():
            return say("the wish to stop")
        case Attached():
            return say("the history")
        case Enclosed(_, files):
            names = ", ".join(plain(PurePath(file).name or file, 60) for file in files)
            return say("what was read in {files}", files=names)


def closing(diagnosis: Diagnosis, base: KnowledgeBase, *, full: bool) -> Iterator[str]:
    """The result: verdict, why asking stops, ranking, evidence, what to check and what to change.

    Args:
        diagnosis: what is believed now.
        base: the knowledge.
        full: whether evidence, instructions and values are wanted, or the titles alone because they were read before.

    """
    say = wording(diagnosis.language)
    yield say("{sentence}.", sentence=_spoken(verdict(diagnosis), say))
    yield why_no_more(diagnosis)
    yield ""
    yield from _ranking(diagnosis)
    if full:
        yield from _why(diagnosis, base)
    yield from _checks(diagnosis, full=full)
    yield from _changes(diagnosis, full=full)
    if full and (checks := best_checks(diagnosis, 1)):
        yield ""
        yield say("The code: {command}", command=f"triage knowledge show {checks[0][1].id}")


def after_closing(diagnosis: Diagnosis) -> str:
    """What can be typed once the result was told."""
    say = wording(diagnosis.language)
    steps = (
        say("A number tells what came of that check or change; h and its number, such as h 1, prints its code. ")
        if diagnosis.plan
        else ""
    )
    on = say("The letter a asks on, ") if diagnosis.next_questions else ""
    return say(
        "Enter ends. {steps}FINDING=STATE tells anything else. {on}s says where we stand, b takes back.",
        steps=steps,
        on=on,
    )


def why_no_more(diagnosis: Diagnosis) -> str:
    """Why no more is asked."""
    if diagnosis.stopped is None:
        return wording(diagnosis.language)("There is nothing left to ask.")
    here = _STOPPED_HERE.get(diagnosis.stopped)
    return stop_sentence(diagnosis) if here is None else wording(diagnosis.language)(here)


def _why(diagnosis: Diagnosis, base: KnowledgeBase) -> Iterator[str]:
    explained, say = explained_causes(diagnosis), wording(base.language)
    for cause in explained:
        yield ""
        yield say("What speaks for and against: {title}.", title=cause.title)
        for item in (*cause.evidence_for[:MOST_EVIDENCE], *cause.evidence_against[:MOST_EVIDENCE]):
            title, label = finding_words(base, item.finding, item.state)
            told = (
                "For, {decibans} decibans: {title}: {label}."
                if item.decibans > 0
                else "Against, {decibans} decibans: {title}: {label}."
            )
            yield say(told, decibans=f"{abs(item.decibans):.1f}", title=title, label=label)
    if explained:
        yield say("3 decibans double the odds or halve them, 10 change them tenfold.")


def _checks(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen, say = best_checks(diagnosis), wording(diagnosis.language)
    if chosen:
        yield ""
        yield say("What to check first:")
    for index, (cause, check) in enumerate(chosen, start=1):
        yield say(
            "{n}. {check}, about {time}, for: {cause}.",
            n=index,
            check=check.title,
            time=_spoken_time(check.minutes, say),
            cause=cause.title,
        )
        if full:
            yield check.instructions if index == 1 else first_sentences(check.instructions)


def _changes(diagnosis: Diagnosis, *, full: bool) -> Iterator[str]:
    chosen, say = best_remedies(diagnosis), wording(diagnosis.language)
    if chosen:
        yield ""
        yield say("What to change, once confirmed:")
    for index, (cause, remedy) in enumerate(chosen, start=1 + len(best_checks(diagnosis))):
        yield say("{n}. {remedy}, against: {cause}.", n=index, remedy=remedy.title, cause=cause.title)
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
    say = wording(base.language)
    instructions, code = _how(base, thing)
    lines = wrapped(instructions)
    if not code:
        nothing = say("There is no code for this.") if lines else say("There is nothing to look up for this.")
        return [*lines, *wrapped(nothing)]
    wanted = framework.lower().replace(" ", "_")
    ordered = sorted(code_in_order(diagnosis, code), key=lambda item: not item[0].startswith(wanted))
    (name, snippet), *others = ordered
    if not name.startswith(wanted):
        lines += wrapped(say("There is no code for {framework}.", framework=framework))
    body = [part for line in plain_lines(snippet) for part in _broken(line)]
    head = "In {framework}, {n} line of code:" if len(body) == 1 else "In {framework}, {n} lines of code:"
    lines += wrapped(say(head, framework=framework_name(name), n=len(body)))
    lines += [*body, say("End of the code.")]
    if others:
        names = say(" or ").join(f"{command} {other}" for other, _ in others)
        lines += wrapped(say("For other frameworks, type {names}.", names=names))
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
    return _with_others(causes, diagnosis.no_fault, diagnosis.not_listed, wording(diagnosis.language))


def _with_others(causes: list[Standing], none: float, not_listed: float, say: Wording) -> list[Standing]:
    others = [
        Standing("", say("no fault"), none),
        Standing("not listed", say("a fault that is not listed here"), not_listed),
    ]
    return sorted([*causes, *others], key=lambda entry: -entry.probability)


def _spoken(text: str, say: Wording) -> str:
    """The percentages of a sentence without signs that are not read aloud."""
    return text.replace("<1 %", say("under 1 %")).replace(">99 %", say("over 99 %"))


def spoken_percent(probability: float, say: Wording = ENGLISH) -> str:
    """A probability in whole percents, its ends in words."""
    return _spoken(percent(probability), say)


def _spoken_time(minutes: float, say: Wording) -> str:
    amount, unit = duration(minutes).split()
    return say(_TIMES[unit][amount != "1"], n=amount)
