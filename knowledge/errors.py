"""What can go wrong with knowledge files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["KnowledgeError", "Problem", "UnknownIdError", "nearest_names", "nearest_words"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one place.

    Args:
        place: the file, with line where known, or the id that it is about.
        message: what was expected and what was found.
        severity: ``error`` or ``warning``.
        at: keys and ids that lead to it inside the file, from which its line follows.

    """

    place: str
    message: str
    severity: str = "error"
    at: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        """One line: severity, place, message."""
        return f"{self.severity}: {self.place}: {self.message}"


class KnowledgeError(Exception):
    """The knowledge files cannot be used; ``problems`` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems; the message is the first of them and how many more there are."""
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0].place}: {problems[0].message}{more}")


class UnknownIdError(KeyError):
    """An id that the knowledge does not have; ``nearest`` are the ids closest to it."""

    def __init__(self, kind: str, wanted: str, nearest: list[str]) -> None:
        """Make the message from what was looked for and what comes nearest."""
        self.kind = kind
        self.wanted = wanted
        self.nearest = nearest
        self.message = f"no {kind} is called {wanted!r}{_hint(nearest)}"
        super().__init__(self.message)

    def __str__(self) -> str:
        """The message without the quotes that KeyError adds."""
        return self.message


def nearest_names(wanted: str, known: Iterable[str]) -> list[str]:
    """What comes closest to a name that is not known, the closest first; none where nothing does."""
    from difflib import get_close_matches

    return get_close_matches(wanted, list(known), n=3, cutoff=0.5)


def nearest_words(wanted: str, known: Iterable[str]) -> str:
    """The same in words, ``; nearest: a, b``; empty where nothing comes close."""
    return _hint(nearest_names(wanted, known))


def _hint(names: Sequence[str]) -> str:
    return f"; nearest: {', '.join(names)}" if names else ""
