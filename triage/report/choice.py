"""What a report says, in whatever form: which findings, causes, checks, changes and questions are worth a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, Protocol, TypeVar

from knowledge.base import KnowledgeBase
from triage.diagnosis import (
    CauseView,
    CheckView,
    Diagnosis,
    FindingView,
    HistoryView,
    NextQuestion,
    RemedyView,
    SourceView,
)
from triage.report.figures import number, percent
from triage.wording import ENGLISH, Wording, wording

__all__ = [
    "CLEAR",
    "MOST_EVIDENCE",
    "RANKING_NOTE",
    "Ranked",
    "Seen",
    "best_checks",
    "best_remedies",
    "cited_sources",
    "code_in_order",
    "explained_causes",
    "files_words",
    "finding_words",
    "first_sentences",
    "framework_name",
    "is_clear",
    "marks_of",
    "most_likely",
    "notable_findings",
    "open_questions",
    "origin_words",
    "ranking",
    "seen_message",
    "seen_words",
    "stop_sentence",
    "unremarkable_titles",
    "unused_words",
    "verdict",
    "where",
]

MOST_CHECKS = 3
MOST_REMEDIES = 3
MOST_UNUSED = 5
LONGEST_NAME = 40
MOST_EVIDENCE = 4
"""Findings for, and as many against, that explain a cause."""

CLEAR = 0.25
"""Probability below which the leading cause is only the first of several."""

EXPLAINED = 2
"""How many of the leading causes are explained."""

LEADING = 8
"""How many causes are looked at for whether a setting speaks for them."""

ORIGINS = {
    "detector": "read from the log",
    "answer": "your answer",
    "config": "read in the configuration",
    "code": "read in the script",
    "weights": "measured in the weights",
    "data": "measured in the data",
}
"""Where a finding comes from -> in words."""

FILES = {"config": "configuration", "code": "training script", "weights": "weights", "data": "data"}
"""What a file beside the log is -> in words."""

RARE, SURE, WEIGHTY = 0.15, 0.75, 2.0
"""A setting read from a file is worth a word where so few runs have it, it is as sure as that to be so, and it speaks
by as many decibans for one of the leading causes."""

READ_ALWAYS = ("validation_against_train", "train_loss_trend")
"""Findings that tell how to read the curve and are shown even in their normal state."""

RANKING_NOTE = "two causes may be at work at once, so the figures can add up to more than 100 %"

_FRAMEWORKS = {
    "pytorch": ("pytorch",),
    "keras_tensorflow": ("keras",),
    "hugging_face": ("hugging_face", "pytorch"),
    "caffe_darknet": ("caffe", "darknet"),
}
"""State of the setting ``framework`` -> the code that goes with it, best first."""

_FRAMEWORK_NAMES = {
    "pytorch": "PyTorch",
    "keras": "Keras",
    "caffe": "Caffe",
    "hugging_face": "Hugging Face",
    "darknet": "Darknet",
    "numpy": "NumPy",
    "shell": "Shell",
}

_STOPPED = {
    "confident": "Nothing more needs to be asked: the leading explanation is sure enough.",
    "nothing_left_to_learn": "No question left would change this.",
    "cheaper_to_try": "Trying the changes above in their order is quicker now than finding out more.",
    "out_of_questions": "There is nothing left to ask.",
    "user_stopped": "You stopped here.",
}


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Named)


class Seen(NamedTuple):
    """A finding worth telling; what was read from the history has a number, which marks it in the picture."""

    number: int | None
    finding: FindingView


class Ranked(NamedTuple):
    """A line of the ranking."""

    title: str
    probability: float


def most_likely(diagnosis: Diagnosis) -> Ranked:
    """The result: no fault, the leading cause, or a fault that is not listed."""
    say = wording(diagnosis.language)
    if diagnosis.is_healthy:
        return Ranked(say("no fault found"), diagnosis.no_fault)
    if not diagnosis.causes or diagnosis.not_listed > diagnosis.causes[0].probability:
        return Ranked(say("something is wrong that is not listed here"), diagnosis.not_listed)
    return Ranked(diagnosis.causes[0].title, diagnosis.causes[0].probability)


def is_clear(diagnosis: Diagnosis) -> bool:
    """Whether the result stands out, and is not only the first of several."""
    return diagnosis.is_healthy or most_likely(diagnosis).probability >= max(CLEAR, diagnosis.no_fault)


def verdict(diagnosis: Diagnosis) -> str:
    """The result in one line, which says so where nothing stands out yet."""
    say = wording(diagnosis.language)
    result = most_likely(diagnosis)
    words = say("{title} ({percent})", title=result.title, percent=percent(result.probability))
    if diagnosis.is_healthy:
        return words[0].upper() + words[1:]
    if is_clear(diagnosis):
        return say("Most likely: {words}", words=words)
    if diagnosis.no_fault > result.probability:
        sound = percent(diagnosis.no_fault)
        return say("Not clear yet; no fault {percent}, first of several causes: {words}", percent=sound, words=words)
    return say("Not clear yet; first of several causes: {words}", words=words)


def notable_findings(diagnosis: Diagnosis, base: KnowledgeBase) -> list[Seen]:
    """Findings that are not in their normal state, what tells how to read the curve, and what the person said."""
    seen = []
    count = 0
    weighty = _weighty(diagnosis)
    for finding in diagnosis.findings:
        if _is_unremarkable(finding, base, weighty):
            continue
        count += finding.origin == "detector"
        seen.append(Seen(count if finding.origin == "detector" else None, finding))
    return seen


def unremarkable_titles(diagnosis: Diagnosis, base: KnowledgeBase) -> list[str]:
    """Titles of the findings that `notable_findings` leaves out."""
    weighty = _weighty(diagnosis)
    titles = [
        finding_words(base, finding.finding, finding.state)[0]
        for finding in diagnosis.findings
        if _is_unremarkable(finding, base, weighty)
    ]
    return list(dict.fromkeys(titles))


def _weighty(diagnosis: Diagnosis) -> frozenset[str]:
    """Findings that speak for one of the leading causes."""
    leading = diagnosis.causes[:LEADING]
    return frozenset(item.finding for cause in leading for item in cause.evidence_for if item.decibans >= WEIGHTY)


def _is_unremarkable(finding: FindingView, base: KnowledgeBase, weighty: Set[str]) -> bool:
    known = base.findings.get(finding.finding)
    if known is None or finding.origin == "answer" or finding.finding in READ_ALWAYS:
        return False
    if known.kind == "setting":
        share = known.states[finding.state].share if finding.state in known.states else None
        return share is None or share > RARE or finding.probability < SURE or finding.finding not in weighty
    return finding.state == next(iter(known.states))


def finding_words(base: KnowledgeBase, finding: str, state: str) -> tuple[str, str]:
    """Title of a finding and label of its state; their ids where the knowledge does not have them any more."""
    known = base.findings.get(finding) or base.trials.get(finding)
    if known is None:
        return finding, state
    return known.title, known.states[state].label if state in known.states else state


def seen_words(base: KnowledgeBase, finding: FindingView) -> tuple[str, str]:
    """As `finding_words`, but of an answer that left several states open all of them."""
    title, label = finding_words(base, finding.finding, finding.state)
    said = finding.message.removeprefix(wording(base.language)("{title}: {label}", title=title, label=""))
    return title, label if finding.origin != "answer" or said == finding.message else said


def seen_message(base: KnowledgeBase, finding: FindingView) -> str:
    """What was seen, as whoever read it put it; behind title and label where it speaks another language than they."""
    if base.english is None or finding.origin == "answer":
        return finding.message
    title, label = finding_words(base, finding.finding, finding.state)
    say = wording(base.language)
    return say("{title}: {label}. {message}", title=title, label=label, message=finding.message)


def unused_words(history: HistoryView, say: Wording = ENGLISH) -> str:
    """The names in the file that were not used, the first of them with why; empty where all were."""
    groups: dict[str, list[str]] = {}
    for name, why in history.ignored.items():
        groups.setdefault(why, []).append(name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "...")
    return "; ".join(f"{_first_of(names, say)} ({why})" for why, names in groups.items())


def _first_of(names: Sequence[str], say: Wording) -> str:
    more = len(names) - MOST_UNUSED
    return ", ".join(names[:MOST_UNUSED]) + (say(" and {n} more", n=more) if more > 0 else "")


def origin_words(finding: FindingView, say: Wording = ENGLISH) -> str:
    """Where a finding comes from, with file and line where it has them: ``read in the script, train.py:41``."""
    words = say(ORIGINS.get(finding.origin, finding.origin))
    return words if finding.place is None else f"{words}, {finding.place}"


def files_words(diagnosis: Diagnosis) -> Iterator[tuple[str, list[str]]]:
    """The files beside the log, each with what it is, and what was left out of it."""
    say = wording(diagnosis.language)
    for view in diagnosis.files:
        yield say("{title}: {label}", title=view.file, label=say(FILES[view.kind])), view.notes


def marks_of(seen: Sequence[Seen]) -> dict[str, float]:
    """Number of a finding -> the position at which it begins, of those that have one."""
    return {
        str(number): finding.steps[0] for number, finding in seen if number is not None and finding.steps is not None
    }


def where(finding: FindingView, unit: str, say: Wording = ENGLISH) -> str:
    """The place of a finding in words: ``step 12``, ``epochs 3 to 7``; empty where it has none."""
    if finding.steps is None:
        return ""
    first, last = map(number, finding.steps)
    if first == last:
        return say("{unit} {first}", unit=say(unit), first=first)
    return say("{unit}s {first} to {last}", unit=say(unit), first=first, last=last)


def ranking(diagnosis: Diagnosis, top: int) -> tuple[list[Ranked], list[Ranked]]:
    """The causes to list, and what else there may be: no fault (first in the list if likeliest) and not listed."""
    say = wording(diagnosis.language)
    listed = [Ranked(cause.title, cause.probability) for cause in diagnosis.causes[:top]]
    others = [
        Ranked(say("no fault"), diagnosis.no_fault),
        Ranked(say("a fault that is not listed here"), diagnosis.not_listed),
    ]
    if diagnosis.is_healthy:
        listed.insert(0, others.pop(0))
    return listed, others


def explained_causes(diagnosis: Diagnosis) -> list[CauseView]:
    """The leading causes of which the evidence is shown; none where nothing was seen or said."""
    if not diagnosis.findings:
        return []
    return [cause for cause in diagnosis.causes[:EXPLAINED] if cause.evidence_for or cause.evidence_against]


def best_checks(diagnosis: Diagnosis, most: int = MOST_CHECKS) -> list[tuple[CauseView, CheckView]]:
    """The first checks of the plan, each beside the cause that it is most likely about; none for a healthy run."""
    return _planned(diagnosis, "check", lambda cause: cause.checks, most)


def best_remedies(diagnosis: Diagnosis, most: int = MOST_REMEDIES) -> list[tuple[CauseView, RemedyView]]:
    """The first changes of the plan, each beside the cause that it is most likely meant for; none for a healthy run."""
    return _planned(diagnosis, "remedy", lambda cause: cause.remedies, most)


def _planned(
    diagnosis: Diagnosis, kind: str, items_of: Callable[[CauseView], Sequence[Item]], most: int
) -> list[tuple[CauseView, Item]]:
    if diagnosis.is_healthy:
        return []
    listed = {(cause.id, item.id): (cause, item) for cause in diagnosis.causes for item in items_of(cause)}
    planned = [listed.get((step.cause, step.id)) for step in diagnosis.plan if step.kind == kind]
    return [found for found in planned if found is not None][:most]


def code_in_order(diagnosis: Diagnosis, snippets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Framework and code, those of the framework that the person uses first."""
    used = next((item.state for item in diagnosis.findings if item.finding == "framework"), "")
    wanted = [name for name in _FRAMEWORKS.get(used, ()) if name in snippets]
    for name in (*wanted, *(name for name in snippets if name not in wanted)):
        yield name, snippets[name]


def first_sentences(text: str, longest: int = 180) -> str:
    """The first sentence of a text, and those after it that still fit."""
    sentences = re.split(r"(?<=[.!?]) +(?=[A-Z])", " ".join(text.split()))
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > longest:
            break
        kept += f" {sentence}"
    return kept


def framework_name(framework: str) -> str:
    """A framework as it writes itself."""
    return _FRAMEWORK_NAMES.get(framework, framework)


def open_questions(diagnosis: Diagnosis) -> list[NextQuestion]:
    """The questions worth asking; none once the result is sure enough."""
    return [] if diagnosis.stopped == "confident" else list(diagnosis.next_questions)


def stop_sentence(diagnosis: Diagnosis) -> str:
    """Why no more is asked; empty where more should be."""
    return "" if diagnosis.stopped is None else wording(diagnosis.language)(_STOPPED[diagnosis.stopped])


def cited_sources(diagnosis: Diagnosis, most: int) -> list[SourceView]:
    """The sources of the leading causes without repeats, at most so many."""
    sources = {source.id: source for cause in diagnosis.causes[:EXPLAINED] for source in cause.sources}
    return list(sources.values())[:most]
