"""Watches a run while it trains: keeps what is logged, triages it beside the training, warns, reports in the end."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from knowledge.base import KnowledgeBase
from triage.callbacks.alarms import Alarm, Alarms, Heard, check_stops
from triage.callbacks.described import described
from triage.callbacks.growing import GrowingTable
from triage.callbacks.judge import Judged, judged
from triage.callbacks.pace import Pace
from triage.callbacks.report_file import format_of, write
from triage.callbacks.worker import Worker
from triage.diagnosis import Diagnosis
from triage.errors import HistoryError, TriageError
from triage.events import Enclosed
from triage.history.model import History
from triage.intake.found import Told
from triage.report.escape import plain
from triage.session import Session, States

__all__ = ["TrainingWarning", "Watcher"]

LONGEST_TRIAGE = 30.0
"""Seconds that `Watcher.close` waits for a triage that is under way."""

FAREWELL = 1.0
"""Seconds that the end of the interpreter waits for one."""

PLAIN = (float, int)
"""Numbers that nobody can change."""

log = logging.getLogger("triage.callbacks")


class TrainingWarning(UserWarning):
    """Something is wrong with a run that is being watched."""


class Watcher:
    """Watches one run.

    What is logged is triaged in a thread of its own, one triage at a time, never in the thread that trains. Warnings
    come as `TrainingWarning` from the next call of `log`, and at once in the logger ``triage.callbacks``.

    >>> with Watcher(every=50, report="report.html") as watcher:  # doctest: +SKIP
    ...     for step, batch in enumerate(batches):
    ...         watcher.log(step, loss=train(batch))
    ...         if watcher.should_stop:
    ...             break

    Args:
        every: rows after which the run is triaged again. A long history is triaged less often, so that it costs at most
            10 microseconds a row on the average.
        seconds: the same in seconds, where rows are rare, such as one an epoch.
        stop_on: causes or findings on which `should_stop` is set: ids, ``FINDING=STATE``, or ``any``. A cause stops the
            run once it is warned of, a finding once the log shows anything but its normal state.
        report: file of the report that `close` writes: ``.html``, ``.md``, ``.json`` or ``.txt``.
        on_warning: is called with each warning, in the thread that logs, instead of Python's warning.
        settings: what is known of the run: finding -> state, as `triage.diagnose` takes answers.
        columns: canonical name -> name that is logged, where it should not be guessed.
        sure: probability of a fault from which on there is a warning. What is less sure stands in the report.
        patience: triages in a row that must find one; a loss that turns NaN is told at once.
        base: the knowledge; by default the built-in one.

    Raises:
        AnswerError: ``settings`` or ``stop_on`` name what does not exist.
        TriageError: the name of the report says no format, or a number cannot be meant.

    """

    def __init__(
        self,
        *,
        every: int = 100,
        seconds: float = 10.0,
        stop_on: Collection[str] = (),
        report: str | os.PathLike[str] | None = None,
        on_warning: Callable[[Alarm], object] | None = None,
        settings: Mapping[str, States] | None = None,
        columns: Mapping[str, str] | None = None,
        sure: float = 0.9,
        patience: int = 2,
        base: KnowledgeBase | None = None,
    ) -> None:
        """Compile the knowledge, which takes a tenth of a second; the thread starts with the first row."""
        if every < 1 or patience < 1 or not seconds >= 0 or not 0 < sure <= 1:
            raise TriageError(
                "expected every and patience from 1 on, seconds from 0 on and sure above 0 and up to 1, "
                f"found {every}, {patience}, {seconds:g} and {sure:g}"
            )
        self._session = Session(base)
        self._pace = Pace(every, seconds)
        self._stop_on = frozenset([stop_on] if isinstance(stop_on, str) else stop_on)
        self._report = None if report is None else Path(report)
        self._on_warning = on_warning
        self._settings = dict(settings or {})
        self._columns = dict(columns or {})
        self._sure, self._patience, self._base = sure, patience, base
        check_stops(self._stop_on, self._session.base)
        for finding, states in self._settings.items():
            self._session.check_answer(finding, states)
        if self._report is not None:
            format_of(self._report)
        self._enclosed: Enclosed | None = None
        self._starting = threading.Lock()
        self.begin()

    def begin(self) -> None:
        """Forget the run up to now, if there was one: another one begins."""
        if getattr(self, "_worker", None) is not None:
            self._end_worker(LONGEST_TRIAGE)
        self.should_stop = False
        """Whether the run should stop, for what ``stop_on`` names."""
        self.stopped_by = ""
        """Why, in a sentence."""
        self._alarms = Alarms(self._session.base, self._sure, self._patience, self._stop_on)
        self._judged: Judged | None = None
        self._raised: tuple[Alarm, ...] = ()
        self._news: deque[Alarm | str] = deque()
        self._troubles: set[str] = set()
        self._rows = GrowingTable()
        self._worker: Worker | None = None
        self._left = self._pace.every
        self._closed = False

    def log(self, step: float, **values: object) -> None:
        """Take in what there is to log at one position.

        It returns in a few microseconds. Numbers on a GPU are copied there and read in the other thread, so that
        training does not wait for the device; those of other libraries that are read later must not be changed.

        Args:
            step: the position, which should grow.
            values: name -> number, in any spelling that `triage formats` takes: ``loss``, ``val_loss``, ``lr``,
                ``grad_norm``, ``accuracy`` ...; None where there is none.

        Raises:
            TriageError: the watcher was closed.

        """
        for name, value in values.items():
            if type(value) is not float and not isinstance(value, PLAIN):
                values[name] = _at_rest(value)
        worker = self._worker or self._started()
        worker.incoming.append((step, values))
        self._left -= 1
        if self._left <= 0:
            self._left = self._pace.every
            if worker.is_alive:
                worker.bell.set()
            else:
                self._started()
        if self._news:
            self._tell_news()

    def describe(self, settings: Mapping[str, object], name: str = "settings") -> None:
        """Take what is known of the setup, in place of what was told before.

        Args:
            settings: as a configuration file has them: ``{"optimizer": "adam", "learning_rate": 3e-4}``, those of
                `triage.callbacks.described.torch_settings`, or any other kind that `triage formats` lists.
            name: what they are called in the report.

        Raises:
            IntakeError: there is nothing in them that is known.

        """
        self._enclose(described([settings], name), name)

    def describe_by(self, read: Callable[[], Told], name: str) -> None:
        """Take what somebody else's objects say of the setup; where they cannot be read, that is told as a warning.

        Args:
            read: reads them.
            name: what they are called in the report.

        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._enclose(read(), name)
        except Exception as error:
            # Objects of another's, of any version, may do anything, and the setup is not worth a training.
            log.debug("the setup could not be read", exc_info=True)
            self._say_trouble(f"the setup could not be read: {name}: {type(error).__name__}: {plain(str(error))}")

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What was warned of, in order."""
        return self._raised

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The latest one; None before the first triage."""
        return None if self._judged is None else self._judged.diagnosis

    @property
    def history(self) -> History | None:
        """The curves of the latest diagnosis."""
        return None if self._judged is None else self._judged.history

    def close(self) -> Diagnosis | None:
        """Triage the whole run, warn of what was not warned of yet, and write the report.

        What keeps us from it is told as a warning, as the run itself may be a good one. Closing again does nothing.

        Returns:
            The diagnosis; None where no loss was logged.

        """
        if not self._closed:
            self._closed = True
            self._settle()
        self._tell_news()
        return self.diagnosis

    def __enter__(self) -> Self:
        """Watch the body of a ``with`` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, also where the body failed."""
        self.close()

    def __getstate__(self) -> dict[str, object]:
        """All but the thread and what is worked out from the knowledge; what was logged is taken in first."""
        if self._worker is not None:
            self._end_worker(LONGEST_TRIAGE)
        left_out = ("_session", "_worker", "_finalizer", "_starting", "_alarms", "_judged")
        state = {name: value for name, value in self.__dict__.items() if name not in left_out}
        return {**state, "_told": set(self._alarms.told)}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Go on where the other one was."""
        told = state.pop("_told")
        self.__dict__.update(state)
        self._session = Session(self._base)
        self._alarms = Alarms(self._session.base, self._sure, self._patience, self._stop_on, told)  # type: ignore[arg-type]
        self._judged, self._worker, self._starting = None, None, threading.Lock()

    def _enclose(self, told: Told, name: str) -> None:
        self._enclosed = Enclosed("config", (name,), told, str(Path.cwd()))

    def _started(self) -> Worker:
        """Start the thread; it does not hold this object, so that it ends when nobody else does any more."""
        if self._closed:
            raise TriageError("expected a watcher that is open, found one that was closed; begin() watches another run")
        with self._starting:
            if self._worker is not None and self._worker.is_alive:
                return self._worker
            if self._worker is not None:
                # Its thread did not come along into this process, which was forked off.
                self._end_worker(0.0)
            me = weakref.ref(self)
            worker = Worker(self._rows, self._pace, lambda *given: _triage(me, *given), lambda text: _trouble(me, text))
            self._finalizer = weakref.finalize(self, worker.end, FAREWELL)
            self._worker = worker
            return worker

    def _end_worker(self, patience: float) -> bool:
        worker = self._worker
        assert worker is not None
        self._finalizer.detach()
        ended = worker.end(patience)
        if ended:
            worker.take_in()
        self._rows, self._worker = worker.table, None
        return ended

    def _settle(self) -> None:
        if self._worker is not None and not self._end_worker(LONGEST_TRIAGE):
            self._say_trouble(f"triage did not end within {LONGEST_TRIAGE:g} s, so there is no report")
            return
        if not self._rows.rows:
            return
        try:
            self._triage(self._rows, urgent=True, whole=True)
            if self._report is not None and self._judged is not None:
                write(self._report, self._judged.diagnosis, self._session.base, self._judged.history)
        except TriageError as error:
            self._say_trouble(f"no report of the run: {error}")
        except Exception as error:
            # The training is done by now, and what went wrong here must not look as if it had failed.
            log.debug("the last triage failed", exc_info=True)
            self._say_trouble(f"triage of the run failed: {type(error).__name__}: {plain(str(error))}")

    def _triage(self, rows: GrowingTable, *, urgent: bool, whole: bool = False) -> None:
        """One triage; in the other thread while the run goes on."""
        try:
            found = judged(rows.table(), self._session, self._settings, self._enclosed, self._columns, whole=whole)
        except HistoryError:
            if whole:
                raise
            return
        self._judged = found
        self._take(self._alarms.hear(found.diagnosis, urgent=urgent, whole=whole))

    def _take(self, heard: Heard) -> None:
        for finding in heard.appeared:
            log.info("appeared: %s", plain(finding.message, 400))
        for name in heard.cleared:
            log.debug("cleared: %s", name)
        if heard.alarm is not None:
            log.warning("%s", heard.alarm)
            self._news.append(heard.alarm)
            self._raised += (heard.alarm,)
        if heard.stop and not self.should_stop:
            self.should_stop, self.stopped_by = True, heard.stop
            log.warning("training should stop: %s", heard.stop)

    def _say_trouble(self, text: str) -> None:
        kind = text.partition(":")[0]
        if kind not in self._troubles:
            self._troubles.add(kind)
            log.warning("%s", text)
            self._news.append(text)

    def _tell_news(self) -> None:
        while self._news:
            news = self._news.popleft()
            if isinstance(news, Alarm) and self._on_warning is not None:
                self._on_warning(news)
            else:
                _warn(str(news))


def _triage(watcher: weakref.ref[Watcher], rows: GrowingTable, urgent: bool) -> None:
    held = watcher()
    if held is not None:
        held._triage(rows, urgent=urgent)


def _trouble(watcher: weakref.ref[Watcher], text: str) -> None:
    held = watcher()
    if held is not None:
        held._say_trouble(text)


def _at_rest(value: object) -> object:
    """A number that nobody changes any more: read where that is quick, else a copy where it lies."""
    detach = getattr(value, "detach", None)
    if detach is not None:
        device = getattr(value, "device", None)
        if getattr(device, "type", "cpu") == "cpu":
            item = getattr(value, "item", None)
            return _read(item) if item is not None else None
        return detach().clone()
    item = getattr(value, "item", None)
    return _read(item) if getattr(value, "flags", None) is not None and item is not None else value


def _read(item: Callable[[], object]) -> object:
    """What a scalar holds; an array of several values is no number, and left out."""
    try:
        return item()
    except (RuntimeError, ValueError, TypeError):
        return "no number"


def _warn(text: str) -> None:
    """Warn at the line that called, outside of this package; never kept back because it was said of another run."""
    frame = sys._getframe(1)
    here = str(Path(__file__).parent)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(here):
        frame = frame.f_back
    warnings.warn_explicit(text, TrainingWarning, frame.f_code.co_filename, frame.f_lineno, registry={})
