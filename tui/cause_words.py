"""One cause in words: where it stands, what it requires, what would change it, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from textual.content import Content
from textual.style import Style

from knowledge.schema import Source
from triage.report.escape import folded, web_address
from triage.report.figures import duration, number, percent
from triage.why import ChangeView, ComparisonView, RequirementView, SideView, StandingView, WeightView
from tui.evidence_bars import BarRow, probability_bar
from tui.view import View
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


def rank_words(standing: StandingView) -> Content:
    """The rank, and the probability before anything was known."""
    rank = f"rank {standing.rank} of {standing.causes}"
    return Content.styled(f"{rank}   {percent(standing.prior_probability)} to begin with", "dim")


def _since(standing: StandingView, view: View) -> str:
    if view.before is None:
        return ""
    earlier = next((cause.probability for cause in view.before.causes if cause.id == standing.id), 0.0)
    if percent(earlier) == percent(standing.probability):
        return ", as before"
    return f"  {'▲ up' if standing.probability > earlier else '▼ down'} from {percent(earlier)}"


def evidence_rows(weights: Iterable[WeightView]) -> list[BarRow]:
    """What speaks for and against a cause, the strongest first."""
    rows = [BarRow(_finding(weight), weight.decibans) for weight in weights]
    return sorted(rows, key=lambda row: -abs(row.decibans))


def comparison_words(comparison: ComparisonView) -> Content:
    """What is compared, and what the sum means."""
    return joined(
        content(f"{_side(comparison.with_cause)} ({percent(comparison.with_cause.probability)})", "bold"),
        " against its strongest rival, ",
        content(f"{_side(comparison.rival)} ({percent(comparison.rival.probability)})", "bold"),
        f". {_odds(comparison.total_decibans)}",
    )


def comparison_rows(comparison: ComparisonView) -> list[BarRow]:
    """The prior, the weights, and their sum; small weights are one row."""
    large = [weight for weight in comparison.weights if abs(weight.decibans) >= SMALL]
    small = [weight.decibans for weight in comparison.weights if abs(weight.decibans) < SMALL]
    rows = [BarRow("Before anything was known", comparison.prior_decibans)]
    rows += [BarRow(_finding(weight), weight.decibans) for weight in large]
    if small:
        rows.append(BarRow(f"{len(small)} that hardly tell them apart", sum(small)))
    return [*rows, BarRow("In all", comparison.total_decibans, is_sum=True)]


def _odds(decibans: float) -> str:
    if not isfinite(decibans):
        return f"Only {'this one' if decibans > 0 else 'the rival'} is possible."
    if abs(decibans) < 0.5:
        return "They are about as likely."
    ahead = "This one" if decibans > 0 else "The rival"
    return f"{ahead} is {number(float(f'{10 ** (abs(decibans) / 10):.2g}'))} times as likely."


def _side(side: SideView) -> str:
    if side.kind == "causes":
        titles = [folded(title, LONGEST_TITLE) for title in side.titles]
        return f"{titles[0]} alone" if len(titles) == 1 else " and ".join(titles)
    return "No fault" if side.kind == "no_fault" else "A fault that is not listed here"


def _finding(weight: WeightView) -> str:
    return f"{folded(weight.title, LONGEST_TITLE)}: {folded(weight.label, LONGEST_TITLE)}"


def requirement_words(requirements: Iterable[RequirementView]) -> Content:
    """What the cause cannot do without, and whether it is so, one paragraph each."""
    paragraphs = [_requirement(requirement) for requirement in requirements]
    return (
        Content("\n").join(paragraphs) if paragraphs else Content("Nothing in particular: it can happen in any setup.")
    )


def _requirement(requirement: RequirementView) -> Content:
    word, style = _STATUS[requirement.status]
    needed = " or ".join(folded(label, LONGEST_TITLE) for label in requirement.labels)
    return joined(
        Content.styled(f"{word}: ", style),
        content(f"{requirement.title}: {needed}.", longest=600),
        " ",
        content(_found(requirement), "dim"),
    )


def _found(requirement: RequirementView) -> str:
    if requirement.found_label is None:
        return f"If it is so: {percent(requirement.probability_if_met)}."
    return f"What was said or seen: {folded(requirement.found_label, LONGEST_TITLE)}."


def change_words(change: ChangeView, probability: float) -> Content:
    """A question, and the answers that move the cause most."""
    return joined(
        content(change.prompt, "bold", 400),
        Content.styled(f"   {duration(change.minutes)}", "dim"),
        "\n",
        *_after(change.raises.label, change.raises.after, probability),
        "\n",
        *_after(change.lowers.label, change.lowers.after, probability),
    )


def _after(label: str, after: float, now: float) -> tuple[Content, Content]:
    if percent(after) == percent(now):
        moved = f"  = {percent(after)}"
    else:
        moved = f"  {'▲' if after > now else '▼'} to {percent(after)}"
    return Content(f"{moved:<14}"), content(label, longest=LONGEST_TITLE)


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
