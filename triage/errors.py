"""The errors that the engine raises for what a person can mend."""

from __future__ import annotations

__all__ = ["AnswerError", "CancelledError", "HistoryError", "SessionError", "TriageError"]


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


class AnswerError(TriageError):
    """An answer names a finding or a state that does not exist, or is not of the form FINDING=STATE."""


class SessionError(TriageError):
    """A session cannot be saved, found, opened or read."""


class CancelledError(TriageError):
    """What was under way was given up because it was no longer wanted; there is nothing to complain of."""
