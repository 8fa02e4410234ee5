"""The recorded curves of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CANONICAL", "Curve", "History", "Series"]

CANONICAL: tuple[str, ...] = (
    "train_loss",
    "val_loss",
    "train_accuracy",
    "val_accuracy",
    "learning_rate",
    "grad_norm",
    "loss_scale",
)
"""Names that columns are mapped to, whatever the framework called them. Loss components are named after the total that
they belong to: ``train_loss/box``."""


@dataclass(frozen=True, slots=True)
class Series:
    """One column: a value per row, and whether it stands in the file.

    Args:
        values: float64 of shape (rows,); NaN where nothing was logged.
        logged: bool of shape (rows,). A NaN with ``logged`` true is one that the run produced; with false, a gap.

    """

    values: NDArray[np.float64]
    logged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity over the rows on which it was logged.

    Args:
        name: canonical name, e.g. ``train_loss``.
        steps: float64 of shape (n,), positions in the unit of `History.step_unit`.
        values: float64 of shape (n,). NaN and infinities are values that the run produced; gaps are not there at all.

    """

    name: str
    steps: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of logged values."""
        return int(self.values.size)

    @property
    def finite(self) -> Curve:
        """The same curve without its NaN and infinite values."""
        keep = np.isfinite(self.values)
        if keep.all():
            return self
        return Curve(self.name, self.steps[keep], self.values[keep])


@dataclass(frozen=True)
class History:
    """The curves of one run as one table with a row per logged position.

    Args:
        step: float64 of shape (rows,), positions in file order.
        epoch: float64 of shape (rows,), or None where the file does not say.
        series: canonical name or loss component -> its column.
        columns: canonical name -> name in the file.
        format: name of the format that was recognised.
        files: the files that were read, as given.
        step_unit: what ``step`` counts: ``step``, ``epoch`` or ``row``.
        ignored: names in the file that were not used -> why.
        warnings: what the reader wants to be known.
        resumes: rows at which the run was taken up again.

    """

    step: NDArray[np.float64]
    epoch: NDArray[np.float64] | None
    series: Mapping[str, Series]
    columns: Mapping[str, str]
    format: str
    files: tuple[str, ...] = ()
    step_unit: str = "step"
    ignored: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    resumes: tuple[int, ...] = ()
    _curves: dict[str, Curve | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def curve(self, name: str) -> Curve | None:
        """The curve of a canonical column or loss component; None where the run did not log it at all."""
        if name not in self._curves:
            self._curves[name] = self._logged_part(name)
        return self._curves[name]

    def _logged_part(self, name: str) -> Curve | None:
        series = self.series.get(name)
        logged = 0 if series is None else np.count_nonzero(series.logged)
        if series is None or not logged:
            return None
        if logged == series.logged.size:
            return Curve(name, self.step, series.values)
        return Curve(name, self.step[series.logged], series.values[series.logged])

    @property
    def components(self) -> tuple[Curve, ...]:
        """The components of the training loss, in file order; empty for a single loss."""
        names = [name for name in self.series if name.startswith("train_loss/")]
        return tuple(curve for name in names if (curve := self.curve(name)) is not None)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.step.size)

    @cached_property
    def sketch(self) -> History:
        """The same curves short enough to be kept with a result and drawn."""
        from triage.history.sketch import sketched

        return sketched(self)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The tidy frame: ``step``, ``epoch`` where known, then a float64 column per series; gaps are NaN."""
        import pandas as pd

        head = {"step": self.step} if self.epoch is None else {"step": self.step, "epoch": self.epoch}
        return pd.DataFrame({**head, **{name: series.values for name, series in self.series.items()}})

    @cached_property
    def logged(self) -> pd.DataFrame:
        """Beside `frame`: for every series whether a value stands in the file."""
        import pandas as pd

        return pd.DataFrame({name: series.logged for name, series in self.series.items()})
