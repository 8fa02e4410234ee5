import bz2
import gzip
import io
import lzma
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import HistoryError
from triage.history.compressed import LEAST_LIMIT, MOST_EXPANSION, decompressed

TEXT = b"".join(b"%d,%f\n" % (row, 1 / (row + 1)) for row in range(5000))
WAYS = [gzip.compress, bz2.compress, lzma.compress]


def what_is_in(raw):
    with decompressed(io.BufferedReader(io.BytesIO(raw)), "file") as stream:
        return stream.read()


def is_read_or_is_one_line(raw):
    try:
        what_is_in(raw)
    except HistoryError as error:
        told = str(error)
    else:
        told = ""
    assert "\n" not in told


def refusal(raw):
    with pytest.raises(HistoryError) as caught:
        what_is_in(raw)
    assert "\n" not in str(caught.value)
    return caught.value.reason


@pytest.mark.parametrize("compress", WAYS)
def test_what_was_compressed_is_read_as_it_was(compress):
    assert what_is_in(compress(TEXT)) == TEXT


@pytest.mark.parametrize("compress", WAYS)
def test_pieces_that_were_compressed_one_after_the_other_are_read_as_one(compress):
    assert what_is_in(compress(TEXT) + compress(b"more\n")) == TEXT + b"more\n"


def test_zstd_is_read_where_its_package_is_there():
    zstandard = pytest.importorskip("zstandard")
    assert what_is_in(zstandard.ZstdCompressor().compress(TEXT)) == TEXT


def test_zstd_without_its_package_says_what_to_install():
    try:
        import zstandard  # noqa: F401
    except ImportError:
        assert "install the package zstandard" in refusal(b"\x28\xb5\x2f\xfd" + bytes(20))
    else:
        pytest.skip("the package is there")


def test_what_is_not_compressed_is_the_file_itself():
    assert what_is_in(TEXT) == TEXT
    assert what_is_in(b"") == b""


@pytest.mark.parametrize("compress", WAYS)
def test_a_file_that_breaks_off_is_one_line(compress):
    whole = compress(TEXT)
    assert "broken" in refusal(whole[: len(whole) // 2])


@pytest.mark.parametrize("compress", WAYS)
@given(place=st.integers(0, 10_000), bits=st.integers(1, 255))
def test_a_damaged_file_is_read_or_is_one_line(compress, place, bits):
    raw = bytearray(compress(TEXT))
    raw[place % len(raw)] ^= bits
    is_read_or_is_one_line(bytes(raw))


@pytest.mark.parametrize("start", [b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0"])
@given(rest=st.binary(max_size=60))
def test_rubbish_behind_the_mark_of_an_archive_is_one_line(start, rest):
    is_read_or_is_one_line(start + rest)


def bomb():
    """Half a gigabyte in half a megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(512)), packer.flush()])


def test_a_bomb_is_given_up_before_it_has_expanded():
    with decompressed(io.BufferedReader(io.BytesIO(bomb())), "file") as stream:
        assert len(stream.read(LEAST_LIMIT)) == LEAST_LIMIT
        with pytest.raises(HistoryError, match=f"more than {MOST_EXPANSION} times its size"):
            stream.read(1 << 20)


def test_a_file_that_asks_for_gigabytes_of_memory_is_refused():
    packer = lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}])
    small = packer.compress(TEXT) + packer.flush()
    # The size of the dictionary is a byte of the block header, which has a check sum of its own.
    header = bytearray(small[12 : 12 + 4 * (small[12] + 1)])
    place = header.index(bytes([lzma.FILTER_LZMA2, 1])) + 2
    header[place] = 39
    header[-4:] = zlib.crc32(bytes(header[:-4])).to_bytes(4, "little")
    assert "broken: Memory usage limit" in refusal(small[:12] + bytes(header) + small[12 + len(header) :])
