import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.shelf_data import attached, saved
from triage.curves_again import FilesAgain, curves_again, files_again
from triage.history import read_history
from triage.reading_apart import read_here
from triage.session import Session
from triage.shelf import newest, resume, start

LOG = Path(__file__).parent / "data" / "nan_in_input.csv"


def assert_same(session, other):
    assert session.diagnosis().model_dump_json() == other.diagnosis().model_dump_json()
    assert session.events == other.events
    assert session.reports == other.reports


def a_run(path):
    path.write_text("step,my_number\n" + "\n".join(f"{step},{2.3 - 0.01 * step}" for step in range(60)) + "\n")
    return path


def resumed_with(path, base, folder, columns=None):
    session, journal = start(base, folder)
    with journal:
        session.attach(read_history(path, columns), columns)
    return session, newest(folder)


def test_the_curves_are_read_again_with_the_columns_that_were_chosen(real_base, tmp_path):
    path = a_run(tmp_path / "run.csv")
    session, entry = resumed_with(path, real_base, tmp_path / "sessions", {"train_loss": "my_number"})
    resumed = resume(entry, real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        assert notes == []
        assert resumed.session.history.columns == {"train_loss": "my_number"}
        np.testing.assert_array_equal(
            resumed.session.history.curve("train_loss").values, session.history.curve("train_loss").values
        )


def test_the_run_that_was_chosen_of_several_is_read_again(real_base, tmp_path):
    path = tmp_path / "runs.jsonl"
    rows = [
        f'{{"run": "{run}", "step": {step}, "loss": {loss - step / 100}}}'
        for run, loss in (("a", 2), ("b", 3))
        for step in range(60)
    ]
    path.write_text("\n".join(rows) + "\n")
    _, entry = resumed_with(path, real_base, tmp_path / "sessions", {"run": "b"})
    resumed = resume(entry, real_base)
    with resumed.journal:
        assert curves_again(resumed.session) == []
        assert resumed.session.history.curve("train_loss").values[0] == 3


def test_several_files_of_one_run_are_read_again(real_base, tmp_path):
    first, second = tmp_path / "losses.csv", tmp_path / "rates.csv"
    first.write_text("step,loss\n" + "\n".join(f"{step},{2.3 - 0.01 * step}" for step in range(60)) + "\n")
    second.write_text("step,lr\n" + "\n".join(f"{step},0.5" for step in range(60)) + "\n")
    session, journal = start(real_base, tmp_path / "sessions")
    with journal:
        session.attach(read_history([first, second]))
    resumed = resume(newest(tmp_path / "sessions"), real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        assert notes == []
        assert resumed.session.history.files == (str(first), str(second))
        assert_same(resumed.session, session)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_a_file_whose_name_is_no_text_is_read_again(real_base, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/run\xff.csv")
    Path(path).write_bytes(LOG.read_bytes())
    session, entry = resumed_with(path, real_base, tmp_path / "sessions")
    assert entry.files == (f"{tmp_path}/run\\udcff.csv",)
    resumed = resume(entry, real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        assert notes == []
        assert resumed.session.history is not None
        assert_same(resumed.session, session)


def change(path):
    path.write_text(path.read_text().replace("2.3", "2.4"))


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (Path.unlink, "is gone"),
        (change, "has changed since"),
        (lambda path: path.write_bytes(b""), "has changed since"),
        (lambda path: path.write_bytes(b"\0\xff"), "has changed since"),
        (lambda path: path.write_text("step,other\n1,2\n"), "has changed since"),
    ],
)
def test_a_history_that_is_gone_or_has_changed_is_told_and_still_counts(real_base, tmp_path, happened, told):
    path = a_run(tmp_path / "run.csv")
    session, entry = resumed_with(path, real_base, tmp_path / "sessions", {"train_loss": "my_number"})
    happened(path)
    resumed = resume(entry, real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        (note,) = notes
        assert told in note
        assert note.endswith("what was read from it then still counts.")
        assert resumed.session.history is None
        assert_same(resumed.session, session)


def test_a_history_that_was_undone_is_not_read_again(real_base, tmp_path):
    path = a_run(tmp_path / "run.csv")
    session, journal = start(real_base, tmp_path / "sessions")
    with journal:
        session.attach(read_history(path, {"train_loss": "my_number"}), {"train_loss": "my_number"})
        session.undo()
    path.unlink()
    resumed = resume(newest(tmp_path / "sessions"), real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        assert notes == []
        assert resumed.session.history is None


def test_standard_input_is_not_read_again(real_base, tmp_path):
    entry = saved(tmp_path, real_base, attached(files=["-"]))
    code = (
        "import sys, knowledge; from pathlib import Path; from triage.shelf import newest, resume\n"
        "from triage.curves_again import curves_again\n"
        "resumed = resume(newest(Path(sys.argv[1])), knowledge.load())\n"
        "print(*curves_again(resumed.session), resumed.session.history, sys.stdin.read())"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, tmp_path], input="for someone else", capture_output=True, text=True, check=True
    )
    assert entry.files == ("-",)
    assert process.stdout == (
        "The history came from standard input, so its curves are not shown; what was read from it then still counts. "
        "None for someone else\n"
    )


def test_a_frame_is_simply_not_shown(real_base, tmp_path):
    session, entry = resumed_with(pd.read_csv(LOG), real_base, tmp_path)
    resumed = resume(entry, real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        assert notes == []
        assert resumed.session.history is None
        assert_same(resumed.session, session)


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "x" * 5000, "nul\0", "\x1b[31m\nsub/run.csv", "."])
def test_what_a_session_from_elsewhere_names_as_its_file_is_not_waited_for(real_base, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    resumed = resume(saved(tmp_path / "sessions", real_base, attached(files=[name])), real_base)
    with resumed.journal:
        notes = curves_again(resumed.session)
        (note,) = notes
        assert "is gone" in note
        assert note.isprintable()
        assert len(note) < 400


def test_what_is_to_be_read_is_told_without_reading_it_and_then_shown(real_base, tmp_path):
    path = a_run(tmp_path / "run.csv")
    session, entry = resumed_with(path, real_base, tmp_path / "sessions", {"train_loss": "my_number"})
    assert files_again(session) is None
    resumed = resume(entry, real_base)
    with resumed.journal:
        found = files_again(resumed.session)
        assert isinstance(found, FilesAgain)
        assert resumed.session.history is None
        read = read_here(found.files, found.chosen)
        assert read.event.digest == found.digest
        resumed.session.show(read.history, found.digest)
        assert resumed.session.history is read.history
        assert files_again(resumed.session) is None
        assert_same(resumed.session, session)


def test_a_log_that_has_grown_since_is_told_and_can_be_taken_in_as_grown(real_base, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = a_run(tmp_path / "run.csv")
    _, entry = resumed_with("run.csv", real_base, tmp_path / "sessions", {"train_loss": "my_number"})
    with path.open("a") as file:
        file.write("60,1.7\n61,1.69\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    resumed = resume(entry, real_base)
    with resumed.journal:
        found = files_again(resumed.session)
        read = read_here(found.files, found.chosen)
        assert read.event.digest != found.digest
        assert found.changed.startswith("The history run.csv has changed since")
        assert resumed.session.refresh(read.event, read.history)
        assert resumed.session.history.rows == 62


def test_where_nothing_is_attached_there_is_nothing_to_read(real_base):
    session = Session(real_base)
    assert files_again(session) is None
    assert curves_again(session) == []
