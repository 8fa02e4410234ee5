"""``triage sessions``: what was saved, and how to be rid of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from triage.shelf import Entry, find, remove, saved_sessions
from triage.usage import HEALTHY, OneLineParser

__all__ = ["run_sessions"]


def run_sessions(arguments: Sequence[str]) -> int:
    """Run ``triage sessions`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage, or a session that does not exist or is open elsewhere.

    """
    options = _parser().parse_args(arguments)
    if options.remove is not None:
        entry = find(options.remove)
        remove(entry.id)
        sys.stdout.write(f"removed {entry.id}\n")
        return HEALTHY
    entries = saved_sessions()
    if not entries:
        sys.stdout.write("no saved sessions; triage begins one\n")
    for entry in entries:
        sys.stdout.write(_line(entry) + "\n")
    return HEALTHY


def _line(entry: Entry) -> str:
    from triage.report.escape import plain

    changed = f"{entry.changed.astimezone():%Y-%m-%d %H:%M}"
    if entry.problem is not None:
        return f"{plain(entry.id, 40)}  {changed}  cannot be read: {plain(entry.problem, 300)}"
    answers = f"{entry.answers} answer{'' if entry.answers == 1 else 's'}"
    files = ", ".join(plain(file, 60) for file in entry.files) or "no log"
    return f"{plain(entry.id, 40)}  {changed}  {answers:<10}  {files}"


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage sessions",
        description="The saved sessions, the last one first; triage --resume ID goes on with one.",
        allow_abbrev=False,
    )
    parser.add_argument("--remove", metavar="ID", help="delete a session for good; the beginning of its id is enough")
    return parser
