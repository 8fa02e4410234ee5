"""`Why` -> plain text that fits 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.base import KnowledgeBase
from knowledge.schema import Check
from triage.report.cells import wrapped
from triage.report.choice import first_sentences
from triage.report.escape import folded, plain
from triage.report.figures import duration, number, percent
from triage.report.style import Style
from triage.report.text import WIDTH
from triage.why import ChangeView, OutcomeView, RequirementView, SideView, WeightView, Why
from triage.wording import Wording, wording

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
    style, say = Style(colour), wording(base.language)
    command = f"triage knowledge show {plain(why.cause.id)}"
    sections = [
        _head(why, style, say),
        _evidence(why, style, say),
        _comparison(why, style, say),
        _requirements(why, style, say),
        _changes(why, style, say),
        _checks(why, base, style),
        _tried(why, style, say),
        [style.dim(say("In full, with its sources: {command}", command=command))],
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def _head(why: Why, style: Style, say: Wording) -> Iterator[str]:
    cause = why.cause
    yield from map(style.bold, _wrapped(say("Why: {title}", title=cause.title)))
    place = say(
        "{percent}, {rank} of {causes} causes; {prior} before anything was known.",
        percent=percent(cause.probability),
        rank=cause.rank if say.phrases else _ordinal(cause.rank),
        causes=cause.causes,
        prior=percent(cause.prior_probability),
    )
    yield from _wrapped(place, "  ", "  ")
    beside = say(
        "Beside it: no fault {none}, a fault that is not listed here {not_listed}.",
        none=percent(why.no_fault),
        not_listed=percent(why.not_listed),
    )
    yield from map(style.dim, _wrapped(beside, "  ", "  "))
    yield from map(style.dim, _wrapped(first_sentences(cause.mechanism, LONGEST), "  ", "  "))
    names = {pack.id: pack.name for pack in why.knowledge.packs}
    for change in cause.changes:
        told = say(
            "Changed by the pack {pack}: {key} {after}, was {before}. {reason}",
            pack=names.get(change.pack, change.pack),
            key=change.key,
            after=change.after,
            before=change.before,
            reason=change.reason,
        )
        yield from map(style.dim, _wrapped(told, "  ", "  "))


def _evidence(why: Why, style: Style, say: Wording) -> Iterator[str]:
    measure = say("  (decibans: +3 doubles the odds, +10 makes them ten times as large)")
    yield style.bold(say("What speaks for it")) + style.dim(measure)
    yield from _weights(why.evidence_for, style, say)
    yield style.bold(say("What speaks against it"))
    yield from _weights(why.evidence_against, style, say)


def _weights(weights: Sequence[WeightView], style: Style, say: Wording) -> Iterator[str]:
    if not weights:
        yield style.dim(f"          {say('nothing that was seen or said')}")
    for weight in weights[:MOST_WEIGHTS]:
        first, *more = _weight(weight, say)
        emphasis = style.good if weight.decibans > 0 else style.bad
        yield emphasis(first[:NUMBER]) + first[NUMBER:]
        yield from more
    if len(weights) > MOST_WEIGHTS:
        yield style.dim("          " + say("and {n} weaker ones", n=len(weights) - MOST_WEIGHTS))


def _weight(weight: WeightView, say: Wording) -> list[str]:
    return _row(weight.decibans, say("{title}: {label}", title=_cut(weight.title), label=_cut(weight.label)))


def _row(decibans: float, words: str) -> list[str]:
    without_minus_zero = round(decibans, 1) + 0.0
    return _wrapped(words, f"  {without_minus_zero:>+6.1f}  ", " " * 10)


def _comparison(why: Why, style: Style, say: Wording) -> Iterator[str]:
    """The sum of what sets the two hypotheses apart: both are named, since the cause may lead in company."""
    comparison = why.comparison
    rival = _side(comparison.rival, say)
    place = (
        "Why it is ahead of {rival} ({percent})"
        if comparison.total_decibans >= 0
        else "Why it is behind {rival} ({percent})"
    )
    head = say(place, rival=rival, percent=percent(comparison.rival.probability))
    yield from map(style.bold, _wrapped(head))
    weighed = (
        "Weighed here is {own} by itself ({percent}). The weights add up; minus favours the other side."
        if len(comparison.with_cause.causes) == 1
        else "Weighed here is {own} ({percent}). The weights add up; minus favours the other side."
    )
    note = say(weighed, own=_side(comparison.with_cause, say), percent=percent(comparison.with_cause.probability))
    yield from map(style.dim, _wrapped(note, "  ", "  "))
    yield from _row(comparison.prior_decibans, say("how common they are before anything is known"))
    strong = [weight for weight in comparison.weights if abs(weight.decibans) >= SMALLEST_SHOWN][:MOST_WEIGHTS]
    others = comparison.weights[len(strong) :]
    for weight in strong:
        yield from _weight(weight, say)
    if others:
        count = "one weaker finding" if len(others) == 1 else "{n} weaker findings together"
        yield from _row(sum(weight.decibans for weight in others), say(count, n=len(others)))
    odds = _odds(comparison.total_decibans, rival, say)
    yield from map(style.bold, _row(comparison.total_decibans, say("in all: {odds}", odds=odds)))


def _odds(decibans: float, rival: str, say: Wording) -> str:
    ratio = 10.0 ** (abs(decibans) / 10.0)
    if ratio < 1.05:
        return say("as likely as each other")
    times = say("more than {n}", n=number(LARGEST_RATIO)) if ratio > LARGEST_RATIO else number(float(f"{ratio:.2g}"))
    if decibans > 0:
        return say("{times} times as likely as {rival}", times=times, rival=rival)
    return say("{rival} is {times} times as likely", times=times, rival=rival)


def _side(side: SideView, say: Wording) -> str:
    if side.kind == "no_fault":
        return say("no fault at all")
    if side.kind == "not_listed":
        return say("a fault that is not listed here")
    return say(" together with ").join(say('"{title}"', title=_cut(title)) for title in side.titles)


def _requirements(why: Why, style: Style, say: Wording) -> Iterator[str]:
    """What is met needs no line."""
    open_ones = [requirement for requirement in why.requires if requirement.status != "met"]
    if open_ones:
        yield style.bold(say("What it cannot do without"))
    for requirement in open_ones:
        yield from _requirement(requirement, why.cause.probability, style, say)


def _requirement(requirement: RequirementView, before: float, style: Style, say: Wording) -> Iterator[str]:
    labels = say(" or ").join(map(_cut, requirement.labels))
    needed = say("{title}: {label}", title=_cut(requirement.title), label=labels)
    if requirement.status == "contradicted":
        told = say("{needed}. Told was: {label}.", needed=needed, label=_cut(requirement.found_label or ""))
        yield from map(style.bad, _wrapped(told, "  ", "  "))
    else:
        open_still = say(
            "{needed}. Not known; {percent} likely.", needed=needed, percent=percent(requirement.probability)
        )
        yield from _wrapped(open_still, "  ", "  ")
    movement = f"{percent(before)} -> {percent(requirement.probability_if_met)}"
    yield say("  If it is so: {movement}", movement=movement)
    yield style.accent(f"  {_flag(requirement)}")


def _flag(requirement: RequirementView) -> str:
    """With the states to choose from where the line is long enough for them."""
    states = "|".join(map(plain, requirement.states))
    flag = f"--answer {plain(requirement.finding)}="
    return flag + (states if len(flag) + len(states) <= WIDTH - 2 else "STATE")


def _changes(why: Why, style: Style, say: Wording) -> Iterator[str]:
    before = percent(why.cause.probability)
    telling = [change for change in why.changes if list(_telling_outcomes(change, before))]
    yield style.bold(say("What would change it most"))
    if not telling:
        yield style.dim(say("  No single answer that is still open would move it by a percent."))
    for index, change in enumerate(telling, start=1):
        asked = change.title if change.kind == "check" else change.prompt
        timed = say("{title} ({percent})", title=_cut(asked), percent=duration(change.minutes, say))
        yield from _wrapped(timed, f"  {index}. ", "     ")
        for outcome in _telling_outcomes(change, before):
            movement = f"{before} -> {percent(outcome.after)}"
            words = say(
                "{state}: {label} ({percent} likely)",
                state=plain(outcome.state),
                label=_cut(outcome.label),
                percent=percent(outcome.probability),
            )
            yield from _wrapped(words, f"     {movement:<14}", " " * 19)
        yield f"     {style.accent(plain(change.answer_with))}"


def _telling_outcomes(change: ChangeView, before: str) -> Iterator[OutcomeView]:
    """Those after which another figure would stand there."""
    for outcome in (change.raises, change.lowers):
        if percent(outcome.after) != before:
            yield outcome


def _checks(why: Why, base: KnowledgeBase, style: Style) -> Iterator[str]:
    say = wording(base.language)
    if why.checks:
        yield style.bold(say("What can confirm it"))
    for check in why.checks:
        state = say("done: {label}", label=_cut(check.label or "")) if check.done else duration(check.minutes, say)
        yield from _wrapped(say("{title} ({percent})", title=_cut(check.title), percent=state), "  -  ", "     ")
        known = base.findings.get(check.id)
        if not check.done and isinstance(known, Check):
            yield from map(style.dim, _wrapped(first_sentences(known.instructions), "     ", "     "))


def _tried(why: Why, style: Style, say: Wording) -> Iterator[str]:
    if why.remedies_tried:
        yield style.bold(say("What was tried against it"))
    for remedy in why.remedies_tried:
        words = say("{title}: {label}", title=_cut(remedy.title), label=_cut(remedy.label))
        yield from _row(remedy.decibans, words)


def _ordinal(rank: int) -> str:
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _cut(text: str) -> str:
    return folded(text)


def _wrapped(text: str, head: str = "", tail: str = "") -> list[str]:
    return wrapped(folded(text, 2000), WIDTH, head, tail)
