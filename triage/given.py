"""What is known of a run, from the flags of a command: histories and answers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.errors import AnswerError

if TYPE_CHECKING:
    from triage.history import History
    from triage.session import Session

__all__ = ["Given", "add_flags", "given_by", "is_given", "tell"]

RUN = "run"
"""Beside the columns: the run that was chosen, as `read_history` takes it."""


@dataclass(frozen=True, slots=True)
class Given:
    """Histories that are read and answers that are well formed, before any session is touched.

    Args:
        history: the history of the run, if there is one.
        columns: canonical name -> name in the file, as the person chose it; ``run`` -> the run that was chosen.
        answers: finding -> states.

    """

    history: History | None
    columns: Mapping[str, str]
    answers: Mapping[str, list[str]]


def add_flags(group: argparse._ArgumentGroup) -> None:
    """Add ``--log``, ``--run``, ``--answer``, ``--answers`` and ``--column``."""
    group.add_argument(
        "--log",
        metavar="FILE",
        action="append",
        default=[],
        help="history of the run or its folder, - for standard input; repeat for several files of one run",
    )
    group.add_argument(
        "--run", metavar="NAME", default="", help="which run is meant, where a file or folder holds several"
    )
    group.add_argument(
        "--answer",
        metavar="FINDING=STATE",
        action="append",
        default=[],
        help="what you know of the run; repeat; STATE may be unknown, or several with commas where it is one of them",
    )
    group.add_argument("--answers", metavar="FILE", help="the same from a YAML or JSON file")
    group.add_argument(
        "--column",
        metavar="CANONICAL=NAME",
        action="append",
        default=[],
        help="which column is what, e.g. train_loss=my_loss",
    )


def is_given(options: argparse.Namespace) -> bool:
    """Whether any of the flags tells something of a run."""
    return bool(options.log or options.answer or options.answers is not None)


def given_by(options: argparse.Namespace, session: Session) -> Given:
    """Read what the flags name; ``session`` is asked whether it could take the answers, and not changed.

    Raises:
        TriageError: a file cannot be read, or an answer names what does not exist.

    """
    answers = _answers_from_file(options.answers)
    for finding, text in _pairs(options.answer, "--answer FINDING=STATE").items():
        answers[finding] = [state.strip() for state in text.split(",")]
    columns = _chosen(options)
    for finding, states in answers.items():
        session.check_answer(finding, states)
    history = None
    if options.log:
        from triage.history import read_history
        from triage.reading_bar import reading_bar

        with reading_bar(wanted=not getattr(options, "quiet", False)) as progress:
            history = read_history(options.log, columns, progress=progress)
    return Given(history, columns, answers)


def tell(session: Session, given: Given) -> None:
    """Attach the history and take the answers."""
    if given.history is not None:
        session.attach(given.history, given.columns)
    for finding, states in given.answers.items():
        session.answer(finding, states)


def _chosen(options: argparse.Namespace) -> dict[str, str]:
    """The columns and the run that were chosen, as `read_history` takes both."""
    columns = _pairs(options.column, "--column CANONICAL=NAME")
    if RUN in columns:
        raise AnswerError(f"expected --run NAME for the run, found --column {RUN}={columns[RUN]}")
    if options.run and not options.log:
        raise AnswerError("expected --log FILE beside --run")
    return {**columns, RUN: options.run} if options.run else columns


def _answers_from_file(file: str | None) -> dict[str, list[str]]:
    if file is None:
        return {}
    from triage.answers import read_answers

    return read_answers(file)


def _pairs(given: Sequence[str], form: str) -> dict[str, str]:
    pairs = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise AnswerError(f"expected {form}, found {item!r}")
        pairs[name.strip()] = value.strip()
    return pairs
