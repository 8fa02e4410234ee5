"""The end of a triage: the verdict, why asking stops, what it may be, and what to check and change, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, HorizontalGroup, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.widgets import Button, Static

from triage.report.choice import RANKING_NOTE, stop_sentence, verdict
from triage.report.figures import percent
from tui.commands import bindings_elsewhere
from tui.key_line import KeyLine
from tui.messages import Command, ShowCause
from tui.plan_steps import Planned, planned
from tui.pressable import Pressable, say
from tui.standing import Standing, bar, movement_words, standings
from tui.step_card import StepCard
from tui.view import View
from tui.wording import screen_wording, wording_of
from tui.words import LONGEST_NAME, content, joined

__all__ = ["VerdictScreen"]

LISTED = 5
"""Causes in the ranking; no fault and a fault that is not listed stand among them."""

FIRST = 4
"""Checks, and as many remedies, that are shown before more of them are asked for."""

MORE = 10

BAR = 10

HEADINGS = {"check": "Check first", "remedy": "Change, once that is confirmed"}


class VerdictScreen(Screen[None]):
    """What came of the triage.

    Args:
        view: what is believed now.

    """

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_elsewhere(shown=("export", "more", "undo")),
        Binding("c", "show_cause", "Show its cause", id="verdict.cause"),
        Binding("escape", "back", "Back", id="verdict.back"),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True, id="verdict.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True, id="verdict.page_down"),
    ]

    def __init__(self, view: View) -> None:
        """``view`` is shown first."""
        super().__init__()
        self._view = view
        self._planned = planned(view)

    def compose(self) -> ComposeResult:
        """The result on top, then the ranking and the plan, beside each other where there is room."""
        word = wording_of(self)
        with VerticalScroll(id="verdict-page", can_focus=False):
            yield Static(id="verdict-result", markup=False)
            yield Static(id="verdict-stop", markup=False)
            yield Static(id="verdict-conflict", markup=False)
            with HorizontalGroup(id="verdict-buttons"):
                yield Button(word("Export"), name="export", compact=True)
                yield Button(word("Ask on"), name="more", compact=True)
                yield Button(word("Back to the conversation"), name="back", compact=True)
            with Horizontal(id="verdict-columns"):
                with Vertical(id="verdict-ranking"):
                    yield Static(Content(word("What it may be")), classes="verdict-heading", markup=False)
                    for _ in range(LISTED + 2):
                        yield _Rank()
                    ranking = word(RANKING_NOTE)
                    note = word("{sentence}.", sentence=f"{ranking[0].upper()}{ranking[1:]}")
                    yield Static(Content(note), id="verdict-note", markup=False)
                with Vertical(id="verdict-plan"):
                    for kind in HEADINGS:
                        yield _Plan(kind, [item for item in self._planned if item.kind == kind])
                    yield Static(id="verdict-no-plan", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Say what the widgets did not say when they were made, and begin at the top."""
        self._say()
        self._focus_first()

    def show(self, view: View) -> None:
        """Show what is believed now, in place."""
        self._view = view
        self._planned = planned(view)
        if not self.query("#verdict-page"):
            return
        self._say()
        for plan in self.query(_Plan):
            plan.show([item for item in self._planned if item.kind == plan.kind])
        if self.focused is not None and not self.focused.focusable:
            self._focus_first()

    def action_back(self) -> None:
        """Return to the conversation."""
        self.dismiss()

    def action_show_cause(self) -> None:
        """Show the cause that the focused item of the plan, or line of the ranking, is about."""
        focused = self.focused
        row = None if focused is None else next((node for node in focused.ancestors if isinstance(node, _Item)), None)
        if row is not None:
            self.post_message(ShowCause(row.cause))
        elif isinstance(focused, Pressable) and focused.has_class("rank-title") and focused.key:
            self.post_message(ShowCause(focused.key))

    def action_page(self, by: int) -> None:
        """Scroll by a page, whatever has the focus."""
        page = self.query_one("#verdict-page")
        page.scroll_relative(y=by * max(page.scrollable_content_region.height - 2, 1), animate=False)

    @on(Button.Pressed)
    def _on_button(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.name == "back":
            self.action_back()
        else:
            self.post_message(Command(str(event.button.name), ""))

    @on(Pressable.Pressed, ".rank-title")
    def _on_ranked(self, event: Pressable.Pressed) -> None:
        event.stop()
        if event.pressable.key:
            self.post_message(ShowCause(event.pressable.key))

    def _focus_first(self) -> None:
        first = next((row for row in self.query(".rank-title, .step-title") if row.can_focus), None)
        if first is not None:
            first.focus(scroll_visible=False)

    def _say(self) -> None:
        diagnosis = self._view.diagnosis
        self.query_one("#verdict-result", Static).update(content(verdict(diagnosis), "bold", 300))
        stopped = stop_sentence(diagnosis) or wording_of(self)("There is more to ask that would make this surer.")
        self.query_one("#verdict-stop", Static).update(Content(stopped))
        conflict = self.query_one("#verdict-conflict", Static)
        conflict.update(joined("! ", content(diagnosis.conflict.banner or "")))
        conflict.display = diagnosis.conflict.banner is not None
        ranked = _ranked(self._view)
        for place, row in enumerate(self.query(_Rank)):
            row.show(ranked[place] if place < len(ranked) else None)
        nothing = self.query_one("#verdict-no-plan", Static)
        nothing.update(_without_plan(self._view))
        nothing.display = not self._planned


class _Rank(HorizontalGroup):
    """A line of the ranking: figure, bar, and a title that wraps beside them."""

    def compose(self) -> ComposeResult:
        """Empty until `show`."""
        yield Static(classes="rank-figure", markup=False)
        yield Pressable(Content(""), classes="rank-title")

    def show(self, standing: Standing | None) -> None:
        """Show an explanation; None where there are no more."""
        self.display = standing is not None
        if standing is None:
            return
        drawn = bar(standing.probability, BAR)
        self.query_one(".rank-figure", Static).update(
            joined(
                Content.styled(f"{percent(standing.probability):>5} ", "bold"),
                Content.styled(drawn, "$accent"),
                Content.styled("·" * (BAR - len(drawn)), "dim"),
                Content(f" {movement_words(standing).replace(' ', '')}"),
            )
        )
        title = self.query_one(".rank-title", Pressable)
        title.key = standing.cause
        title.can_focus = bool(standing.cause)
        say(title, content(standing.title, "" if standing.cause else "italic", LONGEST_NAME))


class _Item(Vertical):
    """An item of the plan, and the cause that it is about."""

    def __init__(self, item: Planned, *, folded: bool) -> None:
        """``folded``: whether only its title is shown."""
        super().__init__()
        self._item = item
        self._card = StepCard(item.step, folded=folded)
        self._about = Pressable(self._words(), classes="item-cause")
        self._about.can_focus = False

    def compose(self) -> ComposeResult:
        """The step, and what it is about."""
        yield self._card
        yield self._about

    @property
    def cause(self) -> str:
        """Id of the cause that it is about."""
        return self._item.cause

    @property
    def finding(self) -> str:
        """What tells what came of it."""
        return self._item.step.finding

    @property
    def is_folded(self) -> bool:
        """Whether only its title is shown."""
        return self._card.is_folded

    def show(self, item: Planned) -> None:
        """Take what is known of the same item now."""
        self._item = item
        self._card.show(item.step)
        say(self._about, self._words())

    @on(Pressable.Pressed, ".item-cause")
    def _on_cause(self, event: Pressable.Pressed) -> None:
        event.stop()
        self.post_message(ShowCause(self.cause))

    def _words(self) -> Content:
        return joined(content(self._item.about, longest=240), " ›")


class _Plan(Vertical):
    """The checks, or the remedies, of the plan: the first of them, and the others once they are asked for.

    Args:
        kind: ``check`` or ``remedy``.
        items: what there is of them.

    """

    def __init__(self, kind: str, items: Sequence[Planned]) -> None:
        """Everything is folded."""
        super().__init__()
        self.kind = kind
        self._items = list(items)
        self._most = FIRST
        self._mounting: AwaitMount | None = None

    def compose(self) -> ComposeResult:
        """The heading, the items, and the way to more of them."""
        yield Static(Content(wording_of(self)(HEADINGS[self.kind])), classes="verdict-heading", markup=False)
        with Vertical(classes="plan-items"):
            for item in self._items[: self._most]:
                yield _Item(item, folded=True)
        yield Pressable(Content(""), classes="plan-more")

    def on_mount(self) -> None:
        """Say how many more there are."""
        self._say_more()

    def show(self, items: Sequence[Planned]) -> None:
        """Show the plan as it is now; what was unfolded and is still in it stays so."""
        self._items = list(items)
        if not self.query(".plan-items"):
            return
        shown, rows = self._items[: self._most], list(self.query(_Item))
        if [item.step.finding for item in shown] == [row.finding for row in rows]:
            for item, row in zip(shown, rows, strict=True):
                row.show(item)
        else:
            self._replace(shown, rows)
        self._say_more()

    @on(Pressable.Pressed, ".plan-more")
    def _on_more(self, event: Pressable.Pressed) -> None:
        event.stop()
        place = self._most
        self._most += MORE
        self.show(self._items)
        self.call_later(self._focus, place)

    def _replace(self, shown: Sequence[Planned], rows: Sequence[_Item]) -> None:
        focused = self.screen.focused
        held = next((place for place, row in enumerate(rows) if focused is not None and row in focused.ancestors), None)
        unfolded = {row.finding for row in rows if not row.is_folded}
        kept = None if held is None else rows[held].finding
        inside = self.query_one(".plan-items")
        inside.remove_children()
        self._mounting = inside.mount_all([_Item(item, folded=item.step.finding not in unfolded) for item in shown])
        if held is not None:
            findings = [item.step.finding for item in shown]
            self.call_later(self._focus, findings.index(kept) if kept in findings else held)

    async def _focus(self, place: int) -> None:
        if self._mounting is not None:
            await self._mounting
        titles = list(self.query(".step-title"))
        if titles:
            titles[min(place, len(titles) - 1)].focus()

    def _say_more(self) -> None:
        self.display = bool(self._items)
        more = len(self._items) - self._most
        pressable = self.query_one(".plan-more", Pressable)
        offered = "Show {n} more of {all}" if more > MORE else "Show {n} more"
        say(pressable, Content(wording_of(self)(offered, n=min(more, MORE), all=more)))
        pressable.display = more > 0


def _ranked(view: View) -> list[Standing]:
    """The leading causes, no fault and a fault that is not listed, the likeliest first."""
    everything = standings(view.diagnosis, view.before)
    causes = [standing for standing in everything if standing.cause][:LISTED]
    return [standing for standing in everything if not standing.cause or standing in causes]


def _without_plan(view: View) -> Content:
    word = screen_wording(view.base.language)
    if view.diagnosis.is_healthy:
        return Content(word("No fault was found, so there is nothing to check or to change."))
    return Content(word("Every check and every change that is known was tried."))
