"""The loop of ``triage watch``: look, read, say what is new, until there is a reason to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.callbacks.alarms import fault_so_far
from triage.callbacks.judge import Judged
from triage.report.escape import plain
from triage.report.figures import counted, percent
from triage.watching.command import Commands
from triage.watching.follower import Follower, Judging
from triage.watching.news import News
from triage.watching.places import Places

__all__ = ["Ended", "Watch"]

FAULTY = 0.5
"""Probability of a fault from which on a run counts as one with a problem at the end."""

MOST_NAMED = 3
"""Runs with a problem that the summary names."""

NOTEWORTHY = frozenset({"appeared", "cause", "failed"})
"""Events for which the command is run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the following ended.

    Args:
        held: whether what ``--fail-on`` names was found.
        runs: how many could be read.
        faulty: how many of them have a problem.
        summary: that in words.

    """

    held: bool
    runs: int
    faulty: int
    summary: News


class Watch:
    """Follows the runs in some places.

    Args:
        places: where they lie.
        judging: what they are judged with.
        say: is given each thing that is new.
        commands: is run for it; None where nothing is.

    """

    def __init__(
        self, places: Places, judging: Judging, say: Callable[[News], None], commands: Commands | None = None
    ) -> None:
        """Nothing is looked at yet."""
        self._places = places
        self._judging = judging
        self._say = say
        self._commands = commands
        self._followers: dict[str, Follower] = {}
        self._began = time.monotonic()
        self._held = False
        self._told_nothing = False

    def once(self) -> Ended:
        """Look once, and take what is there as it is."""
        self._look(hurry=True)
        return self.ended()

    def follow(self, interval: float, idle: float | None) -> Ended:
        """Look again and again.

        Args:
            interval: seconds between two looks.
            idle: seconds without any change after which it ends; None where it goes on.

        """
        last = time.monotonic()
        while True:
            if self._look(hurry=False):
                last = time.monotonic()
            if self._held:
                return self.ended()
            if idle is not None and time.monotonic() - last >= idle:
                self._look(hurry=True)
                return self.ended()
            time.sleep(interval if idle is None else min(interval, max(idle - (time.monotonic() - last), 0.01)))

    def ended(self) -> Ended:
        """What came of it up to now, in a summary."""
        judged = list(self._judged())
        faulty = [(name, one) for name, one in judged if fault_so_far(one.diagnosis) >= FAULTY]
        minutes = (time.monotonic() - self._began) / 60
        words = [f"followed {counted(len(judged), 'run')} for {_span(minutes)}"]
        if faulty:
            named = "; ".join(_verdict(name, one) for name, one in faulty[:MOST_NAMED])
            more = f"; and {len(faulty) - MOST_NAMED} more" if len(faulty) > MOST_NAMED else ""
            words.append(f"{len(faulty)} with a problem: {named}{more}")
        elif judged:
            words.append("nothing wrong found")
        if unread := len(self._followers) - len({name.partition("\0")[0] for name, _ in judged}):
            words.append(f"{unread} not read")
        summary = News("summary", datetime.now().astimezone(), ", ".join(words))
        return Ended(self._held, len(judged), len(faulty), summary)

    def _look(self, *, hurry: bool) -> bool:
        """Look at every run; whether any has changed, or has something that was not read yet."""
        changed = False
        for run in self._places.look():
            follower = self._followers.get(run.name)
            if follower is None:
                follower = self._followers[run.name] = Follower(run, self._judging)
                changed = True
            else:
                follower.go_on(run)
            has_changed, news = follower.step(hurry=hurry)
            changed |= has_changed or not follower.is_settled
            self._tell(news)
        if not self._followers and not self._told_nothing:
            self._told_nothing = True
            self._tell([self._nothing(hurry=hurry)])
        if self._commands is not None:
            self._commands.tend()
        return changed

    def _tell(self, news: Sequence[News]) -> None:
        for item in news:
            self._held |= item.event == "failed"
            self._say(item)
            if self._commands is not None and item.event in NOTEWORTHY:
                self._commands.submit(item)

    def _nothing(self, *, hurry: bool) -> News:
        words = f"no log of a run found in {self._places.words}" + ("" if hurry else "; waiting for one")
        return News("note", datetime.now().astimezone(), words)

    def _judged(self) -> Iterator[tuple[str, Judged]]:
        for follower in self._followers.values():
            for run, judged in follower.judged:
                yield f"{follower.followed.name}\0{run}" if run else follower.followed.name, judged


def _verdict(name: str, judged: Judged) -> str:
    file, _, run = name.partition("\0")
    place = plain(file, 120) + (f" [{plain(run, 60)}]" if run else "")
    diagnosis = judged.diagnosis
    if not diagnosis.causes or diagnosis.not_listed > diagnosis.causes[0].probability:
        return f"{place} (a fault that is not listed, {percent(diagnosis.not_listed)})"
    return f"{place} ({plain(diagnosis.causes[0].title)}, {percent(diagnosis.causes[0].probability)})"


def _span(minutes: float) -> str:
    if minutes < 1:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
