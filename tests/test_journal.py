import json
import random
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.detectors import Reading
from triage.diagnosis import HistoryView
from triage.errors import SessionError
from triage.events import Attached, Redone, Refreshed, Said, Stopped, Undone, Withdrawn
from triage.journal import LARGEST, LONGEST_LINE, create_journal, open_journal, read_record, remove_journal

TEXTS = st.text(max_size=30)
NAMES = st.dictionaries(TEXTS, TEXTS, max_size=3)
NUMBERS = st.dictionaries(TEXTS, st.floats(), max_size=3)
VIEWS = st.builds(
    HistoryView,
    format=TEXTS,
    files=st.lists(TEXTS, max_size=3),
    steps=st.integers(0, 10**15),
    columns=NAMES,
    warnings=st.lists(TEXTS, max_size=3),
)
READINGS = st.builds(
    Reading,
    finding=TEXTS,
    likelihood=NUMBERS,
    message=TEXTS,
    steps=st.none() | st.tuples(st.floats(), st.floats()),
)
HISTORIES = st.builds(
    Attached,
    history=VIEWS,
    readings=st.lists(READINGS, max_size=3).map(tuple),
    facts=NUMBERS,
    digest=TEXTS,
    chosen=NAMES,
)
EVENTS = st.one_of(
    HISTORIES,
    st.builds(Refreshed, HISTORIES),
    st.builds(Said, finding=TEXTS, states=st.lists(TEXTS, max_size=3).map(tuple), volunteered=st.booleans()),
    st.builds(Withdrawn, TEXTS),
    st.just(Stopped()),
    st.just(Undone()),
    st.just(Redone()),
)

SAID = Said("nan_onset", ("sudden", "late"), volunteered=True)
NAN_AND_INFINITY = Attached(
    HistoryView(format="csv", files=["run.csv"], steps=3, columns={"train_loss": "loss"}, warnings=[]),
    (Reading("nan_onset", {"sudden": 0.1 + 0.2}, "It \u2028 \x1b[31m \0 \n broke.", (float("nan"), float("inf"))),),
    {"learning_rate": float("-inf"), "smallest": 5e-324, "zero": -0.0},
    "0123",
    {"train_loss": "loss"},
    "/runs",
)
FIVE = (SAID, NAN_AND_INFINITY, Undone(), Redone(), Withdrawn("nan_onset"))


@pytest.fixture
def saved(tmp_path):
    with create_journal(tmp_path, "2026.11", "abc") as journal:
        for event in FIVE:
            journal.append(event)
    return journal.path


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def without_superseded(events):
    return [
        event
        for event, later in zip_longest(events, events[1:])
        if not (isinstance(event, Refreshed) and isinstance(later, Refreshed))
    ]


@given(events=st.lists(EVENTS, max_size=4))
def test_every_event_comes_back_to_the_last_bit(events):
    with tempfile.TemporaryDirectory() as folder:
        with create_journal(Path(folder), "2026.11", "abc") as journal:
            for event in events:
                journal.append(event)
        record = read_record(journal.path)
    # The representation tells -0.0 from 0.0 and every float from its neighbour, and takes one NaN for another.
    assert repr(record.events) == repr(tuple(without_superseded(events)))
    assert not record.torn


@given(text=st.text(st.characters(categories=["Cs", "Ll", "So", "Cc"]), max_size=20))
def test_half_a_surrogate_pair_is_written_out_as_the_names_of_files_are(text):
    written_out = text.encode("utf-8", "backslashreplace").decode()
    with tempfile.TemporaryDirectory() as folder:
        with create_journal(Path(folder), "2026.11", "abc") as journal:
            journal.append(Said(text, (text,), volunteered=False))
        assert read_record(journal.path).events == (Said(written_out, (written_out,), volunteered=False),)


def test_the_file_is_a_header_and_a_line_with_its_time_for_every_event(saved):
    header, *lines = map(json.loads, saved.read_text(encoding="utf-8").split("\n")[:-1])
    assert header["format"] == "triage session"
    assert header["format_version"] == 1
    assert header["id"] == saved.stem
    assert header["knowledge_version"] == "2026.11"
    assert header["knowledge_hash"] == "abc"
    assert set(header) == {
        "format", "format_version", "id", "created", "triage_version", "knowledge_version", "knowledge_hash",
    }  # fmt: skip
    assert [line["event"] for line in lines] == ["said", "attached", "undone", "redone", "withdrawn"]
    assert all(line["at"].endswith("+00:00") for line in lines)
    assert list(lines[0]) == ["at", "finding", "states", "volunteered", "event"]


