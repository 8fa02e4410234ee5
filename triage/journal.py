"""One session's file: a header, then a line for every event, each on the disk before it counts."""

from __future__ import annotations

import errno
import os
import reprlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from triage import __version__
from triage.diagnosis import PackView
from triage.errors import SessionError
from triage.event_json import as_json, event_in, fields_of
from triage.events import Event, supersedes
from triage.report.escape import plain

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["SUFFIX", "Header", "Journal", "Record", "create_journal", "open_journal", "read_record", "remove_journal"]

SUFFIX = ".jsonl"
"""How the name of a session's file ends; what stands before it is the session's id."""

LARGEST = 20_000_000
"""Bytes of a session; that many answers nobody gives."""

LONGEST_LINE = 2_000_000
"""Bytes of one event."""

MOST_ERRORS = 1000
"""Errors in one line that are looked at; to list a million of them takes a gigabyte."""

ATTEMPTS = 100
"""How many ids are tried before a folder counts as full."""

_BINARY = getattr(os, "O_BINARY", 0)


class Header(BaseModel):
    """First line of a session: what it is and which program and knowledge began it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["triage session"] = "triage session"
    format_version: Literal[1] = 1
    id: str = Field(pattern=r"^[0-9]{8}-[0-9]{4}-[0-9a-f]{4}$")
    created: AwareDatetime
    triage_version: str
    knowledge_version: str
    knowledge_hash: str
    packs: tuple[PackView, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a session's file holds.

    Args:
        header: its first line.
        events: everything that happened, in order.
        torn: whether a last line that was not written to its end was left out.

    """

    header: Header
    events: tuple[Event, ...]
    torn: bool


class Journal:
    """An open session, locked against every other process; made by `create_journal` and `open_journal`.

    Args:
        path: its file.
        record: what the file held when it was opened.
        descriptor: the file, opened for appending.
        last_line: where the last line of the file begins.
        held: closes the descriptor and gives the lock back.

    """

    def __init__(self, path: Path, record: Record, descriptor: int, last_line: int, held: ExitStack) -> None:
        """Take over what is open."""
        self.path = path
        self.record = record
        self._descriptor: int | None = descriptor
        self._held = held
        self._torn_at: int | None = None
        self._last = record.events[-1] if record.events else None
        self._last_line = last_line

    @property
    def id(self) -> str:
        """The session's id: the name of its file."""
        return self.path.name.removesuffix(SUFFIX)

    def append(self, event: Event) -> None:
        """Write an event down, to be given to a `Session` as ``keep``; on return it is on the disk.

        An event that supersedes the last one takes its line, so that a log may be followed for days.

        Raises:
            SessionError: it cannot be written; the file is as it was, but for an event that was to be superseded.

        """
        line = _line(event, self.path)
        if self._descriptor is None:
            raise _problem(self.path, "expected an open session, found it closed")
        with _told(self.path, "a session that can be written to"):
            self._cut_back(self._descriptor)
            found = os.fstat(self._descriptor)
            if not found.st_nlink:
                raise _problem(self.path, "expected the file of the session, found that it was removed")
            is_instead = self._last is not None and supersedes(event, self._last)
            start = self._last_line if is_instead else found.st_size
            if start + len(line) > LARGEST:
                raise _problem(self.path, f"expected at most {LARGEST:,} bytes in a session, found it full")
            # Only a line that was written to its end lets go of this mark, so one that fails, or that is interrupted,
            # is cut off at the latest when the next is written: the session did not take its event.
            self._torn_at = start
            try:
                if is_instead:
                    self._last = None
                    self._cut_back(self._descriptor)
                    self._torn_at = start
                _write(self._descriptor, line)
            except OSError:
                with suppress(OSError):
                    self._cut_back(self._descriptor)
                raise
            self._torn_at, self._last, self._last_line = None, event, start

    def close(self) -> None:
        """Give the session back to other processes; closing twice is no error."""
        self._descriptor = None
        self._held.close()

    def __enter__(self) -> Journal:
        """The journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _cut_back(self, descriptor: int) -> None:
        if self._torn_at is not None:
            os.ftruncate(descriptor, self._torn_at)
            self._torn_at = None


def create_journal(folder: Path, base_version: str, base_hash: str, packs: Sequence[PackView] = ()) -> Journal:
    """Begin the file of a new session, under an id that is time and chance: ``20261121-0944-3f9a``.

    Args:
        folder: where; made if it is not there.
        base_version: version of the knowledge.
        base_hash: hash of the knowledge.
        packs: those that it was made with.

    Raises:
        SessionError: the file cannot be written.

    """
    with _told(folder, "a folder that sessions can be saved in"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            now = datetime.now(UTC)
            header = Header(
                id=f"{now:%Y%m%d-%H%M}-{secrets.token_hex(2)}",
                created=now,
                triage_version=__version__,
                knowledge_version=base_version,
                knowledge_hash=base_hash,
                packs=tuple(packs),
            )
            journal = _created(folder / f"{header.id}{SUFFIX}", header)
            if journal is not None:
                return journal
    raise _problem(folder, f"expected an id that is free, found {ATTEMPTS} of them taken")


def open_journal(path: Path) -> Journal:
    """Open a session to go on with it; a last line that was not written to its end is cut off.

    Raises:
        SessionError: it is open elsewhere, is no session, or cannot be written to.

    """
    with ExitStack() as held:
        _lock(path, held)
        raw = _content(path)
        record = _record(raw, path)
        with _told(path, "a session that can be written to"):
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | _BINARY)
            held.callback(os.close, descriptor)
            end = raw.rfind(b"\n")
            if record.torn:
                os.ftruncate(descriptor, end + 1)
                os.fsync(descriptor)
        return Journal(path, record, descriptor, raw.rfind(b"\n", 0, end) + 1, held.pop_all())


def read_record(path: Path) -> Record:
    """Read a session without opening it.

    Raises:
        SessionError: it is no session, or a line of it is no event; the message names file and line.

    """
    return _record(_content(path), path)


def remove_journal(path: Path) -> None:
    """Remove a session.

    Raises:
        SessionError: it is open elsewhere, or cannot be removed.

    """
    with ExitStack() as held:
        _lock(path, held)
        with _told(path, "a session that can be removed"):
            path.unlink()


def _created(path: Path, header: Header) -> Journal | None:
    """The journal, or None where there is one of that id."""
    with ExitStack() as held:
        if not _is_locked_now(path, held):
            return None
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o600)
        except FileExistsError:
            return None
        held.callback(os.close, descriptor)
        try:
            _write(descriptor, header.model_dump_json(exclude=None if header.packs else {"packs"}).encode() + b"\n")
        except OSError:
            path.unlink()
            raise
        _keep_name(path.parent)
        return Journal(path, Record(header, (), torn=False), descriptor, 0, held.pop_all())


def _lock(path: Path, held: ExitStack) -> None:
    with _told(path, "a session that can be locked"):
        if not (path.is_file() or path.is_symlink()):
            raise _problem(path, "expected a saved session, found no such file")
        if not _is_locked_now(path, held):
            raise _problem(path, "expected a session that nobody is at, found it open in another window or program")


def _is_locked_now(path: Path, held: ExitStack) -> bool:
    """Lock a session until ``held`` is closed; False where another holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{path}.lock", mode=0o600, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    except NotImplementedError as error:
        raise OSError(errno.ENOLCK, str(error)) from None
    held.callback(_unlock, lock)
    return True


