"""Compressed bytes -> bytes, recognised by how they begin, and bounded in how far they may expand."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias, cast

from triage.errors import HistoryError

if TYPE_CHECKING:
    from lzma import LZMADecompressor

    from _typeshed import WriteableBuffer

__all__ = ["LEAST_LIMIT", "MOST_EXPANSION", "decompressed"]

LEAST_LIMIT = 1 << 26
"""Bytes that any file may expand to."""

MOST_EXPANSION = 30
"""Times its size that a larger one may. Logs shrink to a fifth or a tenth; what expands further is made to do so."""

MOST_MEMORY = 1 << 27
"""Bytes of memory that a file may ask for to be decompressed; xz at its highest level takes half of it."""

BLOCK = 1 << 16


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""

    def close(self) -> None:
        """Let go what it holds."""


_Opener: TypeAlias = Callable[[io.BufferedReader, str], tuple[_Stream, tuple[type[Exception], ...]]]
"""A file at its beginning and its name -> what it expands to, and the errors that tell that it is broken."""


@contextmanager
def decompressed(raw: io.BufferedReader, file: str) -> Iterator[BinaryIO]:
    """The bytes themselves where they are not compressed, else what they expand to.

    Args:
        raw: the file at its beginning.
        file: its name for messages.

    Raises:
        HistoryError: it is compressed in a way that cannot be undone here, or, while it is read, it is broken or
            expands without end.

    """
    try:
        magic = raw.peek(8)[:8]
    except OSError as error:
        raise HistoryError(file, f"expected a file that can be read, found: {error.strerror or error}") from None
    opener = next((opener for start, opener in _OPENERS if magic.startswith(start)), None)
    if opener is None:
        yield raw
        return
    stream, errors = opener(raw, file)
    try:
        with io.BufferedReader(_Bounded(stream, errors, raw, file), BLOCK) as bounded:
            yield bounded
    finally:
        stream.close()


class _Bounded(io.RawIOBase):
    """What a stream expands to, as long as that is in proportion to what was read of the file."""

    def __init__(self, stream: _Stream, errors: tuple[type[Exception], ...], raw: io.BufferedReader, file: str) -> None:
        super().__init__()
        self._stream = stream
        self._errors = errors
        self._raw = raw
        self._file = file
        self._given = 0
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(view))
        except self._errors as error:
            reason = " ".join(str(error).split())
            raise HistoryError(
                self._file, f"expected a compressed file that is whole, found one that is broken: {reason}"
            ) from None
        self._given += len(data)
        if self._given > max(LEAST_LIMIT, MOST_EXPANSION * self._position()):
            raise HistoryError(
                self._file,
                f"expected a compressed log, found one that expands to more than {MOST_EXPANSION} times its size",
            )
        view[: len(data)] = data
        return len(data)

    def _position(self) -> int:
        try:
            self._taken = self._raw.tell()
        except OSError:
            self._taken = max(self._taken, self._given // 2)
        return self._taken


def _gzip(raw: io.BufferedReader, _: str) -> tuple[_Stream, tuple[type[Exception], ...]]:
    import gzip

    return gzip.GzipFile(fileobj=raw), (EOFError, OSError, zlib.error)


def _bzip2(raw: io.BufferedReader, _: str) -> tuple[_Stream, tuple[type[Exception], ...]]:
    import bz2

    return bz2.BZ2File(raw), (EOFError, OSError, ValueError)


def _xz(raw: io.BufferedReader, _: str) -> tuple[_Stream, tuple[type[Exception], ...]]:
    from lzma import LZMAError

    return _Xz(raw), (EOFError, OSError, LZMAError, MemoryError)


class _Xz:
    """What xz streams expand to, one behind the other; `lzma.LZMAFile` would take as much memory as they ask for."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self._decompressor: LZMADecompressor | None = None

    def read(self, size: int, /) -> bytes:
        from lzma import FORMAT_XZ, LZMADecompressor

        while True:
            if self._decompressor is None or self._decompressor.eof:
                rest = self._decompressor.unused_data if self._decompressor else b""
                rest = rest.lstrip(b"\0") or self._raw.read(BLOCK).lstrip(b"\0")
                if not rest:
                    return b""
                self._decompressor = LZMADecompressor(FORMAT_XZ, memlimit=MOST_MEMORY)
            elif self._decompressor.needs_input:
                rest = self._raw.read(BLOCK)
                if not rest:
                    raise EOFError("it ends before its end was marked")
            else:
                rest = b""
            data = self._decompressor.decompress(rest, size)
            if data:
                return data

    def close(self) -> None:
        self._decompressor = None


def _zstandard(raw: io.BufferedReader, file: str) -> tuple[_Stream, tuple[type[Exception], ...]]:
    try:
        import zstandard
    except ImportError:
        raise HistoryError(
            file, "expected a file that can be read, found one compressed by zstd; install the package zstandard for it"
        ) from None
    expander = zstandard.ZstdDecompressor(max_window_size=MOST_MEMORY)
    stream = expander.stream_reader(raw, read_across_frames=True, closefd=False)
    return cast("_Stream", stream), (OSError, zstandard.ZstdError)


_OPENERS: tuple[tuple[bytes, _Opener], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", _bzip2),
    (b"\xfd7zXZ\0", _xz),
    (b"\x28\xb5\x2f\xfd", _zstandard),
)
"""How a compressed file begins, and what opens it."""