def test_the_id_is_the_time_and_chance_and_the_file_is_private(tmp_path):
    folder = tmp_path / "new" / "sessions"
    with create_journal(folder, "v", "h") as journal:
        assert re.fullmatch(r"\d{8}-\d{4}-[0-9a-f]{4}", journal.id)
        assert journal.path == folder / f"{journal.id}.jsonl"
        assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_id_that_is_taken_is_not_taken_again(tmp_path, monkeypatch):
    if time.time() % 60 > 58:
        time.sleep(2.5)  # the ids of one minute are compared
    drawn = iter(["aaaa", "aaaa", "bbbb", "aaaa", "bbbb", "cccc"])
    monkeypatch.setattr("secrets.token_hex", lambda _: next(drawn))
    with create_journal(tmp_path, "v", "h") as still_open:
        create_journal(tmp_path, "v", "h").close()
        with create_journal(tmp_path, "v", "h") as journal:
            assert [still_open.id[-4:], journal.id[-4:]] == ["aaaa", "cccc"]
            assert journal.record.header.id == journal.id
    assert len(list(tmp_path.iterdir())) == 3


def test_a_session_goes_on_where_it_ended(saved):
    with open_journal(saved) as journal:
        assert repr(journal.record.events) == repr(FIVE)
        journal.append(Stopped())
    assert repr(read_record(saved).events) == repr((*FIVE, Stopped()))


OLD_SESSION = """\
{"format":"triage session","format_version":1,"id":"20261121-0944-3f9a","created":"2026-11-21T09:44:00+00:00",\
"triage_version":"0.1.0","knowledge_version":"2026.11","knowledge_hash":"abc"}
{"at":"2026-11-21T09:45:00+00:00","history":{"format":"csv","files":["run.csv"],"steps":3,\
"columns":{"train_loss":"loss"},"warnings":[]},"readings":[{"finding":"nan_onset","likelihood":{"sudden":1.0},\
"message":"It broke.","steps":[1.0,2.0]}],"facts":{"steps":3.0},"digest":"0123","chosen":{},"folder":"/runs",\
"event":"attached"}
{"at":"2026-11-21T09:46:00+00:00","finding":"nan_onset","states":["sudden"],"volunteered":false,"event":"said"}
"""


def test_a_session_from_before_logs_could_be_followed_is_read(tmp_path):
    path = tmp_path / "20261121-0944-3f9a.jsonl"
    path.write_text(OLD_SESSION)
    attached, said = read_record(path).events
    assert attached.digest == "0123"
    assert attached.readings[0].steps == (1.0, 2.0)
    assert said == Said("nan_onset", ("sudden",), volunteered=False)


def grown(rows, message=""):
    view = HistoryView(format="csv", files=["run.csv"], steps=rows, columns={}, warnings=[])
    return Refreshed(Attached(view, (Reading("nan_onset", {"none": 1.0}, message),), {}, str(rows), {}, "/runs"))


def test_a_log_that_is_followed_for_days_takes_one_line(saved):
    before = saved.read_bytes()
    with open_journal(saved) as journal:
        for rows in range(50):
            journal.append(grown(rows, "x" * (rows * 7 % 30)))
    assert repr(read_record(saved).events) == repr((*FIVE, grown(49, "x" * (49 * 7 % 30))))
    with open_journal(saved) as journal:
        journal.append(grown(100))
        journal.append(grown(101))
        journal.append(Stopped())
        journal.append(grown(102))
    assert repr(read_record(saved).events) == repr((*FIVE, grown(101), Stopped(), grown(102)))
    assert saved.read_bytes().startswith(before)


def test_a_refresh_is_superseded_also_where_the_last_line_of_the_session_was_torn(saved):
    with open_journal(saved) as journal:
        journal.append(grown(1))
    whole = saved.read_bytes()
    saved.write_bytes(whole + b'{"at":"2026')
    with open_journal(saved) as journal:
        journal.append(grown(2))
    assert repr(read_record(saved).events) == repr((*FIVE, grown(2)))


