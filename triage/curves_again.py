"""The curves of a history that was attached in an earlier session, read again from its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.errors import HistoryError
from triage.events import Attached, changes_that_count
from triage.history import read_history
from triage.history.frame_table import FRAME
from triage.history.opened import STANDARD_INPUT
from triage.intake.pasted_log import NAME
from triage.observing import digest_of
from triage.report.escape import plain
from triage.session import Session

__all__ = ["FilesAgain", "curves_again", "files_again"]

REST = "so its curves are not shown; what was read from it then still counts."


@dataclass(frozen=True, slots=True)
class FilesAgain:
    """Files to be read again; what they hold is shown with `Session.show` where its digest is the same.

    Args:
        files: where they are now.
        chosen: canonical name -> name in the file.
        digest: what the curves had when they were attached.
        changed: the sentence to tell where they have another one now, or can no longer be read.

    """

    files: tuple[str, ...]
    chosen: Mapping[str, str]
    digest: str
    changed: str


def files_again(session: Session) -> FilesAgain | str | None:
    """What there is to read of the history that counts; it is not read here.

    Returns:
        The files; a sentence where they are not to be had any more; None where there is nothing to read, as no history
        counts, or its curves are at hand, or it did not come from files.

    """
    changes = changes_that_count(session.events)
    attached = next((change for change in reversed(changes) if isinstance(change, Attached)), None)
    if attached is None or session.history is not None:
        return None
    if not attached.history.files or {FRAME, NAME} & set(attached.history.files):
        return None
    files = tuple(_as_named(file, attached.folder) for file in attached.history.files)
    shown = plain(", ".join(attached.history.files))
    if STANDARD_INPUT in files:
        return f"The history came from standard input, {REST}"
    if not all(map(_is_there, files)):
        return f"The history {shown} is gone, {REST}"
    return FilesAgain(files, attached.chosen, attached.digest, f"The history {shown} has changed since, {REST}")


def curves_again(session: Session) -> list[str]:
    """Read them here and now, and show them if they are as they were; says where they are not."""
    found = files_again(session)
    if not isinstance(found, FilesAgain):
        return [] if found is None else [found]
    try:
        history = read_history(found.files, found.chosen)
    except HistoryError:
        return [found.changed]
    if digest_of(history) != found.digest:
        return [found.changed]
    session.show(history, found.digest)
    return []


def _as_named(file: str, folder: str) -> str:
    r"""Where a file lies that was named from a folder; bytes that are no text were kept written out, as ``\udcff``."""
    if file == STANDARD_INPUT:
        return file
    place = str(Path(folder) / file)
    if _is_there(place):
        return place
    return re.sub(r"\\udc([89a-f][0-9a-f])", lambda byte: chr(0xDC00 + int(byte[1], 16)), place)


def _is_there(file: str) -> bool:
    """Whether it is a plain file: a session from elsewhere could name a pipe, which would be waited for for ever."""
    try:
        return Path(file).is_file()
    except (OSError, ValueError):
        return False
