"""A page that scrolls, and keeps one thing on its line of the screen while what stands above it grows or shrinks."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widget import Widget

__all__ = ["SteadyPage"]


class SteadyPage(VerticalScroll):
    """A page whose content may change above what is read."""

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing is held yet."""
        super().__init__(id=id)
        self._held: Widget | None = None
        self._line = 0.0
        self._expected = 0.0

    def on_mount(self) -> None:
        """Set right whatever a new layout has moved."""
        self.screen.screen_layout_refresh_signal.subscribe(self, self._restore, immediate=True)

    def hold(self, widget: Widget | None) -> None:
        """Keep a widget of the page on its line until somebody scrolls; None, or a widget elsewhere, holds nothing."""
        self._held = widget if widget is not None and self in widget.ancestors else None
        if self._held is not None:
            self._expected = self.scroll_y
            self._line = self._offset_of(self._held) - self.scroll_y

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Let go as soon as anybody else scrolls."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) != round(self._expected):
            self._held = None

    def _restore(self, _: Screen[object]) -> None:
        held = self._held
        if held is None or not held.is_attached or not held.display:
            return
        target = min(max(self._offset_of(held) - self._line, 0.0), self.max_scroll_y)
        if round(target) != round(self.scroll_y):
            self._expected = target
            self.scroll_to(y=target, animate=False, immediate=True)

    def _offset_of(self, widget: Widget) -> int:
        """Lines from the top of the page, whatever is scrolled."""
        between = [widget, *(node for node in widget.ancestors if isinstance(node, Widget) and self in node.ancestors)]
        return sum(node.virtual_region.y for node in between)
