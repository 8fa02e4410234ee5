"""The values that were logged -> a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from triage.attaching import attached
from triage.diagnosis import Diagnosis
from triage.events import Enclosed
from triage.history.model import History
from triage.history.table import Table, to_history, with_loss
from triage.session import Session, States

__all__ = ["Judged", "judged", "judged_history"]

OF_A_WHOLE_RUN = frozenset({"training_length"})
"""What a log shows only when it is whole."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A diagnosis and the curves that it was made from."""

    diagnosis: Diagnosis
    history: History


def judged(
    table: Table,
    session: Session,
    answers: Mapping[str, States],
    enclosed: Enclosed | None,
    columns: Mapping[str, str],
    *,
    whole: bool,
) -> Judged:
    """Triage what was logged.

    Args:
        table: the values.
        session: any; it is not changed, as its knowledge alone is used.
        answers: finding -> state.
        enclosed: what the framework's objects say of the setup.
        columns: canonical name -> name that was logged, where it should not be guessed.
        whole: whether the run is over; the length of one that is not says nothing.

    Raises:
        HistoryError: nothing of it is a loss.

    """
    chosen = {wanted: name for wanted, name in columns.items() if name in table.columns}
    return judged_history(with_loss(to_history(table, chosen)), session, answers, enclosed, chosen, whole=whole)


def judged_history(
    history: History,
    session: Session,
    answers: Mapping[str, States],
    enclosed: Enclosed | None,
    chosen: Mapping[str, str],
    *,
    whole: bool,
) -> Judged:
    """As `judged`, of curves that have their names already; ``chosen`` are the columns that were not guessed."""
    event = attached(history, chosen)
    if not whole:
        telling = tuple(reading for reading in event.readings if reading.finding not in OF_A_WHOLE_RUN)
        event = replace(event, readings=telling)
    run = session.another()
    run.take_in(event, history)
    if enclosed is not None:
        run.enclose(enclosed)
    for finding, states in answers.items():
        run.answer(finding, states)
    return Judged(run.diagnosis(), history)
