"""Reads the log of a run off the screen's thread, and again whenever it grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from triage.errors import CancelledError, TriageError
from triage.report.escape import plain

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from triage.attaching import Read
    from triage.growth import Stamp

__all__ = ["LogReader", "Purpose"]

WATCH_SECONDS = 1.0
"""How often a followed log is looked at."""

Purpose = Literal["attach", "refresh", "again"]
"""Why files are read: they are new, they have grown, or only their curves are missing."""


@dataclass(frozen=True, slots=True)
class _Job:
    files: tuple[str, ...]
    chosen: Mapping[str, str]
    purpose: Purpose


class LogReader:
    """One reading at a time, with progress and cancel.

    Args:
        app: whose workers do the reading.
        taken: is given what was read, on the screen's thread.
        failed: is given one sentence on why nothing was read.
        progress: is given the share that is read, or None at the end, and what is being read.

    """

    def __init__(
        self,
        app: App[Any],
        taken: Callable[[Purpose, Read], None],
        failed: Callable[[str], None],
        progress: Callable[[float | None, str], None],
    ) -> None:
        """Nothing is read yet."""
        self._app = app
        self._taken = taken
        self._failed = failed
        self._progress = progress
        self._job: _Job | None = None
        self._next: _Job | None = None
        self._cancelled = False
        self._timer: Timer | None = None
        self._stamp: Stamp | None = None
        self.files: tuple[str, ...] = ()
        self.chosen: Mapping[str, str] = {}

    @property
    def following(self) -> bool:
        """Whether the files are read again when they grow."""
        return self._timer is not None

    def read(self, files: Sequence[str], chosen: Mapping[str, str], purpose: Purpose) -> None:
        """Read files of one run; a reading that is under way is given up for it."""
        job = _Job(tuple(files), chosen, purpose)
        if self._job is not None:
            self._next, self._cancelled = job, True
            return
        self._start(job)

    def cancel(self) -> bool:
        """Give the reading up; False where there is none."""
        self._cancelled, self._next = True, None
        return self._job is not None

    def follow(self, *, wanted: bool) -> None:
        """Read the files again whenever they grow, or no longer."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if wanted:
            self._timer = self._app.set_interval(WATCH_SECONDS, self._look)

    def _look(self) -> None:
        from triage.growth import grown

        if self._job is None and self.files and grown(self.files, self._stamp) is not None:
            self._start(_Job(self.files, self.chosen, "refresh"))

    def _start(self, job: _Job) -> None:
        from triage.growth import stamp_of

        self._job, self._cancelled, self._stamp = job, False, stamp_of(job.files)
        if job.purpose != "refresh":
            self._progress(0.0, _words(job.files))
        self._app.run_worker(lambda: self._work(job), thread=True, group="reading", exit_on_error=False)

    def _work(self, job: _Job) -> None:
        from triage.reading_apart import read

        def told(done: int, size: int) -> None:
            if job.purpose != "refresh":
                self._app.call_from_thread(self._progress, done / max(size, 1), _words(job.files))

        try:
            found = read(job.files, job.chosen, told, lambda: self._cancelled)
        except CancelledError:
            self._app.call_from_thread(self._end, job, None, "")
        except TriageError as error:
            self._app.call_from_thread(self._end, job, None, str(error))
        except Exception as error:  # a fault of ours must not leave the person waiting
            problem = f"the reading failed, which is a fault of triage: {type(error).__name__}: {error}"
            self._app.call_from_thread(self._end, job, None, problem)
        else:
            self._app.call_from_thread(self._end, job, found, "")

    def _end(self, job: _Job, found: Read | None, problem: str) -> None:
        self._job = None
        self._progress(None, "")
        if found is not None:
            self.files, self.chosen = job.files, job.chosen
            self._taken(job.purpose, found)
        elif problem and job.purpose != "refresh":
            self._failed(problem)
        following, self._next = self._next, None
        if following is not None:
            self._start(following)


def _words(files: Sequence[str]) -> str:
    names = ", ".join(plain(Path(file).name, 40) for file in files)
    return f"Reading {names}"
