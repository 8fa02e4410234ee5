"""Find out why a neural network does not train.

>>> import triage
>>> diagnosis = triage.diagnose(answers={"nan_onset": "sudden"})
>>> diagnosis.causes[0].probability > 0
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.errors import AnswerError, HistoryError, IntakeError, SessionError, TriageError

if TYPE_CHECKING:
    from triage.batch.many import diagnose_many as diagnose_many
    from triage.diagnosis import Diagnosis as Diagnosis
    from triage.history import History as History
    from triage.history import read_history as read_history
    from triage.one_call import diagnose as diagnose
    from triage.session import Session as Session

__version__ = "0.1.0"

__all__ = [
    "AnswerError",
    "Diagnosis",
    "History",
    "HistoryError",
    "IntakeError",
    "Session",
    "SessionError",
    "TriageError",
    "__version__",
    "diagnose",
    "diagnose_many",
    "read_history",
]

_LAZY = {
    "Diagnosis": "triage.diagnosis",
    "History": "triage.history",
    "Session": "triage.session",
    "diagnose": "triage.one_call",
    "diagnose_many": "triage.batch.many",
    "read_history": "triage.history",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for, so that ``triage --version`` stays quick."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(_LAZY[name]), name)
    return loaded
