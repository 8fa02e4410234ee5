"""What a detector says of one finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One symptom or setting as read from a history.

    Args:
        finding: its id.
        likelihood: relative likelihood of what was seen under each state, for the states that come into question; they
            sum to at most one, and what is left over is shared evenly by the states that are not named.
        steps: first and last position where it was seen, in the unit of the history, or None where it is about
            the whole run.
        message: one sentence for the reader of the report, with the figures it rests on.

    """

    finding: str
    likelihood: Mapping[str, float]
    message: str
    steps: tuple[float, float] | None = None

    @property
    def state(self) -> str:
        """The state that fits best."""
        return max(self.likelihood, key=self.likelihood.__getitem__)
