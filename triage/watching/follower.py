"""One run that is followed: looked at, read when it has grown, and judged."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from triage.callbacks.alarms import ANY, fault_so_far
from triage.callbacks.judge import Judged, judged_history
from triage.diagnosis import Diagnosis
from triage.errors import HistoryError
from triage.events import Enclosed
from triage.history.joining import joined
from triage.history.model import History
from triage.history.runs import one_run
from triage.history.table import Table, merge_histories, to_history, with_loss
from triage.report.choice import finding_words
from triage.report.escape import plain
from triage.report.figures import percent
from triage.session import Session, States
from triage.watching.log import Log, Look, look
from triage.watching.news import Event, News
from triage.watching.places import Followed
from triage.watching.told import Told

__all__ = ["Follower", "Judging"]

REST = 10.0
"""A reading that took so many seconds is followed by ten times as many without one."""

MISSES = 2
"""Readings in a row that must fail before that is told: a file may be in the middle of being written."""

MOST_COLUMNS = 20
"""Names of columns that are told where one was not found."""

AWAY = 5.0
"""Seconds that a file which was there must be gone before that is told: one that is rotated is gone for a moment."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What every run is judged with.

    Args:
        session: any; its knowledge is used.
        answers: what is known of the runs: finding -> states.
        enclosed: the configurations beside them.
        columns: canonical name -> name in the file, where it should not be guessed.
        begin: makes what keeps in mind what was told of a run.

    """

    session: Session
    answers: Mapping[str, States]
    enclosed: Enclosed | None
    columns: Mapping[str, str]
    begin: Callable[[], Told]


class _Part:
    """One of the runs in a file; mostly the only one."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.before: History | None = None
        self.read: History | None = None
        self.judged: Judged | None = None


