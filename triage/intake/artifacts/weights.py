"""Files of weights -> what they show: NaN, constants, extremes, statistics of batch norm, what the optimizer keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from triage.errors import IntakeError
from triage.intake.artifacts.between import between_found
from triage.intake.artifacts.checkpoint import PIECE, Checkpoint
from triage.intake.artifacts.keras_file import is_hdf5, read_hdf5, read_keras_zip
from triage.intake.artifacts.looked import Looked
from triage.intake.artifacts.network_told import network_told
from triage.intake.artifacts.norm_statistics import norm_statistics
from triage.intake.artifacts.numpy_file import NpyArray, is_npy, npy_array, npz_arrays
from triage.intake.artifacts.optimizer_told import optimizer_told
from triage.intake.artifacts.safetensors_file import is_safetensors, read_safetensors
from triage.intake.artifacts.share import Progress, Share, part_of
from triage.intake.artifacts.stretches import Stretch, head_of, size_of
from triage.intake.artifacts.summaries import Summary, summary_of
from triage.intake.artifacts.tensor import Tensor, kind_of
from triage.intake.artifacts.torch_file import is_old_torch, read_old_torch, read_torch_zip
from triage.intake.artifacts.weight_values import weight_values
from triage.intake.artifacts.zip_members import is_zip, members_of
from triage.intake.found import Told

__all__ = ["inspect_weights"]

HEAD = 64

MOST_READ = 8
"""Times the size of the files that tensors may ask to read: views of one storage may overlap."""

STATISTICS = 0.9
"""Share of the work that the first pass takes where checkpoints are compared."""

EXPECTED = "expected weights (safetensors, PyTorch, Keras, npz or npy)"


def inspect_weights(files: Sequence[str | Path], progress: Progress | None = None) -> Told:
    """What files of weights show by their numbers alone.

    Several files with the same names of tensors are checkpoints of one run, in the order of their steps where they tell
    them, else in the order given; files with other names are parts of one checkpoint.

    Args:
        files: safetensors, PyTorch (``.pt``, ``.pth``, ``.bin``, ``.ckpt``), Keras (``.keras``, ``.h5``), ``.npz``,
            ``.npy``.
        progress: is told the share that was read, from 0 to 1; what it raises ends the reading.

    Raises:
        IntakeError: a file cannot be read, or is made to do harm; none of them is ever unpickled.

    """
    names = [str(file) for file in files]
    if not names:
        raise IntakeError("-", f"{EXPECTED}, found no file")
    waiting = Share(1, part_of(progress, 0.0, 0.0))
    different, notes = _without_twins(names)
    found = _in_order([_read(name, lambda: waiting.add(0)) for name in different])
    last = STATISTICS if len(found) > 1 else 1.0
    looked = _summed_up(found, sum(map(size_of, different)), part_of(progress, 0.0, last))
    told = [_of_last(looked[-1])]
    if len(looked) > 1:
        told.append(between_found(looked, part_of(progress, last, 1.0)))
    if progress is not None:
        progress(1.0)
    return Told(
        tuple(stated for part in told for stated in part.stated),
        tuple(shown for part in told for shown in part.found),
        (*notes, *(note for part in told for note in part.notes)),
    )


def _of_last(looked: Looked) -> Told:
    parts = [network_told(looked), weight_values(looked), norm_statistics(looked), optimizer_told(looked)]
    return Told(
        tuple(stated for part in parts for stated in part.stated),
        tuple(shown for part in parts for shown in part.found),
        (*looked.checkpoint.notes, *(note for part in parts for note in part.notes)),
    )


def _read(file: str, still_wanted: Callable[[], None]) -> Checkpoint:
    """Told by how the file begins, not by its name."""
    size = size_of(file)
    head = head_of(file, HEAD)
    if not head:
        raise IntakeError(file, f"{EXPECTED}, found an empty file")
    if is_npy(head):
        return _of_arrays(file, [npy_array(file, size)], [])
    if is_hdf5(head):
        return read_hdf5(file)
    if is_zip(head):
        return _read_zip(file, size, still_wanted)
    if is_safetensors(head):
        return read_safetensors(file, size)
    if is_old_torch(head):
        return read_old_torch(file, size, still_wanted)
    raise IntakeError(file, f"{EXPECTED}, found something else")


def _read_zip(file: str, size: int, still_wanted: Callable[[], None]) -> Checkpoint:
    names = members_of(file, size).keys()
    if "model.weights.h5" in names:
        return read_keras_zip(file, size)
    if any(name == "data.pkl" or name.endswith("/data.pkl") for name in names):
        return read_torch_zip(file, size, still_wanted)
    if any(name.endswith(".npy") for name in names):
        return _of_arrays(file, *npz_arrays(file, size))
    raise IntakeError(file, f"{EXPECTED}, found a zip archive of something else")


def _of_arrays(file: str, arrays: Iterable[NpyArray], refused: Sequence[str]) -> Checkpoint:
    tensors: list[Tensor] = []
    left_out = list(refused)
    for array in arrays:
        kind = kind_of(array.dtype)
        if kind is None:
            left_out.append(array.name)
        else:
            tensors.append(Tensor(array.name or "array", kind, array.shape, array.source))
    if not tensors:
        raise IntakeError(file, "expected arrays of numbers, found none; objects are never unpickled here")
    notes = (f"Left out, as they are no numbers: {', '.join(map(repr, left_out[:5]))}.",) if left_out else ()
    return Checkpoint(file, "numpy", tuple(tensors), notes=notes)


def _without_twins(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The same file twice tells nothing new."""
    kept: list[str] = []
    notes: list[str] = []
    paths: set[Path] = set()
    for name in names:
        path = _resolved(name)
        if path in paths:
            notes.append("One file was given twice and read once.")
        else:
            kept.append(name)
        paths.add(path)
    return kept, notes


