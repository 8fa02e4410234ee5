"""What the objects of a framework say of the setup: their settings, read as configuration files are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from triage.errors import IntakeError
from triage.intake.configs.documents import document_of
from triage.intake.configs.formats import Opened, format_of, joined
from triage.intake.configs.source import source_of
from triage.intake.found import Place, Stated, Told

__all__ = ["TorchOptimizer", "described", "torch_settings", "with_numbers"]


class TorchOptimizer(Protocol):
    """What is needed of a ``torch.optim.Optimizer``."""

    param_groups: list[dict[str, object]]


def described(settings: Iterable[Mapping[str, object]], name: str) -> Told:
    """What settings say, of whatever kind `triage formats` knows.

    Args:
        settings: mappings, each as its framework writes it down, or ``optimizer``, ``learning_rate``, ``batch_size``
            and so on as a person does.
        name: what they are called in the report.

    Raises:
        IntakeError: one of them is of no kind that is known.

    """
    told = joined([_described(one, name) for one in settings])
    return Told(
        tuple(replace(item, place=_without_line(item.place)) for item in told.stated),
        tuple(replace(item, place=_without_line(item.place)) for item in told.found),
        told.notes,
    )


def with_numbers(told: Told, numbers: Mapping[str, float | None], name: str) -> Told:
    """The same and some numbers more, by their names in `triage.intake.found.NUMBERS`; None is not known."""
    more = (Stated(key, value, Place(name)) for key, value in numbers.items() if value is not None)
    return replace(told, stated=(*told.stated, *more))


def torch_settings(optimizer: TorchOptimizer, scheduler: object | None = None) -> dict[str, object]:
    """The settings of an optimizer of PyTorch and of its schedule, for `described`.

    Args:
        optimizer: any ``torch.optim.Optimizer``; of several groups the one with the highest rate counts.
        scheduler: any schedule of ``torch.optim.lr_scheduler``.

    """
    groups = [{**group, "lr": group.get("initial_lr", group.get("lr"))} for group in optimizer.param_groups]
    highest = max(groups, key=lambda group: _rate(group["lr"]))
    arguments = {key: _plain(value) for key, value in highest.items() if key not in ("params", "initial_lr")}
    settings: dict[str, object] = {
        "optimizer": {"class_path": f"torch.optim.{type(optimizer).__name__}", "init_args": arguments}
    }
    if scheduler is not None:
        kind = f"torch.optim.lr_scheduler.{type(scheduler).__name__}"
        settings["lr_scheduler"] = {"class_path": kind, "init_args": {}}
    return settings


def _described(settings: Mapping[str, object], name: str) -> Told:
    text = json.dumps(settings, default=str, indent=1)
    source = source_of(text, name)
    opened = Opened(source, document_of(source))
    known = format_of(opened)
    if known is None:
        keys = ", ".join(map(repr, list(settings)[:8])) or "none"
        raise IntakeError(name, f"expected settings of a training, such as optimizer or learning_rate, found {keys}")
    return known.read([opened])


def _without_line(place: Place) -> Place:
    """The name alone, as there is no file to open."""
    return Place(place.file, None, place.words)


def _rate(value: object) -> float:
    plain = _plain(value)
    return float(plain) if isinstance(plain, float | int) else 0.0


def _plain(value: object) -> object:
    """A rate or an epsilon that is held in a tensor, as the number that it is."""
    item = getattr(value, "item", None)
    return value if item is None else item()
