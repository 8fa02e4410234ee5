import dataclasses
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platformdirs import user_state_path

from tests.shelf_data import HISTORIES, attached, saved
from tests.small_bases import bases
from triage import Session
from triage.curves_again import curves_again
from triage.detectors import Reading
from triage.errors import SessionError
from triage.events import Redone, Stopped
from triage.history import read_history
from triage.journal import read_record
from triage.observing import digest_of
from triage.shelf import default_folder, find, newest, remove, resume, saved_sessions, start


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def assert_same(session, other):
    assert session.diagnosis() == other.diagnosis()
    assert session.diagnosis().model_dump_json() == other.diagnosis().model_dump_json()
    assert session.events == other.events
    assert session.reports == other.reports


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_the_diagnosis_is_the_same_to_the_last_bit_after_a_session_is_resumed(path, real_base, tmp_path):
    session, journal = start(real_base, tmp_path)
    with journal:
        session.volunteer("train_loss_trend", "diverging")
        session.attach(read_history(path))
        session.answer("optimizer", ["adam", "adamw"])
        session.answer("precision", "unknown")
        session.answer("nan_onset", "sudden")
        session.undo()
        session.answer("run_in_fp32", "prevents")
        session.withdraw("optimizer")
        session.undo()
        session.undo()
        session.redo()
        session.answer("lower_rate_tenfold", "no_effect")
        session.stop()
        session.undo()
    resumed = resume(find(journal.id, tmp_path), real_base)
    with resumed.journal:
        assert resumed.notes == ()
        assert_same(resumed.session, session)
        assert curves_again(resumed.session) == []
        assert digest_of(resumed.session.history) == digest_of(session.history)
        assert resumed.session.history.columns == session.history.columns
        assert resumed.session.redo()
        assert resumed.session.diagnosis().stopped == "user_stopped"
    assert read_record(journal.path).events == (*session.events, Redone())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer", "volunteer", "several", "unknown", "withdraw", "undo", "redo", "stop", "attach", "refresh"]
        ),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    max_size=12,
)


CURVES = read_history(HISTORIES[0])


def seen(session, which, state):
    """One of two logs, in which one finding is seen."""
    name = next(iter(session.base.findings))
    states = list(session.base.findings[name].states)
    reading = Reading(name, {states[state % len(states)]: 1.0}, f"{which} {state}")
    return dataclasses.replace(attached(reading, files=[f"{which % 2}.csv"]), digest=str(state))


def take(session, steps):
    names = sorted(session.base.findings)
    for kind, which, state in steps:
        finding = names[which % len(names)]
        states = list(session.base.findings[finding].states)
        match kind:
            case "answer":
                session.answer(finding, states[state % len(states)])
            case "volunteer":
                session.volunteer(finding, states[state % len(states)])
            case "several":
                session.answer(finding, states[: 1 + state % len(states)])
            case "unknown":
                session.answer(finding, "unknown")
            case "withdraw":
                session.withdraw(finding)
            case "undo":
                session.undo()
            case "redo":
                session.redo()
            case "stop":
                session.stop()
            case "attach":
                session.take_in(seen(session, which, state), CURVES)
            case "refresh":
                session.refresh(seen(session, which, state), CURVES)


@settings(max_examples=50)
@given(base=bases(), steps=STEPS, more=STEPS)
def test_whatever_was_done_a_resumed_session_believes_the_same_and_goes_on_the_same(base, steps, more):
    with tempfile.TemporaryDirectory() as folder:
        session, journal = start(base, Path(folder))
        with journal:
            take(session, steps)
        resumed = resume(newest(Path(folder)), base)
        with resumed.journal:
            assert resumed.notes == ()
            assert_same(resumed.session, session)
            take(resumed.session, more)
            assert read_record(journal.path).events == resumed.session.events
        again = Session(base)
        again.replay(read_record(journal.path).events)
        assert_same(again, resumed.session)
        entry = find(journal.id, Path(folder))
        assert entry.answers == sum(report.origin == "answer" for report in again.reports)


def test_a_closed_session_refuses_what_cannot_be_saved_and_stays_as_it_was(real_base, tmp_path):
    session, journal = start(real_base, tmp_path)
    session.answer("optimizer", "adam")
    before, events = session.diagnosis(), session.events
    journal.close()
    for change in (
        lambda: session.answer("nan_onset", "sudden"),
        session.undo,
        session.stop,
        lambda: session.withdraw("optimizer"),
        lambda: session.attach(read_history(HISTORIES[0])),
    ):
        with pytest.raises(SessionError):
            change()
        assert session.events == events
        assert session.history is None
    assert session.diagnosis() == before


