"""What a file beside the log says: values that it states and findings that it shows, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CERTAIN", "NUMBERS", "WORDS", "Found", "Place", "Stated", "Told", "shows"]

CERTAIN = 0.9998
"""Likelihood of a state that a file states in so many words."""

NUMBERS = frozenset(
    {
        "accumulation_steps", "augmentations", "batch_size", "beta1", "beta2", "classes", "clip_norm", "clip_value",
        "decay_start", "decay_steps", "devices", "dropout", "epochs", "epsilon", "hidden_units", "label_classes",
        "layers", "learning_rate", "loss_terms", "max_steps", "momentum", "samples", "warmup_ratio", "warmup_steps",
        "weight_decay",
    }
)  # fmt: skip
"""Names of the numbers that a file may state.

``batch_size`` counts the samples of one step on one device, ``learning_rate`` is the highest that is meant, steps are
updates, ``layers`` are those with weights, ``hidden_units`` of the narrowest hidden layer; ``clip_norm`` and
``clip_value`` are 0 where clipping is switched off, ``classes`` is what the network is built for, ``augmentations``
counts kinds of random change of the inputs, ``samples`` are those of the training set and ``label_classes`` the
different labels that they carry.
"""

WORDS = frozenset({"optimizer", "schedule"})
"""Names of the words that a file may state.

``optimizer`` is the class in small letters (``adam``, ``adamw``, ``sgd``, ``rmsprop`` ...); ``schedule`` is one of
``constant``, ``decay`` (down to a horizon: cosine, linear, polynomial, inverse square root), ``step`` (step,
multi-step, exponential), ``plateau`` and ``cyclic`` (cyclic, one-cycle, restarts, own).
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands.

    Args:
        file: the file as it was given.
        line: counted from one; None in a file without lines.
        words: what stands there, shortened to one line.

    """

    file: str
    line: int | None = None
    words: str = ""

    def __str__(self) -> str:
        """File and line, as an editor takes it."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Stated:
    """A value of the setup that a file states; what it means for the findings is worked out from all of them.

    Args:
        name: one of `NUMBERS` or `WORDS`.
        value: a finite number, or a word in small letters.
        place: where it stands.

    """

    name: str
    value: float | str
    place: Place

    def __post_init__(self) -> None:
        """Hold that there is such a name, and that the value is of its kind."""
        kind = (int, float) if self.name in NUMBERS else str
        if self.name not in NUMBERS | WORDS or not isinstance(self.value, kind):
            raise ValueError(f"expected a number or a word that is known, found {self.name}={self.value!r}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file shows of one finding.

    Args:
        finding: its id.
        likelihood: relative likelihood of what stands there under each state, for the states that come into question;
            they sum to at most one, and what is left over is shared evenly by the states that are not named.
        message: one sentence for the reader of the report.
        place: where it stands.

    """

    finding: str
    likelihood: Mapping[str, float]
    message: str
    place: Place

    @property
    def state(self) -> str:
        """The state that fits best."""
        return max(self.likelihood, key=lambda state: self.likelihood[state])


@dataclass(frozen=True, slots=True)
class Told:
    """All that files of one kind say.

    Args:
        stated: values of the setup.
        found: findings that are shown as they stand.
        notes: what was left out and why, one sentence each.

    """

    stated: tuple[Stated, ...] = ()
    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()


def shows(finding: str, state: str, message: str, place: Place, sure: float = CERTAIN) -> Found:
    """That a finding is in one state."""
    return Found(finding, {state: sure}, message, place)
