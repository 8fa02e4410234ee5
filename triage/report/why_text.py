"""`Why` -> plain text that fits 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from knowledge.base import KnowledgeBase
from knowledge.schema import Check
from triage.report.choice import first_sentences
from triage.report.escape import folded, plain
from triage.report.figures import duration, number, percent
from triage.report.style import Style
from triage.report.text import WIDTH
from triage.why import ChangeView, OutcomeView, RequirementView, SideView, WeightView, Why

__all__ = ["why_text"]

MOST_WEIGHTS = 6
"""Findings that are shown one by one in each list; what the others say together has a line of its own."""

SMALLEST_SHOWN = 0.5
"""Decibans below which a finding has no line of its own."""

NUMBER = 8
"""Columns that the number of a row takes, from the margin on."""

LARGEST_RATIO = 1e6
"""How many times as likely is worth telling apart."""

LONGEST = 220
"""Characters of the mechanism that are shown, or its first sentence; the rest is in the knowledge."""


def why_text(why: Why, base: KnowledgeBase, *, colour: bool = False) -> str:
    """The whole explanation.

    Args:
        why: what to tell.
        base: the knowledge, for what to do at each check.
        colour: whether ANSI codes are wanted.

    """
    style = Style(colour)
    sections = [
        _head(why, style),
        _evidence(why, style),
        _comparison(why, style),
        _requirements(why, style),
        _changes(why, style),
        _checks(why, base, style),
        _tried(why, style),
        [style.dim(f"In full, with its sources: triage knowledge show {plain(why.cause.id)}")],
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def _head(why: Why, style: Style) -> Iterator[str]:
    cause = why.cause
    yield from map(style.bold, _wrapped(f"Why: {cause.title}"))
    place = f"{percent(cause.probability)}, {_ordinal(cause.rank)} of {cause.causes} causes"
    yield from _wrapped(f"{place}; {percent(cause.prior_probability)} before anything was known.", "  ", "  ")
    beside = f"Beside it: no fault {percent(why.no_fault)}, a fault that is not listed here {percent(why.not_listed)}."
    yield from map(style.dim, _wrapped(beside, "  ", "  "))
    yield from map(style.dim, _wrapped(first_sentences(cause.mechanism, LONGEST), "  ", "  "))


def _evidence(why: Why, style: Style) -> Iterator[str]:
    yield style.bold("What speaks for it") + style.dim("  (decibans: +3 doubles the odds, +10 makes them tenfold)")
    yield from _weights(why.evidence_for, "nothing that was seen or said", style)
    yield style.bold("What speaks against it")
    yield from _weights(why.evidence_against, "nothing that was seen or said", style)


def _weights(weights: Sequence[WeightView], nothing: str, style: Style) -> Iterator[str]:
    if not weights:
        yield style.dim(f"          {nothing}")
    for weight in weights[:MOST_WEIGHTS]:
        first, *more = _weight(weight)
        emphasis = style.good if weight.decibans > 0 else style.bad
        yield emphasis(first[:NUMBER]) + first[NUMBER:]
        yield from more
    if len(weights) > MOST_WEIGHTS:
        yield style.dim(f"          and {len(weights) - MOST_WEIGHTS} weaker ones")


def _weight(weight: WeightView) -> list[str]:
    return _row(weight.decibans, f"{_cut(weight.title)}: {_cut(weight.label)}")


def _row(decibans: float, words: str) -> list[str]:
    without_minus_zero = round(decibans, 1) + 0.0
    return _wrapped(words, f"  {without_minus_zero:>+6.1f}  ", " " * 10)


def _comparison(why: Why, style: Style) -> Iterator[str]:
    """The sum of what sets the two hypotheses apart: both are named, since the cause may lead in company."""
    comparison = why.comparison
    rival = _side(comparison.rival)
    word = "ahead of" if comparison.total_decibans >= 0 else "behind"
    yield from map(style.bold, _wrapped(f"Why it is {word} {rival} ({percent(comparison.rival.probability)})"))
    alone = " by itself" if len(comparison.with_cause.causes) == 1 else ""
    own = f"{_side(comparison.with_cause)}{alone} ({percent(comparison.with_cause.probability)})"
    note = f"Weighed here is {own}. The weights add up; minus favours the other side."
    yield from map(style.dim, _wrapped(note, "  ", "  "))
    yield from _row(comparison.prior_decibans, "how common they are before anything is known")
    strong = [weight for weight in comparison.weights if abs(weight.decibans) >= SMALLEST_SHOWN][:MOST_WEIGHTS]
    others = comparison.weights[len(strong) :]
    for weight in strong:
        yield from _weight(weight)
    if others:
        words = "one weaker finding" if len(others) == 1 else f"{len(others)} weaker findings together"
        yield from _row(sum(weight.decibans for weight in others), words)
    yield from map(style.bold, _row(comparison.total_decibans, f"in all: {_odds(comparison.total_decibans, rival)}"))


def _odds(decibans: float, rival: str) -> str:
    ratio = 10.0 ** (abs(decibans) / 10.0)
    if ratio < 1.05:
        return "as likely as each other"
    times = f"more than {number(LARGEST_RATIO)}" if ratio > LARGEST_RATIO else number(float(f"{ratio:.2g}"))
    return f"{times} times as likely as {rival}" if decibans > 0 else f"{rival} is {times} times as likely"


def _side(side: SideView) -> str:
    if side.kind == "no_fault":
        return "no fault at all"
    if side.kind == "not_listed":
        return "a fault that is not listed here"
    return " together with ".join(f'"{_cut(title)}"' for title in side.titles)


def _requirements(why: Why, style: Style) -> Iterator[str]:
    """What is met needs no line."""
    open_ones = [requirement for requirement in why.requires if requirement.status != "met"]
    if open_ones:
        yield style.bold("What it cannot do without")
    for requirement in open_ones:
        yield from _requirement(requirement, why.cause.probability, style)


def _requirement(requirement: RequirementView, before: float, style: Style) -> Iterator[str]:
    needed = f"{_cut(requirement.title)}: {' or '.join(map(_cut, requirement.labels))}"
    if requirement.status == "contradicted":
        yield from map(style.bad, _wrapped(f"{needed}. Told was: {_cut(requirement.found_label or '')}.", "  ", "  "))
    else:
        yield from _wrapped(f"{needed}. Not known; {percent(requirement.probability)} likely.", "  ", "  ")
    yield f"  If it is so: {percent(before)} -> {percent(requirement.probability_if_met)}"
    yield style.accent(f"  {_flag(requirement)}")


def _flag(requirement: RequirementView) -> str:
    """With the states to choose from where the line is long enough for them."""
    states = "|".join(map(plain, requirement.states))
    flag = f"--answer {plain(requirement.finding)}="
    return flag + (states if len(flag) + len(states) <= WIDTH - 2 else "STATE")


def _changes(why: Why, style: Style) -> Iterator[str]:
    before = percent(why.cause.probability)
    telling = [change for change in why.changes if list(_telling_outcomes(change, before))]
    yield style.bold("What would change it most")
    if not telling:
        yield style.dim("  No single answer that is still open would move it by a percent.")
    for index, change in enumerate(telling, start=1):
        asked = change.title if change.kind == "check" else change.prompt
        yield from _wrapped(f"{_cut(asked)} ({duration(change.minutes)})", f"  {index}. ", "     ")
        for outcome in _telling_outcomes(change, before):
            movement = f"{before} -> {percent(outcome.after)}"
            words = f"{plain(outcome.state)}: {_cut(outcome.label)} ({percent(outcome.probability)} likely)"
            yield from _wrapped(words, f"     {movement:<14}", " " * 19)
        yield f"     {style.accent(plain(change.answer_with))}"


def _telling_outcomes(change: ChangeView, before: str) -> Iterator[OutcomeView]:
    """Those after which another figure would stand there."""
    for outcome in (change.raises, change.lowers):
        if percent(outcome.after) != before:
            yield outcome


def _checks(why: Why, base: KnowledgeBase, style: Style) -> Iterator[str]:
    if why.checks:
        yield style.bold("What can confirm it")
    for check in why.checks:
        state = f"done: {_cut(check.label or '')}" if check.done else duration(check.minutes)
        yield from _wrapped(f"{_cut(check.title)} ({state})", "  -  ", "     ")
        known = base.findings.get(check.id)
        if not check.done and isinstance(known, Check):
            yield from map(style.dim, _wrapped(first_sentences(known.instructions), "     ", "     "))


def _tried(why: Why, style: Style) -> Iterator[str]:
    if why.remedies_tried:
        yield style.bold("What was tried against it")
    for remedy in why.remedies_tried:
        yield from _row(remedy.decibans, f"{_cut(remedy.title)}: {_cut(remedy.label)}")


def _ordinal(rank: int) -> str:
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _cut(text: str) -> str:
    return folded(text)


def _wrapped(text: str, head: str = "", tail: str = "") -> list[str]:
    return textwrap.wrap(folded(text, 2000), WIDTH, initial_indent=head, subsequent_indent=tail, break_on_hyphens=False)
