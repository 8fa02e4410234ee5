"""The words and rows of characters around the curves: legend, marks, steps, and what a finding says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content
from textual.style import Style

from triage.report.choice import Seen, seen_words, where
from tui.curve_data import Overview
from tui.view import View
from tui.words import content, joined

__all__ = [
    "finding_line",
    "legend",
    "mark_row",
    "pane_title",
    "pressable_action",
    "step_row",
    "stepping_line",
    "switches",
    "why_no_curve",
]

NAMES = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "train_accuracy": "training",
    "val_accuracy": "validation",
}

SHORT = {"train_loss": "train", "val_loss": "val"}

MUTED = "$foreground 60%"

ACTION = "curve_action"
"""Under this name the style of a pressable word holds its action."""

LONGEST_NAME = 60


def why_no_curve(view: View) -> Content:
    """Why nothing is drawn, and what to do about it."""
    attach = joined("Press ", content("ctrl+o", "bold"), " or type ", content("/attach FILE", "bold"))
    if view.history is not None:
        return content("Drawing the curve.")
    if view.diagnosis.history is None:
        return joined("No log is attached yet. ", attach, " to see its loss curve here.")
    files = content(", ".join(view.diagnosis.history.files) or "the log", longest=200)
    return joined(
        "The curves of ", files, " are not at hand. What was seen in them still counts. ", attach, " to see them again."
    )


def legend(curves: Sequence[Overview], *, short: bool) -> Content:
    """Which shape is which curve, and how many values cannot be drawn."""
    items = []
    signs = ("⠒", "o") if short else ("⠒⠒⠒", "⠒o⠒")
    for index, curve in enumerate(curves):
        sign = content(signs[min(index, 1)], "$primary" if index == 0 else "$warning")
        items.append(joined(sign, " ", _name(curve.curve.name, short=short)))
    lost, total = sum(curve.lost_values for curve in curves), sum(len(curve.curve) for curve in curves)
    if lost:
        counted = "NaN" if short else f"NaN or infinite: {lost:,} of {total:,} values"
        items.append(joined(content("×", "bold $error"), f" {counted}"))
    return Content("  ").join(items) if items else Content("No loss in this log.")


def switches(*, logarithmic: bool, below: str | None, is_whole: bool, dropped: bool, short: bool) -> Content:
    """What can be set, each in words that can be pressed.

    Args:
        logarithmic: the vertical axis of the losses.
        below: what the second pane shows; None where there is nothing to choose from.
        is_whole: whether the whole run is in sight.
        dropped: whether values are left out because they have no logarithm.
        short: without a word more than needed.

    """
    scale = "log" if logarithmic else "linear"
    items = [_pressable(scale if short else f"{scale} scale", "scale")]
    if dropped:
        items.append(content("without values of 0 or below", MUTED))
    if below is not None and not short:
        items.append(_pressable(f"below: {below}", "second"))
    if not is_whole:
        items.append(_pressable("whole run", "whole"))
    return Content(" · ").join(items)


def pane_title(title: str, curves: Sequence[Overview], *, logarithmic: bool) -> Content:
    """What the second pane shows: one name, or which shape is which."""
    parts = [content(title[:1].upper() + title[1:], "bold", longest=LONGEST_NAME)]
    if len(curves) > 1:
        parts.append(legend(curves, short=False))
    if not any(curve.is_finite_somewhere for curve in curves):
        parts.append(content("no finite value", MUTED))
    if logarithmic:
        parts.append(content("log scale", MUTED))
    return Content("  ").join(parts)


def mark_row(
    places: Mapping[str, int], chosen: str, span: tuple[int, int], lost: Iterable[int], columns: int, before: int
) -> Content:
    """The row below the plot: numbers of findings at their steps, and a cross where a value is NaN or infinite.

    Args:
        places: number of a finding -> the column at which it begins.
        chosen: the number of the one that is explained; empty for none.
        span: the first and the last column of its steps; the last before the first for none.
        lost: the columns with a cross.
        columns: of the plot.
        before: characters to the left of its first column.

    """
    signs = [" "] * columns
    styles = [""] * columns
    for column in range(max(span[0], 0), min(span[1] + 1, columns)):
        signs[column], styles[column] = "─", "$accent"
    for column in lost:
        if 0 <= column < columns:
            signs[column], styles[column] = "×", "bold $error"
    for label, first in places.items():
        for column, sign in enumerate(label, start=first):
            signs[column], styles[column] = sign, "bold reverse $accent" if label == chosen else "bold $text"
    row = joined(" " * before, *(_styled(sign, style) for sign, style in _runs(signs, styles)))
    for label, first in places.items():
        row = row.stylize(_action(f"pick({label})"), before + first, before + first + len(label))
    return row


def step_row(ticks: Sequence[tuple[int, str]], columns: int, before: int, unit: str) -> Content:
    """The labels of the steps, each below its column as far as there is room, and the unit beside them."""
    row = [" "] * (before + columns + 1)
    first, end = 0, len(row)
    if len(unit) + 1 < before:
        row[: len(unit)] = unit
        first = len(unit) + 1
    elif len(unit) * 4 < columns:
        row[end - len(unit) :] = unit
        end -= len(unit) + 1
    for column, label in ticks:
        at = max(min(before + column - (len(label) - 1) // 2, len(row) - len(label)), 0)
        if first <= at <= end - len(label):
            row[at : at + len(label)] = label
            first = at + len(label) + 2
    return Content("".join(row))


def finding_line(view: View, seen: Seen, count: int, *, is_one_line: bool) -> Content:
    """The chosen finding: which of how many, what it is, where, and what was seen."""
    title, label = seen_words(view.base, seen.finding)
    unit = view.history.step_unit if view.history is not None else "step"
    place = where(seen.finding, unit)
    head = joined(
        _pressable("‹", "finding(-1)"),
        " ",
        content(f"{seen.number} of {count}", "bold $accent"),
        " ",
        _pressable("›", "finding(1)"),
        "  ",
        content(f"{title}: {label}", "bold"),
    )
    said = content(seen.finding.message)
    told = joined(content(place, "$accent"), ". ", said) if place else said
    return joined(head, ". " if is_one_line else "\n", told)


def stepping_line(count: int) -> Content:
    """That there are findings to step through, where none is chosen."""
    return joined(
        _pressable("‹", "finding(-1)"),
        " ",
        _pressable("›", "finding(1)"),
        "  ",
        content(f"{count} {'finding is' if count == 1 else 'findings are'} marked.", MUTED),
    )


def pressable_action(meta: Mapping[str, object]) -> str | None:
    """The action of the word under the mouse, if it has one."""
    action = meta.get(ACTION)
    return action if isinstance(action, str) else None


def _name(name: str, *, short: bool) -> Content:
    words = (SHORT if short else NAMES).get(name)
    if words is None:
        words = "training" if name.startswith("train_") else "validation" if name.startswith("val_") else name
    return content(words, longest=LONGEST_NAME)


def _pressable(text: str, action: str) -> Content:
    return content(text, longest=LONGEST_NAME).stylize(Style(underline=True) + _action(action))


def _styled(text: str, style: str) -> Content:
    """Characters of ours in a style; blanks are kept."""
    return Content.styled(text, style) if style else Content(text)


def _action(action: str) -> Style:
    return Style.from_meta({ACTION: action})


def _runs(signs: Sequence[str], styles: Sequence[str]) -> Iterable[tuple[str, str]]:
    first = 0
    for end in range(1, len(signs) + 1):
        if end == len(signs) or styles[end] != styles[first]:
            yield "".join(signs[first:end]), styles[first]
            first = end
