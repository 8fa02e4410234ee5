import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.event_files import field, varint
from triage.history.protobuf import BYTES, FIXED32, FIXED64, VARINT, WireError, fields, signed, text
from triage.history.protobuf import varint as read_varint


def listed(data):
    return list(fields(data, 0, len(data)))


def test_fields_of_all_kinds_are_found():
    data = field(1, 300) + b"\x11" + b"12345678" + field(16, b"abc") + b"\x1d" + b"1234"
    assert listed(data) == [(1, VARINT, 300, 3), (2, FIXED64, 4, 12), (16, BYTES, 15, 18), (3, FIXED32, 19, 23)]


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_numbers_are_read_back(value):
    written = varint(value)
    found, end = read_varint(written, 0, len(written))
    assert signed(found) == value
    assert end == len(written)


@pytest.mark.parametrize("data", [b"\x80", b"\x08\x80", b"\x0a\x05abc", b"\x0b", b"\x09123", b"\xff" * 11])
def test_what_is_cut_off_or_no_message_is_refused(data):
    with pytest.raises(WireError):
        listed(data)


@given(st.binary(max_size=40))
def test_any_bytes_are_fields_within_them_or_refused(data):
    try:
        found = listed(data)
    except WireError:
        return
    assert all(0 <= first <= last <= len(data) for _, kind, first, last in found if kind != VARINT)


def test_bytes_that_are_no_text_are_shown_as_such():
    assert text(b"a\xffb", 0, 3) == "a\ufffdb"
