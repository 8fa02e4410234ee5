"""How far a history has been read, as a bar on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from triage.history.progress import Progress

__all__ = ["reading_bar"]

PATIENCE = 1.0
"""Seconds of reading before a bar is worth its while."""


@contextmanager
def reading_bar(wanted: bool = True) -> Iterator[Progress | None]:
    """What is to be told how far the reading is; the bar is cleared away at the end.

    Args:
        wanted: whether anything may be shown at all.

    Yields:
        None where nobody would see it, as standard error is no terminal or nothing may be shown.

    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    line = _Line()
    try:
        yield line.tell
    finally:
        line.clear()


class _Line:
    """The bar, from when it is there."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: Bar | None = None

    def tell(self, read: int, size: int) -> None:
        if self._bar is None:
            if time.monotonic() - self._began < PATIENCE:
                return
            self._bar = _bar()
            self._bar.start()
            self._bar.add_task("Reading", total=size)
        self._bar.update(self._bar.task_ids[0], completed=read, total=size)

    def clear(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar() -> Bar:
    # rich takes a tenth of a second to import.
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
