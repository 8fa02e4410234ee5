"""Files of safetensors ("Safetensors", Hugging Face documentation, section "Format").

Eight bytes with the length of the header, the lowest first; a header of JSON that gives each tensor its type, its shape
and where its bytes begin and end; the bytes. They follow upon each other without a gap, and the last ends the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from triage.errors import IntakeError
from triage.intake.artifacts.checkpoint import Checkpoint, counted
from triage.intake.artifacts.stretches import Stretch, head_of
from triage.intake.artifacts.tensor import KINDS, Tensor

__all__ = ["is_safetensors", "read_safetensors"]

LONGEST_HEADER = 1 << 24
"""Bytes. A header takes about a hundred for a tensor."""

METADATA = "__metadata__"

OTHERS = {"C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8}
"""Types that are known and not looked into -> bits of a number."""


def is_safetensors(head: bytes) -> bool:
    """Whether a file that begins like this is meant to be one."""
    return len(head) > 8 and head[8:9] == b"{"


def read_safetensors(file: str, size: int) -> Checkpoint:
    """The tensors of a file.

    Args:
        file: as it was given.
        size: its bytes.

    Raises:
        IntakeError: its header does not fit its bytes.

    """
    length = int.from_bytes(head_of(file, 8), "little")
    start = 8 + length
    if length > LONGEST_HEADER:
        raise IntakeError(file, f"expected a header of at most {LONGEST_HEADER:,} bytes, found {length:,}")
    if start > size:
        raise IntakeError(file, f"expected a header of {length:,} bytes, found a file of {size:,}: it is cut off")
    header = _header(file, head_of(file, start)[8:])
    metadata = header.pop(METADATA, {})
    entries = sorted(((*_span(file, name, entry), name, entry) for name, entry in header.items()), key=lambda e: e[:3])
    end = 0
    tensors: list[Tensor] = []
    left_out = 0
    for first, last, name, entry in entries:
        if first != end:
            raise IntakeError(file, f"expected {name[:80]!r} to begin at {end}, found {first}: a gap or an overlap")
        end = last
        tensor = _tensor(file, name, entry, Stretch(file, start + first, last - first))
        left_out += tensor is None
        if tensor is not None:
            tensors.append(tensor)
    if start + end != size:
        raise IntakeError(file, f"expected {start + end:,} bytes, as its header says, found {size:,}")
    words = {"writer": str(metadata["format"])[:20]} if isinstance(metadata, dict) and "format" in metadata else {}
    notes = (f"{counted(left_out, 'tensor')} of a type that is not looked into.",) if left_out else ()
    return Checkpoint(file, "safetensors", tuple(tensors), words=words, notes=notes)


def _header(file: str, data: bytes) -> dict[str, object]:
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise IntakeError(file, f"expected a header of JSON, found: {str(error)[:100]}") from None
    if not isinstance(found, dict):
        raise IntakeError(file, "expected a header that names tensors, found none")
    return found


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the same name twice")
    return found


def _refused(constant: str) -> object:
    raise ValueError(constant)


def _span(file: str, name: str, entry: object) -> tuple[int, int]:
    offsets = entry.get("data_offsets") if isinstance(entry, Mapping) else None
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(type(offset) is int for offset in offsets):
        raise IntakeError(file, f"expected the two offsets of {name[:80]!r}, found {str(offsets)[:80]}")
    first, last = offsets
    if not 0 <= first <= last:
        raise IntakeError(file, f"expected offsets of {name[:80]!r} in order, found {first} and {last}")
    return first, last


def _tensor(file: str, name: str, entry: object, source: Stretch) -> Tensor | None:
    """None where its type is known but not looked into."""
    given = entry if isinstance(entry, Mapping) else {}
    dtype, shape = given.get("dtype"), given.get("shape")
    if not isinstance(shape, list) or len(shape) > 64 or not all(type(side) is int and side >= 0 for side in shape):
        raise IntakeError(file, f"expected the shape of {name[:80]!r}, found {str(shape)[:80]}")
    kind = KINDS.get(dtype) if isinstance(dtype, str) else None
    bits = 8 * kind.stored.itemsize if kind is not None else OTHERS.get(str(dtype), 0)
    if not bits:
        raise IntakeError(file, f"expected a type of number for {name[:80]!r}, found {str(dtype)[:40]!r}")
    if math.prod(shape) * bits != 8 * source.size:
        raise IntakeError(
            file, f"expected {name[:80]!r} to fill its {source.size:,} bytes, found the shape {shape}"[:300]
        )
    return Tensor(name, kind, tuple(shape), source) if kind is not None else None
