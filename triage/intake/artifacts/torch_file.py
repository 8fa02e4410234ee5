"""Checkpoints of PyTorch, both kinds ("Serialization semantics", PyTorch documentation; ``torch/serialization.py``).

Since 1.6 a zip archive: ``NAME/data.pkl`` with the structure, ``NAME/data/0``, ``NAME/data/1`` ... with the bytes of
the storages, ``NAME/byteorder``. Before that five pickles one behind the other (a magic number, a version, the sizes of
types, the structure, the keys of the storages) and then each storage: eight bytes with its count, and its bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from triage.errors import IntakeError
from triage.intake.artifacts.checkpoint import Checkpoint
from triage.intake.artifacts.stretches import Bytes, Stretch, head_of
from triage.intake.artifacts.tensor import KINDS, Kind, Tensor
from triage.intake.artifacts.torch_names import Storage, TensorRecord
from triage.intake.artifacts.torch_pickle import PickleError, plain_structure
from triage.intake.artifacts.torch_tree import Tree, taken_apart
from triage.intake.artifacts.zip_members import members_of, whole

__all__ = ["is_old_torch", "read_old_torch", "read_torch_zip"]

LONGEST_PICKLE = 1 << 25
"""Bytes. A tensor takes about two hundred."""

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
CONVERT = (
    "convert it where it was made: torch.save(torch.load(FILE, weights_only=True), NEW) with PyTorch 1.6 or later, "
    "or safetensors.torch.save_file"
)


def is_old_torch(head: bytes) -> bool:
    """Whether a file begins as a pickle does, which checkpoints before PyTorch 1.6 are."""
    return head[:1] == b"\x80" and head[1:2] <= b"\x05" and len(head) > 2


def read_torch_zip(file: str, size: int, still_wanted: Callable[[], None]) -> Checkpoint:
    """A checkpoint that is a zip archive.

    Args:
        file: as it was given.
        size: its bytes.
        still_wanted: is called now and then; what it raises ends the reading.

    Raises:
        IntakeError: it is broken, no checkpoint, or an attack.

    """
    members = members_of(file, size)
    pickles = [name for name in members if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise IntakeError(file, f"expected a checkpoint with one data.pkl, found {len(pickles)} in the archive")
    prefix = pickles[0].removesuffix("data.pkl")
    order = whole(members[prefix + "byteorder"], 64) if prefix + "byteorder" in members else b"little"
    data = whole(members[pickles[0]], LONGEST_PICKLE)
    try:
        tree = taken_apart(plain_structure(io.BytesIO(data), still_wanted))
        storages = {record.storage for _, record in tree.tensors()}
        found = {storage: _member(members, prefix, storage) for storage in storages}
        return _checkpoint(file, tree, found, order.strip() == b"big")
    except PickleError as error:
        raise IntakeError(file, f"expected weights, found {error}") from None


def read_old_torch(file: str, size: int, still_wanted: Callable[[], None]) -> Checkpoint:
    """A checkpoint in the format before PyTorch 1.6.

    Args:
        file: as it was given.
        size: its bytes.
        still_wanted: is called now and then; what it raises ends the reading.

    Raises:
        IntakeError: it is broken, another pickle, or an attack.

    """
    stream = io.BytesIO(head_of(file, min(size, LONGEST_PICKLE)))
    try:
        if plain_structure(stream, still_wanted) != MAGIC_NUMBER:
            raise IntakeError(
                file, "expected weights, found a pickle of something else; save them as npz or safetensors"
            )
        version, system = plain_structure(stream, still_wanted), plain_structure(stream, still_wanted)
        if version != PROTOCOL_VERSION or not isinstance(system, dict) or system.get("little_endian") is not True:
            raise IntakeError(file, f"expected the usual old format of PyTorch, found another; {CONVERT}")
        tree = taken_apart(plain_structure(stream, still_wanted))
        keys = plain_structure(stream, still_wanted)
        found = _old_storages(file, size, tree, keys, stream.tell())
        return _checkpoint(file, tree, found, big=False)
    except PickleError as error:
        raise IntakeError(file, f"expected weights, found {error}") from None


def _member(members: Mapping[str, Bytes], prefix: str, storage: Storage) -> Stretch:
    """PyTorch never compresses; a view of compressed bytes would have to be expanded for each tensor anew."""
    source = members.get(f"{prefix}data/{storage.key}")
    if not isinstance(source, Stretch):
        raise PickleError(f"a tensor whose bytes {storage.key[:40]!r} are not in the archive, or are compressed")
    return source


def _old_storages(file: str, size: int, tree: Tree, keys: object, start: int) -> Mapping[Storage, Stretch]:
    """Where the bytes of each storage lie; their count comes before them."""
    known = {record.storage.key: record.storage for _, record in tree.tensors()}
    listed = keys if isinstance(keys, list) else []
    if len({str(key) for key in listed}) != len(listed) or not known.keys() <= {str(key) for key in listed}:
        raise PickleError("a list of storages that does not fit the tensors")
    found: dict[Storage, Stretch] = {}
    for key in listed:
        storage = known.get(str(key))
        if storage is None or storage.kind not in KINDS:
            raise IntakeError(file, f"expected storages that tensors use, found another in the old format; {CONVERT}")
        count = int.from_bytes(b"".join(block.tobytes() for block in Stretch(file, start, 8).blocks()), "little")
        length = count * KINDS[storage.kind].stored.itemsize
        if count != storage.count or start + 8 + length > size:
            raise IntakeError(
                file, f"expected {storage.count:,} numbers of a storage, found {count:,}, or the file cut off"
            )
        found[storage] = Stretch(file, start + 8, length)
        start += 8 + length
    return found


def _checkpoint(file: str, tree: Tree, storages: Mapping[Storage, Stretch], big: bool) -> Checkpoint:
    made: dict[str, Tensor] = {}
    left_out = 0
    for name, record in tree.tensors():
        kind = KINDS.get(record.kind)
        if kind is None:
            left_out += 1
            continue
        made[name] = _tensor(name, record, _ordered(kind, big), storages[record.storage])
    return tree.checkpoint(file, made, left_out)


def _ordered(kind: Kind, big: bool) -> Kind:
    return Kind(kind.name, kind.stored.newbyteorder(">"), kind.decode) if big else kind


def _tensor(name: str, record: TensorRecord, kind: Kind, source: Stretch) -> Tensor:
    """All numbers from the first to the last of the view: those of a weight that is transposed are the same ones."""
    width = kind.stored.itemsize
    start, size = record.offset * width, record.span * width
    if start + size > source.size:
        raise PickleError(f"the tensor {name[:80]!r} beyond the end of its bytes")
    return Tensor(name, kind, record.shape, Stretch(source.file, source.start + start, size))
