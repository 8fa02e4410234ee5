"""Reads files beside the log off the screen's thread: configurations, scripts, weights, data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.errors import CancelledError, TriageError
from triage.report.escape import plain

if TYPE_CHECKING:
    from textual.app import App

    from triage.events import Enclosed, Kind

__all__ = ["FileReader"]


class FileReader:
    """One reading at a time, with progress and cancel; files of one kind are read together with those before them.

    Args:
        app: whose workers do the reading.
        taken: is given what was read, on the screen's thread.
        failed: is given one sentence on why nothing was read.
        progress: is given the share that is read, or None at the end, and what is being read.

    """

    def __init__(
        self,
        app: App[Any],
        taken: Callable[[Enclosed], None],
        failed: Callable[[str], None],
        progress: Callable[[float | None, str], None],
    ) -> None:
        """Nothing is read yet."""
        self._app = app
        self._taken = taken
        self._failed = failed
        self._progress = progress
        self._waiting: list[tuple[Kind, tuple[str, ...]]] = []
        self._busy = self._cancelled = False
        self.files: dict[Kind, tuple[str, ...]] = {}

    def read(self, files: Mapping[Kind, Sequence[str]]) -> None:
        """Read files, each kind for itself, after those that are being read."""
        self._waiting += [(kind, tuple(some)) for kind, some in files.items()]
        if not self._busy:
            self._go_on()

    def cancel(self) -> bool:
        """Give the reading up, and what waits; False where there is none."""
        self._cancelled, self._waiting = True, []
        return self._busy

    def _go_on(self) -> None:
        if not self._waiting:
            return
        kind, files = self._waiting.pop(0)
        together = tuple(dict.fromkeys((*self.files.get(kind, ()), *files)))
        self._busy, self._cancelled = True, False
        self._progress(0.0, _words(files))
        self._app.run_worker(
            lambda: self._work(kind, together, _words(files)), thread=True, group="files", exit_on_error=False
        )

    def _work(self, kind: Kind, files: tuple[str, ...], words: str) -> None:
        from triage.enclosing import enclosed

        def told(share: float) -> None:
            if self._cancelled:
                raise CancelledError("the reading was given up")
            self._app.call_from_thread(self._progress, share, words)

        try:
            found = enclosed(kind, files, told)
        except CancelledError:
            self._app.call_from_thread(self._end, None, "")
        except TriageError as error:
            self._app.call_from_thread(self._end, None, str(error))
        except Exception as error:  # a fault of ours must not leave the person waiting
            problem = f"the reading failed, which is a fault of triage: {type(error).__name__}: {error}"
            self._app.call_from_thread(self._end, None, problem)
        else:
            self._app.call_from_thread(self._end, found, "")

    def _end(self, found: Enclosed | None, problem: str) -> None:
        self._busy = False
        self._progress(None, "")
        if found is not None and not self._cancelled:
            self.files[found.kind] = found.files
            self._taken(found)
        elif problem:
            self._failed(problem)
        self._go_on()


def _words(files: Sequence[str]) -> str:
    names = ", ".join(plain(Path(file).name, 40) for file in files)
    return f"Reading {names}"
