"""Bytes of a file, or of a member of a zip archive, in blocks of bounded size.

Files are read into one buffer again and again. That is as fast as mapping them (a gigabyte that lies in the page cache
takes half the time of `numpy.fromfile`), and a checkpoint that is overwritten meanwhile ends in an error, where a map
would end the process.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from triage.errors import IntakeError

__all__ = ["BLOCK", "Bytes", "Member", "Stretch", "head_of", "opened", "size_of"]

BLOCK = 1 << 20
"""Bytes of a block: what the second cache of a processor holds, so that several looks at it cost one reading."""


class Bytes(Protocol):
    """Bytes that can be read from their beginning, as often as wanted."""

    @property
    def file(self) -> str:
        """The file as it was given."""

    @property
    def size(self) -> int:
        """How many they are."""

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for the same bytes."""

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        """Blocks of `BLOCK` bytes, the last shorter; each is valid until the next is asked for.

        Raises:
            IntakeError: the bytes are not there any more, or are broken.

        """


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bytes of a file.

    Args:
        file: the file as it was given.
        start: where they begin.
        size: how many they are.

    """

    file: str
    start: int
    size: int

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for the same bytes."""
        return self.file, self.start, self.size

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        """See `Bytes.blocks`."""
        with opened(self.file) as stream:
            stream.seek(self.start)
            yield from _filled(stream, self.size, self.file)


@dataclass(frozen=True, slots=True)
class Member:
    """Some bytes of a compressed member of a zip archive.

    Args:
        file: the archive as it was given.
        name: of the member.
        start: where they begin in it.
        size: how many they are.

    """

    file: str
    name: str
    start: int
    size: int

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for the same bytes."""
        return self.file, self.name, self.start, self.size

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        """See `Bytes.blocks`."""
        try:
            with zipfile.ZipFile(self.file) as archive, archive.open(self.name) as stream:
                for left in _steps(self.start):
                    if len(stream.read(left)) < left:
                        raise IntakeError(self.file, f"expected a whole {self.name[:80]!r} in it, found it cut off")
                yield from _filled(cast("zipfile.ZipExtFile", stream), self.size, self.file)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, RuntimeError, OSError) as error:
            raise IntakeError(self.file, f"expected a whole zip archive, found: {str(error)[:120]}") from None


def size_of(file: str) -> int:
    """Bytes of a file.

    Raises:
        IntakeError: there is no such file.

    """
    path = Path(file)
    try:
        if path.is_dir():
            raise IntakeError(file, "expected a file, found a folder")
        if path.exists() and not path.is_file():
            raise IntakeError(file, "expected a file, found a device or a pipe")
        return path.stat().st_size
    except FileNotFoundError:
        raise IntakeError(file, "expected a file, found no such file") from None
    except (OSError, ValueError) as error:
        raise IntakeError(file, f"expected a file that can be read, found: {_reason(error)}") from None


def head_of(file: str, size: int) -> bytes:
    """The first bytes of a file, at most so many; raises `IntakeError` where it cannot be read."""
    with opened(file) as stream:
        return stream.read(size)


@contextmanager
def opened(file: str) -> Iterator[io.FileIO]:
    """A file to read; raises `IntakeError` where that is not possible, also while it is read."""
    try:
        with Path(file).open("rb", buffering=0) as stream:
            yield stream
    except (OSError, ValueError) as error:
        raise IntakeError(file, f"expected a file that can be read, found: {_reason(error)}") from None


def _filled(stream: io.BufferedIOBase | io.RawIOBase, size: int, file: str) -> Iterator[NDArray[np.uint8]]:
    buffer = np.empty(min(size, BLOCK), dtype=np.uint8)
    for wanted in _steps(size):
        have = 0
        while have < wanted:
            read = stream.readinto(buffer.data[have:wanted])
            if not read:
                raise IntakeError(file, f"expected {size} bytes more of it, found it cut off")
            have += read
        yield buffer[:wanted]


def _steps(size: int) -> Iterator[int]:
    while size > 0:
        yield min(size, BLOCK)
        size -= BLOCK


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
