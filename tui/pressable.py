"""A line or paragraph of a longer page that can be pressed: by Enter, by space, by mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

__all__ = ["Pressable", "say"]


def say(static: Static, text: Content) -> None:
    """Have it say something else: nothing is drawn where it is the same, nothing is moved where it is as high."""
    said, width = static.content, static.content_size.width
    if not isinstance(said, Content) or not width:
        static.update(text)
    elif not text.is_same(said):
        as_wide = static.styles.width is not None and not static.styles.width.is_auto
        static.update(text, layout=not (as_wide and _height(text, width) == _height(said, width)))


def _height(text: Content, width: int) -> int:
    return text.get_height({}, width)


class Pressable(Static, can_focus=True):
    """Text that can be pressed; arrows lead to what can be pressed before and after it.

    Args:
        text: what it says.
        key: what it stands for.

    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Pressable {
        width: auto;
        height: auto;
        max-width: 100%;
        pointer: pointer;
        &:hover {
            background: $block-hover-background;
        }
        &:focus {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", "Choose", show=False, id="pressable.press"),
        Binding("down", "move(1)", "Next", show=False, id="pressable.next"),
        Binding("up", "move(-1)", "Previous", show=False, id="pressable.previous"),
    ]

    class Pressed(Message):
        """It was pressed."""

        def __init__(self, pressable: Pressable) -> None:
            """``pressable``: which one."""
            super().__init__()
            self.pressable = pressable

        @property
        def control(self) -> Pressable:
            """Which one."""
            return self.pressable

    def __init__(
        self,
        text: Content,
        key: str = "",
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Nothing is pressed yet."""
        super().__init__(text, id=id, classes=classes, markup=False)
        self.key = key

    def on_click(self, event: events.Click) -> None:
        """Press it."""
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pressed(self))

    def action_move(self, by: int) -> None:
        """Go to what can be pressed after it or before it; stay at the ends."""
        others = [widget for widget in self.screen.focus_chain if isinstance(widget, Pressable)]
        place = others.index(self) + by
        if 0 <= place < len(others):
            others[place].focus()
