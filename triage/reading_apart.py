"""Reads the history of a run for a front that must never wait: a large one in a process of its own, with a way out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from stat import S_ISREG
from threading import Thread
from typing import IO, TypeAlias

import triage
from triage.attaching import Read, attached
from triage.errors import CancelledError, HistoryError
from triage.event_json import event_in
from triage.events import Attached
from triage.growth import Stamp, grown, stamp_of
from triage.history import read_history
from triage.history.mapped import map_history
from triage.history.opened import STANDARD_INPUT
from triage.history.progress import Progress
from triage.reading_child import EVENT, REQUEST
from triage.report.escape import plain

__all__ = ["Read", "Stamp", "grown", "read", "read_apart", "read_here", "stamp_of"]

SMALL = 4_000_000
"""Bytes; less is read before another process would have started."""

PATIENCE = 0.05
"""Seconds between two looks at whether the reading is still wanted."""

COMPLAINTS = "complaints.txt"
"""What the other process wrote to standard error."""

Cancelled: TypeAlias = Callable[[], bool]


def read(files: Sequence[str], chosen: Mapping[str, str], progress: Progress, cancelled: Cancelled) -> Read:
    """Read the files of one run, in a process of its own where that is worth it; to be called from a worker thread.

    Args:
        files: their paths.
        chosen: canonical name -> name in the file, where the names should not be guessed.
        progress: is told, in the calling thread, a few times a second how many bytes were read and how many there are.
        cancelled: whether the reading is no longer wanted; asked many times a second.

    Raises:
        HistoryError: what is there is not a history that can be read, as `read_history` says it.
        CancelledError: it was no longer wanted.

    """
    if _is_small(files):
        found = read_here(files, chosen)
        if cancelled():
            raise _given_up(files)
        return found
    return read_apart(files, chosen, progress, cancelled)


def read_here(files: Sequence[str], chosen: Mapping[str, str]) -> Read:
    """Read the files of one run in this process; raises `HistoryError` as `read_history` does."""
    history = read_history(files, chosen)
    return Read(attached(history, chosen), history)


def read_apart(files: Sequence[str], chosen: Mapping[str, str], progress: Progress, cancelled: Cancelled) -> Read:
    """Read the files of one run in a process of its own, which ends when it is cancelled; arguments as `read` has them.

    The curves are mapped from a file that has no name any more, so millions of rows take no memory here, and nothing is
    left of them in the temporary folder however this process ends. Their arrays cannot be changed.
    """
    with _told(files, "a temporary folder for its curves"):
        temporary = tempfile.TemporaryDirectory(prefix="triage-", ignore_cleanup_errors=True)
    with temporary as name:
        folder = Path(name)
        with _started(files, chosen, folder) as (child, lines):
            _listen(child, lines, files, folder, progress, cancelled)
        with _told(files, "to find its curves in the temporary folder"):
            event = event_in((folder / EVENT).read_bytes())
            assert isinstance(event, Attached)
            return Read(event, map_history(folder))


def _is_small(files: Sequence[str]) -> bool:
    """Whether the files are plain ones that are read at once; a pipe may let wait for ever, so it is none of them."""
    size = 0
    for file in files:
        if file == STANDARD_INPUT:
            return False
        try:
            found = Path(file).stat()
        except (OSError, ValueError):
            continue
        if not S_ISREG(found.st_mode):
            return False
        size += found.st_size
    return size < SMALL


@contextmanager
def _told(files: Sequence[str], expected: str) -> Iterator[None]:
    """What the system refuses, as an error that says what was expected."""
    try:
        yield
    except OSError as error:
        raise HistoryError(_named(files), f"expected {expected}, found: {error.strerror or error}") from None


@contextmanager
def _started(
    files: Sequence[str], chosen: Mapping[str, str], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], SimpleQueue[bytes]]]:
    """The other process and what it says, line by line, then an empty line; it is ended in the end whatever happens.

    It has a session of its own, so that it takes no key from the terminal, and does not go with it before it has
    noticed that nobody listens any more and has cleared its folder away. ``-P`` keeps it from importing what lies in
    the present folder, which is often that of a stranger's logs.
    """
    with _told(files, "to start the process that reads it"):
        request = {"files": list(files), "chosen": dict(chosen)}
        (folder / REQUEST).write_text(json.dumps(request), encoding="ascii")
        with (folder / COMPLAINTS).open("wb") as complaints:
            child = subprocess.Popen(  # noqa: S603 - this program itself; what it is to read is in a file
                [sys.executable, "-P", "-m", "triage.reading_child", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, "PYTHONPATH": _import_path()},
                start_new_session=True,
            )
    assert child.stdout is not None
    lines: SimpleQueue[bytes] = SimpleQueue()
    # To wait for a pipe with a limit takes a thread, as not every system has another way.
    ear = Thread(target=_hear, args=(child.stdout, lines), daemon=True)
    ear.start()
    try:
        yield child, lines
    finally:
        child.kill()
        ear.join()
        child.stdout.close()
        child.wait()


def _hear(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _import_path() -> str:
    """Where this process imports from, in its order, so that the other one finds the same modules."""
    root = str(Path(triage.__file__).parent.parent)
    entries = [entry for entry in sys.path if entry]
    return os.pathsep.join(entries if root in entries else [root, *entries])


def _listen(
    child: subprocess.Popen[bytes],
    lines: SimpleQueue[bytes],
    files: Sequence[str],
    folder: Path,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    """Return once the other process has done its work."""
    while not cancelled():
        try:
            line = lines.get(timeout=PATIENCE)
        except Empty:
            continue
        if not line.endswith(b"\n"):
            raise _broken_off(files, child.wait(), folder)
        message = json.loads(line)
        if "read" in message:
            progress(*message["read"])
        elif "failed" in message:
            raise HistoryError(*message["failed"])
        else:
            return
    raise _given_up(files)


def _given_up(files: Sequence[str]) -> CancelledError:
    return CancelledError(f"{_named(files)}: the reading was given up")


def _broken_off(files: Sequence[str], status: int, folder: Path) -> HistoryError:
    """What to say where the child ended without a word."""
    if status < 0:
        by = signal.strsignal(-status) or f"signal {-status}"
        how = f"was ended from outside ({by}); systems do that where memory runs out"
    else:
        complaints = (folder / COMPLAINTS).read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(complaints) if line.strip()), "no reason given")
        how = f"ended with status {status}: {plain(last, 200)}"
    return HistoryError(_named(files), f"expected to read it to its end, found that the process that does so {how}")


def _named(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
