"""How a run was set up, as plain values by name: from its configurations, MLflow's parameters and names of folders.

Every plain value of a configuration counts, whatever it is called, as what differs between the runs of a sweep is what
the sweep is about. Values in mappings are named by their way: ``optimizer.lr``. Names of files and folders say more in
the form of Hydra (``override_dirname``) and of most hand-written sweeps: ``lr=0.1,batch_size=32``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from triage.batch.record import Setting
from triage.batch.runs import Run
from triage.errors import TriageError

if TYPE_CHECKING:
    from triage.intake.configs.structured import Document, Node

__all__ = ["settings_of"]

MOST_SETTINGS = 200
LONGEST_VALUE = 80
LONGEST_NAME = 120
LARGEST_PARAMETER = 1000
"""Bytes of a file of MLflow with one parameter."""

_SAID = re.compile(r"(?:^|[,;&_ ])([A-Za-z][\w.\-/]{0,60}?)=([^,;&=]{1,80}?)(?=$|[,;& ]|_[A-Za-z][\w.\-]*=)")
_ENDING = re.compile(r"\.(csv|tsv|txt|log|jsonl?|gz|bz2|xz|zst)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def settings_of(run: Run) -> dict[str, Setting]:
    """The settings of a run; where two sources name the same, the more particular one counts.

    What cannot be read is left out: `triage.intake.configs` says what is wrong with it.
    """
    if not run.configs and not run.files and "=" not in run.path:
        return {}
    found = dict(_in_names(run.path))
    for file in reversed(run.configs):
        found |= _in_config(file)
    if run.files:
        found |= _of_mlflow(Path(run.path) / "params")
    return dict(islice(found.items(), MOST_SETTINGS))


def _in_names(path: str) -> Iterator[tuple[str, Setting]]:
    for part in Path(path).parts:
        name = part
        while _ENDING.search(name):
            name = _ENDING.sub("", name)
        yield from ((found[1].lower(), _value(found[2])) for found in _SAID.finditer(name))


def _in_config(file: str) -> dict[str, Setting]:
    # The readers of all formats take longer to import than the rest of a worker's start.
    from triage.intake.configs.documents import document_of, source_in

    try:
        document = document_of(source_in(Path(file)))
    except TriageError:
        return {}
    return {} if document is None else dict(islice(_plain_values(document), MOST_SETTINGS))


def _plain_values(document: Document) -> Iterator[tuple[str, Setting]]:
    for keys, mapping in document.walk():
        # The values of a list have no names of their own.
        if "" not in keys:
            for key, node in mapping.mapping.items():
                value = _value_of(node)
                name = ".".join((*keys, key))
                if value is not None and len(name) <= LONGEST_NAME:
                    yield name, value


def _value_of(node: Node) -> Setting | None:
    if isinstance(node.value, bool):
        return node.value
    if (number := node.number) is not None:
        return number
    word = node.word
    return word if word is not None and len(word) <= LONGEST_VALUE else None


def _of_mlflow(folder: Path) -> dict[str, Setting]:
    """The parameters of a run of MLflow, each in a file that is called as it."""
    try:
        files = sorted(islice(folder.iterdir(), MOST_SETTINGS))
        return {file.name: _value(_beginning(file)) for file in files if file.is_file()}
    except OSError:
        return {}


def _beginning(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(LARGEST_PARAMETER).decode("utf-8", "replace").strip()[:LONGEST_VALUE]


def _value(text: str) -> Setting:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return float(text) if _NUMBER.fullmatch(text) else text
