"""Weights of Keras ("Save, serialize, and export models", Keras guide) and other weights in HDF5.

``.keras`` is a zip archive with ``config.json`` and ``model.weights.h5``; ``.h5`` is the older form of the whole or the
weights alone. Links that lead to other files, and data that lie there, are never followed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage.errors import IntakeError
from triage.intake.artifacts.checkpoint import Checkpoint
from triage.intake.artifacts.stretches import BLOCK, Stretch, opened, size_of
from triage.intake.artifacts.tensor import Tensor, kind_of
from triage.intake.artifacts.zip_members import members_of, whole

if TYPE_CHECKING:
    import h5py
    from _typeshed import WriteableBuffer

__all__ = ["is_hdf5", "read_hdf5", "read_keras_zip"]

MAGIC = b"\x89HDF\r\n\x1a\n"
MOST_DATASETS = 100_000

BROKEN = (OSError, RuntimeError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, MemoryError)
"""What h5py raises for files that are broken, whichever part of them is."""

DEEPEST = 64
LONGEST_CONFIG = 1 << 24

NORM_VARIABLES = ("gamma", "beta", "moving_mean", "moving_variance")
"""Of batch norm in Keras 3, which numbers its variables instead of naming them."""


def is_hdf5(head: bytes) -> bool:
    """Whether a file begins as HDF5 does."""
    return head.startswith(MAGIC)


def read_hdf5(file: str) -> Checkpoint:
    """The weights of an HDF5 file.

    Raises:
        IntakeError: h5py is not installed, or the file is broken.

    """
    return _read(file, Stretch(file, 0, size_of(file)), {})


def read_keras_zip(file: str, size: int) -> Checkpoint:
    """The weights of a ``.keras`` archive.

    Raises:
        IntakeError: h5py is not installed, or the file is broken.

    """
    members = members_of(file, size)
    weights = members["model.weights.h5"]
    if not isinstance(weights, Stretch):
        raise IntakeError(file, "expected model.weights.h5 to be stored as Keras stores it, found it compressed")
    config = _json(whole(members["config.json"], LONGEST_CONFIG)) if "config.json" in members else {}
    compiled = config.get("compile_config")
    return _read(file, weights, compiled if isinstance(compiled, dict) else {})


@dataclass(frozen=True, slots=True)
class _Dataset:
    """The bytes of one dataset of HDF5, as `Bytes`."""

    file: str
    inside: Stretch
    name: str
    size: int

    @property
    def identity(self) -> tuple[object, ...]:
        return self.file, self.name

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        with _hdf5(self.inside) as content:
            data = content[self.name]
            flat = data.shape == ()
            width = max(1, data.dtype.itemsize * int(np.prod(data.shape[1:], dtype=np.int64)))
            rows = max(1, BLOCK // width)
            for row in range(0, 1 if flat else data.shape[0], rows):
                part = np.ascontiguousarray(data[()] if flat else data[row : row + rows])
                yield part.reshape(-1).view(np.uint8)


def _read(file: str, inside: Stretch, compiled: Mapping[str, object]) -> Checkpoint:
    weights: list[Tensor] = []
    optimizer = False
    left_out = 0
    with _hdf5(inside) as content:
        compiled = compiled or _json(content.attrs.get("training_config", b"{}"))
        keras = (
            "keras_version" in content.attrs or "layers" in content or "layer_names" in content.attrs or bool(compiled)
        )
        for name, data in _datasets(content, file):
            kind = kind_of(data.dtype)
            if name.startswith(("optimizer_weights/", "optimizer/")):
                optimizer = True
            elif kind is None or data.size == 0:
                left_out += 1
            else:
                source = _Dataset(file, inside, name, data.size * data.dtype.itemsize)
                weights.append(Tensor(_named(name), kind, tuple(data.shape), source))
    if not weights:
        raise IntakeError(file, "expected weights in HDF5, found no dataset of numbers")
    name, group = _optimizer(compiled)
    notes = (f"{left_out:,} datasets that hold no numbers were left out.",) if left_out else ()
    return Checkpoint(
        file,
        "keras" if keras else "hdf5",
        tuple(weights),
        groups=(group,) if group else (),
        parts=frozenset({"optimizer"} if optimizer else ()),
        words={"optimizer": name} if name else {},
        notes=notes,
    )


def _datasets(content: h5py.Group, file: str) -> Iterator[tuple[str, h5py.Dataset]]:
    """All datasets that lie in the file itself."""
    import h5py

    waiting = [("", content)]
    count = 0
    while waiting:
        path, group = waiting.pop()
        for key in sorted(group, reverse=True):
            count += 1
            name = f"{path}{key}"
            if count > MOST_DATASETS or name.count("/") > DEEPEST:
                raise IntakeError(file, "expected a file of weights, found more groups than one needs")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            below = group[key]
            if isinstance(below, h5py.Group):
                waiting.append((f"{name}/", below))
            elif isinstance(below, h5py.Dataset) and not below.is_virtual and below.external is None:
                yield name, below


def _named(name: str) -> str:
    """Without what all weights lie in; the variables of batch norm by name."""
    name = name.removeprefix("model_weights/")
    head, _, number = name.rpartition("/vars/")
    if "batch_normalization" in head and number.isdigit() and int(number) < len(NORM_VARIABLES):
        return f"{head}/{NORM_VARIABLES[int(number)]}"
    return name


def _optimizer(compiled: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """Class and settings, under the names that PyTorch gives them."""
    given = compiled.get("optimizer", compiled.get("optimizer_config"))
    if not isinstance(given, dict):
        return "", {}
    config = given.get("config")
    config = config if isinstance(config, dict) else {}
    rate = config.get("learning_rate", config.get("lr"))
    betas = (config.get("beta_1"), config.get("beta_2"))
    found = {
        "initial_lr": rate if isinstance(rate, int | float) else None,
        "betas": betas,
        "eps": config.get("epsilon"),
        "weight_decay": config.get("weight_decay"),
        "momentum": config.get("momentum"),
    }
    return str(given.get("class_name", ""))[:40].lower(), found


def _json(data: object) -> dict[str, object]:
    try:
        found = json.loads(data if isinstance(data, str | bytes) else b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _hdf5(inside: Stretch) -> Iterator[h5py.File]:
    try:
        import h5py
    except ImportError:
        raise IntakeError(
            inside.file, "expected weights, found HDF5, which needs h5py: pip install 'loss-triage[weights]'"
        ) from None
    with opened(inside.file) as raw:
        try:
            with h5py.File(_Window(raw, inside.start, inside.size), "r") as content:
                yield content
        except BROKEN as error:
            said = " ".join(str(error).split())[:120]
            raise IntakeError(inside.file, f"expected weights in HDF5, found: {said}") from None


class _Window(io.RawIOBase):
    """Some bytes of a file as a file of their own."""

    def __init__(self, raw: io.FileIO, start: int, size: int) -> None:
        super().__init__()
        self._raw = raw
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")[: max(0, self._size - self._at)]
        if not view:
            return 0
        self._raw.seek(self._start + self._at)
        data = self._raw.read(len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
