"""What it may be: causes with bars, and how each moved with the last answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from triage.diagnosis import Diagnosis
from triage.report.figures import percent
from tui.messages import ShowCause
from tui.pressable import say
from tui.view import View
from tui.wording import screen_wording, wording_of
from tui.words import LONGEST_NAME, content, hanging, joined

__all__ = ["CausesPanel", "CausesStrip", "Standing", "bar", "movement_words", "standings"]

STRIP = 3
"""Explanations in the strip."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One explanation: a cause, no fault, or a fault that is not listed.

    Args:
        cause: id; empty for what is no cause.
        title: its words.
        probability: now.
        before: before the last change; None where nothing changed yet.

    """

    cause: str
    title: str
    probability: float
    before: float | None


def standings(diagnosis: Diagnosis, before: Diagnosis | None) -> list[Standing]:
    """All explanations, the likeliest first."""
    word = screen_wording(diagnosis.language)
    earlier = {} if before is None else {cause.id: cause.probability for cause in before.causes}
    causes = [
        Standing(cause.id, cause.title, cause.probability, None if before is None else earlier.get(cause.id, 0.0))
        for cause in diagnosis.causes
    ]
    others = [
        Standing("", word("No fault"), diagnosis.no_fault, None if before is None else before.no_fault),
        Standing(
            "",
            word("A fault not listed here"),
            diagnosis.not_listed,
            None if before is None else before.not_listed,
        ),
    ]
    return sorted([*causes, *others], key=lambda standing: -standing.probability)


def bar(probability: float, width: int) -> str:
    """A bar of so many characters, in eighths."""
    eighths = round(probability * width * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def movement_words(standing: Standing) -> str:
    """How it moved, in points of a hundred: ``▲ 12``, ``▼ 3``; empty where it did not."""
    if standing.before is None:
        return ""
    points = round(100 * standing.probability) - round(100 * standing.before)
    return f"▲ {points}" if points > 0 else f"▼ {-points}" if points < 0 else ""


class CausesPanel(OptionList):
    """The ranking; Enter shows a cause in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "In full", id="show_cause")]

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show`."""
        super().__init__(id=id, markup=False)
        self._shown: list[Standing] = []

    def show(self, view: View) -> None:
        """Show what is believed now."""
        self._shown = standings(view.diagnosis, view.before)
        kept = self.highlighted
        self.set_options([Option(self._line(standing)) for standing in self._shown])
        self.highlighted = kept

    def on_mount(self) -> None:
        """Say what it is."""
        self.border_title = wording_of(self)("What it may be")

    def on_focus(self) -> None:
        """Begin at the likeliest."""
        if self.highlighted is None:
            self.action_first()

    def on_resize(self) -> None:
        """Bars as wide as there is room."""
        for place, standing in enumerate(self._shown):
            self.replace_option_prompt_at_index(place, self._line(standing))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for the cause in full."""
        event.stop()
        standing = self._shown[event.option_index]
        if standing.cause:
            self.post_message(ShowCause(standing.cause))

    def _line(self, standing: Standing) -> Content:
        room = self.scrollable_content_region.width
        drawn = bar(standing.probability, _bar_width(room))
        title_style = "" if standing.cause else "italic dim"
        return _panel_line(
            percent(standing.probability), drawn, movement_words(standing), standing.title, title_style, room
        )


def _bar_width(room: int) -> int:
    return max(8, min(30, room - 18))


@lru_cache(maxsize=512)
def _panel_line(figure: str, drawn: str, moved: str, title: str, title_style: str, room: int) -> Content:
    """Most causes are as unlikely after an answer as before it, and their lines the same."""
    return joined(
        hanging(Content.styled(f"{figure:>5} ", "bold"), content(title, title_style, LONGEST_NAME), room),
        "\n      ",
        Content.styled(drawn, "$accent"),
        Content.styled("·" * (_bar_width(room) - len(drawn)), "dim"),
        Content.styled(f" {moved}", "$success" if moved.startswith("▲") else "$warning"),
    )


class CausesStrip(Static):
    """The first explanations in a line each, where there is no room for the panel."""

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show`."""
        super().__init__(id=id, markup=False)
        self._ranked: list[Standing] = []

    def show(self, view: View) -> None:
        """Show what is believed now."""
        self._ranked = standings(view.diagnosis, view.before)[:STRIP]
        self._draw()

    def on_resize(self) -> None:
        """Titles as long as there is room."""
        self._draw()

    def _draw(self) -> None:
        room = self.content_size.width or 76
        say(self, Content("\n").join([_strip_line(standing, room) for standing in self._ranked]))


def _strip_line(standing: Standing, room: int) -> Content:
    moved = movement_words(standing)
    bar_width = 10 if room >= 70 else 6
    style = "$success" if moved.startswith("▲") else "$warning"
    line = joined(
        Content.styled(f"{percent(standing.probability):>5} ", "bold"),
        Content.styled(f"{bar(standing.probability, bar_width):<{bar_width}} ", "$accent"),
        Content.styled(f"{moved:<5}", style),
        content(standing.title, "" if standing.cause else "italic dim", room),
    )
    return line.truncate(room, ellipsis=True)
