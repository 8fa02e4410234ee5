"""One cause in full: where it stands and why, what would change that, what to check, what to change, the sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static, Tab, Tabs

from knowledge.schema import Source
from triage.report.escape import web_address
from triage.why import WeightView, Why, explain
from triage.wording import Wording
from tui import cause_words as words
from tui.cause_steps import check_steps, remedy_steps
from tui.commands import bindings_elsewhere
from tui.evidence_bars import EvidenceBars
from tui.key_line import KeyLine
from tui.messages import Revise
from tui.pressable import Pressable, say
from tui.snippet import Snippet
from tui.steady_page import SteadyPage
from tui.step_card import Step, StepCard
from tui.view import View
from tui.wording import screen_wording
from tui.words import content

__all__ = ["CauseScreen"]

SECTIONS = {
    "about": "1 About",
    "evidence": "2 Evidence",
    "outlook": "3 Outlook",
    "checks": "4 Checks",
    "remedies": "5 Remedies",
    "sources": "6 Sources",
}

MOST_CHANGES = 5

LONGEST_TITLE = 160

DECIBANS = "In decibans: 3 double the odds or halve them, 10 change them tenfold."


class CauseScreen(Screen[None]):
    """All that is known of one cause, one section below the other.

    Args:
        cause_id: a cause of the knowledge.
        view: what is believed now.

    """

    AUTO_FOCUS = "#cause-body"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_elsewhere(shown=("undo",)),
        Binding("escape,ctrl+w", "back", "Back", id="cause.back"),
        Binding("c", "copy_code", "Copy the code", id="cause.copy"),
        *(
            Binding(title[0], f"jump('{name}')", title[2:], show=False, id=f"cause.{name}")
            for name, title in SECTIONS.items()
        ),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True, id="cause.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True, id="cause.page_down"),
    ]

    def __init__(self, cause_id: str, view: View) -> None:
        """``view`` is shown first."""
        super().__init__()
        self._cause = view.base.cause(cause_id)
        self._sources = view.base.sources_of(self._cause)
        self._view = view
        self._told = explain(view.beliefs, cause_id)
        self._current = "about"
        self._cards: dict[str, list[StepCard]] = {}
        self._changes: list[Pressable] = []

    def compose(self) -> ComposeResult:
        """The head, the way to the sections, and the sections."""
        view, cause, told, word = self._view, self._cause, self._told, self._word
        with Vertical(id="cause-head"):
            with Horizontal():
                yield Static(content(cause.title, "bold", LONGEST_TITLE), id="cause-title", markup=False)
                yield Pressable(Content(word("‹ Back")), id="cause-back")
            with Horizontal(id="cause-numbers"):
                yield Static(words.standing_words(told.cause, view), id="cause-standing", markup=False)
                yield Static(words.rank_words(told.cause, word), id="cause-rank", markup=False)
        yield Tabs(*(Tab(word(title), id=name) for name, title in SECTIONS.items()), id="cause-tabs")
        with SteadyPage(id="cause-body"):
            yield from self._about(told)
            yield from self._evidence(told)
            yield from self._outlook(told)
            yield from self._steps("checks", word("What to check"), check_steps(view, cause, told))
            yield from self._steps("remedies", word("What to change"), remedy_steps(view, cause, told))
            yield from self._where_from(self._sources)
        yield KeyLine()

    def on_mount(self) -> None:
        """Keep the tabs with what is read."""
        self.watch(self.query_one("#cause-body"), "scroll_y", self._follow, init=False)

    def show(self, view: View) -> None:
        """Show what is believed now, in place."""
        self._view = view
        self._told = told = explain(view.beliefs, self._cause.id)
        if not self.query("#cause-body"):
            return
        say(self.query_one("#cause-standing", Static), words.standing_words(told.cause, view))
        say(self.query_one("#cause-rank", Static), words.rank_words(told.cause, self._word))
        say(self.query_one("#cause-requires", Static), words.requirement_words(told.requires, self._word))
        self._say_evidence(told)
        self._say_changes(told)
        for section, steps in (("checks", check_steps), ("remedies", remedy_steps)):
            for card, step in zip(self._cards[section], steps(view, self._cause, told), strict=True):
                card.show(step)
        # Only now: taking an answer back moves the focus. Nothing has moved on the screen yet.
        self.query_one("#cause-body", SteadyPage).hold(self.focused)

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Bring what has the focus into sight at once: an answer that is given next leaves it where it is."""
        super().set_focus(widget, scroll_visible=False, from_app_focus=from_app_focus)
        for page in self.query(SteadyPage):
            page.hold(None)
        if widget is not None and scroll_visible and not self.can_view_entire(widget):
            self.scroll_to_center(widget, animate=False, origin_visible=True, immediate=True)

    @property
    def _word(self) -> Wording:
        return screen_wording(self._view.base.language)

    def _about(self, told: Why) -> ComposeResult:
        with Vertical(id="section-about", classes="cause-section"):
            yield _heading(self._word("How it works"))
            yield Static(content(told.cause.mechanism), markup=False)
            yield _heading(self._word("What it requires"))
            yield Static(words.requirement_words(told.requires, self._word), id="cause-requires", markup=False)

    def _evidence(self, told: Why) -> ComposeResult:
        with Vertical(id="section-evidence", classes="cause-section"):
            yield _heading(self._word("For and against"))
            yield Static(_evidence_note(told, self._word), id="cause-evidence-note", markup=False)
            yield EvidenceBars(words.evidence_rows(_weights(told), self._word), id="cause-evidence")
            yield _heading(self._word("Against its rival"))
            yield Static(words.comparison_words(told.comparison, self._word), id="cause-comparison-note", markup=False)
            yield EvidenceBars(words.comparison_rows(told.comparison, self._word), id="cause-comparison")

    def _say_evidence(self, told: Why) -> None:
        say(self.query_one("#cause-evidence-note", Static), _evidence_note(told, self._word))
        self.query_one("#cause-evidence", EvidenceBars).say(words.evidence_rows(_weights(told), self._word))
        say(self.query_one("#cause-comparison-note", Static), words.comparison_words(told.comparison, self._word))
        self.query_one("#cause-comparison", EvidenceBars).say(words.comparison_rows(told.comparison, self._word))

    def _outlook(self, told: Why) -> ComposeResult:
        with Vertical(id="section-outlook", classes="cause-section"):
            yield _heading(self._word("What would change this"))
            yield Static(_outlook_note(told, self._word), id="cause-outlook-note", markup=False)
            self._changes = [Pressable(Content(""), classes="cause-change") for _ in range(MOST_CHANGES)]
            for place, row in enumerate(self._changes):
                _say_change(row, told, place, self._word)
            yield from self._changes

    def _say_changes(self, told: Why) -> None:
        say(self.query_one("#cause-outlook-note", Static), _outlook_note(told, self._word))
        for place, row in enumerate(self._changes):
            _say_change(row, told, place, self._word)

    def _steps(self, name: str, title: str, steps: Sequence[Step]) -> ComposeResult:
        with Vertical(id=f"section-{name}", classes="cause-section"):
            yield _heading(title)
            self._cards[name] = [StepCard(step, folded=place > 0) for place, step in enumerate(steps)]
            yield from self._cards[name]
            if not steps:
                yield Static(Content(self._word("Nothing is known yet.")), markup=False)

    def _where_from(self, sources: Sequence[Source]) -> ComposeResult:
        with Vertical(id="section-sources", classes="cause-section"):
            yield _heading(self._word("Where this comes from"))
            for source in sources:
                yield Pressable(words.source_words(source), source.id, classes="cause-source")
            if not sources:
                yield Static(Content(self._word("No source is named.")), markup=False)

    def on_pressable_pressed(self, event: Pressable.Pressed) -> None:
        """Go back, ask a question, or open a source."""
        event.stop()
        pressed = event.pressable
        if pressed.id == "cause-back":
            self.action_back()
        elif pressed.has_class("cause-change"):
            self.app.post_message(Revise(pressed.key))
            self.dismiss()
        elif pressed.has_class("cause-source"):
            self._open(pressed.key)

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Go to the section; the tabs keep the focus."""
        if event.tab.id is not None and event.tab.id != self._current:
            self._go_to(event.tab.id)

    def action_back(self) -> None:
        """Return to where the person came from."""
        self.dismiss()

    def action_jump(self, section: str) -> None:
        """Go to a section, and to the first thing in it that can be pressed."""
        self._go_to(section)
        inside = list(self.query(f"#section-{section} Pressable").results(Pressable))
        shown = (widget for widget in inside if widget.display)
        next(shown, self.query_one("#cause-body")).focus(scroll_visible=False)

    def action_page(self, by: int) -> None:
        """Scroll by a page, whatever has the focus."""
        body = self.query_one("#cause-body")
        body.scroll_relative(y=by * max(body.scrollable_content_region.height - 2, 1), animate=False)

    def action_copy_code(self) -> None:
        """Copy the code of the step that has the focus, or else the first that is in sight."""
        focused = self.focused
        cards = [card for card in focused.ancestors if isinstance(card, StepCard)] if focused is not None else []
        inside = next((snippet for card in cards for snippet in card.query(Snippet)), None)
        body = self.query_one("#cause-body").region
        in_sight = (found for found in self.query(Snippet) if found.region.overlaps(body))
        snippet = inside or next(in_sight, None)
        if snippet is None:
            nothing = self._word("No code is in sight. Open a check or a change that has some.")
            self.notify(nothing, markup=False, timeout=4)
        else:
            snippet.copy()

    def _go_to(self, section: str) -> None:
        self._current = section
        with self.prevent(Tabs.TabActivated):
            self.query_one("#cause-tabs", Tabs).active = section
        body = self.query_one("#cause-body", SteadyPage)
        body.scroll_to_widget(self.query_one(f"#section-{section}"), top=True, animate=False)

    def _follow(self) -> None:
        """Mark the tab of the section that is read."""
        body = self.query_one("#cause-body")
        reached = [
            name for name in SECTIONS if self.query_one(f"#section-{name}").virtual_region.y <= body.scroll_y + 1
        ]
        current = reached[-1] if reached else "about"
        if current != self._current:
            self._current = current
            with self.prevent(Tabs.TabActivated):
                self.query_one("#cause-tabs", Tabs).active = current

    def _open(self, source_id: str) -> None:
        address = next((web_address(source.address) for source in self._sources if source.id == source_id), None)
        if address is None:
            refused = self._word("This is not a web address, so it is not opened.")
            self.notify(refused, markup=False, timeout=4)
        else:
            self.app.open_url(address)


def _heading(title: str) -> Static:
    return Static(Content(title), classes="cause-heading", markup=False)


def _weights(told: Why) -> list[WeightView]:
    return [*told.evidence_for, *told.evidence_against]


def _evidence_note(told: Why, word: Wording) -> Content:
    return Content(word(DECIBANS if _weights(told) else "Nothing that was seen or said speaks for or against it."))


def _outlook_note(told: Why, word: Wording) -> Content:
    if told.changes:
        return Content(word("The answers that would move it most. Choose one to be asked."))
    return Content(word("No single answer would change it much."))


def _say_change(row: Pressable, told: Why, place: int, word: Wording) -> None:
    row.display = place < len(told.changes)
    if row.display:
        row.key = told.changes[place].finding
        say(row, words.change_words(told.changes[place], told.cause.probability, word))
