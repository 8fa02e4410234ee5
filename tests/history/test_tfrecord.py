import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.event_files import record
from triage.history.tfrecord import checksums, masked_crc, records, starts_with_record


def in_pieces(data, size):
    return iter([data[at : at + size] for at in range(0, len(data), size)])


def contents(data, size=7):
    found, broken = [], None
    for block in records(in_pieces(data, size)):
        found += [block.data[start:end] for start, end in zip(block.starts, block.ends, strict=True)]
        broken = block.broken_at
    return found, broken


def test_the_checksum_is_the_masked_castagnoli_one():
    # RFC 3720, B.4: 32 zeros have 0x8a9136aa; masked as TensorFlow does.
    crc = 0x8A9136AA
    assert masked_crc(bytes(32)) == (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_many_checksums_at_once_are_those_of_each(stretches):
    data = np.frombuffer(b"".join(stretches) + bytes(64), dtype=np.uint8)
    ends = np.cumsum([len(stretch) for stretch in stretches], dtype=np.int64)
    starts = ends - np.array([len(stretch) for stretch in stretches], dtype=np.int64)
    assert checksums(data, starts, ends).tolist() == [masked_crc(stretch) for stretch in stretches]


@settings(deadline=None)
@given(written=st.lists(st.binary(max_size=60), max_size=12), size=st.integers(1, 50), block=st.integers(1, 200))
def test_records_are_read_back_whatever_the_pieces_are(written, size, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.history.tfrecord.BLOCK", block)
        patch.setattr("triage.history.tfrecord.LONGEST", 50)
        found, broken = contents(b"".join(map(record, written)), size)
    assert broken is None
    kept = [data for data in written if len(data) + 16 <= 50]
    assert [data for data in found if len(data) + 16 <= 50] == kept


@given(written=st.lists(st.binary(max_size=30), min_size=1, max_size=5), cut=st.integers(1, 20))
def test_a_cut_at_the_end_loses_only_the_last(written, cut):
    data = b"".join(map(record, written))[:-cut]
    found, broken = contents(data)
    assert broken is None
    assert found == written[: len(found)]
    assert len(found) >= len(written) - 1 - cut // 16


def test_a_length_with_a_wrong_checksum_ends_it():
    found, broken = contents(record(b"one") + bytes(40))
    assert found == [b"one"]
    assert broken == len(record(b"one"))


def test_a_length_without_end_takes_no_memory():
    length = (1 << 62).to_bytes(8, "little")
    data = record(b"one") + length + masked_crc(length).to_bytes(4, "little") + b"rest"
    assert contents(data) == ([b"one"], None)


def test_only_a_length_with_its_checksum_begins_a_record():
    assert starts_with_record(record(b""))
    assert not starts_with_record(bytes(12))
    assert not starts_with_record(b"")
