import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from triage.errors import HistoryError
from triage.history.head import HEAD
from triage.history.opened import opened
from triage.history.progress import meters

METER = meters([""], None)[0]


def of(path):
    return opened(str(path), METER)


def standard_input(monkeypatch, raw):
    stdin = io.TextIOWrapper(raw)
    monkeypatch.setattr(sys, "stdin", stdin)
    return stdin


def test_a_file_is_opened_at_its_beginning_and_closed_again(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    with of(tmp_path / "x") as found:
        assert found.head.data == b"abc"
        assert found.head.whole
        assert found.path == tmp_path / "x"
        assert found.stream.read() == b"abc"
    assert found.stream.closed


@pytest.mark.parametrize("size", [HEAD - 1, HEAD, HEAD + 1])
def test_the_head_says_whether_it_is_all_of_the_file(tmp_path, size):
    (tmp_path / "x").write_bytes(b"a" * size)
    with of(tmp_path / "x") as found:
        assert found.head.whole == (size < HEAD)
        assert len(found.head.data) == min(size, HEAD)
        assert len(found.stream.read()) == size


def test_a_compressed_file_is_opened_as_what_it_holds_and_lies_nowhere(tmp_path):
    text = b"".join(b"%d,%d\n" % (row, row) for row in range(50_000))
    (tmp_path / "x.gz").write_bytes(gzip.compress(text))
    with of(tmp_path / "x.gz") as found:
        assert found.path is None
        assert found.head.data == text[:HEAD]
        assert found.stream.read() == text


@pytest.mark.parametrize(
    ("name", "found"),
    [("missing.csv", "no such file"), (".", "a folder"), ("a\0b", "null byte"), ("x" * 5000, "too long")],
)
def test_what_cannot_be_opened_is_an_error_that_says_why(tmp_path, name, found):
    with pytest.raises(HistoryError, match=found), opened(f"{tmp_path}/{name}", METER):
        pass


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(HistoryError, match="an empty file"), of(tmp_path / "x"):
        pass


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that opens and cannot be read")
def test_a_file_that_opens_and_cannot_be_read_is_an_error():
    with pytest.raises(HistoryError, match="can be read"), of("/proc/self/mem"):
        pass


def test_a_dash_is_standard_input_and_stays_open(monkeypatch):
    stdin = standard_input(monkeypatch, io.BufferedReader(io.BytesIO(b"abc\n")))
    with of("-") as found:
        assert list(found.lines()) == ["abc"]
        assert found.path is None
    assert not stdin.buffer.closed


def test_a_pipe_is_read_from_its_beginning_though_it_cannot_go_back(monkeypatch):
    end, start = os.pipe()
    os.write(start, b"step,loss\n" + b"1,2\n" * 5000)
    os.close(start)
    with os.fdopen(end, "rb") as pipe:
        standard_input(monkeypatch, pipe)
        with of("-") as found:
            assert found.head.data.startswith(b"step,loss\n1,2\n")
            assert list(found.lines()) == ["step,loss", *["1,2"] * 5000]


def test_a_terminal_that_is_read_is_told_so(monkeypatch, capsys):
    class Terminal(io.BytesIO):
        def isatty(self):
            return True

    standard_input(monkeypatch, io.BufferedReader(Terminal(b"loss\n1\n")))
    with of("-") as found:
        assert list(found.lines()) == ["loss", "1"]
    error = capsys.readouterr().err
    assert "terminal" in error
    assert error.count("\n") == 1


def test_standard_input_that_was_closed_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(HistoryError, match="standard input"), of("-"):
        pass


def test_lines_that_are_dropped_after_their_file_was_closed_leave_no_complaint_behind(tmp_path):
    """Such a complaint is a second line on standard error; here the suite takes it for a failure."""
    (tmp_path / "x").write_bytes(b"a\nb\n")
    with of(tmp_path / "x") as found:
        text = found.lines()
        assert next(text) == "a"
    text.close()
