"""`History` -> what is seen in it: the symptoms, the facts that remedies need, and by what it is known again."""

from __future__ import annotations

import hashlib

import numpy as np

from triage.detectors import Reading, detect
from triage.facts import facts_of
from triage.history import History

__all__ = ["digest_of", "observed"]

LONG = 1_000_000
"""Rows from which on a second thread is worth its start."""


def observed(history: History) -> tuple[tuple[Reading, ...], dict[str, float], str]:
    """The symptoms, the facts and the digest of a history; of a long one two threads share the work."""
    if history.rows < LONG:
        return detect(history), facts_of(history), digest_of(history)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(digest_of, history)
        facts = beside.submit(facts_of, history)
        return detect(history), facts.result(), digest.result()


def digest_of(history: History) -> str:
    """Hash over steps and values of every column."""
    digest = hashlib.sha256(np.ascontiguousarray(history.step).data)
    for name in sorted(history.series):
        digest.update(name.encode("utf-8", "backslashreplace"))
        digest.update(np.ascontiguousarray(history.series[name].values).data)
        digest.update(np.ascontiguousarray(history.series[name].logged).data)
    return digest.hexdigest()
