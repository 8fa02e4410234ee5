"""One run as the detectors share it: the curves made ready, judged once."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.detectors.course import Course, course_in_order, finite_of, in_order
from triage.detectors.shape import Shape, judge
from triage.history.model import Curve, History

__all__ = ["Run", "prepare"]


@dataclass(frozen=True, slots=True)
class Run:
    """The curves of one run; those that no field holds are made ready when they are first asked for.

    Args:
        history: where everything else is read.
        train: training loss in time order, NaN and infinities in place, or None.
        val: validation loss likewise.
        train_course: finite part of `train`.
        val_course: finite part of `val`.
        train_shape: shape of `train_course`.
        val_shape: shape of `val_course`.

    """

    history: History
    train: Curve | None
    val: Curve | None
    train_course: Course | None
    val_course: Course | None
    train_shape: Shape | None
    val_shape: Shape | None
    _ordered: dict[str, Curve | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _finite: dict[str, Curve | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def unit(self) -> str:
        """What a position counts."""
        return self.history.step_unit

    def ordered(self, name: str) -> Curve | None:
        """The curve of a canonical column in the order of time; None where it was not logged."""
        if name not in self._ordered:
            self._ordered[name] = _in_order(self.history.curve(name))
        return self._ordered[name]

    def finite(self, name: str) -> Curve | None:
        """The finite part of `ordered`, which may be empty."""
        if name not in self._finite:
            curve = self.ordered(name)
            self._finite[name] = None if curve is None else finite_of(curve)
        return self._finite[name]


def prepare(history: History) -> Run:
    """Bring the loss curves in order and judge their shapes."""
    train = _in_order(history.curve("train_loss"))
    val = _in_order(history.curve("val_loss"))
    train_course = None if train is None else course_in_order(finite_of(train))
    val_course = None if val is None else course_in_order(finite_of(val))
    return Run(
        history,
        train,
        val,
        train_course,
        val_course,
        judge(train_course, history.step_unit) if train_course is not None else None,
        judge(val_course, history.step_unit) if val_course is not None else None,
    )


def _in_order(curve: Curve | None) -> Curve | None:
    return None if curve is None else in_order(curve)
