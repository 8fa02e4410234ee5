"""Paths, patterns and folders -> the runs in them, one after the other, however many there are.

A run is a file, or a folder as a training program leaves it (see `triage.history.folder`). In any other folder every
file may be a run of its own, and folders in it are gone through likewise. Configurations beside a run go with it::

    runs/lr=0.1/metrics.csv  hparams.yaml       one run of Lightning and how it was set up
    sweep/run_17.csv  run_17.yaml               one file of many, and its own configuration
"""

# There may be millions of paths, and a Path takes ten times as long as its text.
# ruff: noqa: PTH100, PTH112, PTH113, PTH116, PTH118, PTH122, PTH207

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from glob import has_magic, iglob
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias

from triage.errors import TriageError
from triage.history.folder import NEVER, files_of_run

__all__ = ["MISSING", "Run", "check_paths", "key_of", "runs_in"]

CONFIGS = (
    "hparams.yaml", "config.yaml", "args.yaml", "opt.yaml", "hyp.yaml", "params.yaml", "config.yml", "hparams.yml",
    "config.json", "args.json", "hparams.json", "params.json", "train_args.json", "config.toml",
    ".hydra/config.yaml", "files/config.yaml",
)  # fmt: skip
"""Names that programs give to the configuration of a run; the last two are Hydra's and Weights & Biases'."""

OWN_CONFIG = (".yaml", ".yml", ".toml")
"""Endings of the configuration of one file among many, which is called as the file is."""

MOST_CONFIGS = 4
Shared: TypeAlias = Callable[[str], tuple[str, ...]]
"""Folder -> configurations in it that are those of every run in it."""

MISSING = -1
"""Size of what is not there, or is no file."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run that is to be judged.

    Args:
        path: the file or folder, relative to the present folder where it was given so.
        size: bytes of all its files, -1 where it is not there.
        changed: when the latest of them was changed, in nanoseconds since 1970.
        files: what is to be read where that is not the path itself.
        configs: its configurations.

    """

    path: str
    size: int
    changed: int
    files: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as a report can hold it: bytes that are no text written out."""
        return self.path.encode("utf-8", "backslashreplace").decode()


def check_paths(paths: Sequence[str]) -> None:
    """Hold that something can come of the paths.

    Raises:
        TriageError: none is given, or a pattern fits no file.

    """
    if not paths:
        raise TriageError("expected files, folders or patterns of them, found none")
    for path in paths:
        if path == "-":
            raise TriageError("expected files or folders, found -; a single history on standard input goes to --log -")
        if not os.path.lexists(path) and has_magic(path) and next(iglob(path, recursive=True), None) is None:
            raise TriageError(f"{path}: expected a pattern that some file fits, found none that does")


def runs_in(paths: Iterable[str], besides: Collection[str] = ()) -> Iterator[Run]:
    """The runs in files, folders and patterns, each once; folders are listed one at a time, in the order of names.

    What is named and is not there is a run, too, so that it is told of.

    Args:
        paths: as they were given; ``**`` in a pattern stands for folders.
        besides: absolute paths of files that are never runs, such as the results of this very work.

    """
    seen: set[int] = set()
    shared = lru_cache(maxsize=64)(_shared_configs)
    for path in paths:
        for run in _runs_at(os.path.normpath(path), shared):
            full = os.path.abspath(run.path)
            key = key_of(full)
            if key not in seen and full not in besides:
                seen.add(key)
                yield run


def key_of(*parts: str | int) -> int:
    """A number that stands for some values in this process, and in no other.

    It has 64 bits: of a million runs two share theirs once in 37 million times.
    """
    return hash(parts)


def _runs_at(path: str, shared: Shared) -> Iterator[Run]:
    if os.path.isdir(path):
        yield from _runs_below(path)
    elif not os.path.lexists(path) and has_magic(path):
        for found in sorted(iglob(path, recursive=True)):
            if os.path.isdir(found):
                # With ** every file below comes by itself, and so would those of runs that are read as folders.
                yield from () if "**" in path else _runs_below(found)
            else:
                yield _run(found, (), _configs_of(found, shared))
    else:
        yield _run(path, (), _configs_of(path, shared))


def _runs_below(root: str) -> Iterator[Run]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        listed = _listed(folder)
        if listed is None:
            yield Run(folder, MISSING, 0)
            continue
        files, folders = listed
        if of_run := files_of_run(Path(folder), files, folders):
            yield _run(folder, tuple(of_run), _shared_configs(folder))
            continue
        names = set(files)
        shared = _shared_configs(folder)
        for file in files:
            stem, ending = os.path.splitext(file)
            if ending.lower() not in NEVER and file not in CONFIGS:
                own = [os.path.join(folder, stem + other) for other in OWN_CONFIG if stem + other in names]
                yield _run(os.path.join(folder, file), (), (*own, *shared)[:MOST_CONFIGS])
        waiting += [os.path.join(folder, name) for name in reversed(folders)]


def _listed(folder: str) -> tuple[list[str], list[str]] | None:
    """Names of the files and the folders in a folder, None where it cannot be listed.

    Pipes and devices are no files, and links to folders are not followed.
    """
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name == "__pycache__":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file():
                    files.append(entry.name)
    except OSError:
        return None
    return sorted(files), sorted(folders)


def _configs_of(file: str, shared: Shared) -> tuple[str, ...]:
    folder, name = os.path.split(file)
    stem = os.path.join(folder, os.path.splitext(name)[0])
    own = [stem + ending for ending in OWN_CONFIG if stem + ending != file and os.path.isfile(stem + ending)]
    return (*own, *(path for path in shared(folder) if path != file))[:MOST_CONFIGS]


def _shared_configs(folder: str) -> tuple[str, ...]:
    places = (os.path.join(folder, name) for name in CONFIGS)
    return tuple(place for place in places if os.path.isfile(place))[:MOST_CONFIGS]


def _run(path: str, files: tuple[str, ...], configs: tuple[str, ...]) -> Run:
    size, changed = 0, 0
    try:
        for file in (*(files or (path,)), *configs):
            found = os.stat(file)
            if not S_ISREG(found.st_mode):
                return Run(path, MISSING, 0)
            size += found.st_size
            changed = max(changed, found.st_mtime_ns)
    except (OSError, ValueError):
        return Run(path, MISSING, 0)
    return Run(path, size, changed, files, configs)