class Follower:
    """Follows one run.

    Args:
        followed: where it lies.
        judging: what it is judged with.

    """

    def __init__(self, followed: Followed, judging: Judging) -> None:
        """Nothing is looked at yet."""
        self.followed = followed
        self._judging = judging
        self._logs = [Log(file) for file in followed.files]
        self._looks: tuple[Look | None, ...] | None = None
        self._read_looks: tuple[Look | None, ...] | None = None
        self._parts: dict[str, _Part] = {}
        self._due = 0.0
        self._settled = True
        self._misses = 0
        self._gone = math.inf
        self._has_failed = False
        self._told_failure = ""
        self._told_columns: set[str] = set()

    def go_on(self, followed: Followed) -> None:
        """Follow the same run, whose files may be others now; what was told of it stays told."""
        if followed.files != self.followed.files:
            known = {log.path: log for log in self._logs}
            self._logs = [known.get(file) or Log(file) for file in followed.files]
            self._looks = self._read_looks = None
        self.followed = followed

    @property
    def judged(self) -> Iterator[tuple[str, Judged]]:
        """Name of a run and its last diagnosis, of those that could be read."""
        for name, part in self._parts.items():
            if part.judged is not None:
                yield name, part.judged

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing that was written and not read."""
        return self._settled

    def step(self, *, hurry: bool) -> tuple[bool, list[News]]:
        """Look at the files, and read them where they have changed.

        Args:
            hurry: whether to read at once, and to take what is found as it is, as nothing will come after.

        Returns:
            Whether they have changed since the look before, and what there is to say.

        """
        looks = tuple(look(file) for file in self.followed.files)
        changed = looks != self._looks
        first = self._looks is None
        self._looks = looks
        if not any(found is not None and found.size for found in looks):
            return changed and not first, self._missing(looks, hurry=hurry)
        self._gone = math.inf
        if looks == self._read_looks and not self._has_failed:
            self._misses = 0
            return changed, [] if self._settled else self._read(settled=True)
        if not hurry and time.monotonic() < self._due:
            self._settled = False
            return changed, []
        return changed, self._read(settled=hurry or not changed)

    def _missing(self, looks: Sequence[Look | None], *, hurry: bool) -> list[News]:
        """A named file that is not there, or has nothing in it, is told of once."""
        self._settled = True
        now = time.monotonic()
        self._gone = min(self._gone, now)
        reason = "empty" if all(found is not None for found in looks) else _absence(self.followed.name)
        is_rotated = self._parts and now - self._gone < AWAY
        if not self.followed.is_named or is_rotated or self._told_failure == reason:
            return []
        self._told_failure = reason
        return [self._note(reason if hurry else f"{reason}; waiting for it to be written")]

    def _read(self, *, settled: bool) -> list[News]:
        began = time.thread_time()
        looks = self._looks
        try:
            runs = self._runs(settled=settled)
            news = [item for name, tables in runs.items() for item in self._judge(name, tables, settled=settled)]
        except (HistoryError, OSError) as error:
            self._due = time.monotonic() + REST * (time.thread_time() - began)
            return self._failure(error, needed=1 if settled else MISSES)
        self._due = time.monotonic() + REST * (time.thread_time() - began)
        self._read_looks, self._has_failed, self._misses = looks, False, 0
        # What was found once only, and a last line without an end, wait for the next look to show that nothing follows.
        self._settled = settled
        if self._told_failure:
            self._told_failure = ""
            news.insert(0, self._note("can be read now"))
        return news

    def _failure(self, error: HistoryError | OSError, needed: int) -> list[News]:
        """What keeps a file from being read is told once, when it has done so twice."""
        self._misses += 1
        self._settled = self._misses >= needed
        self._has_failed = True
        if isinstance(error, HistoryError):
            reason = error.reason
            if self._misses >= MISSES:
                # What is in the file will not change while the file does not.
                self._read_looks, self._has_failed = self._looks, False
        else:
            reason = f"expected a file that can be read, found: {error.strerror}"
        if self._misses < needed or self._told_failure == reason:
            return []
        if not self.followed.is_named and not self._parts:
            return []
        self._told_failure = reason
        return [self._note(reason)]

    def _runs(self, *, settled: bool) -> dict[str, list[Table]]:
        """Name of a run -> its tables."""
        read = [list(log.read(settled=settled)) for log in self._logs]
        if len(read) == 1:
            return {table.run: [table] for table in read[0]}
        return {"": [one_run(log.path, tables, "") for log, tables in zip(self._logs, read, strict=True)]}

    def _judge(self, name: str, tables: list[Table], *, settled: bool) -> Iterator[News]:
        chosen = self._judging.columns
        histories = [
            to_history(table, {wanted: column for wanted, column in chosen.items() if column in table.columns})
            for table in joined(tables)
        ]
        history = with_loss(merge_histories(histories))
        yield from self._not_found(name, history, {column for table in tables for column in table.columns})
        part = self._parts.setdefault(name, _Part(self._judging.begin()))
        yield from self._continued(name, part, history)
        whole = history if part.before is None else merge_histories([part.before, history])
        part.read = history
        judging = self._judging
        part.judged = judged_history(whole, judging.session, judging.answers, judging.enclosed, chosen, whole=False)
        yield from self._new(name, part, urgent=settled or _is_lost(whole))

    def _not_found(self, name: str, history: History, columns: Set[str]) -> Iterator[News]:
        """A column that was chosen and that no file of the run has yet is told of once."""
        for wanted, column in self._judging.columns.items():
            if column not in columns and wanted not in self._told_columns:
                self._told_columns.add(wanted)
                found = ", ".join(plain(one, 40) for one in sorted(columns)[:MOST_COLUMNS])
                words = f"--column {wanted}={column}: expected a column {column!r}, found {found} up to now"
                yield self._news(name, history, "note", words)

    def _continued(self, name: str, part: _Part, history: History) -> Iterator[News]:
        """What was read before stays where the file goes on behind it, and is forgotten where another run begins."""
        earlier = part.read
        if earlier is None or _begin_alike(earlier, history):
            return
        known = earlier if part.before is None else merge_histories([part.before, earlier])
        if known.step_unit == history.step_unit != "row" and history.step.min() > known.step.max():
            part.before = known
            return
        part.before = None
        part.told = self._judging.begin()
        yield self._news(name, history, "note", "another run begins in this file")

    def _new(self, name: str, part: _Part, *, urgent: bool) -> Iterator[News]:
        assert part.judged is not None
        diagnosis, history = part.judged.diagnosis, part.judged.history
        new = part.told.hear(diagnosis, urgent=urgent)
        for finding in new.appeared:
            yield self._news(
                name, history, "appeared", finding.message,
                finding=finding.finding, state=finding.state, probability=finding.probability,
            )  # fmt: skip
        for finding_id, state in new.cleared:
            title = plain(self._judging.session.base.finding(finding_id).title)
            yield self._news(name, history, "cleared", f"{title}: no longer seen", finding=finding_id, state=state)
        if new.alarm is not None:
            alarm = new.alarm
            yield self._news(name, history, "cause", str(alarm), cause=alarm.cause, probability=alarm.probability)
        for held in new.held:
            yield self._failed(name, history, held, diagnosis)

    def _failed(self, name: str, history: History, held: str, diagnosis: Diagnosis) -> News:
        """What ``--fail-on`` names, with what was seen of it."""
        base = self._judging.session.base
        if held == ANY:
            fault = fault_so_far(diagnosis)
            words = f"--fail-on {held}: something is wrong ({percent(fault)})"
            return self._news(name, history, "failed", words, probability=fault)
        if held in base.causes:
            cause = next(cause for cause in diagnosis.causes if cause.id == held)
            words = f"--fail-on {held}: {plain(cause.title)} ({percent(cause.probability)})"
            return self._news(name, history, "failed", words, cause=held, probability=cause.probability)
        finding = next(one for one in diagnosis.findings if held in (one.finding, f"{one.finding}={one.state}"))
        title, label = finding_words(base, finding.finding, finding.state)
        return self._news(
            name, history, "failed", f"--fail-on {held}: {plain(title)}: {plain(label)}",
            finding=finding.finding, state=finding.state, probability=finding.probability,
        )  # fmt: skip

    def _news(
        self,
        run: str,
        history: History,
        event: Event,
        message: str,
        *,
        finding: str = "",
        state: str = "",
        cause: str = "",
        probability: float | None = None,
    ) -> News:
        return News(
            event, datetime.now().astimezone(), message, self.followed.name, run,
            float(history.step[-1]), history.step_unit, finding, state, cause, probability,
        )  # fmt: skip

    def _note(self, message: str) -> News:
        return News("note", datetime.now().astimezone(), message, self.followed.name)


def _absence(path: str) -> str:
    """Why there is no file to read."""
    return "not an ordinary file" if os.path.lexists(path) else "not there"


def _begin_alike(one: History, other: History) -> bool:
    """Whether two readings are of one run: a curve that both have begins with the same value."""
    curves = [(one.curve(name), other.curve(name)) for name in ("train_loss", "val_loss")]
    both = [(first, second) for first, second in curves if first is not None and second is not None]
    if not both:
        return other.rows >= one.rows
    return any(
        first.steps[0] == second.steps[0] and np.array_equal(first.values[:1], second.values[:1], equal_nan=True)
        for first, second in both
    )


def _is_lost(history: History) -> bool:
    """Whether the loss is NaN or infinite at the end, from which a run does not recover."""
    curve = history.curve("train_loss") or history.curve("val_loss")
    return curve is not None and not np.isfinite(curve.values[-1])
