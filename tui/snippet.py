"""Code in the framework of one's own, with a way to the other frameworks and to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Static

from triage.report.choice import framework_name
from triage.report.escape import plain_lines
from tui.pressable import Pressable, say
from tui.words import content, joined

__all__ = ["Snippet"]

MOST_LINES, LONGEST_LINE = 400, 2000

_LANGUAGES = {"shell": "bash", "caffe": "text", "darknet": "text"}


class _Calm(HighlightTheme):
    """Few colours, and none that carries a meaning of its own."""

    STYLES = {  # noqa: RUF012
        ("Comment",): "dim italic",
        ("Keyword",): "$text-accent",
        ("Operator", "Word"): "$text-accent",
        ("Literal", "String"): "$text-success",
        ("Literal", "Number"): "$text-warning",
    }


class _Switch(Pressable):
    """Which framework the code is for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "press", "Next framework", show=False, id="snippet.next_framework"),
        Binding("left", "back", "Previous framework", show=False, id="snippet.previous_framework"),
    ]

    def action_back(self) -> None:
        """Go to the framework before."""
        self.query_ancestor(Snippet).turn(-1)


class Snippet(Vertical):
    """A block of code.

    Args:
        snippets: framework and code, the best first; at least one.

    """

    DEFAULT_CSS = "Snippet { height: auto; } Snippet > Horizontal { height: auto; }"

    def __init__(self, snippets: Sequence[tuple[str, str]]) -> None:
        """The best is shown first."""
        super().__init__()
        self._snippets = tuple(snippets)
        self._place = 0
        self._turned = False

    def compose(self) -> ComposeResult:
        """The name of the framework, the button, the code."""
        with Horizontal(classes="snippet-head"):
            if len(self._snippets) > 1:
                yield _Switch(self._framework_words(), "turn", classes="snippet-switch")
            else:
                yield Static(self._framework_words(), classes="snippet-name", markup=False)
            yield Pressable(Content("[ Copy ]"), "copy", classes="snippet-copy")
        yield Static(self._code(), classes="snippet-code", markup=False)

    @property
    def framework(self) -> str:
        """The framework whose code is shown."""
        return self._snippets[self._place][0]

    @property
    def text(self) -> str:
        """The code as it is shown: a terminal that it is pasted into acts on nothing that is hidden in it."""
        return "\n".join(plain_lines(self._snippets[self._place][1], MOST_LINES, LONGEST_LINE))

    def show(self, snippets: Sequence[tuple[str, str]]) -> None:
        """Take code in another order; a framework that the person went to stays."""
        if tuple(snippets) == self._snippets:
            return
        shown = self.framework
        self._snippets = tuple(snippets)
        names = [name for name, _ in self._snippets]
        self._place = names.index(shown) if self._turned and shown in names else 0
        self._say()

    def turn(self, by: int) -> None:
        """Show the code of another framework."""
        self._turned = True
        self._place = (self._place + by) % len(self._snippets)
        self._say()

    def copy(self) -> None:
        """Put the code on the clipboard of the terminal, and say so."""
        self.app.copy_to_clipboard(self.text)
        name = framework_name(self.framework)
        self.notify(f"The {name} code is copied.", title="Copied", markup=False, timeout=3)

    def on_pressable_pressed(self, event: Pressable.Pressed) -> None:
        """Copy, or go to the next framework."""
        event.stop()
        if event.pressable.key == "copy":
            self.copy()
        else:
            self.turn(1)

    def _say(self) -> None:
        if self.is_mounted:
            for switch in self.query(_Switch):
                say(switch, self._framework_words())
            say(self.query_one(".snippet-code", Static), self._code())

    def _framework_words(self) -> Content:
        name = framework_name(self.framework)
        if len(self._snippets) == 1:
            return content(name, "dim")
        return joined("‹ ", content(name), f" ›  {self._place + 1} of {len(self._snippets)}")

    def _code(self) -> Content:
        return highlight(self.text, language=_LANGUAGES.get(self.framework, "python"), theme=_Calm)
