"""The thread beside the training that takes in what was logged and triages it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TypeAlias

from triage.callbacks.growing import GrowingTable
from triage.callbacks.pace import Pace
from triage.report.escape import plain

__all__ = ["Row", "Worker"]

Row: TypeAlias = tuple[object, Mapping[str, object]]
"""A position and what was logged at it."""

PULSE = 1.0
"""Seconds after which the thread looks up by itself."""

log = logging.getLogger("triage.callbacks")
log.addHandler(logging.NullHandler())


class Worker:
    """Takes rows in and triages them when it is time; one triage at a time, in one thread.

    Args:
        table: what was logged before.
        pace: when it is time.
        triage: triages a table; it is told whether a NaN or an infinity came up for the first time.
        trouble: is told, once, what kept us from our work.

    """

    def __init__(
        self,
        table: GrowingTable,
        pace: Pace,
        triage: Callable[[GrowingTable, bool], None],
        trouble: Callable[[str], None],
    ) -> None:
        """Start the thread; it ends with the interpreter, which does not wait for it."""
        self.table = table
        self.incoming: deque[Row] = deque()
        self.bell = threading.Event()
        self._pace = pace
        self._triage = triage
        self._trouble = trouble
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="triage", daemon=True)
        self._thread.start()

    def end(self, patience: float) -> bool:
        """End the thread after what it is at; whether it did so within ``patience`` seconds."""
        if not self._thread.is_alive():
            return True
        self._ending = True
        self.bell.set()
        if self._thread is threading.current_thread():
            return False
        self._thread.join(patience)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; in a process that was forked off it does not."""
        return self._thread.is_alive()

    def take_in(self) -> bool:
        """Move the rows that came into the table; whether a NaN or an infinity came up for the first time."""
        is_alarming = False
        while self.incoming:
            step, values = self.incoming.popleft()
            try:
                is_alarming |= self.table.add(step, values)
            except (TypeError, ValueError, OverflowError) as error:
                self._trouble(f"a row whose step is no number was left out: {plain(str(error))}")
        return is_alarming

    def _run(self) -> None:
        judged, at, cost, waiting = self.table.rows, time.monotonic(), 0.0, False
        while True:
            self.bell.wait(PULSE)
            self.bell.clear()
            if self._ending:
                return
            waiting |= self.take_in()
            rows, now = self.table.rows, time.monotonic()
            if not (waiting or self._pace.is_due(rows - judged, now - at, cost)):
                continue
            begun = time.thread_time()
            try:
                self._triage(self.table, waiting)
            except Exception as error:
                # Whatever went wrong here, training and what is kept of it go on.
                log.debug("a triage failed", exc_info=True)
                self._trouble(f"triage of the run failed: {type(error).__name__}: {plain(str(error))}")
            judged, at, waiting = rows, time.monotonic(), False
            cost = time.thread_time() - begun