def test_a_last_line_cut_off_anywhere_is_left_out_and_the_session_goes_on(saved):
    whole = saved.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for length in range(start, len(whole)):
        saved.write_bytes(whole[:length])
        assert read_record(saved).torn == (length > start)
        with open_journal(saved) as journal:
            assert repr(journal.record.events) == repr(FIVE[:-1])
            journal.append(SAID)
        record = read_record(saved)
        assert repr(record.events) == repr((*FIVE[:-1], SAID))
        assert not record.torn


ANSWER_FOREVER = """
import os, sys
from pathlib import Path
from triage.events import Said
from triage.journal import create_journal
journal = create_journal(Path(sys.argv[1]), "v", "h")
os.write(1, f"{journal.path}\\n".encode())
number = 0
while True:
    journal.append(Said(f"finding_{number}", ("x" * (number % 7000),), volunteered=False))
    os.write(1, f"{number}\\n".encode())
    number += 1
"""


@pytest.mark.parametrize("repetition", range(6))
def test_a_session_survives_being_killed(tmp_path, repetition):
    with subprocess.Popen([sys.executable, "-c", ANSWER_FOREVER, tmp_path], stdout=subprocess.PIPE) as process:
        path = Path(process.stdout.readline().decode().strip())
        seen = [process.stdout.readline() for _ in range(random.randrange(1, 60))]
        time.sleep(random.uniform(0.0, 0.02))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    confirmed = len(seen) + rest.count(b"\n")
    with open_journal(path) as journal:
        names = [event.finding for event in journal.record.events]
        assert names == [f"finding_{number}" for number in range(len(names))]
        assert confirmed <= len(names) <= confirmed + 1
        journal.append(Stopped())
    assert read_record(path).events[-1] == Stopped()


def test_a_session_that_is_open_is_refused_to_others(saved):
    code = (
        "import sys; from pathlib import Path; from triage.journal import open_journal\n"
        "from triage.errors import SessionError\n"
        "try: open_journal(Path(sys.argv[1])).close()\n"
        "except SessionError as error: print(error)"
    )
    with open_journal(saved) as journal:
        with pytest.raises(SessionError, match="found it open in another"):
            open_journal(saved)
        assert "found it open in another" in run(code, saved).stdout
        with pytest.raises(SessionError, match="found it open in another"):
            remove_journal(saved)
        journal.append(Stopped())
    assert run(code, saved).stdout == ""
    assert read_record(saved).events[-1] == Stopped()


def test_a_new_session_is_locked_too(tmp_path):
    with create_journal(tmp_path, "v", "h") as journal, pytest.raises(SessionError, match="open in another"):
        open_journal(journal.path)


def test_nothing_but_the_session_is_left_when_it_is_closed(saved):
    journal = open_journal(saved)
    journal.close()
    journal.close()
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    remove_journal(saved)
    assert list(saved.parent.iterdir()) == []


CONTEND = """
import os, sys
from pathlib import Path
from triage.errors import SessionError
from triage.journal import open_journal
path, marker = Path(sys.argv[1]), Path(sys.argv[2])
entered = 0
for _ in range(400):
    try:
        journal = open_journal(path)
    except SessionError as error:
        assert "open in another" in str(error), error
        continue
    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    entered += 1
    marker.unlink()
    journal.close()
print(entered)
"""


