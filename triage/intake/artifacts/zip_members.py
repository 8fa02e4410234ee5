"""The members of a zip archive, checked before any of them is read ("APPNOTE.TXT", PKWARE, .ZIP File Format).

Archives of strangers lie: about sizes, by names that lead out of a folder, by members that share their bytes or expand
without end. Nothing is ever written to disk here, and what two programs might read differently is refused.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from triage.errors import IntakeError
from triage.intake.artifacts.stretches import Bytes, Member, Stretch, opened

__all__ = ["is_zip", "members_of", "whole"]

LONGEST_DIRECTORY = 1 << 24
"""Bytes of the list of members; each takes about a hundred."""

LEAST_LIMIT, MOST_EXPANSION = 1 << 30, 200
"""Bytes that any archive may expand to, and times its size that a larger one may."""

ENCRYPTED = 0x1
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
LOCAL = struct.Struct("<4s5H3L2H")


def is_zip(head: bytes) -> bool:
    """Whether a file that begins like this is an archive."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def members_of(file: str, size: int) -> dict[str, Bytes]:
    """Name -> its bytes, decompressed.

    Args:
        file: the archive as it was given.
        size: its bytes.

    Raises:
        IntakeError: it is broken, encrypted, or lies about its members.

    """
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, struct.error, ValueError, RuntimeError, OSError, EOFError) as error:
        raise IntakeError(file, f"expected a whole zip archive, found: {str(error)[:120]}") from None
    _check_names(file, members)
    expanded = sum(member.file_size for member in members)
    if expanded > max(LEAST_LIMIT, MOST_EXPANSION * size):
        raise IntakeError(file, f"expected an archive, found one that says it expands to {expanded:,} bytes")
    starts = _starts(file, size, members)
    return {member.filename: _bytes_of(file, member, starts[member.filename]) for member in members}


def whole(source: Bytes, limit: int) -> bytes:
    """All bytes of a small member; raises `IntakeError` where they are too many or broken."""
    if source.size > limit:
        raise IntakeError(source.file, f"expected a member of at most {limit:,} bytes, found {source.size:,}")
    return b"".join(block.tobytes() for block in source.blocks())


def _check_directory(file: str, size: int) -> None:
    """The list of members is read as a whole, so its length is looked at first."""
    with opened(file) as stream:
        stream.seek(max(0, size - END.size - 0xFFFF))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < END.size:
            raise IntakeError(file, "expected a whole zip archive, found no end of it: it is cut off")
        length = END.unpack_from(tail, at)[5]
        if length == 0xFFFFFFFF and at >= LOCATOR.size:
            stream.seek(min(LOCATOR.unpack_from(tail, at - LOCATOR.size)[2], size))
            record = stream.read(END64.size)
            length = END64.unpack(record)[8] if len(record) == END64.size else length
    if length > LONGEST_DIRECTORY:
        raise IntakeError(file, f"expected a list of members of at most {LONGEST_DIRECTORY:,} bytes, found {length:,}")


def _check_names(file: str, members: Iterable[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    for member in members:
        name = member.orig_filename
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or "\0" in name or name[1:2] == ":":
            raise IntakeError(file, f"expected members inside of the archive, found the name {name[:80]!r}")
        if member.filename in names:
            raise IntakeError(file, f"expected every member once, found {name[:80]!r} twice")
        if member.flag_bits & ENCRYPTED:
            raise IntakeError(file, f"expected members that can be read, found {name[:80]!r} encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise IntakeError(file, f"expected members stored or deflated, found {name[:80]!r} otherwise")
        names.add(member.filename)


def _starts(file: str, size: int, members: Iterable[zipfile.ZipInfo]) -> Mapping[str, int]:
    """Where the bytes of each member begin; raises `IntakeError` where two of them overlap."""
    starts: dict[str, int] = {}
    end = 0
    with opened(file) as stream:
        for member in sorted(members, key=lambda member: member.header_offset):
            if member.header_offset < end:
                raise IntakeError(
                    file, f"expected members one behind the other, found {member.filename[:80]!r} inside another"
                )
            stream.seek(member.header_offset)
            header = stream.read(LOCAL.size)
            if len(header) < LOCAL.size or header[:4] != b"PK\x03\x04":
                raise IntakeError(
                    file, f"expected {member.filename[:80]!r} where the archive says, found something else"
                )
            fields = LOCAL.unpack(header)
            start = member.header_offset + LOCAL.size + fields[9] + fields[10]
            end = start + member.compress_size
            if end > size:
                raise IntakeError(file, f"expected the whole of {member.filename[:80]!r}, found it cut off")
            starts[member.filename] = start
    return starts


def _bytes_of(file: str, member: zipfile.ZipInfo, start: int) -> Bytes:
    if member.compress_type == zipfile.ZIP_DEFLATED:
        return Member(file, member.filename, 0, member.file_size)
    if member.file_size != member.compress_size:
        raise IntakeError(file, f"expected one size of the stored {member.filename[:80]!r}, found two")
    return Stretch(file, start, member.file_size)
