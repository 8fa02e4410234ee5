"""What a reader of one format brings along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.history.head import Head
from triage.history.opened import Opened
from triage.history.table import Table

__all__ = ["Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """One shape of history.

    Args:
        name: in a few words, as messages and `triage formats` name it: ``Caffe log``.
        written_by: the programs that write it.
        example: a few lines of it, short and real; for a binary format the name of such a file.
        recognises: whether a file that begins so is one. Must never raise, and take no longer than a look at the head.
        read: the file at its beginning -> a table for each run that it holds, at least one. Raises `HistoryError`.

    """

    name: str
    written_by: str
    example: str
    recognises: Callable[[Head], bool]
    read: Callable[[Opened], Sequence[Table]]