def test_no_two_processes_are_ever_in_one_session_while_its_lock_comes_and_goes(saved, tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CONTEND, saved, tmp_path / "inside"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    results = [process.communicate() for process in processes]
    assert [error for _, error in results] == [""] * 4
    assert sum(int(entered) for entered, _ in results) > 0


def test_what_is_closed_takes_nothing_more(saved):
    journal = open_journal(saved)
    journal.close()
    with pytest.raises(SessionError, match="expected an open session"):
        journal.append(Stopped())


def test_a_session_whose_file_was_removed_says_so_instead_of_writing_into_nothing(saved):
    with open_journal(saved) as journal:
        saved.unlink()
        with pytest.raises(SessionError, match="found that it was removed"):
            journal.append(Stopped())


DISK_FULL = """
import os, resource, sys
from pathlib import Path
from triage.errors import SessionError
from triage.events import Said, Stopped
from triage.journal import create_journal, read_record
journal = create_journal(Path(sys.argv[1]), "v", "h")
event = Said("finding", ("x" * 300,), volunteered=False)
journal.append(event)
good = journal.path.read_bytes()
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for room in range(0, 300, 23):
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(good) + room, hard))
    try:
        journal.append(event)
    except SessionError as error:
        assert str(error).count("\\n") == 0, error
        assert ("room for" in str(error)) == (room > 0), error
    else:
        raise AssertionError("written past the limit")
    assert journal.path.read_bytes() == good
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal.append(Stopped())
journal.close()
record = read_record(journal.path)
assert record.events == (event, Stopped()) and not record.torn
try:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    create_journal(Path(sys.argv[1]), "v", "h")
except SessionError as error:
    print(error)
"""


REFRESHED_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from triage.errors import SessionError
from triage.events import Said, Stopped
from triage.journal import create_journal, read_record
from tests.test_journal import grown
journal = create_journal(Path(sys.argv[1]), "v", "h")
said = Said("finding", ("x",), volunteered=False)
journal.append(said)
journal.append(grown(1))
size = journal.path.stat().st_size
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
try:
    journal.append(grown(2, "y" * 100))
except SessionError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert read_record(journal.path).events == (said,)
journal.append(grown(3))
journal.append(grown(4))
journal.append(Stopped())
assert read_record(journal.path).events == (said, grown(4), Stopped())
"""


def test_a_refresh_for_which_there_is_no_room_leaves_a_session_that_goes_on(tmp_path):
    process = run(REFRESHED_ON_A_FULL_DISK, tmp_path)
    assert process.stderr == ""
    assert "found: room for" in process.stdout


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    process = run(DISK_FULL, tmp_path)
    assert process.stderr == ""
    assert "expected a folder that sessions can be saved in, found: room for 10 of" in process.stdout
    assert len(list(tmp_path.iterdir())) == 1


READ_ONLY = """
import os, sys
from pathlib import Path
import filelock, triage.journal
from triage.errors import SessionError
if os.geteuid() == 0:
    os.seteuid(65534)
for attempt in (
    lambda: triage.journal.create_journal(Path(sys.argv[1]), "v", "h"),
    lambda: triage.journal.create_journal(Path(sys.argv[1]) / "below", "v", "h"),
    lambda: triage.journal.open_journal(Path(sys.argv[2])),
):
    try:
        attempt()
    except SessionError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of a folder are of another kind there")
def test_a_folder_that_cannot_be_written_to_is_one_line():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with create_journal(folder, "v", "h") as journal:
            pass
        folder.chmod(0o555)
        journal.path.chmod(0o666)
        process = run(READ_ONLY, folder, journal.path)
        folder.chmod(0o755)
    assert process.stderr == ""
    assert len(process.stdout.splitlines()) == 3
    assert process.stdout.count("found: Permission denied") == 3


def test_a_folder_below_a_file_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match="expected a folder that sessions can be saved in"):
        create_journal(tmp_path / "file" / "sessions", "v", "h")


def test_an_event_that_could_not_be_read_again_is_not_written(saved):
    before = saved.read_bytes()
    with open_journal(saved) as journal:
        with pytest.raises(SessionError, match="expected an event of at most"):
            journal.append(Said("x" * LONGEST_LINE, (), volunteered=False))
        with pytest.raises(SessionError, match="expected an event, found"):
            journal.append(Said("nan_onset", (object(),), volunteered=False))
        with pytest.raises(SessionError, match="expected an event, found"):
            journal.append(Said("nan_onset", ("sudden",), volunteered=1))
    assert saved.read_bytes() == before


def test_a_session_that_is_full_says_so(saved):
    line = saved.read_bytes().split(b"\n")[3] + b"\n"
    assert b"undone" in line
    with saved.open("ab") as file:
        file.write(line * ((LARGEST - saved.stat().st_size) // len(line)))
    with open_journal(saved) as journal, pytest.raises(SessionError, match="found it full"):
        journal.append(SAID)
