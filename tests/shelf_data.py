"""Saved sessions and attached histories for the tests of the shelf."""

from pathlib import Path

from triage.diagnosis import HistoryView
from triage.events import Attached
from triage.journal import create_journal
from triage.shelf import find

HISTORIES = sorted((Path(__file__).parent / "data").glob("*.csv"))


def saved(folder, base, *events):
    """The entry of a session in which these events happened."""
    with create_journal(folder, base.version, base.hash) as journal:
        for event in events:
            journal.append(event)
    return find(journal.id, folder)


def attached(*readings, files=(), facts=None):
    view = HistoryView(format="csv", files=list(files), steps=3, columns={}, warnings=[])
    return Attached(view, readings, facts or {}, "0", {}, "")
