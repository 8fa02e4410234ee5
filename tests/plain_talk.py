"""The line-mode interview as a person at the keyboard has it."""

import io
import re
from functools import cache

from tests.knowledge.small import base_of, small
from triage.events import Said, changes_that_count
from triage.plain import interview

NAN_LOG = "tests/data/nan_in_input.csv"


@cache
def with_complaints():
    """A small knowledge in which two states are complaints, so that an interview opens with them."""
    files = small()
    states = files["symptoms/loss_course.yaml"]["states"]
    states["grows"]["complaint"] = "The loss grows and grows"
    states["ends_in_nan"]["complaint"] = "The loss turned NaN"
    return base_of(files)


def talk(session, *lines, notes=()):
    """The diagnosis and everything that was printed, when these lines are typed."""
    written = io.StringIO()
    diagnosis = interview(session, io.StringIO("".join(f"{line}\n" for line in lines)), written, notes)
    return diagnosis, written.getvalue()


def flat(text):
    """The text without its line breaks, so that what was wrapped can be found."""
    return " ".join(text.split())


def asked(session):
    return session.diagnosis().next_questions[0]


def number_of(text, label):
    """The number under which a label was offered, wherever its line was broken."""
    return re.search(rf"(\d+)\. {re.escape(label)}", flat(text))[1]


def told(session):
    """finding -> states and whether it was brought up unasked, of what the person said and what still counts."""
    return {
        change.finding: (change.states, change.volunteered)
        for change in changes_that_count(session.events)
        if isinstance(change, Said)
    }
