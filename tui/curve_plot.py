"""textual-plot's widget, drawn in a unit square, with colours of the theme and the mouse told as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.containers import Grid
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual_hires_canvas import Canvas, HiResMode
from textual_plot import PlotWidget
from textual_plot.axis_formatter import AxisFormatter
from textual_plot.plot_widget import Legend

from tui.curve_data import Picture, Stroke

__all__ = ["Plot"]

SMALLEST = (6, 3)
"""Columns and rows of a canvas that can hold a frame and something in it."""

SIGN_EVERY = 6
"""Columns from one sign on the second curve to the next, which tell it from the first without colour."""


class _Given(AxisFormatter):
    """Labels that were chosen before."""

    def __init__(self, labels: dict[float, str]) -> None:
        self._labels = labels

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        return [tick for tick in self._labels if min_ <= tick <= max_]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        return [self._labels.get(tick, "") for tick in ticks]


class _Canvas(Canvas):
    """A canvas without lines that have no style, as those beyond its size: filters of colours (NO_COLOR) need one."""

    def render_line(self, y: int) -> Strip:
        line = super().render_line(y)
        return line if line.cell_length else Strip([])


class Plot(PlotWidget, can_focus=False, inherit_bindings=False):
    """One pane of curves.

    Whoever holds it decides what is in sight, so that several panes stay in step; this widget tells what the mouse
    wants.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"curve--first", "curve--second", "curve--mark", "curve--chosen"}

    class Wheeled(Message):
        """The wheel was turned: ``at`` is the share of the width, or of the height if beside the values."""

        def __init__(self, at: float, *, towards: bool, beside: bool) -> None:
            """``towards``: whether to look closer."""
            super().__init__()
            self.at, self.towards, self.beside = at, towards, beside

    class Dragged(Message):
        """The picture was dragged by shares of its size, to the right and upwards."""

        def __init__(self, across: float, up: float) -> None:
            """Both may be negative."""
            super().__init__()
            self.across, self.up = across, up

    class Pointed(Message):
        """The mouse is over a column, or pressed there."""

        def __init__(self, column: int, *, pressed: bool) -> None:
            """``column``: 0 is the first; it may lie outside."""
            super().__init__()
            self.column, self.pressed = column, pressed

    class Sized(Message):
        """There is another number of columns or rows to draw in."""

    def __init__(self, *, id: str) -> None:
        """Nothing is drawn yet."""
        super().__init__(id=id, allow_pan_and_zoom=False)
        self._picture = Picture()
        self._marks: dict[float, bool] = {}
        self._ticks: tuple[float, ...] = ()
        self._filled_in: tuple[int, int] | None = None
        self._was_dragged = False
        self.set_reactive(Plot.margin_top, 0)
        self.set_reactive(Plot.margin_bottom, 0)

    def compose(self) -> ComposeResult:
        """The parts of the widget, with canvases of our own."""
        with Grid():
            for part in ("margin-top", "margin-left", "plot", "margin-bottom"):
                yield _Canvas(1, 1, id=part)
        yield Legend(id="legend")

    @property
    def size_inside(self) -> tuple[int, int]:
        """Columns and rows within the frame."""
        return max(self.size.width - self.margin_left - 2, 1), max(self.size.height - 2, 1)

    def draw(self, picture: Picture, marks: dict[float, bool], ticks: Sequence[float]) -> None:
        """Show a picture; nothing is painted where it is the one that stands there.

        Args:
            picture: the curves.
            marks: where vertical lines stand in the unit square, and whether each is the chosen one.
            ticks: where the frame is marked below, in the unit square.

        """
        is_same = picture is self._picture and (marks, tuple(ticks)) == (self._marks, self._ticks)
        if is_same and self._filled_in == self.size_inside:
            return
        self._picture, self._marks = picture, marks
        self._ticks = tuple(ticks)
        self.set_xticks([])
        self.set_x_formatter(_Given({}))
        self.set_yticks([height for height, _ in picture.ticks])
        self.set_y_formatter(_Given(dict(picture.ticks)))
        self._fill()

    def notify_style_update(self) -> None:
        """Take the colours of the theme anew; the widget of the library keeps those it had at first."""
        Widget.notify_style_update(self)
        # The styles of components are set only after this was called.
        self.call_later(self._fill)

    def render(self) -> RenderResult:
        """Draw on the canvas, unless that is too small for a frame or not yet laid out."""
        canvas = self.query_one("#plot", Canvas)
        if canvas.size.width < SMALLEST[0] or canvas.size.height < SMALLEST[1]:
            return ""
        with canvas.batch_refresh():
            super().render()
            self._thin_out_frame(canvas)
        return ""

    def _thin_out_frame(self, canvas: Canvas) -> None:
        """Leave of the heavy box, which cannot be chosen, a thin axis on the left and one below."""
        right, bottom = canvas.size.width - 1, canvas.size.height - 1
        style = self._style("plot--axis")
        canvas.draw_line(0, 0, right, 0, " ", style)
        canvas.draw_line(right, 0, right, bottom, " ", style)
        canvas.draw_line(0, 1, 0, bottom, "│", style)
        canvas.draw_line(0, bottom, right - 1, bottom, "─", style)
        canvas.set_pixel(0, bottom, "└", style)
        for height, _ in self._picture.ticks:
            canvas.set_pixel(0, self.get_pixel_from_coordinate(0.5, height)[1], "┤", style)
        for tick in self._ticks:
            canvas.set_pixel(self.get_pixel_from_coordinate(tick, 0.5)[0], bottom, "┬", style)

    def _fill(self) -> None:
        if not self.query("#legend"):
            return
        self._filled_in = self.size_inside
        self.clear()
        self.set_xlimits(0.0, 1.0)
        self.set_ylimits(0.0, 1.0)
        # Marks come first, so that the curve is drawn over them.
        for x, is_chosen in sorted(self._marks.items(), key=lambda mark: mark[1]):
            style = self._style("curve--chosen" if is_chosen else "curve--mark")
            self.plot([x, x], [0.0, 1.0], style, HiResMode.BRAILLE)
        for stroke in self._picture.strokes:
            self._add(stroke)

    def _add(self, stroke: Stroke) -> None:
        # A line needs two points to be seen at all.
        twice = 2 if stroke.x.size == 1 else 1
        x, y = np.tile(stroke.x, twice), np.tile(stroke.y, twice)
        style = self._style("curve--first" if stroke.is_first else "curve--second")
        self.plot(x, y, style, HiResMode.BRAILLE)
        if not stroke.is_first:
            apart = np.flatnonzero(np.diff(stroke.x * self.size_inside[0] // SIGN_EVERY, prepend=-1.0))
            self.scatter(stroke.x[apart], stroke.y[apart], "o", style)

    def _style(self, component: str) -> str:
        return str(self.get_component_rich_style(component))

    @on(Canvas.Resize)
    def _on_canvas_resize(self, event: Canvas.Resize) -> None:
        event.stop()
        if event.canvas.id == "plot":
            self.refresh(layout=True)
            self.post_message(self.Sized())

    @on(events.MouseScrollUp)
    def _wheel_towards(self, event: events.MouseScrollUp) -> None:
        self._wheeled(event, towards=True)

    @on(events.MouseScrollDown)
    def _wheel_away(self, event: events.MouseScrollDown) -> None:
        self._wheeled(event, towards=False)

    def _wheeled(self, event: events.MouseEvent, *, towards: bool) -> None:
        event.stop()
        columns, rows = self.size_inside
        column, row = self._place(event)
        beside = column < -1
        at = 1.0 - (row + 0.5) / rows if beside else (column + 0.5) / columns
        self.post_message(self.Wheeled(min(max(at, 0.0), 1.0), towards=towards, beside=beside))

    def on_mouse_down(self) -> None:
        """A press may begin a drag."""
        self._was_dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag while the button is down, point otherwise."""
        if event.button == 1 and (event.delta_x or event.delta_y):
            columns, rows = self.size_inside
            self._was_dragged = True
            self.post_message(self.Dragged(event.delta_x / columns, -event.delta_y / rows))
        elif event.button == 0:
            self.post_message(self.Pointed(self._place(event)[0], pressed=False))

    def on_click(self, event: events.Click) -> None:
        """A press that was no drag points."""
        if not self._was_dragged:
            self.post_message(self.Pointed(self._place(event)[0], pressed=True))

    def _place(self, event: events.MouseEvent) -> tuple[int, int]:
        """Column and row within the frame."""
        offset = event.screen_offset - self.content_region.offset
        return offset.x - self.margin_left - 1, offset.y - 1
