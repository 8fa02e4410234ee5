"""What reads the files of a run: its log, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tui.file_reader import FileReader
from tui.log_reader import LogReader

if TYPE_CHECKING:
    from textual.app import App

    from triage.attaching import Read
    from triage.events import Enclosed
    from tui.log_reader import Purpose

__all__ = ["Readers"]


class Readers:
    """A reader of the log and one of other files.

    Args:
        app: whose workers do the reading.
        taken: is given what was read of a log, on the screen's thread.
        enclosed: is given what was read of other files.
        failed: is given one sentence on why nothing was read.
        progress: is given the share that is read, or None at the end, and what is being read.

    """

    def __init__(
        self,
        app: App[Any],
        taken: Callable[[Purpose, Read], None],
        enclosed: Callable[[Enclosed], None],
        failed: Callable[[str], None],
        progress: Callable[[float | None, str], None],
    ) -> None:
        """Nothing is read yet."""
        self.log = LogReader(app, taken, failed, progress)
        self._files = FileReader(app, enclosed, failed, progress)

    def attach(self, files: Sequence[str], *, beside: bool, run: str) -> None:
        """Read files, each as what its name says it is.

        Args:
            files: their paths.
            beside: whether logs among them belong to the run that is attached, or replace it.
            run: which run of a log is meant; empty where there is one.

        """
        from triage.enclosing import by_kind

        logs, others = by_kind(files)
        if others:
            self._files.read(others)
        if logs and beside:
            logs = [*(file for file in self.log.files if file not in logs), *logs]
        chosen = self.log.chosen if beside else {}
        if logs:
            self.log.read(logs, {**chosen, "run": run} if run else chosen, "attach")

    def cancel(self) -> bool:
        """Give up what is being read; False where nothing is."""
        given_up = [reader.cancel() for reader in (self.log, self._files)]
        return any(given_up)

    def close(self) -> None:
        """Read nothing any more."""
        self.log.follow(wanted=False)
        self.cancel()
