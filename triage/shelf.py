"""Where sessions are kept: begin one, list them, find one by its id, go on with it, remove it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.errors import nearest_names
from triage import __version__
from triage.errors import SessionError
from triage.events import Attached, Event, Said, Withdrawn, changes_that_count
from triage.journal import SUFFIX, Header, Journal, create_journal, open_journal, read_record, remove_journal
from triage.provenance import knowledge_view
from triage.report.escape import plain
from triage.session import Session

__all__ = [
    "Entry",
    "Resumed",
    "default_folder",
    "find",
    "newest",
    "remove",
    "resume",
    "saved_sessions",
    "start",
    "what_changed",
]

MOST_NOTES = 20
"""Sentences on what was left out; how many more there are is said in one."""

LATEST_TIME = 253_402_300_799
"""Seconds; a clock that is set later than the year 9999 has no date."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A saved session as a list shows it.

    Args:
        id: what it is called; like all that comes from a file to be shown escaped.
        path: its file.
        created: when it was begun; None where the file cannot be read.
        changed: when its file was written last.
        answers: how many answers count.
        files: the files of the history that counts, as they were given.
        knowledge_hash: the knowledge that it was begun with; None where the file cannot be read.
        problem: why the file cannot be read, or None.

    """

    id: str
    path: Path
    created: datetime | None
    changed: datetime
    answers: int
    files: tuple[str, ...]
    knowledge_hash: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A session that goes on.

    Args:
        session: as it was; what happens from now on is saved, too.
        journal: to be closed at the end.
        notes: sentences on what is not as it was.

    """

    session: Session
    journal: Journal
    notes: tuple[str, ...]


def default_folder() -> Path:
    """The folder of the person's own sessions."""
    from platformdirs import user_state_path

    return user_state_path("loss-triage", appauthor=False) / "sessions"


def start(base: KnowledgeBase, folder: Path | None = None) -> tuple[Session, Journal]:
    """Begin a session that is saved from its first event on.

    Args:
        base: the knowledge.
        folder: where; by default the person's own.

    Raises:
        SessionError: nothing can be saved there.

    """
    journal = create_journal(_folder(folder), base.version, base.hash, knowledge_view(base).packs)
    with ExitStack() as failed:
        failed.callback(journal.close)
        session = Session(base, keep=journal.append)
        failed.pop_all()
    return session, journal


def saved_sessions(folder: Path | None = None) -> list[Entry]:
    """Every saved session, the one that was changed last first; also those that cannot be read.

    Raises:
        SessionError: the folder cannot be read; one that is not there has no sessions.

    """
    return [_entry(path, seconds) for path, seconds in _files(_folder(folder))]


def newest(folder: Path | None = None) -> Entry:
    """The session that was changed last of those that can be read; raises `SessionError` where there is none."""
    chosen = _folder(folder)
    entries = (_entry(path, seconds) for path, seconds in _files(chosen))
    entry = next((entry for entry in entries if entry.problem is None), None)
    if entry is None:
        raise SessionError(f"{plain(str(chosen), 300)}: expected a saved session, found none that can be read")
    return entry


def find(name: str, folder: Path | None = None) -> Entry:
    """The session of that id.

    Args:
        name: the id, or the beginning of it where no other id begins so.
        folder: where; by default the person's own.

    Raises:
        SessionError: there is none, or several; the message names the nearest, or those that match.

    """
    files = {_id(path): (path, seconds) for path, seconds in _files(_folder(folder))}
    matching = [name] if name in files else [known for known in files if name and known.startswith(name)]
    if len(matching) == 1:
        return _entry(*files[matching[0]])
    wanted = f"expected the id of a saved session, found {plain(repr(name), 80)}"
    if matching:
        raise SessionError(f"{wanted}, with which several begin: {_listed(matching)}")
    near = nearest_names(name[:100], files) or list(files)[:3]
    raise SessionError(f"{wanted}; {f'nearest: {_listed(near)}' if near else 'there is none saved'}")


def remove(name: str, folder: Path | None = None) -> Entry:
    """Remove the session of that id, found as `find` does.

    Returns:
        The session that is no more.

    Raises:
        SessionError: there is none, or several, or it is open elsewhere.

    """
    entry = find(name, folder)
    remove_journal(entry.path)
    return entry


