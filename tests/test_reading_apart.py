import csv
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from triage.errors import CancelledError, HistoryError
from triage.history import read_history
from triage.observing import digest_of
from triage.reading_apart import SMALL, read, read_apart, read_here
from triage.session import Session

DATA = Path(__file__).parent / "data"
ROWS = 200_000
PATIENCE = 60
"""Seconds after which something that should come to pass counts as not doing so."""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The temporary folder, in which nothing may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="module")
def long_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "long.csv"
    with path.open("w") as file:
        file.write("step,loss,val_loss\n")
        file.writelines(f"{step},{2 + 1 / (1 + step):.6f},{'nan' if step % 10 else 2.5}\n" for step in range(ROWS))
    return str(path)


def nothing(*_):
    return False


def apart(*files, **chosen):
    return read_apart([str(file) for file in files], chosen, nothing, nothing)


@pytest.fixture
def started(monkeypatch):
    """The ids of the processes that are started."""
    processes, popen = [], subprocess.Popen

    def note(*arguments, **more):
        process = popen(*arguments, **more)
        processes.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", note)
    return processes


def is_gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def assert_equal(one, other):
    """Whether two histories are the same to the last bit."""
    for name in ("columns", "format", "files", "step_unit", "ignored", "warnings", "rows"):
        assert getattr(one, name) == getattr(other, name), name
    assert list(one.series) == list(other.series)
    assert one.step.tobytes() == other.step.tobytes()
    assert (one.epoch is None) == (other.epoch is None)
    assert one.epoch is None or one.epoch.tobytes() == other.epoch.tobytes()
    for name, series in one.series.items():
        assert series.values.tobytes() == other.series[name].values.tobytes(), name
        assert series.logged.tobytes() == other.series[name].logged.tobytes(), name


LOGS = [
    "adam_second_moment_collapse",
    "healthy_classifier",
    "healthy_warmup_cosine",
    "log_of_zero",
    "loss_term_dominates",
    "nan_in_input",
]
"""Those whose columns differ: epochs, steps or both, with and without validation, norms, several losses and NaN."""


@pytest.mark.parametrize("name", LOGS)
def test_what_is_read_apart_is_what_is_read_here(name):
    log = DATA / f"{name}.csv"
    found, here = apart(log), read_here([str(log)], {})
    assert repr(found.event) == repr(here.event)
    assert_equal(found.history, here.history)


