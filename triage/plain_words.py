"""What the line-mode interview says: paragraphs that make sense when they are read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Check
from triage.beliefs import Report
from triage.diagnosis import Choice, Diagnosis
from triage.events import Attached, Change, Enclosed, Said, Stopped, Withdrawn
from triage.plain_how import instructions_and_code
from triage.report.choice import (
    best_checks,
    code_in_order,
    files_words,
    finding_words,
    first_sentences,
    framework_name,
    notable_findings,
    seen_message,
    unused_words,
)
from triage.report.escape import plain
from triage.spoken_numbers import spoken_time
from triage.standing_words import movement, ranking
from triage.wording import wording

__all__ = ["HELP", "beginning", "numbered", "question", "where_we_stand", "words_of_change", "words_of_report"]

WORK = 0.5
"""Minutes from which on a question takes more than a glance, so that the code that answers it stands beside it."""

HELP = (
    "Answer with a number, or with several where it is one of them, such as 1 3. Other commands, each a letter or a "
    "word: ? or why, for why this is asked; h or how, for how to find out; u or unknown, if you don't know; b or back; "
    "r or redo; s or stand, for where we stand; q or quit, to stop and report. FINDING=STATE tells something else, "
    "such as optimizer=adam. Enter alone repeats the question, help repeats this."
)


def beginning(diagnosis: Diagnosis, base: KnowledgeBase, answers: int, notes: Sequence[str]) -> list[str]:
    """What stands before the first question: the notes, what this is, how to answer, what is known so far."""
    say = wording(base.language)
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
    yield say("{head}, about {time}.", head=head, time=spoken_time(finding.minutes, say))
    yield finding.question.prompt
    instructions, code = instructions_and_code(base, finding.id)
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


def where_we_stand(diagnosis: Diagnosis, base: KnowledgeBase, answers: Sequence[Report]) -> Iterator[str]:
    """What is believed, what was said so far, numbered, and what would be checked first."""
    say = wording(base.language)
    yield from ranking(diagnosis)
    yield say("What was said so far:") if answers else say("Nothing was said so far.")
    for index, report in enumerate(answers, start=1):
        yield say("{n}. {sentence}.", n=index, sentence=words_of_report(base, report))
    if answers:
        yield say("To take one of them back, type b and its number, such as b 1.")
    for cause, check in best_checks(diagnosis, 1):
        time = spoken_time(check.minutes, say)
        yield say(
            "First to check: {check}, about {time}, for: {cause}.", check=check.title, time=time, cause=cause.title
        )


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
