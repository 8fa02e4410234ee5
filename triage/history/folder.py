"""The folder of a run -> the files in it that hold its history.

A folder is told by what programs leave in it, the first of these that is there::

    trainer_state.json, or checkpoint-N/ with one      Hugging Face: of checkpoints the last holds what all others do
    metrics.csv                                        Lightning: version_0/, beside hparams.yaml and events
    metrics/                                           MLflow: a file for each measurement, of every run a folder
    plots/metrics/                                     DVCLive: the same as tables
    run-*.wandb                                        Weights & Biases
    events.out.tfevents.*                              TensorBoard: in order of time, and those of folders below
    results.csv, progress.csv, metrics.json ...        Ultralytics, Stable Baselines, Detectron2, MMEngine and others

What is in a file decides whether it counts. A folder with several such folders in it holds several runs. Where nothing
of this is there, any file does that is a history by what is in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.errors import HistoryError
from triage.history.runs import run_named
from triage.history.trial import holds_history

__all__ = ["NEVER", "files_of", "files_of_run"]

MOST_ENTRIES = 20_000
"""Files and folders that are looked at."""

DEEPEST = 8
MOST_CHECKPOINTS = 3
MOST_TRIED = 500
"""Files that are opened to see whether they are a history where no name says so."""

MOST_ALIKE = 4
"""Other files with the ending of the one that is called as a history, from which on each is a run of its own."""

EVENTS = re.compile(r"events\.out\.tfevents\.(\d+)")
CHECKPOINT = re.compile(r"checkpoint-(\d+)")
CALLED = (
    "results.csv",
    "history.csv",
    "training_log.csv",
    "training_history.csv",
    "log.csv",
    "progress.csv",
    "metrics.json",
    "scalars.json",
    "wandb-history.jsonl",
    "trainer_log.jsonl",
    "history.json",
    "trainHistoryDict",
    "log.txt",
    "train.log",
    "hydra_train.log",
    "output.log",
)
"""Names that programs give to a history, the likelier first."""

NEVER = frozenset({
    ".py", ".pyc", ".ipynb", ".md", ".rst", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".html", ".js", ".css", ".pt",
    ".pth", ".ckpt", ".safetensors", ".bin", ".h5", ".hdf5", ".keras", ".onnx", ".npy", ".npz", ".parquet", ".arrow",
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".zip", ".tar", ".tgz", ".whl", ".so", ".mp4", ".wav", ".lock",
})  # fmt: skip
"""Endings of files that are never tried."""

PARTS = ("train", "training", "val", "valid", "validation", "eval", "test")
"""Folders in which TensorBoard keeps parts of one run."""


@dataclass
class _Folder:
    """A folder and what is in it, sorted by name."""

    path: Path
    files: list[str]
    folders: dict[str, _Folder]


def files_of(path: str, run: str) -> Sequence[str]:
    """The files that belong to one run; the path itself where it is no folder.

    Args:
        path: a file or a folder.
        run: which run is meant, where the folder holds several; empty where none was named.

    Raises:
        SeveralRunsError: the folder holds several runs, and none was named.
        HistoryError: nothing in the folder is known as a history.

    """
    try:
        root = Path(path)
        if not root.is_dir():
            return [path]
    except (OSError, ValueError):
        return [path]
    tree = _listed(root, iter(range(MOST_ENTRIES)), DEEPEST)
    runs = dict(_runs(tree)) or {root / file: [str(root / file)] for file in _tried(tree)}
    if not runs:
        raise HistoryError(path, "expected a history in the folder, found none in it; give the file itself")
    if len(runs) == 1:
        return next(iter(runs.values()))
    places = list(runs)
    return runs[places[run_named(path, _names(places, root), run)]]


def files_of_run(path: Path, files: Sequence[str], folders: Sequence[str]) -> list[str]:
    """The files of the run whose own folder this is; empty where it is none, whatever lies in the folders below.

    A folder in which many files end as the one that a program would have called so is a collection of runs.

    Args:
        path: the folder.
        files: names of the files that lie in it.
        folders: names of the folders that lie in it.

    """
    events = any(map(EVENTS.match, files))
    depths = {name: depth for name in folders if (depth := _depth_of(name, events)) is not None}
    below = {name: _listed(path / name, iter(range(MOST_ENTRIES)), depth) for name, depth in depths.items()}
    folder = _Folder(path, list(files), below)
    for way in _WAYS:
        if found := way(folder):
            alike = sum(file.endswith(found[0].suffix) for file in files) - 1
            return [] if way is _called and alike > MOST_ALIKE else [str(file) for file in found]
    return []


def _depth_of(name: str, events: bool) -> int | None:
    """How far a folder within that of a run is looked through; None where it says nothing of the run."""
    if name in ("metrics", "plots"):
        return DEEPEST
    return 0 if events or name.lower() in PARTS or CHECKPOINT.fullmatch(name) else None


def _listed(path: Path, budget: Iterator[int], depth: int) -> _Folder:
    """What is in a folder and below it, as far as the budget goes; nothing is followed out of it."""
    found = _Folder(path, [], {})
    folders = []
    try:
        with os.scandir(path) as entries:
            listed = [entry for entry, _ in zip(entries, budget)]  # noqa: B905 - the shorter one ends it
    except OSError:
        return found
    for entry in sorted(listed, key=lambda entry: _natural(entry.name)):
        try:
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file():
                found.files.append(entry.name)
        except OSError:
            continue
    if depth > 0:
        found.folders = {name: _listed(path / name, budget, depth - 1) for name in folders}
    return found


def _natural(name: str) -> list[tuple[int, int, str]]:
    """So that version_10 comes behind version_9."""
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d{1,18})", name)]


def _runs(folder: _Folder) -> Iterator[tuple[Path, list[str]]]:
    """The folders of runs with the files of each; what is below the folder of a run belongs to it."""
    for way in _WAYS:
        files = [str(file) for file in way(folder)]
        if files:
            yield folder.path, files
            return
    for below in folder.folders.values():
        yield from _runs(below)


def _trainer_states(folder: _Folder) -> list[Path]:
    name = "trainer_state.json"
    numbered = {int(match[1]): below for below in folder.folders if (match := CHECKPOINT.fullmatch(below))}
    places = [folder.path, *(folder.path / numbered[number] for number in sorted(numbered, reverse=True))]
    candidates = [place / name for place in places if _has(folder, place, name)]
    return _first(candidates[:MOST_CHECKPOINTS])


def _has(folder: _Folder, place: Path, name: str) -> bool:
    return name in (folder.files if place == folder.path else folder.folders[place.name].files)


def _lightning(folder: _Folder) -> list[Path]:
    return _first([folder.path / file for file in folder.files if file == "metrics.csv"])


def _metric_files(folder: _Folder) -> list[Path]:
    """Of MLflow and DVCLive; such files are of one run where any of them is a loss."""
    metrics = folder.folders.get("metrics")
    plots = folder.folders.get("plots")
    if metrics is None and plots is not None:
        metrics = plots.folders.get("metrics")
    if metrics is None:
        return []
    files = [file for file in _below(metrics) if holds_history(file, loss=False)]
    return files if any(map(holds_history, files)) else []


def _wandb(folder: _Folder) -> list[Path]:
    return _first([folder.path / file for file in folder.files if file.endswith(".wandb")])


def _events(folder: _Folder) -> list[Path]:
    """Event files in the order in which they were begun: train/ before validation/, each in the order of time."""
    there = any(map(EVENTS.match, folder.files))
    below = [part for name, part in folder.folders.items() if there or name.lower() in PARTS]
    files = [folder.path / file for file in folder.files if EVENTS.match(file)]
    for part in sorted(below, key=lambda part: not part.path.name.lower().startswith("train")):
        files += [part.path / file for file in part.files if EVENTS.match(file)]
    known = [file for file in files if holds_history(file, loss=False)]
    return known if any(map(holds_history, known)) else []


def _called(folder: _Folder) -> list[Path]:
    return _first([folder.path / name for name in CALLED if name in folder.files])


def _first(files: Sequence[Path]) -> list[Path]:
    """The first of some files that is a history, if any is."""
    return list(islice(filter(holds_history, files), 1))


_WAYS = (_trainer_states, _lightning, _metric_files, _wandb, _events, _called)


def _below(folder: _Folder) -> Iterator[Path]:
    yield from (folder.path / file for file in folder.files)
    for below in folder.folders.values():
        yield from _below(below)


def _tried(tree: _Folder) -> list[Path]:
    """Any files that are histories, those that lie highest: what lies below them is theirs or another's."""
    level = [tree]
    budget = iter(range(MOST_TRIED))
    while level:
        files = [folder.path / file for folder in level for file in folder.files]
        likely = (file for file in files if file.suffix.lower() not in NEVER)
        found = [file for file, _ in zip(likely, budget) if holds_history(file)]  # noqa: B905
        if found:
            return found
        level = [below for folder in level for below in folder.folders.values()]
    return []


def _names(places: Sequence[Path], root: Path) -> list[str]:
    """What the runs are called: the names of their folders, where these differ, else their ways."""
    names = [_called_by_mlflow(place) or place.name for place in places]
    if len(set(names)) == len(names):
        return names
    return [str(place.relative_to(root).as_posix()) for place in places]


def _called_by_mlflow(place: Path) -> str:
    try:
        with (place / "meta.yaml").open(encoding="utf-8", errors="replace") as stream:
            lines = [line.strip() for line in islice(stream, 100) if len(line) < 500]
    except (OSError, ValueError):
        return ""
    return next((line.partition(":")[2].strip().strip("'\"") for line in lines if line.startswith("run_name:")), "")
