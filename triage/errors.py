"""The errors that the engine raises for what a person can mend."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AnswerError",
    "CancelledError",
    "HistoryError",
    "IntakeError",
    "PackError",
    "SessionError",
    "SeveralRunsError",
    "TriageError",
]


LONGEST_NAME = 60
"""Characters of the name of a run in a message."""


class TriageError(Exception):
    """What a person gave cannot be used; the message is one line that says what was expected and what was found."""


class HistoryError(TriageError):
    """A history cannot be read.

    Args:
        file: the file as it was given.
        reason: what was expected and what was found.
        line: where, counted from one, if that is known.

    """

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        """Keep the parts and join them to one line."""
        self.file = file
        self.reason = reason
        self.line = line
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")


class SeveralRunsError(HistoryError):
    """There are several runs where one is meant.

    Args:
        file: the file or folder as it was given.
        runs: what they are called.
        wanted: what was asked for and is none of them; empty where nothing was.

    """

    def __init__(self, file: str, runs: Sequence[str], wanted: str = "") -> None:
        """Name the first of them."""
        self.runs = tuple(runs)
        names = ", ".join(repr(name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "...") for name in runs[:8])
        more = f" and {len(runs) - 8} more" if len(runs) > 8 else ""
        expected = f"expected a run that is called {wanted!r}" if wanted else "expected one run"
        super().__init__(file, f"{expected}, found {len(runs)}: {names}{more}; choose one with --run NAME")


class IntakeError(TriageError):
    """A configuration, a script, weights or data cannot be read.

    Args:
        file: the file as it was given.
        reason: what was expected and what was found.
        line: where, counted from one, if that is known.

    """

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        """Keep the parts and join them to one line."""
        self.file = file
        self.reason = reason
        self.line = line
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")


class AnswerError(TriageError):
    """An answer names a finding or a state that does not exist, or is not of the form FINDING=STATE."""


class SessionError(TriageError):
    """A session cannot be saved, found, opened or read."""


class PackError(TriageError):
    """Packs, or the knowledge with them, cannot be used.

    Args:
        problems: where, what was expected and what was found, a line each; at least one.

    """

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems; the message is the first of them and how many more there are."""
        self.problems = tuple(problems)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")

    def __reduce__(self) -> tuple[type[PackError], tuple[tuple[str, ...]]]:
        """Come back whole from another process."""
        return PackError, (self.problems,)


class CancelledError(TriageError):
    """What was under way was given up because it was no longer wanted; there is nothing to complain of."""
