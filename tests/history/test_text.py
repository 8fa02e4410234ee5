import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import HistoryError
from triage.history.text import LONGEST_LINE, lines, opened


def lines_of(raw):
    return list(lines(io.BufferedReader(io.BytesIO(raw)), "file"))


def refusal(raw):
    with pytest.raises(HistoryError) as caught:
        lines_of(raw)
    return caught.value


class Endless(io.RawIOBase):
    """A file with one line that has no end; it counts what was taken of it."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:] = b"7" * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end):
    assert lines_of(f"a{end}b{end}c".encode()) == ["a", "b", "c"]


def test_the_doubled_return_of_keras_on_windows_is_an_empty_line_more():
    assert [line for line in lines_of(b"a\r\r\nb\r\r\n") if line] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_read_in_its_encoding(encoding):
    assert lines_of("schöne\nVerluste\n∇\n".encode(encoding)) == ["schöne", "Verluste", "∇"]


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_utf_16_is_read_in_either_order_of_bytes(mark, encoding):
    assert lines_of(mark + "a\nb".encode(encoding)) == ["a", "b"]


def test_other_separators_of_lines_are_part_of_the_line():
    assert lines_of("a\x0bb\u2028c\x85d\n".encode()) == ["a\x0bb\u2028c\x85d"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), min_size=1))
def test_what_was_written_line_by_line_is_read_line_by_line(written):
    raw = "\n".join(written).encode()
    if raw:
        assert lines_of(raw) == (written if written[-1] else written[:-1])


def test_an_empty_file_is_an_error():
    assert str(refusal(b"")) == "file: expected a history, found an empty file"


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00", bytes(range(256)) * 9, b"a,b\n1,2\n\x00\n"])
def test_binary_data_is_an_error(raw):
    assert "binary data" in str(refusal(raw))


def test_binary_data_far_down_is_told_with_its_line():
    error = refusal(b"step,loss\n" + b"1,2\n" * 5000 + b"\0\n")
    assert error.line == 5002
    assert "binary data" in error.reason


@pytest.mark.parametrize(
    ("before", "end"), [(0, b"\n"), (1, b"\n"), (3, b"\r"), (3, b"\r\n"), (5000, b"\n"), (5000, b"\r\n")]
)
def test_bytes_that_are_no_text_are_told_with_their_line(before, end):
    error = refusal((b"1,2" + end) * before + b"1,\xff" + end + b"3,4" + end)
    assert error.line == before + 1
    assert "UTF-8" in error.reason


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_breaks_off_is_told_with_its_line(encoding):
    text = "\ufeff" + "1,2\n" * 7 + "ਊ,2"
    assert refusal(text.encode(encoding)[:-1]).line == 8


@pytest.mark.parametrize("length", [LONGEST_LINE, LONGEST_LINE - 1])
def test_a_line_of_the_longest_length_is_read(length):
    assert [len(line) for line in lines_of(b"a" * length)] == [length]


def test_a_longer_line_is_told_with_its_number():
    error = refusal(b"step,loss\n1,2\n" + b"3" * (2 * LONGEST_LINE) + b"\n4,5\n")
    assert error.line == 3
    assert "1,000,000" in error.reason


def test_no_more_is_read_of_a_line_without_end_than_the_longest_line_needs():
    raw = Endless()
    with pytest.raises(HistoryError, match="longer one"):
        list(lines(io.BufferedReader(raw), "file"))
    assert LONGEST_LINE < raw.taken < 1.1 * LONGEST_LINE


def test_lines_are_given_as_they_are_read():
    """The first rows of an endless file come out though it is never read to its end."""
    raw = io.BufferedReader(io.BytesIO(b"step,loss\n" + b"1,2\n" * 1_000_000))
    assert next(lines(raw, "file")) == "step,loss"
    assert raw.tell() < 100_000


def test_a_file_is_opened_and_closed_again(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    with opened(str(tmp_path / "x")) as stream:
        assert stream.read() == b"abc"
    assert stream.closed


@pytest.mark.parametrize(
    ("name", "found"),
    [("missing.csv", "no such file"), (".", "a folder"), ("a\0b", "null byte"), ("x" * 5000, "too long")],
)
def test_what_cannot_be_opened_is_an_error_that_says_why(tmp_path, name, found):
    with pytest.raises(HistoryError, match=found), opened(f"{tmp_path}/{name}"):
        pass


def test_a_file_that_opens_and_cannot_be_read_is_an_error():
    try:
        with opened("/proc/self/mem") as stream, pytest.raises(HistoryError, match="can be read"):
            list(lines(stream, "/proc/self/mem"))
    except HistoryError:
        pytest.skip("no file here that opens and cannot be read")


def test_a_dash_is_standard_input_and_stays_open(monkeypatch):
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"abc\n")))
    monkeypatch.setattr(sys, "stdin", stdin)
    with opened("-") as stream:
        assert list(lines(stream, "-")) == ["abc"]
    assert not stdin.buffer.closed


def test_standard_input_that_was_closed_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(HistoryError, match="standard input"), opened("-"):
        pass


@given(st.binary())
def test_any_bytes_are_lines_or_an_error(raw):
    try:
        found = lines_of(raw)
    except HistoryError:
        return
    assert all("\n" not in line and "\0" not in line for line in found)


def test_lines_that_are_dropped_after_their_file_was_closed_leave_no_complaint_behind(tmp_path):
    """Such a complaint is a second line on standard error; here the suite takes it for a failure."""
    (tmp_path / "x").write_bytes(b"a\nb\n")
    with opened(str(tmp_path / "x")) as stream:
        text = lines(stream, "x")
        assert next(text) == "a"
    text.close()
