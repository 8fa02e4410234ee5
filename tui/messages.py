"""What widgets and screens ask of the app; they bubble up to it, and it alone changes the session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from triage.telling import Telling

__all__ = [
    "Attach",
    "Brought",
    "Command",
    "Export",
    "Follow",
    "Heard",
    "Kind",
    "Revise",
    "Said",
    "ShowCause",
    "Withdraw",
]

Kind = Literal["markdown", "json", "html", "svg"]


class Said(Message):
    """The person answered: a question, the outcome of a check, or what came of a remedy that was tried."""

    def __init__(self, finding: str, states: Sequence[str]) -> None:
        """``states``: those that it may be; ``unknown`` alone for "I don't know"."""
        super().__init__()
        self.finding = finding
        self.states = tuple(states)


class Brought(Message):
    """The person brought findings up unasked."""

    def __init__(self, findings: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        """``findings``: each with the states that it may be."""
        super().__init__()
        self.findings = tuple(findings)


class Heard(Message):
    """A log, a program or a configuration was pasted among words."""

    def __init__(self, telling: Telling) -> None:
        """``telling``: what was pasted, and what the words say."""
        super().__init__()
        self.telling = telling


class Withdraw(Message):
    """An answer is taken back."""

    def __init__(self, finding: str) -> None:
        """``finding``: what it was about."""
        super().__init__()
        self.finding = finding


class Revise(Message):
    """The person wants to say something on a finding, whether or not they did before."""

    def __init__(self, finding: str) -> None:
        """``finding``: a symptom, a setting, a check or a trial."""
        super().__init__()
        self.finding = finding


class ShowCause(Message):
    """A cause is to be shown in full."""

    def __init__(self, cause: str) -> None:
        """``cause``: its id."""
        super().__init__()
        self.cause = cause


class Attach(Message):
    """Files of the run are to be read."""

    def __init__(self, files: Sequence[Path], *, beside: bool, run: str = "") -> None:
        """``beside``: whether they belong to the run that is attached, or replace it; ``run``: which of several."""
        super().__init__()
        self.files = tuple(files)
        self.beside = beside
        self.run = run


class Follow(Message):
    """The attached files are to be read again whenever they grow, or no longer."""

    def __init__(self, *, wanted: bool) -> None:
        """``wanted``: whether they are to be followed."""
        super().__init__()
        self.wanted = wanted


class Export(Message):
    """The result is to be written to a file."""

    def __init__(self, kind: Kind, path: Path) -> None:
        """``kind``: what is written; ``path``: where."""
        super().__init__()
        self.kind = kind
        self.path = path


class Command(Message):
    """A command that was typed: ``/attach run.csv``."""

    def __init__(self, name: str, argument: str) -> None:
        """``name``: without its slash; ``argument``: what follows it."""
        super().__init__()
        self.name = name
        self.argument = argument