HOSTILE = {
    "markup": "[bold]loss[/bold]",
    "an escape": "\x1b[31mloss\x1b[0m",
    "right to left": "\u202eloss",
    "an emoji": "🔥 loss",
    "quotes": "a \"loss\" of 'two'",
    "a separator of lines": "loss\u2028of",
    "long": "loss" * 2500,
    "JSON": '"loss": {"',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_columns_come_back_as_they_are(name, tmp_path):
    column, log = HOSTILE[name], tmp_path / "run\u202e \x1b[31m.csv"
    with log.open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([["step", column, "x\u2029"], [1, 3, "nan"], [2, 2, ""], [3, 1, "inf"]])
    found, here = apart(log, train_loss=column), read_here([str(log)], {"train_loss": column})
    assert found.history.columns == {"train_loss": column}
    assert repr(found.event) == repr(here.event)
    assert_equal(found.history, here.history)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_a_file_whose_name_is_no_text_is_read(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/run\xff.csv")
    Path(path).write_text("step,loss\n1,3\n2,2\n")
    found = apart(path)
    assert found.history.files == (path,)
    assert found.event.history.files == [f"{tmp_path}/run\\udcff.csv"]


def test_gaps_and_nan_stay_apart(tmp_path):
    log = tmp_path / "run.csv"
    log.write_text("epoch,step,loss,val_loss\n0,1,3,\n0,2,nan,\n0,3,inf,2.5\n0,4,-0.0,\n1,5,1e-320,-inf\n")
    found = apart(log)
    assert_equal(found.history, read_history(str(log)))
    loss, val_loss = (found.history.series[name] for name in ("train_loss", "val_loss"))
    assert loss.logged.tolist() == [True] * 5
    assert np.isnan(loss.values).tolist() == [False, True, False, False, False]
    assert val_loss.logged.tolist() == [False, False, True, False, True]
    assert found.history.epoch.tolist() == [0, 0, 0, 0, 1]


def test_a_session_takes_in_what_was_read_apart_as_what_it_reads_itself(real_base, long_log):
    one, other = Session(real_base), Session(real_base)
    found = apart(long_log)
    one.take_in(found.event, found.history)
    other.attach(read_history(long_log))
    assert one.diagnosis().model_dump_json() == other.diagnosis().model_dump_json()
    assert digest_of(one.history) == found.event.digest


def test_several_files_are_read_as_one_run_with_the_chosen_columns(tmp_path):
    losses, rates = tmp_path / "losses.csv", tmp_path / "rates.csv"
    losses.write_text("step,mine,loss\n1,3,0\n2,2,0\n")
    rates.write_text("step,lr\n1,0.1\n2,0.2\n")
    found = apart(losses, rates, train_loss="mine")
    assert found.history.series["train_loss"].values.tolist() == [3, 2]
    assert found.history.series["learning_rate"].values.tolist() == [0.1, 0.2]
    assert found.event.chosen == {"train_loss": "mine"}
    assert found.event.history.files == [str(losses), str(rates)]


def test_a_file_named_from_the_present_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "run.csv").write_text("step,loss\n1,3\n2,2\n")
    monkeypatch.chdir(tmp_path)
    found = apart("run.csv")
    assert found.history.files == ("run.csv",)
    assert found.event.folder == str(tmp_path)


def test_modules_that_lie_beside_the_log_are_never_run(tmp_path, monkeypatch):
    for name in ("json", "numpy", "triage", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'trap')!r}, 'w').close()\nraise SystemExit(1)\n")
    (tmp_path / "run.csv").write_text("step,loss\n1,3\n2,2\n")
    monkeypatch.chdir(tmp_path)
    assert apart("run.csv").history.rows == 2
    assert not (tmp_path / "trap").exists()