def _unlock(lock: BaseFileLock) -> None:
    """Give a lock back and remove its file while it is held, so that whoever waits finds that its name is gone."""
    import filelock

    if isinstance(lock, filelock.UnixFileLock):
        with suppress(OSError):
            Path(lock.lock_file).unlink()
    lock.release()


def _write(descriptor: int, line: bytes) -> None:
    written = os.write(descriptor, line)
    if written != len(line):
        raise OSError(errno.ENOSPC, f"room for {written:,} of {len(line):,} bytes")
    os.fsync(descriptor)


def _keep_name(folder: Path) -> None:
    """Bring a new file's name to the disk, too, where the system has a way to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _line(event: Event, path: Path) -> bytes:
    """An event as it is written; read again at once, as one line that cannot be would cost the whole session."""
    try:
        fields = fields_of(event)
        event_in(as_json(fields))
        line = as_json({"at": datetime.now(UTC).isoformat(), **fields}) + b"\n"
    except ValidationError as error:
        raise _problem(path, f"expected an event, found {_wrong(error)}") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise _problem(path, f"expected an event, found {_short(error)}") from None
    if len(line) > LONGEST_LINE:
        raise _problem(path, f"expected an event of at most {LONGEST_LINE:,} bytes, found {len(line):,}")
    return line


def _content(path: Path) -> bytes:
    with _told(path, "a saved session"):
        if not path.is_file():
            raise _problem(path, "expected a saved session, found no such file")
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise _problem(path, f"expected a session of at most {LARGEST:,} bytes, found more")
    return raw


def _record(raw: bytes, path: Path) -> Record:
    whole, _, torn = raw.rpartition(b"\n")
    if not whole:
        raise _problem(path, "expected the header of a session, found no whole line", 1)
    first, *rest = whole.split(b"\n")
    header = _header(first, path)
    events = tuple(_event(line, path, number) for number, line in enumerate(rest, start=2))
    return Record(header, events, torn=bool(torn))


def _header(line: bytes, path: Path) -> Header:
    _hold_length(line, path, 1)
    try:
        return Header.model_validate_json(line)
    except ValidationError as error:
        raise _problem(path, f"expected the header of a session, found {_wrong(error)}", 1) from None


def _event(line: bytes, path: Path, number: int) -> Event:
    _hold_length(line, path, number)
    try:
        fields = from_json(line)
        if not isinstance(fields, dict):
            raise ValueError(f"{type(fields).__name__} instead of an object")
        at = fields.pop("at", None)
        if not isinstance(at, str) or datetime.fromisoformat(at).tzinfo is None:
            raise ValueError(f"{_short(at)} in at, which is no time with a zone")
        return event_in(to_json(fields, inf_nan_mode="constants"))
    except ValidationError as error:
        raise _problem(path, f"expected an event, found {_wrong(error)}", number) from None
    except (ValueError, RecursionError) as error:
        raise _problem(path, f"expected an event, found {_short(error)}", number) from None


def _hold_length(line: bytes, path: Path, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise _problem(path, f"expected lines of at most {LONGEST_LINE:,} bytes, found {len(line):,}", number)


@contextmanager
def _told(path: Path, expected: str) -> Iterator[None]:
    """What the system says of a file, as an error that says what was expected."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _problem(path, f"expected {expected}, found: {reason}") from None


def _problem(path: Path, reason: str, line: int | None = None) -> SessionError:
    where = plain(str(path), 300) if line is None else f"{plain(str(path), 300)}, line {line}"
    return SessionError(f"{where}: {reason}")


def _wrong(error: ValidationError) -> str:
    if error.error_count() > MOST_ERRORS:
        return f"{error.error_count():,} values that none has"
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{_short(first['input'])}{f' in {plain(place, 80)}' if place else ''} ({plain(first['msg'], 160)})"


def _short(found: object) -> str:
    return plain(str(found) if isinstance(found, Exception) else reprlib.repr(found), 160)
