import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.history.head import Head, encoding_of, is_text


def head(data, whole=True):
    return Head("file", data, whole)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_text_in_any_encoding_is_shown_as_text(encoding):
    assert head("step,loss\n1,2\n".encode(encoding)).lines == ("step,loss", "1,2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_lines_end_as_any_system_ends_them_and_empty_ones_are_left_out(end):
    assert head(f"a{end}{end}  {end}b{end}".encode()).lines == ("a", "b")


def test_the_last_line_counts_only_where_it_is_there_to_its_end():
    assert head(b"a\nb").lines == ("a", "b")
    assert head(b"a\nb", whole=False).lines == ("a",)
    assert head(b"a\nb\n", whole=False).lines == ("a", "b")


def test_a_single_line_without_end_is_shown_as_far_as_it_is_there():
    assert head(b"[[[[", whole=False).lines == ("[[[[",)


@pytest.mark.parametrize("data", [b"", b"\0\1\2", bytes(range(256)), b"\x80\x04\x95\xff\xfe\xfd\xfc\0"])
def test_what_is_no_text_has_no_lines(data):
    assert head(data).lines == ()


def test_a_word_in_another_encoding_and_colours_of_a_terminal_are_text():
    assert is_text("perte d'entraînement: 0.25\n".encode("latin-1"))
    assert is_text(b"\x1b[32mloss\x1b[0m 0.25\r\x1b[Kloss 0.24\n")


@given(st.binary())
def test_any_bytes_have_a_head(data):
    found = head(data)
    assert isinstance(found.text, str)
    assert not any("\n" in line or "\0" in line for line in found.lines)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=20))
def test_all_that_is_written_as_text_is_text(text):
    assert is_text(text.encode())
    assert encoding_of(text.encode("utf-16")) == "utf-16"
