"""Label maps, and whether a pipeline is built for as many classes (string_int_label_map.proto, label_map_util.py).

Ids count from 1, as 0 is the background; they need not be dense: that of COCO has 80 items with ids up to 90, and
pipelines for it are built for 90 classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message
from triage.intake.found import Found, Stated, shows

__all__ = ["Item", "LabelMap", "Parsed", "compared", "label_map_of"]

BACKGROUND = "background"

Item = Stated | Found | str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file and what stands in it."""

    source: Source
    message: Message


@dataclass(frozen=True, slots=True)
class Label:
    """One item of a label map."""

    id: int | None
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The items of a label map, without one for the background.

    Args:
        source: its file.
        labels: in their order.

    """

    source: Source
    labels: tuple[Label, ...]

    @property
    def base(self) -> str:
        """Name of the file without its folder."""
        return _base(self.source.file)

    @property
    def ids(self) -> set[int]:
        """The different ids."""
        return {label.id for label in self.labels if label.id is not None}


def label_map_of(parsed: Parsed) -> LabelMap:
    """Take the items of a label map."""
    labels = []
    for item in parsed.message.messages("item"):
        number = item.number("id")
        name = item.word("display_name") or item.word("name")
        if number != 0 or BACKGROUND not in (item.word("name"), item.word("display_name")):
            line = item.line_of("id")
            labels.append(Label(int(number) if number is not None else None, name, line))
    return LabelMap(parsed.source, tuple(labels))


def compared(architecture: Message | None, pipeline: Parsed | None, maps: list[LabelMap]) -> Iterator[Item]:
    """What the label maps say, and whether the pipeline fits the one that it names.

    Args:
        architecture: the model of the pipeline; None where there is none.
        pipeline: the pipeline that is trained; None where there are only label maps.
        maps: all label maps that were given.

    """
    if not maps:
        return
    named = _named(pipeline.message) if pipeline is not None else []
    chosen = next((each for name in named for each in maps if each.base == name), maps[0])
    for other in maps:
        if other is not chosen:
            yield f"{other.source.file} is left out, since {chosen.source.file} is a label map as well."
    if named and chosen.base not in named:
        yield f"The pipeline names the label map {named[0][:80]}, and {chosen.base} was given."
    yield from _faults(chosen)
    if chosen.ids and max(chosen.ids) > 0:
        highest = next(label for label in chosen.labels if label.id == max(chosen.ids))
        yield Stated("label_classes", float(max(chosen.ids)), chosen.source.place(highest.line))
    if architecture is not None and pipeline is not None:
        yield from _comparison(architecture, pipeline.source, chosen)


def _faults(labels: LabelMap) -> Iterator[str]:
    """What is odd about the ids of a label map by itself."""
    for label in labels.labels:
        if label.id is None:
            yield f"The item of line {label.line} of {labels.base} has no id."
            break
    zero = next((label for label in labels.labels if label.id is not None and label.id < 1), None)
    if zero is not None:
        yield f"Line {zero.line} of {labels.base} gives id {zero.id} to {zero.name[:40]!r}; ids count from 1."
    times = Counter(label.id for label in labels.labels if label.id is not None)
    for number, many in [(number, many) for number, many in times.items() if many > 1][:3]:
        last = [label for label in labels.labels if label.id == number][-1]
        yield f"Id {number} stands {many} times in {labels.base}, last in line {last.line}."
    ids = {number for number in labels.ids if number > 0}
    if ids and max(ids) > len(ids):
        yield f"The ids of {labels.base} have gaps: {len(ids)} ids up to {max(ids)}."


def _comparison(architecture: Message, source: Source, labels: LabelMap) -> Iterator[Found]:
    """The classes that the model is built for, against the ids that the data may carry."""
    classes = architecture.number("num_classes")
    if classes is None or not labels.ids:
        return
    place = source.place(architecture.line_of("num_classes"))
    items = len(labels.labels)
    words = f"{items:,} item{'' if items == 1 else 's'}"
    highest, from_zero = max(labels.ids), min(labels.ids) < 1
    if from_zero and classes <= len(labels.ids):
        message = (
            f"num_classes is {classes:g}, and the label map {labels.base} has {words} with ids from {min(labels.ids)}."
        )
        yield shows("compare_class_counts", "labels_out_of_range", message, place, 0.95)
        return
    message = f"num_classes is {classes:g}, and the label map {labels.base} has {words}"
    message += "." if highest == items else f" with ids up to {highest}."
    built_for = len(labels.ids) if from_zero else highest
    state = "agree" if classes == built_for else "config_has_more" if classes > built_for else "labels_out_of_range"
    yield shows("compare_class_counts", state, message, place)


def _named(pipeline: Message) -> list[str]:
    """Names of the label maps that the readers of the pipeline name, that of training first."""
    readers = [*pipeline.messages("train_input_reader"), *pipeline.messages("eval_input_reader")]
    return [_base(reader.word("label_map_path")) for reader in readers if reader.word("label_map_path")]


def _base(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name
