"""What the names of files, arrays and columns say: which are labels, which are for training, which only number rows."""

from __future__ import annotations

import re
from pathlib import PurePath

__all__ = ["is_inputs", "is_label", "is_mask", "is_row_number", "is_token_ids", "split_of"]

LABEL = re.compile(
    r"y|ys|labels?|targets?|class(?:es)?|class_?(?:id|idx|label|name)s?|label_?(?:id|idx)s?|"
    r"(?:y|targets?|labels?)_?\d{1,4}|(?:y|labels?|targets?)_(?:all|data|true)|gt|ground_?truth|masks?|outcome"
)
INPUTS = re.compile(r"xs?|inputs?|features?|images?|imgs?|data|samples?|arr_0|input_ids|tokens?|tokens_ids|sequences?")
ROW_NUMBER = re.compile(
    r"id|idx|index|row(?:_?(?:id|number|num))?|unnamed: 0|sample_?id|record_?id|uuid|guid", re.IGNORECASE
)
SPLITS = {
    "train": "train", "training": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test", "tst": "test", "holdout": "test", "eval": "test",
}  # fmt: skip
GLUED = re.compile(rf"(x|y)({'|'.join(SPLITS)})|({'|'.join(SPLITS)})(x|y|labels?|data|images?)")


def split_of(name: str, file: str) -> str:
    """``train``, ``val`` or ``test``, as an array, else its file, else its folder is called; empty where none is."""
    path = PurePath(file)
    for words in (_words(name), _words(path.stem), [path.parent.name.lower()]):
        found = {SPLITS[word] for word in words if word in SPLITS}
        if len(found) == 1:
            return found.pop()
    return ""


def is_label(name: str) -> bool:
    """Whether an array or a column of this name holds what the network is to learn."""
    return LABEL.fullmatch(_bare(name)) is not None


def is_inputs(name: str) -> bool:
    """Whether an array of this name holds what goes into the network."""
    return INPUTS.fullmatch(_bare(name)) is not None


def is_mask(name: str) -> bool:
    """Whether labels of this name are masks."""
    return "mask" in name.lower()


def is_token_ids(name: str) -> bool:
    """Whether inputs of this name are numbers of tokens."""
    return re.search(r"input_ids|token|sequence", name.lower()) is not None


def is_row_number(name: str) -> bool:
    """Whether a column only numbers the rows."""
    return ROW_NUMBER.fullmatch(name.strip()) is not None


def _bare(name: str) -> str:
    """The name without its split: ``y_train`` and ``trainY`` are ``y``."""
    words = [word for word in _words(name) if word not in SPLITS]
    return "_".join(words)


def _words(text: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:200])
    words = [word for word in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if word]
    apart: list[str] = []
    for word in words:
        glued = GLUED.fullmatch(word)
        apart += [part for part in glued.groups() if part] if glued else [word]
    return apart