DISK_FULL = """
import resource, sys
from pathlib import Path
import knowledge
from triage.errors import SessionError
from triage.shelf import start
session, journal = start(knowledge.load(), Path(sys.argv[1]))
session.answer("optimizer", "adam")
before, events = session.diagnosis(), session.events
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 20, hard))
try:
    session.answer("nan_onset", "sudden")
except SessionError as error:
    print(error)
assert session.events == events and session.diagnosis() == before
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
session.answer("nan_onset", "late")
"""


def test_a_full_disk_leaves_the_session_as_it_was(real_base, tmp_path):
    states = list(real_base.findings["nan_onset"].states)
    process = run(DISK_FULL.replace('"late"', repr(states[0])), tmp_path)
    assert process.stderr == ""
    assert "expected a session that can be written to, found: room for 20 of" in process.stdout
    said = [(event.finding, event.states) for event in read_record(newest(tmp_path).path).events]
    assert said == [("optimizer", ("adam",)), ("nan_onset", (states[0],))]


ANSWER_FOREVER = """
import os, sys
from itertools import cycle
from pathlib import Path
import knowledge
from triage.shelf import start
base = knowledge.load()
session, journal = start(base, Path(sys.argv[1]))
number = 0
for name in cycle(sorted(base.findings)):
    state = list(base.findings[name].states)[number % 2]
    session.answer(name, state)
    os.write(1, f"{name} {state}\\n".encode())
    number += 1
"""


@pytest.mark.parametrize("repetition", range(3))
def test_everything_that_was_answered_is_there_after_the_process_was_killed(real_base, tmp_path, repetition):
    with subprocess.Popen([sys.executable, "-c", ANSWER_FOREVER, tmp_path], stdout=subprocess.PIPE) as process:
        seen = b"".join(process.stdout.readline() for _ in range(random.randrange(1, 40)))
        time.sleep(random.uniform(0.0, 0.03))
        process.send_signal(signal.SIGKILL)
        seen += process.stdout.read()
    confirmed = [tuple(line.split()) for line in seen.decode().split("\n")[:-1]]
    (entry,) = saved_sessions(tmp_path)
    resumed = resume(entry, real_base)
    with resumed.journal:
        said = [(event.finding, *event.states) for event in resumed.session.events]
        assert said[: len(confirmed)] == confirmed
        assert len(said) <= len(confirmed) + 1
        other = Session(real_base)
        for finding, state in said:
            other.answer(finding, state)
        assert_same(resumed.session, other)


ANSWER_AND_UNDO = """
import sys
from pathlib import Path
import knowledge
from triage.shelf import start
base = knowledge.load()
session, journal = start(base, Path(sys.argv[1]))
print(journal.id, flush=True)
sys.stdin.readline()
for state in list(base.findings[sys.argv[2]].states) * 20:
    session.answer(sys.argv[2], state)
"""


def test_two_processes_with_a_session_each_do_not_disturb_each_other(real_base, tmp_path):
    findings = ["optimizer", "nan_onset"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ANSWER_AND_UNDO, tmp_path, finding],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for finding in findings
    ]
    ids = [process.stdout.readline().strip() for process in processes]
    with pytest.raises(SessionError, match="open in another"):
        resume(find(ids[0], tmp_path), real_base)
    with pytest.raises(SessionError, match="open in another"):
        remove(ids[0], tmp_path)
    assert {entry.id for entry in saved_sessions(tmp_path)} == set(ids)
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    for finding, name in zip(findings, ids, strict=True):
        events = read_record(find(name, tmp_path).path).events
        states = list(real_base.findings[finding].states) * 20
        assert [(event.finding, event.states) for event in events] == [(finding, (state,)) for state in states]