def _resolved(name: str) -> Path:
    try:
        return Path(name).resolve()
    except (OSError, ValueError, RuntimeError):
        return Path(name)


def _in_order(found: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Parts put together, and checkpoints in the order of their steps, where all tell them."""
    groups: list[Checkpoint] = []
    for checkpoint in found:
        names = {tensor.name for tensor in checkpoint.weights}
        group = next((place for place, whole in enumerate(groups) if _fits(whole, names, checkpoint.file)), None)
        if group is None:
            groups.append(checkpoint)
        else:
            groups[group] = _joined(groups[group], checkpoint)
    for unit in ("step", "epoch"):
        if all(unit in group.progress for group in groups):
            return sorted(groups, key=lambda group: group.progress[unit])
    return groups


def _fits(whole: Checkpoint, names: set[str], file: str) -> bool:
    """Whether a file is another part of a checkpoint, and not a checkpoint of its own."""
    if not names or not whole.weights:
        return True
    pieces = PIECE.search(whole.file), PIECE.search(file)
    one_set = all(pieces) and PIECE.sub(".", whole.file) == PIECE.sub(".", file)
    return one_set and not names & {tensor.name for tensor in whole.weights}


def _joined(one: Checkpoint, other: Checkpoint) -> Checkpoint:
    return replace(
        one,
        file=one.file if one.weights else other.file,
        format=one.format if one.weights else other.format,
        weights=one.weights + other.weights,
        moments=one.moments + other.moments,
        groups=one.groups + other.groups,
        progress={**one.progress, **other.progress},
        parts=one.parts | other.parts,
        words={**one.words, **other.words},
        notes=one.notes + other.notes,
        pieces=one.pieces + other.pieces,
    )


def _summed_up(found: Sequence[Checkpoint], size: int, progress: Progress | None) -> list[Looked]:
    """Read all numbers once; tensors that share their bytes share what is found."""
    distinct = {tensor.source.identity: tensor.source for checkpoint in found for tensor, _ in _all_of(checkpoint)}
    views = sum(source.size for source in distinct.values() if isinstance(source, Stretch))
    if views > MOST_READ * size:
        raise IntakeError(found[0].file, f"expected tensors that fit into the file, found them to take {views:,} bytes")
    share = Share(sum(source.size for source in distinct.values()), progress)
    known: dict[tuple[object, ...], Summary] = {}
    looked: list[Looked] = []
    for checkpoint in found:
        summaries: dict[str, Summary] = {}
        for tensor, bound in _all_of(checkpoint):
            key = (*tensor.source.identity, tensor.kind.name, bound)
            if key not in known:
                known[key] = summary_of(tensor, share, bound)
            summaries[tensor.name] = known[key]
        looked.append(Looked(checkpoint, summaries))
    return looked


def _all_of(checkpoint: Checkpoint) -> Iterable[tuple[Tensor, float]]:
    """All tensors, and below which bound their numbers are counted."""
    for tensor in checkpoint.weights:
        yield tensor, 0.0
    for moment in checkpoint.moments:
        yield moment.tensor, moment.epsilon**2 if moment.slot == "exp_avg_sq" else 0.0
