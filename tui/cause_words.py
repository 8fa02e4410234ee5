"""One cause in words: where it stands, what it requires, what would change it, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from textual.content import Content
from textual.style import Style

from knowledge.schema import Source
from triage.report.cells import padded
from triage.report.escape import folded, web_address
from triage.report.figures import duration, number, percent
from triage.why import ChangeView, ComparisonView, RequirementView, SideView, StandingView, WeightView
from triage.wording import Wording
from tui.evidence_bars import BarRow, probability_bar
from tui.view import View
from tui.wording import screen_wording
from tui.words import content, joined

__all__ = [
    "change_words",
    "comparison_rows",
    "comparison_words",
    "evidence_rows",
    "rank_words",
    "requirement_words",
    "source_words",
    "standing_words",
]

LONGEST_TITLE = 160

SMALL = 0.5
"""Decibans below which the weights of a comparison are summed up in one line."""

_STATUS = {
    "met": ("✓ met", "$text-success"),
    "unknown": ("? not known", "bold"),
    "contradicted": ("✗ contradicted", "bold"),
}


def standing_words(standing: StandingView, view: View) -> Content:
    """The probability with its bar, and what it was before the last change."""
    probability = Content.styled(percent(standing.probability), "bold")
    return joined(probability_bar(standing.probability), "  ", probability, _since(standing, view))


def rank_words(standing: StandingView, word: Wording) -> Content:
    """The rank, and the probability before anything was known."""
    rank = word(
        "rank {rank} of {causes}   {percent} to begin with",
        rank=standing.rank,
        causes=standing.causes,
        percent=percent(standing.prior_probability),
    )
    return Content.styled(rank, "dim")


def _since(standing: StandingView, view: View) -> str:
    if view.before is None:
        return ""
    word = screen_wording(view.base.language)
    earlier = next((cause.probability for cause in view.before.causes if cause.id == standing.id), 0.0)
    if percent(earlier) == percent(standing.probability):
        return word(", as before")
    moved = "  ▲ up from {percent}" if standing.probability > earlier else "  ▼ down from {percent}"
    return word(moved, percent=percent(earlier))


def evidence_rows(weights: Iterable[WeightView], word: Wording) -> list[BarRow]:
    """What speaks for and against a cause, the strongest first."""
    rows = [BarRow(_finding(weight, word), weight.decibans) for weight in weights]
    return sorted(rows, key=lambda row: -abs(row.decibans))


def comparison_words(comparison: ComparisonView, word: Wording) -> Content:
    """What is compared, and what the sum means."""
    return joined(
        content(_placed_side(comparison.with_cause, word), "bold"),
        word(" against its strongest rival, "),
        content(_placed_side(comparison.rival, word), "bold"),
        word(". {odds}", odds=_odds(comparison.total_decibans, word)),
    )


def _placed_side(side: SideView, word: Wording) -> str:
    return word("{title} ({percent})", title=_side(side, word), percent=percent(side.probability))


def comparison_rows(comparison: ComparisonView, word: Wording) -> list[BarRow]:
    """The prior, the weights, and their sum; small weights are one row."""
    large = [weight for weight in comparison.weights if abs(weight.decibans) >= SMALL]
    small = [weight.decibans for weight in comparison.weights if abs(weight.decibans) < SMALL]
    rows = [BarRow(word("Before anything was known"), comparison.prior_decibans)]
    rows += [BarRow(_finding(weight, word), weight.decibans) for weight in large]
    if small:
        rows.append(BarRow(word("{n} that hardly tell them apart", n=len(small)), sum(small)))
    return [*rows, BarRow(word("In all"), comparison.total_decibans, is_sum=True)]


def _odds(decibans: float, word: Wording) -> str:
    if not isfinite(decibans):
        return word("Only this one is possible.") if decibans > 0 else word("Only the rival is possible.")
    if abs(decibans) < 0.5:
        return word("They are about as likely.")
    ahead = "This one is {n} times as likely." if decibans > 0 else "The rival is {n} times as likely."
    return word(ahead, n=number(float(f"{10 ** (abs(decibans) / 10):.2g}")))


def _side(side: SideView, word: Wording) -> str:
    if side.kind == "causes":
        titles = [folded(title, LONGEST_TITLE) for title in side.titles]
        return word("{title} alone", title=titles[0]) if len(titles) == 1 else word(" and ").join(titles)
    return word("No fault") if side.kind == "no_fault" else word("A fault that is not listed here")


def _finding(weight: WeightView, word: Wording) -> str:
    return word(
        "{title}: {label}", title=folded(weight.title, LONGEST_TITLE), label=folded(weight.label, LONGEST_TITLE)
    )


def requirement_words(requirements: Iterable[RequirementView], word: Wording) -> Content:
    """What the cause cannot do without, and whether it is so, one paragraph each."""
    paragraphs = [_requirement(requirement, word) for requirement in requirements]
    if not paragraphs:
        return Content(word("Nothing in particular: it can happen in any setup."))
    return Content("\n").join(paragraphs)


def _requirement(requirement: RequirementView, word: Wording) -> Content:
    status, style = _STATUS[requirement.status]
    needed = word(" or ").join(folded(label, LONGEST_TITLE) for label in requirement.labels)
    told = word("{title}: {label}", title=requirement.title, label=needed)
    return joined(
        Content.styled(word("{title}: {label}", title=word(status), label=""), style),
        content(word("{sentence}.", sentence=told), longest=600),
        " ",
        content(_found(requirement, word), "dim"),
    )


def _found(requirement: RequirementView, word: Wording) -> str:
    if requirement.found_label is None:
        return word("If it is so: {percent}.", percent=percent(requirement.probability_if_met))
    return word("What was said or seen: {label}.", label=folded(requirement.found_label, LONGEST_TITLE))


def change_words(change: ChangeView, probability: float, word: Wording) -> Content:
    """A question, and the answers that move the cause most."""
    return joined(
        content(change.prompt, "bold", 400),
        Content.styled(f"   {duration(change.minutes, word)}", "dim"),
        "\n",
        *_after(change.raises.label, change.raises.after, probability, word),
        "\n",
        *_after(change.lowers.label, change.lowers.after, probability, word),
    )


def _after(label: str, after: float, now: float, word: Wording) -> tuple[Content, Content]:
    if percent(after) == percent(now):
        moved = f"  = {percent(after)}"
    else:
        moved = word("  ▲ to {percent}" if after > now else "  ▼ to {percent}", percent=percent(after))
    return Content(padded(moved, 14)), content(label, longest=LONGEST_TITLE)


def source_words(source: Source) -> Content:
    """A title and its address, which is shown as a link only where it is one."""
    by = ", ".join(folded(part, 80) for part in (source.authors or "", str(source.year or "")) if part)
    address = web_address(source.address)
    shown = content(source.address, longest=400)
    return joined(
        content(source.title, "bold", 300),
        Content.styled(f"   {by}" if by else "", "dim"),
        "\n",
        shown if address is None else shown.stylize(Style(underline=True, link=address)),
    )
