"""The framework, the task and masks."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Layer

__all__ = ["framework_findings"]

_HUGGING_FACE = ("transformers.Trainer", "transformers.Seq2SeqTrainer", "trl.SFTTrainer", "accelerate.Accelerator",
                 "transformers.TrainingArguments")  # fmt: skip


def framework_findings(training: Training) -> Iterator[Found]:
    """Findings of what the program is written in and for."""
    run = training.run
    lines: dict[str, Spot] = {}
    for source in run.sources:
        names = [*run.aliases[source].items(), *((star, star) for star in run.stars[source])]
        for bound, name in names:
            used = _framework(name)
            if used and used not in lines:
                lines[used] = Spot(source, _line_of(source.lines, bound, name))
    state: str | None = next((s for s in ("hugging_face", "pytorch", "keras_tensorflow") if s in lines), None)
    if "pytorch" in lines and "keras_tensorflow" in lines and state != "hugging_face":
        state = "keras_tensorflow" if training.fits and not training.backwards else "pytorch"
        if not training.fits and not training.backwards:
            return
    if state is not None:
        words = {"hugging_face": "Hugging Face", "pytorch": "PyTorch", "keras_tensorflow": "Keras or TensorFlow"}[state]
        yield shows("framework", state, f"The program is written with {words}.", lines[state].place())
    yield from _masks(training)


def _framework(name: str) -> str:
    if name in _HUGGING_FACE or name.startswith(("peft.", "trl.")):
        return "hugging_face"
    root = name.split(".", 1)[0]
    if root in ("torch", "torchvision", "pytorch_lightning", "lightning"):
        return "pytorch"
    return "keras_tensorflow" if root in ("keras", "tensorflow", "tf_keras") else ""


def _line_of(lines: tuple[str, ...], bound: str, name: str) -> int:
    """Line of the import."""
    root = name.split(".", 1)[0]
    for number, line in enumerate(lines, 1):
        words = line.strip()
        if words.startswith(("import ", "from ")) and root in words and (bound in words or name in words):
            return number
    return 1


def _masks(training: Training) -> Iterator[Found]:
    for goal in training.goals:
        if goal.term is not None and "ignore_index" in goal.term.facts:
            message = "Some targets are left out of the loss (ignore_index)."
            yield shows("masking", "ignored_targets", message, goal.spot.place(), 0.9)
            return
    for network in training.networks:
        for layer in getattr(network, "items", ()):
            if isinstance(layer, Layer) and (layer.name == "Masking" or _flag(layer.facts.get("mask_zero"))):
                message = "Padding is masked."
                yield shows("masking", "padding_or_attention_masks", message, layer.spot.place(), 0.95)
                return


def _flag(value: object) -> bool:
    return isinstance(value, Known) and value.value is True
