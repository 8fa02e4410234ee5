"""Files of data -> what they show: gaps, scale, outliers, classes, repeated and leaked rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from triage.errors import IntakeError
from triage.intake.artifacts.array_parts import parts_of_npy, parts_of_npz
from triage.intake.artifacts.column_tally import ColumnTally
from triage.intake.artifacts.inputs_told import inputs_told
from triage.intake.artifacts.label_tally import LabelTally
from triage.intake.artifacts.labels_told import labels_told
from triage.intake.artifacts.numpy_file import is_npy
from triage.intake.artifacts.portions import Matrix, Part
from triage.intake.artifacts.row_keys import KeyStore
from triage.intake.artifacts.rows_told import rows_told
from triage.intake.artifacts.share import Progress, Share
from triage.intake.artifacts.stretches import head_of, size_of
from triage.intake.artifacts.table_parts import is_parquet, part_of_csv, part_of_parquet
from triage.intake.artifacts.tallied import Tallied
from triage.intake.artifacts.zip_members import is_zip
from triage.intake.found import Told

__all__ = ["inspect_data"]

HEAD = 64

AT_ONCE = 1 << 16
"""Numbers that are summed up at once: they stay in the second cache meanwhile."""

EXPECTED = "expected data (CSV, Parquet, npy or npz)"
FOREIGN = (
    (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
    (b"\x89HDF", "HDF5"), (b"\x1f\x8b", "a compressed file"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"),
    (b"7z\xbc\xaf", "a compressed file"), (b"BZh", "a compressed file"), (b"\xfd7zXZ", "a compressed file"),
)  # fmt: skip
"""How files begin that are often given and are not read -> what they are."""


def inspect_data(files: Sequence[str | Path], progress: Progress | None = None) -> Told:
    """What files of data show by their numbers alone.

    Labels are the arrays or columns that are called so (``y``, ``label``, ``target``, ``class``, ``y_train``), and
    training data are told from others by names with ``train``, ``val`` or ``test`` in them.

    Args:
        files: ``.csv`` and other tables of text, Parquet, ``.npy``, ``.npz``.
        progress: is told the share that was read, from 0 to 1; what it raises ends the reading.

    Raises:
        IntakeError: a file cannot be read.

    """
    names = list(dict.fromkeys(str(file) for file in files))
    if not names:
        raise IntakeError("-", f"{EXPECTED}, found no file")
    parts: list[Part] = []
    notes: list[str] = []
    for name in names:
        found, left_out = _parts(name)
        parts += found
        notes += [*left_out, *(note for part in found for note in part.notes)]
    share = Share(sum(part.size for part in parts), progress)
    tallied = [_tallied(part, share) for part in parts]
    share.end()
    told = [inputs_told(tallied), labels_told(tallied), rows_told(tallied)]
    return Told(
        tuple(stated for part in told for stated in part.stated),
        tuple(shown for part in told for shown in part.found),
        (*notes, *(note for part in told for note in part.notes)),
    )


def _parts(file: str) -> tuple[list[Part], list[str]]:
    """Told by how the file begins, not by its name."""
    size = size_of(file)
    head = head_of(file, HEAD)
    if not head:
        raise IntakeError(file, f"{EXPECTED}, found an empty file")
    if is_npy(head):
        return parts_of_npy(file, size), []
    if is_zip(head):
        return parts_of_npz(file, size)
    if is_parquet(head):
        return [part_of_parquet(file, size)], []
    for start, kind in FOREIGN:
        if head.startswith(start):
            raise IntakeError(file, f"{EXPECTED}, found {kind}")
    return [part_of_csv(file, size)], []


def _slices(rows: Matrix) -> Iterator[Matrix]:
    step = max(1, AT_ONCE // max(1, rows.shape[1]))
    for row in range(0, rows.shape[0], step):
        yield rows[row : row + step]


def _tallied(part: Part, share: Share) -> Tallied:
    """Read a part once."""
    columns = ColumnTally(max(1, len(part.columns)), part.width)
    labels = LabelTally(part.sides)
    keys = KeyStore()
    rows = 0
    for portion in part.portions(share):
        if portion.inputs is not None:
            for some in _slices(portion.inputs):
                columns.add(some)
            rows += portion.inputs.shape[0]
        if portion.labels is not None:
            labels.add(portion.labels)
        if portion.keys is not None:
            keys.add(portion.keys)
    return Tallied(part, part.rows or max(rows, labels.rows, keys.rows), columns, labels, keys)
