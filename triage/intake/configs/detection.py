"""Pipelines of TensorFlow's Object Detection API and their label maps (its "Configuring the Training Pipeline")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from triage.errors import IntakeError
from triage.intake.configs.detection_labels import Item, LabelMap, Parsed, compared, label_map_of
from triage.intake.configs.detection_model import model_findings
from triage.intake.configs.detection_training import training_states
from triage.intake.configs.source import source_of, told_of
from triage.intake.configs.textproto import Message, begins_as_textproto, parse_textproto
from triage.intake.found import Place, Stated, Told, shows

__all__ = ["is_detection", "read_detection"]

_MODEL = re.compile(r"^[ \t]*model[ \t]*:?\s*\{", re.MULTILINE)
_TRAINING = re.compile(r"^[ \t]*(?:train_config|train_input_reader|eval_config)[ \t]*:?\s*\{", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*item[ \t]*:?\s*\{", re.MULTILINE)
_ID = re.compile(r"\bid[ \t]*:[ \t]*-?\d")
_NAME = re.compile(r"""\b(?:display_)?name[ \t]*:[ \t]*["']""")

ARCHITECTURES = frozenset({"ssd", "faster_rcnn", "center_net", "detr", "experimental_model"})
"""Fields of the message ``model``; other programs have borrowed the format for networks of their own."""


def is_detection(text: str) -> bool:
    """Whether a text is a pipeline or a label map, by its content."""
    return begins_as_textproto(text) and (_is_pipeline(text) or _is_label_map(text))


def read_detection(files: Mapping[str, str]) -> Told:
    """Read a pipeline, a label map, or a pipeline and its label map.

    Args:
        files: name of each file, as it was given -> its text.

    Raises:
        IntakeError: a file is neither, or cannot be read.

    """
    pipelines: list[Parsed] = []
    maps: list[LabelMap] = []
    for file, text in files.items():
        source = source_of(text, file)
        if not is_detection(source.text):
            raise IntakeError(file, "expected a detection pipeline or a label map, found neither model nor items")
        parsed = Parsed(source, parse_textproto(source))
        if parsed.message.all("model") or parsed.message.all("train_config"):
            pipelines.append(parsed)
        else:
            maps.append(label_map_of(parsed))
    return told_of(_all(pipelines, maps))


def _all(pipelines: list[Parsed], maps: list[LabelMap]) -> Iterator[Item]:
    for left_out in pipelines[:-1]:
        yield f"{left_out.source.file} is left out, since {pipelines[-1].source.file} is a pipeline as well."
    architecture = None
    for pipeline in pipelines[-1:]:
        source, message = pipeline.source, pipeline.message
        model = message.message("model")
        name = next((name for name in model.fields if name in ARCHITECTURES), "") if model is not None else ""
        architecture = model.message(name) if model is not None and name else None
        if architecture is None:
            yield f"{source.file} is left out, since its model is none of TensorFlow's Object Detection API."
            continue
        place = source.place(architecture.line)
        text = "The file is a pipeline of TensorFlow's Object Detection API."
        yield shows("framework", "keras_tensorflow", text, Place(source.file))
        yield shows("task", "detection", f"The model is of the kind {name}.", place)
        yield from model_findings(name, architecture, source)
        yield from training_states(message, source)
        yield from _classes(architecture, pipeline)
    yield from compared(architecture, pipelines[-1] if pipelines else None, maps)


def _classes(architecture: Message, pipeline: Parsed) -> Iterator[Stated]:
    classes = architecture.number("num_classes")
    if classes is not None and classes > 0:
        yield Stated("classes", classes, pipeline.source.place(architecture.line_of("num_classes")))


def _is_pipeline(text: str) -> bool:
    return _MODEL.search(text) is not None and _TRAINING.search(text) is not None


def _is_label_map(text: str) -> bool:
    return _ITEM.search(text) is not None and _ID.search(text) is not None and _NAME.search(text) is not None
