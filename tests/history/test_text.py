import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import HistoryError
from triage.history.text import LONGEST_LINE, lines


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


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02",
        b"PK\x03\x04\x00\x00",
        bytes(range(256)) * 9,
        b"a,b\n1,2\n\x00\n",
        b"\x01\x02\x03\x04\x05",
        b"\xd0\xfe" * 90,
    ],
    ids=["zeros", "archive", "every byte", "zero", "controls", "high bytes"],
)
def test_binary_data_is_an_error(raw):
    assert "binary data" in str(refusal(raw))


def test_what_a_crashed_machine_left_in_the_file_that_it_was_writing_is_left_out():
    found = lines_of(b"step,loss\n" + b"1,2\n" * 5000 + b"\0" * 9000 + b"3,4\n5,6\n")
    assert found[-3:] == ["1,2", "3,4", "5,6"]


@pytest.mark.parametrize(
    ("before", "end"), [(0, b"\n"), (1, b"\n"), (3, b"\r"), (3, b"\r\n"), (5000, b"\n"), (5000, b"\r\n")]
)
def test_a_stray_byte_is_shown_as_one_and_costs_no_line(before, end):
    found = lines_of((b"1,2" + end) * before + b"1,\xff" + end + b"3,4" + end)
    assert found == ["1,2"] * before + ["1,\ufffd", "3,4"]


@pytest.mark.parametrize(("encoding", "word"), [("latin-1", "übermäßig"), ("gbk", "训练损失"), ("cp1251", "потери")])
def test_the_numbers_of_a_log_in_another_encoding_are_read(encoding, word):
    raw = f"epoch 1 {word}: loss 0.25 accuracy 0.5\n".encode(encoding) * 200
    assert all(line.endswith("loss 0.25 accuracy 0.5") for line in lines_of(raw))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_breaks_off_is_read_up_to_there(encoding):
    text = "\ufeff" + "1,2\n" * 7 + "ਊ,2"
    assert lines_of(text.encode(encoding)[:-1])[:7] == ["1,2"] * 7


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding):
    assert lines_of("step,loss\n1,2\n".encode(encoding)) == ["step,loss", "1,2"]


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


@given(st.binary())
def test_any_bytes_are_lines_or_an_error(raw):
    try:
        found = lines_of(raw)
    except HistoryError:
        return
    assert all("\n" not in line and "\0" not in line for line in found)