def test_the_other_process_imports_from_where_this_one_does(tmp_path):
    (tmp_path / "run.csv").write_text("step,loss\n1,3\n2,2\n")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from triage.reading_apart import read_apart\n"
        "print(read_apart(['run.csv'], {}, print, lambda: False).history.rows)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.run(
        [sys.executable, "-I", "-c", code, str(DATA.parent.parent)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == ""
    assert process.stdout.split("\n")[-2] == "2"


def test_how_far_it_is_is_told_in_the_thread_that_waits(long_log):
    told, threads = [], set()

    def progress(done, size):
        told.append((done, size))
        threads.add(threading.current_thread())

    read_apart([long_log], {}, progress, nothing)
    size = Path(long_log).stat().st_size
    assert told == sorted(told)
    assert len(told) > 1
    assert told[0][0] < size
    assert told[-1] == (size, size)
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize(
    ("name", "content", "chosen"),
    [
        ("missing.csv", None, {}),
        ("empty.csv", b"", {}),
        ("binary.csv", bytes(range(256)) * 9, {}),
        ("noloss.csv", b"step,speed\n1,2\n", {}),
        ("bytes.csv", b"step,loss\n1,\xff\xff\n", {}),
        ("chosen.csv", b"step,loss\n1,2\n", {"train_loss": "mine"}),
        ("nul\0.csv", None, {}),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_words_of_read_history(tmp_path, name, content, chosen):
    file = str(tmp_path / name)
    if content is not None:
        Path(file).write_bytes(content)
    with pytest.raises(HistoryError) as expected:
        read_history(file, chosen)
    for reader in (read, read_apart):
        with pytest.raises(HistoryError) as found:
            reader([file], chosen, nothing, nothing)
        assert str(found.value) == str(expected.value)
        assert (found.value.file, found.value.line) == (expected.value.file, expected.value.line)


def test_nothing_at_all_is_refused():
    with pytest.raises(HistoryError, match="at least one file"):
        read([], {}, nothing, nothing)


def test_cancelling_midway_ends_the_other_process_and_leaves_nothing(long_log, temporary, started):
    told = []
    with pytest.raises(CancelledError, match=r"long\.csv"):
        read_apart([long_log], {}, lambda done, size: told.append(0 < done < size), lambda: bool(told))
    assert told == [True]
    assert len(started) == 1
    assert is_gone(started[0])
    assert list(temporary.iterdir()) == []


def test_what_is_raised_while_it_is_told_ends_the_other_process_too(long_log, temporary, started):
    def progress(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_apart([long_log], {}, progress, nothing)
    assert is_gone(started[0])
    assert list(temporary.iterdir()) == []


def test_what_is_no_longer_wanted_before_it_begins_is_not_read(long_log, tmp_path):
    small = tmp_path / "small.csv"
    small.write_text("step,loss\n1,3\n")
    for file in (long_log, str(small)):
        with pytest.raises(CancelledError):
            read([file], {}, nothing, lambda: True)


def test_a_process_that_is_killed_midway_is_told_in_one_line(long_log, started):
    told = r"long\.csv: expected to read it to its end, found .*Killed.*memory"
    with pytest.raises(HistoryError, match=told) as caught:
        read_apart([long_log], {}, lambda *_: os.kill(started[0], signal.SIGKILL), nothing)
    assert str(caught.value).isprintable()


def test_a_process_that_cannot_start_is_told_in_one_line(long_log, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(
        HistoryError, match="expected to start the process that reads it, found: No such file"
    ) as caught:
        apart(long_log)
    assert str(caught.value).isprintable()


def test_a_process_that_fails_says_why_in_one_line(long_log, tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    (broken / "triage").mkdir(parents=True)
    (broken / "triage" / "__init__.py").write_text("raise RuntimeError('no \\x1b[31m engine')")
    monkeypatch.setattr(sys, "path", [str(broken), *sys.path])
    with pytest.raises(HistoryError, match="ended with status 1: RuntimeError: no") as caught:
        apart(long_log)
    assert str(caught.value).isprintable()


def test_without_a_temporary_folder_it_is_told_in_one_line(long_log, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(HistoryError, match="expected a temporary folder for its curves, found: No such file"):
        apart(long_log)


NO_ROOM = """
import resource, sys
from pathlib import Path
from triage.errors import HistoryError
from triage.reading_apart import read_apart
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    read_apart([sys.argv[1]], {}, lambda *_: None, lambda: False)
except HistoryError as error:
    print(error)
"""


def test_where_there_is_no_room_for_the_curves_it_is_told_in_one_line(long_log, temporary):
    process = subprocess.run(
        [sys.executable, "-c", NO_ROOM, long_log],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == ""
    assert "expected room for its curves in the temporary folder" in process.stdout
    assert process.stdout.count("\n") == 1


READ_AND_TELL = """
import sys
from triage.reading_apart import read_apart
read_apart([sys.argv[1]], {}, lambda *_: print("reading", flush=True), lambda: False)
"""


def test_where_this_process_is_killed_the_other_one_ends_and_clears_up(long_log, temporary):
    with subprocess.Popen(
        [sys.executable, "-c", READ_AND_TELL, long_log],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"reading\n"
        assert list(temporary.iterdir()) != []
        process.kill()
    until = time.monotonic() + PATIENCE
    while list(temporary.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []


def test_the_other_process_has_no_keys_to_take_and_nothing_to_show(long_log, capfd):
    with pytest.raises(HistoryError, match="-: expected a history, found an empty file"):
        read(["-"], {}, nothing, nothing)
    apart(long_log)
    assert capfd.readouterr() == ("", "")


def test_what_was_read_stays_when_its_folder_is_gone(long_log, temporary):
    found = apart(long_log)
    assert list(temporary.iterdir()) == []
    assert_equal(found.history, read_history(long_log))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_on_which_nobody_writes_can_be_given_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    asked = iter([False] * 5)
    with pytest.raises(CancelledError):
        read([str(tmp_path / "pipe")], {}, nothing, lambda: next(asked, True))


def test_small_files_are_read_here_and_large_ones_apart(tmp_path, started):
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_text("step,loss\n1,3\n2,2\n")
    large.write_text("step,loss\n" + "".join(f"{step},1.5\n" for step in range(SMALL // 8)))
    assert read([str(small)], {}, nothing, nothing).history.rows == 2
    assert started == []
    assert read([str(large)], {}, nothing, nothing).history.rows == SMALL // 8
    assert len(started) == 1
