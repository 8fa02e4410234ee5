"""What a person is asked next, whatever the front."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage import read_history
from triage.session import DONT_KNOW, Session
from triage.topics import NONE_OF_THESE, Wishes, topic_of

LOG = Path(__file__).parent / "data" / "nan_in_input.csv"


@pytest.fixture
def asked(real_base):
    """A session with a log, at its first question."""
    session = Session(base=real_base)
    session.attach(read_history(LOG))
    return session


def test_a_session_without_anything_begins_with_what_people_complain_of(real_base):
    topic = topic_of(Session(base=real_base), Wishes())
    assert topic.stage == "opening"
    assert topic.choices[-1].label == NONE_OF_THESE
    assert all("=" in choice.state for choice in topic.choices[:-1])


def test_who_passes_the_opening_over_is_asked_a_question(real_base):
    topic = topic_of(Session(base=real_base), Wishes(opening_passed=True))
    assert topic.stage == "question"
    assert [choice.state for choice in topic.choices] == list(real_base.finding(topic.finding).states)


def test_a_log_needs_no_opening(asked):
    assert topic_of(asked, Wishes()).stage == "question"


def test_what_was_put_off_comes_back_after_a_few_answers(asked):
    wishes = Wishes(asking_on=True)
    first = topic_of(asked, wishes).finding
    wishes = replace(wishes, later={first: len(asked.reports) + 3})
    for _ in range(3):
        finding = topic_of(asked, wishes).finding
        assert finding != first
        asked.answer(finding, [DONT_KNOW])
    assert topic_of(asked, wishes).finding == first


def test_an_outcome_and_a_revision_go_before_the_next_question(asked):
    for wishes, stage in ((Wishes(outcome="lower_rate_tenfold"), "outcome"), (Wishes(revised="optimizer"), "revision")):
        topic = topic_of(asked, wishes)
        assert topic.stage == stage
        assert topic.finding in (wishes.outcome, wishes.revised)


def test_at_the_end_the_steps_to_take_are_what_can_be_told_of(asked):
    asked.answer("lower_rate_tenfold", ["no_effect"])
    while (topic := topic_of(asked, Wishes())).stage == "question":
        asked.answer(topic.finding, [DONT_KNOW])
    assert topic.stage == "end"
    assert topic.choices
    assert all(asked.base.finding(choice.state) for choice in topic.choices)
