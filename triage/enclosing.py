"""Files beside the log -> what a session keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from triage.events import Enclosed, Kind
from triage.intake.found import Told

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["by_kind", "enclosed", "kind_of"]

ENDINGS: dict[str, Kind] = {
    ".py": "code", ".ipynb": "code",
    ".prototxt": "config", ".pbtxt": "config", ".config": "config", ".cfg": "config", ".yaml": "config",
    ".yml": "config", ".toml": "config",
    ".safetensors": "weights", ".pt": "weights", ".pth": "weights", ".ckpt": "weights", ".bin": "weights",
    ".h5": "weights", ".hdf5": "weights", ".keras": "weights",
    ".npy": "data", ".npz": "data", ".parquet": "data",
}  # fmt: skip
"""Ending of a name -> what the file is, where that is plain; a log may be a JSON file, and so may a configuration."""


def enclosed(
    kind: Kind, files: Sequence[str | PathLike[str]], progress: Callable[[float], None] | None = None
) -> Enclosed:
    """Read files of one kind together.

    Args:
        kind: what they are.
        files: the files.
        progress: is told the share that is read, 0 to 1, of weights and data.

    Raises:
        IntakeError: one of them cannot be read, or is not what it is said to be.

    """
    names = tuple(_text(str(file)) for file in files)
    return Enclosed(kind, names, _told(kind, files, progress), _text(str(Path.cwd())))


def by_kind(files: Iterable[str]) -> tuple[list[str], dict[Kind, list[str]]]:
    """The files that may be logs, and the others by what they are."""
    logs: list[str] = []
    others: dict[Kind, list[str]] = {}
    for file in files:
        kind = kind_of(file)
        (logs if kind is None else others.setdefault(kind, [])).append(file)
    return logs, others


def kind_of(file: str | Path) -> Kind | None:
    """What a file is by the ending of its name; None where it may be a log."""
    return ENDINGS.get(PurePath(file).suffix.lower())


def _told(kind: Kind, given: Sequence[str | PathLike[str]], progress: Callable[[float], None] | None) -> Told:
    files = [Path(file) for file in given]
    match kind:
        case "config":
            from triage.intake.configs import read_configs

            return read_configs(files)
        case "code":
            from triage.intake.scripts import read_scripts

            return read_scripts(files)
        case "weights":
            from triage.intake.artifacts import inspect_weights

            return inspect_weights(files, progress)
        case "data":
            from triage.intake.artifacts import inspect_data

            return inspect_data(files, progress)


def _text(name: str) -> str:
    """A name with its bytes that are no text written out, as every report and file can hold it."""
    return name.encode("utf-8", "backslashreplace").decode()
