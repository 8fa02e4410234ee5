"""Which files an agent may have read: those below the folders that the person named, wherever links lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.errors import TriageError
from triage.history.folder import files_of
from triage.report.escape import plain

__all__ = ["Roots", "roots_of"]

LONGEST = 4096
"""Characters of a path."""


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders below which files may be read.

    Args:
        folders: absolute and without symbolic links.

    """

    folders: tuple[Path, ...]

    def files(self, given: Sequence[str]) -> list[str]:
        """The files that an agent names, absolute and with every symbolic link followed.

        Args:
            given: paths; those that do not begin at the top are looked for below each folder in turn.

        Raises:
            TriageError: one of them is nowhere below the folders, or is no ordinary file.

        """
        return [str(self._inside(path, Path.is_file, "a file")) for path in given]

    def logs(self, given: Sequence[str], run: str = "") -> list[str]:
        """The same for logs, of which a folder stands for the files of the run in it.

        Args:
            given: paths of files and of folders.
            run: which run is meant, where a folder holds several.

        Raises:
            HistoryError: no run, or more than one, is in a folder.
            TriageError: as `files` does.

        """
        found = [self._inside(path, _is_file_or_folder, "a file or the folder of a run") for path in given]
        return self.files([file for path in found for file in files_of(str(path), run)])

    def _inside(self, given: str, fits: Callable[[Path], bool], wanted: str) -> Path:
        shown = repr(plain(given, 200))
        if not given or len(given) > LONGEST:
            raise TriageError(f"expected the path of {wanted}, found {shown}")
        places = [_resolved(folder / given) for folder in self.folders]
        allowed = [place for place in places if place is not None and any(map(place.is_relative_to, self.folders))]
        there = next((place for place in allowed if fits(place)), None)
        if there is None and len(allowed) < len(places):
            below = ", ".join(plain(str(folder), 200) for folder in self.folders)
            raise TriageError(f"{shown}: expected a path below {below} (triage mcp --root), found one outside")
        if there is None:
            found = "something else" if any(place.exists() for place in allowed) else "nothing there"
            raise TriageError(f"{shown}: expected {wanted}, found {found}")
        return there


def roots_of(given: Sequence[str]) -> Roots:
    """The folders that a person names; raises `TriageError` where one is none."""
    folders = [_resolved(Path(name).absolute()) for name in given]
    for name, folder in zip(given, folders, strict=True):
        if folder is None or not folder.is_dir():
            raise TriageError(f"expected a folder for --root, found {plain(name, 200)!r}")
    return Roots(tuple(folder for folder in folders if folder is not None))


def _resolved(path: Path) -> Path | None:
    """The path without links and dots; None where links lead round in a circle or nothing can be called so."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _is_file_or_folder(path: Path) -> bool:
    return path.is_file() or path.is_dir()
