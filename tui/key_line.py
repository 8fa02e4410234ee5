"""The keys of a screen in its last line, to press or to click.

Textual's own footer makes new widgets whenever what has the focus changes, and keeps all of them (Textual issue 6666):
every key took longer than the one before it. Here two lines of text change, and only where they say something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.pressable import say
from tui.wording import wording_of

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.screen import Screen

__all__ = ["KeyLine"]


class KeyLine(HorizontalGroup):
    """The bindings that are shown, in their order; on the right the one of the palette."""

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        #keys { width: 1fr; }
        #palette-key { width: auto; border-left: vkey $foreground 20%; }
    }
    """

    def __init__(self, *, palette: bool = False) -> None:
        """Name the key of the palette or do not."""
        super().__init__()
        self._names_palette = palette

    def compose(self) -> ComposeResult:
        """The keys, and the palette's."""
        yield _Keys(id="keys", markup=False)
        if self._names_palette:
            yield _Keys(id="palette-key", markup=False)

    def on_mount(self) -> None:
        """Follow what is active, from the first frame on."""
        self.screen.bindings_updated_signal.subscribe(self, self._show)
        self._show(self.screen)
        # Of the frames before the first that is written Textual forgets what they drew.
        self.call_after_refresh(self.refresh)

    def _show(self, screen: Screen[object]) -> None:
        active = screen.active_bindings
        shown: dict[str, ActiveBinding] = {}
        for item in active.values():
            if item.binding.show:
                shown.setdefault(item.binding.action, item)
        self.query_one("#keys", _Keys).tell(shown.values())
        if self._names_palette:
            palette = active.get(self.app.COMMAND_PALETTE_BINDING)
            self.query_one("#palette-key", _Keys).tell(() if palette is None else (palette,))


class _Keys(Static):
    ALLOW_SELECT = False

    DEFAULT_CSS = """
    _Keys { height: 1; text-wrap: nowrap; text-overflow: ellipsis; pointer: pointer; }
    """

    def tell(self, items: Iterable[ActiveBinding]) -> None:
        say(self, Content("  ").join([self._key(item) for item in items]))

    def _key(self, item: ActiveBinding) -> Content:
        key = Content.styled(self.app.get_key_display(item.binding), "bold $footer-key-foreground")
        words = Content.styled(f" {wording_of(self)(item.binding.description)}", "$footer-description-foreground")
        return (key + words).stylize(Style.from_meta({"key": item.binding.key}))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)
