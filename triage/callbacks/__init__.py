"""Watching a run while it trains: `Watcher` for a loop of one's own, and a callback for each framework.

No framework is imported before its callback is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.callbacks.alarms import Alarm as Alarm
    from triage.callbacks.hugging_face_callback import HuggingFaceTriage as HuggingFaceTriage
    from triage.callbacks.keras_callback import KerasTriage as KerasTriage
    from triage.callbacks.lightning_callback import LightningTriage as LightningTriage
    from triage.callbacks.watcher import TrainingWarning as TrainingWarning
    from triage.callbacks.watcher import Watcher as Watcher

__all__ = ["Alarm", "HuggingFaceTriage", "KerasTriage", "LightningTriage", "TrainingWarning", "Watcher"]

_LAZY = {
    "Alarm": "triage.callbacks.alarms",
    "HuggingFaceTriage": "triage.callbacks.hugging_face_callback",
    "KerasTriage": "triage.callbacks.keras_callback",
    "LightningTriage": "triage.callbacks.lightning_callback",
    "TrainingWarning": "triage.callbacks.watcher",
    "Watcher": "triage.callbacks.watcher",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(_LAZY[name]), name)
    return loaded
