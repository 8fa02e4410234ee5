"""What is looked at of which history: the part in sight, the second pane, the chosen finding. It changes by copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.history import History
from triage.report.choice import Seen, marks_of
from tui.curve_axes import Window, column_of
from tui.curve_data import LOSSES, Drawing, Overview, Pane, has_grown, panes_of, suits_logarithm

__all__ = ["Sight"]

NEAR = 2
"""Columns within which the mouse is over a mark."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What is looked at.

    Args:
        history: of which run; None for none.
        drawing: what is ready of it, or of what it was before it grew.
        window: what is in sight; None before anything is ready.
        asked_logarithmic: the scale that the person asked for; None where the values decide.
        panes: what there is for the second pane.
        pane: which of them is shown, counted from one; 0 for none.
        seen: the findings of the history, in the order of their numbers.
        chosen: the finding that is explained; empty for none.

    """

    history: History | None = None
    drawing: Drawing | None = None
    window: Window | None = None
    asked_logarithmic: bool | None = None
    panes: tuple[Pane, ...] = ()
    pane: int = 0
    seen: tuple[Seen, ...] = ()
    chosen: str = ""

    def of_history(self, history: History | None) -> Sight:
        """Look at another history; as before where it is the same run that went on."""
        if history is self.history:
            return self
        panes = () if history is None else panes_of(history)
        if history is not None and self.history is not None and has_grown(self.history, history):
            return replace(self, history=history, panes=panes, pane=min(self.pane, len(panes)))
        return Sight(history=history, panes=panes, seen=self.seen)

    def with_findings(self, seen: Sequence[Seen], *, is_sound: bool) -> Sight:
        """Other findings; of a run that is not sound the first that has a place is chosen unless one is already."""
        kept = tuple(item for item in seen if item.number is not None)
        if any(item.finding.finding == self.chosen for item in kept):
            return replace(self, seen=kept)
        first = "" if is_sound else next((item.finding.finding for item in kept if item.finding.steps is not None), "")
        return replace(self, seen=kept, chosen=first)

    def with_drawing(self, drawing: Drawing) -> Sight:
        """What was made ready; who looks at the whole run goes on to see the whole."""
        if self.window is None or self.drawing is None or self.sees_all:
            return replace(self, drawing=drawing, window=Window(drawing.low, drawing.high))
        return replace(self, drawing=drawing, window=self.window.panned(0.0, (drawing.low, drawing.high)))

    @property
    def missing(self) -> tuple[str, ...]:
        """The curves that are wanted and not ready; none without a history."""
        if self.history is None:
            return ()
        ready = self.known.curves if self.known is not None else {}
        return tuple(name for name in (*LOSSES, *self._names_below) if name not in ready)

    @property
    def known(self) -> Drawing | None:
        """What is ready of the history as it is now."""
        return self.drawing if self.drawing is not None and self.drawing.history is self.history else None

    @property
    def losses(self) -> list[Overview]:
        """The curves of the first pane."""
        return [] if self.drawing is None else self.drawing.of(LOSSES)

    @property
    def below(self) -> list[Overview]:
        """The curves of the second pane."""
        return [] if self.drawing is None else self.drawing.of(self._names_below)

    @property
    def shown_pane(self) -> Pane | None:
        """What the second pane shows; None while it is off."""
        return self.panes[self.pane - 1] if self.pane else None

    @property
    def _names_below(self) -> tuple[str, ...]:
        return () if self.shown_pane is None else self.shown_pane.names

    @property
    def is_logarithmic(self) -> bool:
        """The scale of the losses."""
        return suits_logarithm(self.losses) if self.asked_logarithmic is None else self.asked_logarithmic

    @property
    def sees_all(self) -> bool:
        """Whether nothing is out of sight."""
        return self.window is None or self.drawing is None or self.window == Window(self.drawing.low, self.drawing.high)

    @property
    def marks(self) -> dict[str, float]:
        """Number of a finding -> the step at which it begins."""
        return marks_of(self.seen)

    @property
    def item(self) -> Seen | None:
        """The chosen finding."""
        return next((item for item in self.seen if item.finding.finding == self.chosen), None)

    def zoomed(self, factor: float, at: float | None = None) -> Sight:
        """See ``factor`` times as many steps.

        Args:
            factor: below 1 to look closer.
            at: the share of the width that stays where it is; by default the chosen finding if in sight, or the middle.

        """
        if self.window is None or self.drawing is None:
            return self
        there = self._middle(self.window) if at is None else at
        rows = self.drawing.history.rows
        return replace(self, window=self.window.zoomed(factor, there, (self.drawing.low, self.drawing.high), rows))

    def _middle(self, window: Window) -> float:
        steps = None if self.item is None else self.item.finding.steps
        if steps is None or not window.low <= steps[0] <= window.high or window.high <= window.low:
            return 0.5
        return (steps[0] - window.low) / (window.high - window.low)

    def panned(self, across: float, up: float = 0.0) -> Sight:
        """Look further on and higher, by shares of what is in sight."""
        if self.window is None or self.drawing is None:
            return self
        return replace(self, window=self.window.panned(across, (self.drawing.low, self.drawing.high)).raised(up))

    def stretched(self, factor: float, at: float = 0.5) -> Sight:
        """See ``factor`` times as much of the height."""
        return self if self.window is None else replace(self, window=self.window.stretched(factor, at))

    def whole(self) -> Sight:
        """See the whole run."""
        return self if self.drawing is None else replace(self, window=Window(self.drawing.low, self.drawing.high))

    def on_other_scale(self) -> Sight:
        """Change between a linear and a logarithmic scale."""
        window = None if self.window is None else Window(self.window.low, self.window.high)
        return replace(self, asked_logarithmic=not self.is_logarithmic, window=window)

    def with_next_pane(self) -> Sight:
        """Show the next curve below the losses, or none after the last."""
        return replace(self, pane=(self.pane + 1) % (len(self.panes) + 1))

    def stepped(self, direction: int) -> Sight:
        """Choose the next finding, or the one before; it comes into sight."""
        if not self.seen:
            return self
        names = [item.finding.finding for item in self.seen]
        at = names.index(self.chosen) + direction if self.chosen in names else min(direction, 0)
        return self._choosing(self.seen[at % len(names)])

    def picked(self, number: int) -> Sight:
        """Choose the finding of a number."""
        item = next((item for item in self.seen if item.number == number), None)
        return self if item is None else self._choosing(item)

    def pointed(self, column: int, columns: int, *, pressed: bool) -> Sight:
        """Choose the finding nearest to a column; one that is farther away only where the column was pressed."""
        window = self.window
        if window is None:
            return self
        away = [
            (abs(column_of(item.finding.steps[0], window.low, window.high, columns) - column), item)
            for item in self.seen
            if item.finding.steps is not None and window.low <= item.finding.steps[0] <= window.high
        ]
        nearest = min((distance for distance, _ in away), default=None)
        if nearest is None or (nearest > NEAR and not pressed):
            return self
        there = [item for distance, item in away if distance == nearest]
        return self if any(item.finding.finding == self.chosen for item in there) else self._choosing(there[0])

    def _choosing(self, item: Seen) -> Sight:
        window = self.window
        if window is not None and self.drawing is not None and item.finding.steps is not None:
            window = window.around(item.finding.steps[0], (self.drawing.low, self.drawing.high))
        return replace(self, chosen=item.finding.finding, window=window)