def test_sessions_are_listed_with_what_they_hold_the_last_changed_first(real_base, tmp_path):
    session, journal = start(real_base, tmp_path)
    with journal:
        session.attach(read_history(HISTORIES[0]))
        session.answer("optimizer", "adam")
        session.answer("optimizer", "sgd")
        session.answer("precision", "unknown")
        session.answer("nan_onset", "sudden")
        session.undo()
        listed_while_open = [entry.id for entry in saved_sessions(tmp_path)]
    empty = saved(tmp_path, real_base)
    broken = tmp_path / "20200101-0000-0000.jsonl"
    broken.write_bytes(b"\x1b[31m\n")
    (tmp_path / "notes.txt").touch()
    (tmp_path / "20200101-0000-0001.jsonl").mkdir()
    for seconds, path in enumerate([broken, journal.path, tmp_path / "20200101-0000-0001.jsonl", empty.path]):
        os.utime(path, (10**9 + seconds, 10**9 + seconds))
    entries = saved_sessions(tmp_path)
    assert listed_while_open == [journal.id]
    assert [entry.id for entry in entries] == [empty.id, "20200101-0000-0001", journal.id, "20200101-0000-0000"]
    assert [entry.problem is None for entry in entries] == [True, False, True, False]
    assert entries[2].answers == 2
    assert entries[2].files == (str(HISTORIES[0]),)
    assert entries[2].knowledge_hash == real_base.hash
    assert entries[2].created == read_record(journal.path).header.created
    assert entries[2].changed.timestamp() == 10**9 + 1
    assert (entries[0].answers, entries[0].files) == (0, ())
    assert "expected the header of a session" in entries[3].problem
    assert newest(tmp_path).id == empty.id


def test_sessions_changed_at_the_same_time_are_listed_by_their_ids(real_base, tmp_path):
    ids = sorted(saved(tmp_path, real_base).id for _ in range(5))
    for path in tmp_path.iterdir():
        os.utime(path, (10**9, 10**9))
    assert [entry.id for entry in saved_sessions(tmp_path)] == ids[::-1]


def test_a_clock_that_is_centuries_off_does_not_break_the_list(real_base, tmp_path):
    entry = saved(tmp_path, real_base)
    os.utime(entry.path, ns=(0, -(10**18) * 2))
    assert saved_sessions(tmp_path)[0].changed.year == 1970


def test_without_a_folder_nothing_is_saved_and_nothing_is_made(tmp_path):
    assert saved_sessions(tmp_path / "none") == []
    for attempt in (newest, lambda folder: find("2026", folder), lambda folder: remove("2026", folder)):
        with pytest.raises(SessionError, match=r"expected .* found"):
            attempt(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match="expected a folder of saved sessions"):
        saved_sessions(tmp_path / "file")


def test_the_persons_own_sessions_are_kept_in_the_state_folder_of_the_system(real_base):
    assert default_folder() == user_state_path("loss-triage", appauthor=False) / "sessions"
    session, journal = start(real_base)
    with journal:
        session.stop()
    assert journal.path.parent == default_folder()
    assert find(journal.id).id in {entry.id for entry in saved_sessions()}
    remove(journal.id)
    assert journal.id not in {entry.id for entry in saved_sessions()}


def test_a_session_is_found_by_its_id_or_a_beginning_that_no_other_has(real_base, tmp_path):
    entry = saved(tmp_path, real_base)
    for name in ("20200101-0000-aaaa", "20200101-0000-aabb", "20200101-0000-aabbcc"):
        (tmp_path / f"{name}.jsonl").write_bytes(entry.path.read_bytes())
    assert find(entry.id, tmp_path) == entry
    assert find(entry.id[:8], tmp_path) == entry
    assert find("20200101-0000-aabb", tmp_path).id == "20200101-0000-aabb"
    with pytest.raises(SessionError, match=r"several begin: .*20200101-0000-aaaa"):
        find("20200101-0000-a", tmp_path)
    with pytest.raises(SessionError, match=r"nearest: .*20200101-0000-aaaa"):
        find("20200101-0000-aaab", tmp_path)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "\x1b[31m\n", "x" * 1_000_000, "*", "nul\0"])
def test_an_id_that_is_none_is_refused_in_one_line(real_base, tmp_path, name):
    entry = saved(tmp_path, real_base)
    with pytest.raises(SessionError, match=f"nearest: {entry.id}") as caught:
        find(name, tmp_path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_session_is_removed_with_everything_of_it(real_base, tmp_path):
    entry, other = saved(tmp_path, real_base, Stopped()), saved(tmp_path, real_base)
    assert remove(entry.id, tmp_path) == entry
    assert list(tmp_path.iterdir()) == [other.path]


def test_a_file_that_cannot_be_read_can_be_removed(tmp_path):
    (tmp_path / "20200101-0000-0000.jsonl").write_bytes(b"\0")
    remove("2020", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_shelf_imports_nothing_heavy():
    code = (
        "import sys, triage.shelf\n"
        "print([n for n in ('pandas', 'networkx', 'textual', 'filelock', 'platformdirs') if n in sys.modules])"
    )
    assert run(code).stdout == "[]\n"
