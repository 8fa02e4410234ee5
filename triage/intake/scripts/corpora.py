"""Data sets of the Hugging Face hub, with the classes that they are known to have ("datasets", documentation)."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Function, Known, Table, Unknown, Value, text

__all__ = ["Corpus", "corpus_method", "corpus_part", "loaded_corpus"]

_CLASSES = {
    "imdb": 2, "ag_news": 4, "rotten_tomatoes": 2, "yelp_polarity": 2, "yelp_review_full": 5, "dbpedia_14": 14,
    "emotion": 6, "sst2": 2, "banking77": 77, "amazon_polarity": 2, "mnist": 10, "fashion_mnist": 10, "cifar10": 10,
    "food101": 101, "beans": 3, "glue/cola": 2, "glue/sst2": 2, "glue/mrpc": 2, "glue/qqp": 2, "glue/mnli": 3,
    "glue/qnli": 2, "glue/rte": 2, "glue/wnli": 2, "tweet_eval/emotion": 4, "tweet_eval/hate": 2,
    "tweet_eval/irony": 2, "tweet_eval/offensive": 2, "tweet_eval/sentiment": 3,
}  # fmt: skip
"""Classes of data sets that are much used, by their name without that of the owner ("Dataset cards" of the hub)."""

_KEEP = frozenset(
    {
        "shuffle", "select", "with_format", "set_format", "remove_columns", "shard", "flatten_indices", "take", "skip",
        "with_transform", "set_transform", "select_columns", "to_iterable_dataset", "rename_column", "copy",
    }
)  # fmt: skip
"""Methods that leave the labels as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """A data set of the hub; `classes` is None where the program may have changed its labels."""

    name: str
    classes: int | None
    spot: Spot
    split: str = ""


def loaded_corpus(call: Call) -> Corpus:
    """What `load_dataset` yields."""
    name = (text(call.get(0, "path")) or "").rsplit("/", 1)[-1]
    part = text(call.get(1, "name"))
    classes = _CLASSES.get(f"{name}/{part}" if part and f"{name}/{part}" in _CLASSES else name)
    return Corpus(name, classes, call.spot, text(call.named.get("split")) or "")


def corpus_part(owner: Corpus, key: Value) -> Value:
    """A split, by its name; a column or a sample is not followed."""
    split = text(key)
    if not owner.split and split is not None:
        return replace(owner, split=split)
    return Unknown("sample")


def corpus_method(run: Run, owner: Corpus, name: str, call: Call) -> Value | None:
    """What a method yields; None for one that is not known."""
    if name in _KEEP:
        return owner
    if name in ("map", "filter"):
        function = call.get(0, "function")
        kept = isinstance(function, Function) and not _speaks_of_labels(function)
        return owner if kept else replace(owner, classes=None)
    if name == "train_test_split":
        return Table({split: replace(owner, split=split) for split in ("train", "test")})
    if name in ("cast_column", "class_encode_column", "cast", "align_labels_with_mapping"):
        return replace(owner, classes=None)
    return Known(None) if name == "cleanup_cache_files" else None


def _speaks_of_labels(function: Function) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and "label" in node.value.lower()
        for node in ast.walk(function.node)
    )
