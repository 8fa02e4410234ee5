"""Files that are no session, or no longer are."""

import os

import pytest

from triage.errors import SessionError
from triage.events import Redone, Said, Undone
from triage.journal import LARGEST, LONGEST_LINE, create_journal, open_journal, read_record, remove_journal


@pytest.fixture
def saved(tmp_path):
    with create_journal(tmp_path, "2026.11", "abc") as journal:
        for event in (Said("nan_onset", ("sudden", "late"), volunteered=True), Undone(), Redone()):
            journal.append(event)
    return journal.path


def at(text):
    return b'{"at":"2026-11-21T09:44:00+00:00",' + text + b"}"


HOSTILE_LINES = {
    "not JSON": b"hello",
    "empty": b"",
    "NULs": b"\0\0\0",
    "not UTF-8": at(b'"event":"withdrawn","finding":"\xff\xfe"'),
    "deep": b"[" * 1_000_000,
    "deep in a field": at(b'"event":"said","finding":"a","volunteered":true,"states":' + b"[" * 900_000),
    "a list": b"[]",
    "a number": b"3",
    "no time": b'{"event":"undone"}',
    "a time that is none": b'{"at":"yesterday","event":"undone"}',
    "a time without a zone": b'{"at":"2026-11-21T09:44:00","event":"undone"}',
    "an unknown event": at(b'"event":"exploded"'),
    "an event that is a list": at(b'"event":["said"]'),
    "no event": at(b'"finding":"a"'),
    "an unknown field": at(b'"event":"undone","more":1'),
    "a missing field": at(b'"event":"said","finding":"a"'),
    "a wrong type": at(b'"event":"said","finding":"a","states":["b"],"volunteered":"yes"'),
    "a million wrong types": at(
        b'"event":"said","finding":"a","volunteered":true,"states":[' + b"1," * 900_000 + b"1]"
    ),
    "half a surrogate pair": at(b'"event":"withdrawn","finding":"\\udcff"'),
    "a number of 5,000 digits": at(b'"event":"said","finding":"a","states":[],"volunteered":' + b"9" * 5000),
    "a line too long": at(b'"event":"withdrawn","finding":"' + b"x" * LONGEST_LINE + b'"'),
    "a refresh with something else": at(b'"event":"refreshed","now":{"event":"undone"}'),
    "a refresh of nothing": at(b'"event":"refreshed"'),
    "two events": at(b'"event":"undone"') + at(b'"event":"undone"'),
}


@pytest.mark.parametrize("name", HOSTILE_LINES)
def test_a_line_that_is_no_event_is_named_and_shown_escaped(saved, name):
    whole = saved.read_bytes()
    first, second, rest = whole.split(b"\n", 2)
    hostile = b"\n".join([first, second, HOSTILE_LINES[name], rest])
    saved.write_bytes(hostile)
    for attempt in (read_record, open_journal):
        with pytest.raises(SessionError, match=r"line 3: expected .*found ") as caught:
            attempt(saved)
        assert str(caught.value).startswith(str(saved))
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 700
    assert saved.read_bytes() == hostile
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


HOSTILE_FILES = {
    "empty": b"",
    "a header without an end": b'{"format":"triage session"',
    "a log": b"step,loss\n1,2\n",
    "JSON of another kind": b"{}\n",
    "a program": b"\x7fELF\0\0\n\0",
    "a line end": b"\n",
    "control characters": b'{"format":"\\u001b[31m\\u202e"}\n',
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_file_of_another_kind_is_no_session(tmp_path, name):
    path = tmp_path / "20261121-0944-3f9a.jsonl"
    path.write_bytes(HOSTILE_FILES[name])
    for attempt in (read_record, open_journal):
        with pytest.raises(SessionError, match=r"line 1: expected the header of a session, found ") as caught:
            attempt(path)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"format_version":1', b'"format_version":2'),
        (b"triage session", b"triage diagnosis"),
        (b'"id":"', b'"id":"../'),
        (b'"created":"', b'"created":"never '),
        (b'"format":', b'"more":1,"format":'),
    ],
)
def test_a_header_of_another_version_or_form_is_refused(saved, old, new):
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(old, new, 1))
    with pytest.raises(SessionError, match="line 1: expected the header of a session, found "):
        read_record(saved)


def test_a_file_that_is_too_large_is_not_read(saved):
    with saved.open("ab") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(SessionError, match="expected a session of at most 20,000,000 bytes"):
        read_record(saved)


@pytest.mark.parametrize("name", ["nothing.jsonl", "no/such/folder.jsonl", "a\nb\x1b[31m.jsonl", "x" * 5000, "nul\0"])
def test_what_is_not_there_is_one_line_and_nothing_is_made(tmp_path, name):
    for attempt in (read_record, open_journal, remove_journal):
        with pytest.raises(SessionError) as caught:
            attempt(tmp_path / name)
        assert str(caught.value).isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    for attempt in (read_record, open_journal, remove_journal):
        with pytest.raises(SessionError, match="found no such file"):
            attempt(tmp_path / "pipe.jsonl")
