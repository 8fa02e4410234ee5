"""A command that is run for each thing that is new, one at a time, and never for longer than it may."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping

from triage.errors import TriageError
from triage.report.escape import plain
from triage.watching.news import News

__all__ = ["Commands", "split_command", "variables_of"]

MOST_WAITING = 100
"""Runs of the command that wait for the one that is under way; more are left out, and that is told."""

LONGEST_VALUE = 4000
"""Characters of a variable."""


def split_command(text: str) -> list[str]:
    """The words of a command, split as a shell splits them and given to none.

    Raises:
        TriageError: there is no word, a quote that is not closed, or no such program.

    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise TriageError(f"--exec: expected a command, found {text!r}: {str(error).lower()}") from None
    if not words:
        raise TriageError("--exec: expected a command, found nothing")
    if shutil.which(words[0]) is None:
        raise TriageError(f"--exec: expected a command, found {words[0]!r}, which is no program that can be run")
    return words


def variables_of(news: News) -> dict[str, str]:
    """``TRIAGE_EVENT``, ``TRIAGE_FILE`` and so on; those that do not apply are empty."""
    values = {
        "EVENT": news.event,
        "TIME": news.time.isoformat(timespec="seconds"),
        "FILE": news.file,
        "RUN": news.run,
        "STEP": "" if news.step is None else f"{news.step:g}" if news.step != int(news.step) else str(int(news.step)),
        "FINDING": news.finding,
        "STATE": news.state,
        "CAUSE": news.cause,
        "PROBABILITY": "" if news.probability is None else f"{news.probability:.4f}",
        "MESSAGE": plain(news.message, LONGEST_VALUE),
    }
    return {f"TRIAGE_{name}": value.replace("\0", "\\x00")[:LONGEST_VALUE] for name, value in values.items()}


class Commands:
    """Runs a command for one thing after the other.

    What the command prints goes to standard error, and it can read nothing.

    Args:
        words: the command.
        limit: seconds that it may take; then it is ended with all that it started.
        tell: is told what went wrong.

    """

    def __init__(self, words: list[str], limit: float, tell: Callable[[str], None]) -> None:
        """Nothing runs yet."""
        self._words = words
        self._limit = limit
        self._tell = tell
        self._waiting: deque[Mapping[str, str]] = deque()
        self._running: subprocess.Popen[bytes] | None = None
        self._since = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether one runs or waits."""
        return self._running is not None or bool(self._waiting)

    def submit(self, news: News) -> None:
        """Have the command run for something new, when those before it are done."""
        if len(self._waiting) >= MOST_WAITING:
            self._tell(f"--exec: {MOST_WAITING} runs of the command are waiting; left out that of {news.event}")
            return
        self._waiting.append(variables_of(news))
        self.tend()

    def tend(self) -> None:
        """See to what runs: start the next where it is over, end it where it takes too long."""
        running = self._running
        if running is not None:
            status = running.poll()
            if status is None and time.monotonic() - self._since < self._limit:
                return
            if status is None:
                _end(running)
                self._tell(f"--exec: expected the command to end within {self._limit:g} s, ended it")
            elif status:
                how = f"signal {-status}" if status < 0 else f"status {status}"
                self._tell(f"--exec: expected the command to end well, found {how}")
            self._running = None
        if self._waiting:
            self._start(self._waiting.popleft())

    def finish(self, patience: float = math.inf) -> None:
        """Let what runs and waits come to its end, for so many seconds at most; end the rest."""
        until = time.monotonic() + patience
        while self.is_busy and time.monotonic() < until:
            self.tend()
            time.sleep(0.02)
        if self._running is not None:
            _end(self._running)
            self._tell("--exec: ended the command that was under way")
        if self._waiting:
            self._tell(f"--exec: {len(self._waiting)} runs of the command were left out")
        self._running = None
        self._waiting.clear()

    def _start(self, variables: Mapping[str, str]) -> None:
        try:
            self._running = subprocess.Popen(  # noqa: S603 - no shell, and nothing of a log among the words
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno() if _has_number(sys.stderr) else subprocess.DEVNULL,
                env={**os.environ, **{name: _encodable(value) for name, value in variables.items()}},
                start_new_session=True,
            )
            self._since = time.monotonic()
        except OSError as error:
            self._tell(f"--exec: expected a command that can be run, found {self._words[0]!r}: {error.strerror}")


def _encodable(value: str) -> str:
    """Text that the environment can hold: of a path its very bytes, else what is no text written out."""
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return value.encode("ascii", "backslashreplace").decode()
    return value


def _has_number(stream: object) -> bool:
    try:
        stream.fileno()  # type: ignore[attr-defined]
    except (OSError, AttributeError, ValueError):
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started, by the group that is its own."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        pass
    process.wait()
