"""What is known of a run, from the flags of a command: histories, files beside them, words and answers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import AnswerError

if TYPE_CHECKING:
    from triage.events import Enclosed, Kind
    from triage.history import History
    from triage.history.progress import Progress
    from triage.session import Session
    from triage.telling import Telling

__all__ = ["Given", "add_flags", "given_by", "is_given", "tell"]

BESIDE: Mapping[Kind, tuple[str, str]] = {
    "config": ("FILE", "configuration of the run, in any of the usual forms (triage formats); repeat for several"),
    "code": ("FILE", "training script or notebook, which is read and never run; repeat for several"),
    "weights": ("FILE", "checkpoint to look through; repeat for earlier ones"),
    "data": ("FILE", "training data to look through: CSV, Parquet, npy, npz; repeat for several"),
}
"""Files beside the log: kind -> what its flag takes, and what it is."""

RUN = "run"
"""Beside the columns: the run that was chosen, as `read_history` takes it."""


@dataclass(frozen=True, slots=True)
class Given:
    """Files that are read and answers that are well formed, before any session is touched.

    Args:
        history: the history of the run, if there is one.
        columns: canonical name -> name in the file, as the person chose it; ``run`` -> the run that was chosen.
        enclosed: the files beside it, those of one kind together.
        said: finding -> states, as the person's own words have them.
        answers: finding -> states.

    """

    history: History | None
    columns: Mapping[str, str]
    enclosed: Sequence[Enclosed]
    said: Mapping[str, Sequence[str]]
    answers: Mapping[str, list[str]]


def add_flags(group: argparse._ArgumentGroup) -> None:
    """Add ``--log``, ``--run``, ``--column``, ``--text``, the files beside the log, ``--answer`` and ``--answers``."""
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
    for kind, (metavar, told) in BESIDE.items():
        group.add_argument(f"--{kind}", metavar=metavar, action="append", default=[], help=told)
    group.add_argument(
        "--text",
        metavar="WORDS",
        action="append",
        default=[],
        help="what is wrong and how the run is set up, in your own words; lines of a log in it are read as one",
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
    beside = any(getattr(options, kind) for kind in BESIDE)
    return bool(options.log or options.text or beside or options.answer or options.answers is not None)


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
    heard = _words(options, session)
    history = None if heard is None else heard.history
    enclosed = {event.kind: event for event in (*(() if heard is None else heard.enclosed), *_enclosed(options))}
    if options.log:
        from triage.history import read_history
        from triage.reading_bar import reading_bar

        with reading_bar(wanted=not getattr(options, "quiet", False)) as progress:
            history = read_history(options.log, columns, progress=progress)
    return Given(history, columns, list(enclosed.values()), {} if heard is None else heard.findings, answers)


def tell(session: Session, given: Given) -> None:
    """Attach the history and the files beside it, and take what was said."""
    if given.history is not None:
        session.attach(given.history, given.columns)
    for event in given.enclosed:
        session.enclose(event)
    for finding, states in given.said.items():
        session.volunteer(finding, states)
    for finding, states in given.answers.items():
        session.answer(finding, states)


def _words(options: argparse.Namespace, session: Session) -> Telling | None:
    """What the words say, and the log and the files that were pasted among them."""
    if not options.text:
        return None
    telling = session.hear(options.text)
    if telling.is_empty:
        raise AnswerError("expected words on what is wrong or how the run is set up for --text, recognised nothing")
    return telling


def _enclosed(options: argparse.Namespace) -> Iterator[Enclosed]:
    from triage.enclosing import enclosed
    from triage.reading_bar import reading_bar

    for kind in BESIDE:
        if files := getattr(options, kind):
            with reading_bar(wanted=not getattr(options, "quiet", False)) as progress:
                yield enclosed(kind, files, None if progress is None else partial(_tell_bytes, progress, _size(files)))


def _tell_bytes(progress: Progress, size: int, share: float) -> None:
    progress(round(share * size), size)


def _size(files: Sequence[str]) -> int:
    """Bytes of the files that are there; what is wrong with the others is told by whoever reads them."""
    return sum(path.stat().st_size for path in map(Path, files) if path.is_file())


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
