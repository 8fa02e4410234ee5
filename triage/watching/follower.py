"""One run that is followed: looked at, read when it has grown, and judged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from triage.callbacks.judge import Judged, judged_history
from triage.errors import HistoryError
from triage.events import Enclosed
from triage.history.joining import joined
from triage.history.model import History
from triage.history.runs import one_run
from triage.history.table import Table, merge_histories, to_history, with_loss
from triage.report.escape import plain
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
        self._failed = ""
        self._told_failure = ""

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
            return changed and not first, self._missing(looks)
        self._gone = math.inf
        if looks == self._read_looks and not self._failed:
            self._misses = 0
            return changed, [] if self._settled else self._read(settled=True)
        if not hurry and time.monotonic() < self._due:
            self._settled = False
            return changed, []
        return changed, self._read(settled=hurry or not changed)

    def _missing(self, looks: Sequence[Look | None]) -> list[News]:
        """A named file that is not there, or has nothing in it, is told of once."""
        self._settled = True
        now = time.monotonic()
        self._gone = min(self._gone, now)
        if all(found is not None for found in looks) or not self.followed.is_named:
            return []
        waiting = "not there; waiting for it"
        if self._told_failure == waiting or (self._parts and now - self._gone < AWAY):
            return []
        self._told_failure = waiting
        return [self._note(waiting)]

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
        self._read_looks, self._failed, self._misses = looks, "", 0
        # What was found once only, and a last line without an end, wait for the next look to show that nothing follows.
        self._settled = settled
        if self._told_failure:
            self._told_failure = ""
            news.insert(0, self._note("can be read now"))
        return news

    def _failure(self, error: HistoryError | OSError, needed: int) -> list[News]:
        """What keeps a file from being read is told once, when it has done so twice."""
        is_history = isinstance(error, HistoryError)
        reason = (
            error.reason
            if isinstance(error, HistoryError)
            else f"expected a file that can be read, found: {error.strerror}"
        )
        self._failed = reason
        self._misses += 1
        self._settled = self._misses >= needed
        if is_history and self._misses >= MISSES:
            # What is in the file will not change while the file does not.
            self._read_looks, self._failed = self._looks, ""
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
        part = self._parts.setdefault(name, _Part(self._judging.begin()))
        yield from self._continued(name, part, history)
        whole = history if part.before is None else merge_histories([part.before, history])
        part.read = history
        judging = self._judging
        part.judged = judged_history(whole, judging.session, judging.answers, judging.enclosed, chosen, whole=False)
        yield from self._new(name, part, urgent=settled or _is_lost(whole))

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
            cause = held if held in self._judging.session.base.causes else ""
            finding_id, _, state = ("", "", "") if cause else held.partition("=")
            yield self._news(
                name, history, "failed", f"what --fail-on names is there: {held}",
                finding=finding_id if finding_id != "any" else "", state=state, cause=cause,
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
