"""The file of results: a line for each run, on the disk before the next ones come, taken up again where it broke off.

However the work ends, the file holds whole lines but for the last, which may be torn; it is cut off when the work is
taken up again, and so are the lines of a file with several runs where some of them are missing. A run is known by its
path, the size of its files and when they were changed, and the knowledge that judged it: what is there already is not
judged again, and what has changed since is, and takes the place of what it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from triage.batch.record import Record, record_in
from triage.batch.runs import Run, key_of
from triage.errors import TriageError

__all__ = ["Journal", "opened_journal", "records_of"]

BEGINNING = b'{"path":'
"""How every line begins; a file of one torn line alone is known by it."""


@dataclass
class Journal:
    """A file of results that is being written, locked against every other process.

    Args:
        path: where it lies.
        knowledge: what the runs are judged by now, as records name it.
        stream: at its end.
        newest: for each path that is in it, by a number: which state of its files the newest lines are of.
        kept: how many bytes were in it when it was opened.
        outdated: whether some lines are of earlier states of their files.

    """

    path: Path
    knowledge: str
    stream: FileIO
    newest: dict[int, int] = field(default_factory=dict)
    kept: int = 0
    outdated: bool = False

    def not_judged(self, runs: Iterable[Run]) -> Iterator[Run]:
        """Those of the runs that are not in it as they are now."""
        for run in runs:
            path, state = key_of(run.name), _state(run.size, run.changed, self.knowledge)
            if self.newest.get(path) == state:
                continue
            self.outdated |= path in self.newest
            self.newest[path] = state
            yield run

    def write(self, lines: Iterable[str]) -> Iterator[Record]:
        """Append lines as they come; each is handed on once it is written."""
        for line in lines:
            data = line.encode("utf-8", "backslashreplace")
            while data:
                data = data[self.stream.write(data) :]
            yield record_in(line)

    def earlier(self) -> Iterator[Record]:
        """The records that were in it when it was opened and are not outdated."""
        with self.path.open("rb") as stream:
            while stream.tell() < self.kept:
                record = record_in(stream.readline())
                if self.is_newest(record):
                    yield record

    def is_newest(self, record: Record) -> bool:
        """Whether a record in it is of the files as they are, as far as that was looked at."""
        return self.newest.get(key_of(record.path)) == _state_of(record)


@contextmanager
def opened_journal(path: Path, knowledge: str) -> Iterator[Journal]:
    """Open a file of results to go on with it, or begin it.

    Lines that became outdated are taken out at the end, also where the work broke off before that the last time.

    Args:
        path: where it lies or will.
        knowledge: what the runs are judged by now, as `triage.batch.judging.knowledge_name` has it.

    Raises:
        TriageError: it cannot be written, holds something else, or another process writes to it.

    """
    from filelock import FileLock, Timeout

    if not path.absolute().parent.is_dir():
        raise TriageError(f"{path}: expected a file in a folder that is there, found no such folder")
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TriageError(f"{path}: expected to write to it alone, found that another triage batch does") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        journal = _taken_up(path, knowledge)
        with journal.stream:
            yield journal
            journal.stream.flush()
            os.fsync(journal.stream.fileno())
        if journal.outdated:
            _without_outdated(journal)
    finally:
        # Gone before it is free, so that nobody waits for a file that is no longer there for others.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def records_of(path: Path) -> Iterator[Record]:
    """The records in a file of results that is whole."""
    with path.open("rb") as stream:
        for line in stream:
            yield record_in(line)


def _taken_up(path: Path, knowledge: str) -> Journal:
    try:
        # Without a buffer a line is with the system, and outlives this process, as soon as it is written.
        stream = path.open("r+b" if path.exists() else "x+b", buffering=0)
    except OSError as error:
        raise _unwritable(path, error) from None
    journal = Journal(path, knowledge, stream)
    try:
        end = _read_into(journal)
        stream.truncate(end)
        stream.seek(end)
    except BaseException:
        stream.close()
        raise
    return journal


def _read_into(journal: Journal) -> int:
    """Take in what is there; returns where the whole lines of whole files end."""
    end = 0
    with journal.path.open("rb") as stream:
        for path, lines in groupby(_whole_lines(stream, journal.path), key=lambda found: found[1].path):
            found = list(lines)
            if len(found) % found[-1][1].of:
                return end
            record = found[-1][1]
            place = key_of(path)
            journal.outdated |= place in journal.newest
            journal.newest[place] = _state_of(record)
            end = journal.kept = found[-1][0]
    return end


def _whole_lines(stream: BinaryIO, path: Path) -> Iterator[tuple[int, Record]]:
    """Where each line ends, and what it says; the last one is left out where it is torn."""
    end = 0
    for number, line in enumerate(stream, 1):
        if not line.endswith(b"\n"):
            if number == 1 and not BEGINNING.startswith(line[: len(BEGINNING)]):
                raise TriageError(f"{path}: expected results of triage batch to go on with, found something else in it")
            return
        end += len(line)
        try:
            yield end, record_in(line)
        except TriageError as error:
            raise TriageError(f"{path}, line {number}: {error}") from None


def _without_outdated(journal: Journal) -> None:
    """Write the newest lines of each path to another file, which then takes the place of this one."""
    fresh = journal.path.with_name(f"{journal.path.name}.new")
    with journal.path.open("rb") as old, fresh.open("wb") as new:
        for line in old:
            record = record_in(line)
            if journal.is_newest(record):
                new.write(line)
        new.flush()
        os.fsync(new.fileno())
    fresh.replace(journal.path)


def _state_of(record: Record) -> int:
    return _state(record.size, record.changed, record.knowledge)


def _state(size: int, changed: int, knowledge: str) -> int:
    return key_of(size, changed, knowledge)


def _unwritable(path: Path, error: OSError) -> TriageError:
    return TriageError(f"{path}: expected a file that can be written, found: {error.strerror or error}")
