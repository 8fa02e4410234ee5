"""A diagnosis in one call: the front door of triage for other programs and for notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis
from triage.events import Enclosed, Kind
from triage.history import read_history
from triage.session import Session, States

if TYPE_CHECKING:
    from triage.history import Source

    Files: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]

__all__ = ["diagnose"]


def diagnose(
    history: Source | Sequence[Source] | None = None,
    answers: Mapping[str, States] | None = None,
    *,
    volunteered: Mapping[str, States] | None = None,
    columns: Mapping[str, str] | None = None,
    text: str | Sequence[str] | None = None,
    config: Files | None = None,
    code: Files | None = None,
    weights: Files | None = None,
    data: Files | None = None,
    base: KnowledgeBase | None = None,
    packs: Sequence[str | PathLike[str]] = (),
) -> Diagnosis:
    """Diagnose a run in one call.

    >>> import pandas as pd, triage
    >>> loss = [2.0 / (1 + step) if step < 200 else float("nan") for step in range(300)]
    >>> diagnosis = triage.diagnose(pd.DataFrame({"loss": loss}), answers={"scan_inputs_for_nan": "found"})
    >>> diagnosis.causes[0].title, diagnosis.causes[0].probability > 0.5
    ('NaN or Inf in the inputs or targets', True)
    >>> diagnosis.causes[0].remedies[0].title
    'Remove broken samples and rebuild the data set'
    >>> [finding.message for finding in diagnosis.findings if finding.finding == "nan_onset"]
    ['NaN from row 200 on, ...']

    What would help most to know, and the same run knowing it; ``unknown`` is an answer too:

    >>> question = diagnosis.next_questions[0]
    >>> {choice.state: choice.label for choice in question.choices}
    {...}
    >>> knowing = triage.diagnose(
    ...     pd.DataFrame({"loss": loss}),
    ...     answers={"scan_inputs_for_nan": "found", question.finding: question.choices[0].state},
    ... )

    Words, scripts and settings may stand in for a log or beside it:

    >>> triage.diagnose(text="the loss is nan from the first step on, in fp16").is_healthy
    False

    As the last line of a notebook cell the result shows itself; ``diagnosis.model_dump_json()`` is what
    ``triage --format json`` prints.

    Args:
        history: a path, ``-``, a pandas frame, a `History`, a sequence of those that belong to one run, or None.
        answers: finding -> state, several states where it is one of them, or ``unknown``.
        volunteered: the same of what somebody brought up unasked (`Session.volunteer`).
        columns: canonical name -> name in the file, where the columns should not be guessed.
        text: what is wrong and how the run is set up, in somebody's own words; a log that is pasted into it is read
            where no history is given.
        config: configuration files, a path or several.
        code: training scripts or notebooks, which are read and never run.
        weights: checkpoints, an earlier one first.
        data: files with the training data.
        base: the knowledge; by default the built-in one.
        packs: folders of packs to put on top of the built-in knowledge, instead of a base that has them.

    Raises:
        PackError: a pack cannot be used, or both a base and packs are given.
        HistoryError: the history cannot be read.
        IntakeError: a file beside it cannot be read.
        AnswerError: an answer names a finding or a state that does not exist; the message names the nearest.

    """
    session = Session(_with_packs(packs, base) if packs else base)
    for finding, states in [*(answers or {}).items(), *(volunteered or {}).items()]:
        session.check_answer(finding, states)
    heard = session.hear(text) if text else None
    given = _enclosures({"config": config, "code": code, "weights": weights, "data": data})
    beside = {event.kind: event for event in (*(heard.enclosed if heard is not None else ()), *given)}
    if history is not None:
        session.attach(read_history(history, columns), columns)
    elif heard is not None and heard.history is not None:
        session.attach(heard.history)
    for event in beside.values():
        session.enclose(event)
    for finding, states in heard.findings.items() if heard is not None else ():
        session.volunteer(finding, states)
    for finding, states in (answers or {}).items():
        session.answer(finding, states)
    for finding, states in (volunteered or {}).items():
        session.volunteer(finding, states)
    return session.diagnosis()


def _with_packs(packs: Sequence[str | PathLike[str]], base: KnowledgeBase | None) -> KnowledgeBase:
    from triage.errors import PackError
    from triage.packs import load_base

    if base is not None:
        raise PackError(["expected a base or packs, found both: knowledge.load(packs=[...]) makes a base with them"])
    return load_base([Path(pack) for pack in packs])


def _enclosures(given: Mapping[Kind, Files | None]) -> list[Enclosed]:
    from triage.enclosing import enclosed

    return [
        enclosed(kind, [files] if isinstance(files, str | PathLike) else list(files))
        for kind, files in given.items()
        if files
    ]