def resume(entry: Entry, base: KnowledgeBase) -> Resumed:
    """Go on with a saved session; its curves are left to `triage.curves_again`, as to read them can take a while.

    Args:
        entry: which.
        base: the knowledge; where it is not that of the session, what it no longer has is left out and noted.

    Raises:
        SessionError: it cannot be read, or is open elsewhere.

    """
    journal = open_journal(entry.path)
    with ExitStack() as failed:
        failed.callback(journal.close)
        session = Session(base, keep=journal.append)
        lost = session.replay(journal.record.events)
        notes = [*what_changed(journal.record.header, base), *_sentences(lost)]
        if journal.record.torn:
            notes.append("The last line of the session was not saved to its end, so it is left out.")
        failed.pop_all()
    return Resumed(session, journal, tuple(notes))


def _folder(folder: Path | None) -> Path:
    return default_folder() if folder is None else folder


def _files(folder: Path) -> list[tuple[Path, float]]:
    """The files of sessions and when each was changed, the latest first."""
    found = []
    try:
        with os.scandir(folder) as items:
            for item in items:
                if item.name.endswith(SUFFIX):
                    try:
                        changed = item.stat(follow_symlinks=False).st_mtime_ns
                    except FileNotFoundError:  # removed meanwhile by another process
                        continue
                    found.append((changed, item.name))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"{plain(str(folder), 300)}: expected a folder of saved sessions, found: {reason}"
        raise SessionError(message) from None
    return [(folder / name, changed / 1e9) for changed, name in sorted(found, reverse=True)]


def _id(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def _entry(path: Path, seconds: float) -> Entry:
    changed = datetime.fromtimestamp(min(max(seconds, 0.0), LATEST_TIME), UTC)
    try:
        record = read_record(path)
    except SessionError as error:
        return Entry(_id(path), path, None, changed, 0, (), None, str(error))
    changes = changes_that_count(record.events)
    answered: set[str] = set()
    for change in changes:
        if isinstance(change, Said):
            answered.add(change.finding)
        elif isinstance(change, Withdrawn):
            answered.discard(change.finding)
    attached = _attached(changes)
    return Entry(
        id=_id(path),
        path=path,
        created=record.header.created,
        changed=changed,
        answers=len(answered),
        files=() if attached is None else tuple(attached.history.files),
        knowledge_hash=record.header.knowledge_hash,
        problem=None,
    )


def _attached(changes: Sequence[Event]) -> Attached | None:
    return next((change for change in reversed(changes) if isinstance(change, Attached)), None)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(plain(name, 80) for name in names[:5]) + more


def what_changed(header: Header, base: KnowledgeBase) -> list[str]:
    """What is not as it was when a session was begun: the packs, the knowledge, the program; a sentence each."""
    notes = list(_packs_that_changed(header, base))
    if header.knowledge_hash != base.hash:
        then, now = plain(header.knowledge_version, 40), plain(base.version, 40)
        versions = f"version {now}, other content" if then == now else f"version {then} then, {now} now"
        notes.append(
            f"The knowledge has changed since the session was begun ({versions}), so the probabilities can differ."
        )
    if header.triage_version != __version__:
        then = plain(header.triage_version, 40)
        notes.append(f"The program has changed since the session was begun (version {then} then, {__version__} now).")
    return notes


def _packs_that_changed(header: Header, base: KnowledgeBase) -> Iterator[str]:
    for then in header.packs:
        name = plain(then.name, 120)
        now = base.packs.get(then.id)
        if now is None:
            yield (
                f"The session was begun with the pack {name}, which is not used now, so what it brought is left out; "
                "name its folder with --pack."
            )
        elif now.version != then.version:
            yield f"The session was begun with the pack {name}; used now is its version {plain(now.version, 40)}."
    for now in base.packs.values():
        if now.id not in {then.id for then in header.packs}:
            yield f"The session was begun without the pack {plain(now.name, 120)}, which is used now."


def _sentences(lost: Iterable[str]) -> list[str]:
    each = list(dict.fromkeys(lost))
    notes = [plain(f"{text[:1].upper()}{text[1:]}.", 300) for text in each[:MOST_NOTES]]
    return [*notes, f"{len(each) - MOST_NOTES} more are left out, too."] if len(each) > MOST_NOTES else notes
