"""Whether a file in a folder is a history, by a look at its beginning."""

from __future__ import annotations

import io
from pathlib import Path

from triage.errors import HistoryError
from triage.history.columns import map_columns
from triage.history.format import Format
from triage.history.opened import Opened, opened
from triage.history.progress import meters
from triage.history.table import Table

__all__ = ["holds_history"]

LARGEST_WHOLE = 1 << 23
"""Bytes of a file that is read to its end where its beginning is not enough to say."""


def holds_history(file: Path, loss: bool = True) -> bool:
    """Whether a file is a history.

    Args:
        file: a plain file.
        loss: whether it must have a loss, too; a run may keep that in another file.

    """
    from triage.history.formats import format_of

    silent = meters([""], None)[0]
    try:
        if not file.is_file():
            return False
        with opened(str(file), silent) as found:
            known = format_of(found.head)
            if not loss:
                return True
            tables = _tables(known, found)
    except (HistoryError, OSError):
        return False
    return any(_has_loss(table) for table in tables)


def _tables(known: Format, found: Opened) -> list[Table]:
    """What the beginning of a text holds, or all of the file where that can be read no other way."""
    if found.head.text and not found.head.whole:
        end = found.head.data.rfind(b"\n") + 1
        stream = io.BufferedReader(io.BytesIO(found.head.data[:end]))
        try:
            return list(known.read(Opened(found.file, found.head, stream, None, found.meter, stream)))
        except HistoryError:
            if found.path is None or found.path.stat().st_size > LARGEST_WHOLE:
                raise
    return list(known.read(found))


def _has_loss(table: Table) -> bool:
    found = map_columns(table.columns)
    return bool({"train_loss", "val_loss"} & found.canonical.keys() or found.components)
