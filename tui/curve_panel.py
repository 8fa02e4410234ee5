"""The curves of the run with what was found in them: to look closer, and to step from finding to finding."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from triage.report.choice import notable_findings
from triage.report.escape import plain
from tui import curve_words as words
from tui.curve_axes import Window, column_of, placed_marks, step_ticks
from tui.curve_data import Drawing, Overview, Picture, drawing_of, has_grown, picture_of, suits_logarithm
from tui.curve_plot import Plot
from tui.curve_state import Sight
from tui.pressable import say
from tui.view import View
from tui.words import joined

__all__ = ["CurvePanel"]

LONG = 20_000
"""Rows from which on a history is reduced in a thread of its own."""

CLOSER = 0.75
"""Part of what is in sight that stays so after one step closer."""

SIDEWAYS = 0.2
"""Share of what is in sight by which one looks further."""

KEPT = 4
"""Pictures that are kept."""

NARROW = 50
"""Width below which the legend uses its short words."""

ROOMY, LOW, TINY = 15, 18, 12
"""Height from which on there is a second pane; heights below which the words take three lines, and one."""


class CurvePanel(Widget, can_focus=True):
    """The loss curves, a second pane, the marks of the findings, and the chosen finding in words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "zoom(1)", "Closer", key_display="+", id="curve.closer", show=False),
        Binding("minus", "zoom(-1)", "Farther", id="curve.farther", show=False),
        Binding("0", "whole", "Whole run", id="curve.whole", show=False),
        Binding("left", "pan(-1, 0)", "Earlier", id="curve.earlier", show=False),
        Binding("right", "pan(1, 0)", "Later", id="curve.later", show=False),
        Binding("up", "pan(0, 1)", "Higher values", id="curve.higher", show=False),
        Binding("down", "pan(0, -1)", "Lower values", id="curve.lower", show=False),
        Binding("shift+up", "stretch(1)", "Stretch values", id="curve.stretch", show=False),
        Binding("shift+down", "stretch(-1)", "Squeeze values", id="curve.squeeze", show=False),
        Binding("left_square_bracket,comma", "finding(-1)", "Finding before", id="curve.finding-before", show=False),
        Binding("right_square_bracket,full_stop", "finding(1)", "Next finding", id="curve.finding-next", show=False),
        Binding("l", "scale", "Log", tooltip="Linear or logarithmic scale", id="curve.scale"),
        Binding("s", "second", "Second", tooltip="Another curve below", id="curve.second"),
        Binding("pageup", "words(-1)", "Words up", id="curve.words-up", show=False),
        Binding("pagedown", "words(1)", "Words down", id="curve.words-down", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing is shown yet."""
        super().__init__(id=id)
        self._view: View | None = None
        self._sight = Sight()
        self._told: Content | None = None
        self._is_reducing = False
        self._is_due = False
        self._pictures: dict[object, Picture] = {}

    def show(self, view: View) -> None:
        """Show the history and the findings of a view."""
        self._view = view
        if self.is_mounted:
            self._take_in(view)

    def compose(self) -> ComposeResult:
        """Everything that is ever shown, most of it hidden at first."""
        yield Static(id="curve-message", markup=False)
        yield Static(id="curve-legend", markup=False)
        yield Plot(id="curve-loss")
        yield Static(id="curve-second-title", markup=False)
        yield Plot(id="curve-second")
        yield Static(id="curve-marks", markup=False)
        yield Static(id="curve-steps", markup=False)
        with VerticalScroll(id="curve-finding", can_focus=False):
            yield Static(id="curve-words", markup=False)

    def on_mount(self) -> None:
        """Show what was given before."""
        self._arrange()
        if self._view is not None:
            self._take_in(self._view)

    def on_resize(self) -> None:
        """Leave out what has no room."""
        self.set_class(self.size.height < LOW, "-low")
        self.set_class(self.size.height < TINY, "-tiny")
        self._arrange()

    def _take_in(self, view: View) -> None:
        seen = notable_findings(view.diagnosis, view.base)
        self._sight = self._sight.of_history(view.history).with_findings(seen, is_sound=view.diagnosis.is_healthy)
        self._reduce()
        self._arrange()

    def _reduce(self) -> None:
        """Make ready what is wanted and is not; at once if it is short."""
        sight = self._sight
        if sight.history is None or self._is_reducing or not sight.missing:
            return
        work = partial(drawing_of, sight.history, sight.missing, sight.known)
        if sight.history.rows <= LONG:
            self._take(work())
        else:
            self._is_reducing = True
            self.run_worker(work, thread=True, group="curve")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take what a thread made ready, and start the next where more was wanted meanwhile."""
        if event.worker.group != "curve" or not event.worker.is_finished:
            return
        self._is_reducing = False
        made, history = event.worker.result, self._sight.history
        if event.state is WorkerState.SUCCESS and isinstance(made, Drawing) and history is not None:
            if made.history is history or has_grown(made.history, history):
                self._take(made)
            self._reduce()
            self._arrange()

    def _take(self, made: Drawing) -> None:
        self._sight = self._sight.with_drawing(made)
        self._pictures.clear()

    def _arrange(self) -> None:
        """Show and hide parts, say what there is to say, and draw."""
        if self._view is None or not self.query("#curve-words"):
            return
        sight = self._sight
        drawing = sight.drawing
        self.query_one("#curve-message").display = drawing is None
        for name in ("#curve-legend", "#curve-loss", "#curve-steps"):
            self.query_one(name).display = drawing is not None
        self.query_one("#curve-marks").display = drawing is not None and bool(sight.marks or self._has_lost())
        has_second = drawing is not None and self.size.height >= ROOMY and sight.shown_pane is not None
        self.query_one("#curve-second-title").display = self.query_one("#curve-second").display = has_second
        self._explain(self._view)
        if drawing is None or sight.window is None:
            say(self.query_one("#curve-message", Static), words.why_no_curve(self._view))
        elif self.size.width and self.size.height:
            self._say_what_is_drawn(sight)
            self._draw(drawing, sight.window)

    def _has_lost(self) -> bool:
        return any(curve.lost_values for curve in self._sight.losses)

    def _explain(self, view: View) -> None:
        """Say what the chosen finding is; nothing of a sound run without marks."""
        sight, box = self._sight, self.query_one("#curve-finding", VerticalScroll)
        box.display = sight.drawing is not None and (sight.item is not None or bool(sight.marks))
        if not box.display:
            return
        said = (
            words.stepping_line(len(sight.marks))
            if sight.item is None
            else words.finding_line(view, sight.item, len(sight.seen), is_one_line=self.size.height < TINY)
        )
        if self._told is None or not said.is_same(self._told):
            self._told = said
            self.query_one("#curve-words", Static).update(said)
            box.scroll_home(animate=False)

    def _say_what_is_drawn(self, sight: Sight) -> None:
        """The legend above the plot, and the title of the second pane."""
        short = self.size.height < TINY or self.size.width < NARROW
        pane = sight.shown_pane
        switches = words.switches(
            logarithmic=sight.is_logarithmic,
            below=None if not sight.panes else "nothing" if pane is None else pane.title,
            is_whole=sight.sees_all,
            dropped=sight.is_logarithmic and any(not curve.is_positive for curve in sight.losses),
            short=short,
        )
        said = joined(words.legend(sight.losses, short=short), "  " if short else "   ", switches)
        say(self.query_one("#curve-legend", Static), said)
        if pane is not None:
            title = words.pane_title(pane.title, sight.below, logarithmic=suits_logarithm(sight.below))
            say(self.query_one("#curve-second-title", Static), title)

    def _draw(self, drawing: Drawing, window: Window) -> None:
        sight = self._sight
        plot, second = self.query_one("#curve-loss", Plot), self.query_one("#curve-second", Plot)
        part = window.bottom, window.top
        picture = self._picture(sight.losses, window, plot.size_inside, sight.is_logarithmic, part)
        lower = Picture()
        if second.display:
            logarithmic = suits_logarithm(sight.below)
            lower = self._picture(sight.below, window, second.size_inside, logarithmic, (0.0, 1.0))
        # One margin for both, so that their steps stand below each other.
        margin = max((len(label) for _, label in (*picture.ticks, *lower.ticks)), default=3) + 1
        if plot.margin_left != margin:
            plot.margin_left = second.margin_left = margin
        columns = plot.size_inside[0]
        ends = window.low, window.high, columns
        chosen = "" if sight.item is None else str(sight.item.number)
        lines = {
            (column_of(step, *ends) + 0.5) / columns: False for step in sight.marks.values() if _inside(step, window)
        }
        if chosen in sight.marks and _inside(sight.marks[chosen], window):
            lines[(column_of(sight.marks[chosen], *ends) + 0.5) / columns] = True
        ticks = step_ticks(*ends)
        places = [(column + 0.5) / columns for column, _ in ticks]
        plot.draw(picture, lines, places)
        if second.display:
            second.draw(lower, lines, places)
        unit = plain(drawing.history.step_unit, 8)
        say(self.query_one("#curve-steps", Static), words.step_row(ticks, columns, margin + 1, unit))
        steps = None if sight.item is None else sight.item.finding.steps
        span = (0, -1) if steps is None else (column_of(steps[0], *ends), column_of(steps[1], *ends))
        row = words.mark_row(placed_marks(sight.marks, *ends), chosen, span, picture.lost, columns, margin + 1)
        say(self.query_one("#curve-marks", Static), row)

    def _picture(
        self,
        curves: list[Overview],
        window: Window,
        size: tuple[int, int],
        logarithmic: bool,
        part: tuple[float, float],
    ) -> Picture:
        """A picture, drawn anew only where something about it has changed."""
        key = (tuple(curve.curve.name for curve in curves), window.low, window.high, size, logarithmic, part)
        if key not in self._pictures:
            while len(self._pictures) >= KEPT:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = picture_of(curves, window.low, window.high, size, logarithmic=logarithmic, part=part)
        return self._pictures[key]

    def _look(self, sight: Sight) -> None:
        """Look at something else; drawn once for however many keys and turns of the wheel come at a time."""
        self._sight = sight
        self._arrange_soon()

    def _arrange_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._arrange_now)

    def _arrange_now(self) -> None:
        self._is_due = False
        self._arrange()

    def action_zoom(self, direction: int) -> None:
        """Look closer, or see more of the run."""
        self._look(self._sight.zoomed(CLOSER**direction))

    def action_whole(self) -> None:
        """See the whole run."""
        self._look(self._sight.whole())

    def action_pan(self, across: int, up: int) -> None:
        """Look at earlier or later steps, at higher or lower values."""
        self._look(self._sight.panned(across * SIDEWAYS, up * SIDEWAYS))

    def action_stretch(self, direction: int) -> None:
        """See a smaller range of values, or a larger one."""
        self._look(self._sight.stretched(CLOSER**direction))

    def action_scale(self) -> None:
        """Change between a linear and a logarithmic scale."""
        self._look(self._sight.on_other_scale())

    def action_second(self) -> None:
        """Show the next curve below the losses, or none."""
        self._look(self._sight.with_next_pane())
        self._reduce()

    def action_finding(self, direction: int) -> None:
        """Explain the next finding, or the one before."""
        self._look(self._sight.stepped(direction))

    def action_pick(self, number: int) -> None:
        """Explain the finding of a number."""
        self._look(self._sight.picked(number))

    def action_words(self, direction: int) -> None:
        """Read on in what is said of a finding."""
        box = self.query_one("#curve-finding", VerticalScroll)
        box.scroll_relative(y=direction * max(box.size.height, 1), animate=False)

    def on_click(self, event: events.Click) -> None:
        """Do what a pressed word says."""
        action = words.pressable_action(event.style.meta)
        if action is not None:
            event.stop()
            self.call_later(self.run_action, action)

    @on(Plot.Wheeled)
    def _on_wheeled(self, event: Plot.Wheeled) -> None:
        event.stop()
        factor = CLOSER if event.towards else 1.0 / CLOSER
        self._look(self._sight.stretched(factor, event.at) if event.beside else self._sight.zoomed(factor, event.at))

    @on(Plot.Dragged)
    def _on_dragged(self, event: Plot.Dragged) -> None:
        event.stop()
        self._look(self._sight.panned(-event.across, -event.up))

    @on(Plot.Pointed)
    def _on_pointed(self, event: Plot.Pointed) -> None:
        event.stop()
        columns = self.query_one("#curve-loss", Plot).size_inside[0]
        sight = self._sight.pointed(event.column, columns, pressed=event.pressed)
        if sight is not self._sight:
            self._look(sight)

    @on(Plot.Sized)
    def _on_sized(self, event: Plot.Sized) -> None:
        event.stop()
        self._arrange_soon()


def _inside(step: float, window: Window) -> bool:
    return window.low <= step <= window.high
