"""When a run is triaged again, so that it costs the training next to nothing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PER_ROW", "Pace"]

PER_ROW = 10e-6
"""Seconds of a processor that triage may take for each row that was logged, on the average."""

SHARE = 0.001
"""Share of the time that it may take where rows are rare, such as one an epoch."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a run is triaged.

    It is triaged when ``every`` new rows came, or ``seconds`` have passed and a row came; later than that where triage
    of so long a history takes more than `PER_ROW` for each new row, or more than `SHARE` of the time.

    Args:
        every: rows.
        seconds: since the triage before.

    """

    every: int
    seconds: float

    def is_due(self, new_rows: int, passed: float, cost: float) -> bool:
        """Whether it is time.

        Args:
            new_rows: rows since the triage before.
            passed: seconds since then.
            cost: seconds of a processor that it took.

        """
        by_rows = new_rows >= self.every and new_rows * PER_ROW >= cost
        by_time = passed >= self.seconds and passed * SHARE >= cost
        return new_rows > 0 and (by_rows or by_time)
