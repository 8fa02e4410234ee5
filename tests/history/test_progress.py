import io
import os
import sys

import pandas as pd
import pytest

from tests.history.files import same
from triage.history import HistoryError, progress, read_history


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,loss\n" + "".join(f"{step},{1 / (1 + step)}\n" for step in range(5000)))
    return path


@pytest.fixture
def eager(monkeypatch):
    """Everything is told that could be."""
    monkeypatch.setattr(progress, "INTERVAL", 0.0)


def told(source):
    calls = []
    history = read_history(source, progress=lambda read, size: calls.append((read, size)))
    return history, calls


def test_how_far_the_file_is_read_is_told_to_its_end(log, eager):
    history, calls = told(log)
    size = log.stat().st_size
    assert len(calls) > 2
    assert calls == sorted(calls)
    assert {whole for _, whole in calls} == {size}
    assert calls[-1] == (size, size)
    assert same(history, read_history(log))


def test_a_file_that_is_read_at_once_is_told_once(log):
    _, calls = told(log)
    assert len(calls) <= 2
    assert calls[-1] == (log.stat().st_size, log.stat().st_size)


def test_several_files_are_told_as_one(log, tmp_path, eager):
    rates = tmp_path / "rates.csv"
    rates.write_text("step,lr\n" + "".join(f"{step},0.1\n" for step in range(5000)))
    frame = pd.DataFrame({"step": [1, 2], "val_loss": [3.0, 4.0]})
    history, calls = told([log, frame, rates])
    whole = log.stat().st_size + rates.stat().st_size
    assert "learning_rate" in history.series
    assert calls == sorted(calls)
    assert {size for _, size in calls} == {whole}
    assert calls[-1] == (whole, whole)


class Enough(OSError):
    pass


@pytest.mark.parametrize("last", [0, 100, 20_000])
def test_what_is_raised_while_being_told_ends_the_reading_as_it_is(log, eager, last):
    def stop(read, _):
        if read >= last:
            raise Enough

    with pytest.raises(Enough):
        read_history(log, progress=stop)


def test_a_file_that_grows_meanwhile_is_never_told_to_be_more_than_read(log, eager):
    calls = []

    def grow(read, size):
        calls.append((read, size))
        if len(calls) == 1:
            with log.open("a") as file:
                file.write("".join(f"{step},0.1\n" for step in range(5000, 9000)))

    history = read_history(log, progress=grow)
    assert history.rows == 9000
    assert all(read <= size for read, size in calls)
    assert calls[-1] == (log.stat().st_size, log.stat().st_size)


def test_of_frames_and_histories_nothing_is_told(log):
    assert told(pd.read_csv(log))[1] == []
    assert told(read_history(log))[1] == []


def test_of_a_pipe_nothing_is_told(log, monkeypatch):
    end, start = os.pipe()
    os.write(start, b"step,loss\n1,2\n2,1\n")
    os.close(start)
    with os.fdopen(end, "rb") as pipe:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
        history, calls = told("-")
        assert history.rows == 2
        assert calls == []


def test_a_file_that_cannot_be_read_is_refused_in_the_same_words(tmp_path):
    for name, content in {
        "none.csv": None,
        "empty.csv": b"",
        "bad.csv": b"step,loss\n1,2\n" + b"7" * 2_000_000,
    }.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(HistoryError) as plain:
            read_history(tmp_path / name)
        with pytest.raises(HistoryError) as with_progress:
            told(tmp_path / name)
        assert str(with_progress.value) == str(plain.value)
