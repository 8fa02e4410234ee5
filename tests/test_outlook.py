from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_bases import bases
from triage import AnswerError, Session
from triage.detectors import Reading
from triage.diagnosis import HistoryView
from triage.events import Attached
from triage.history import read_history
from triage.interview import rank_questions
from triage.outlook import answers_ahead, strongest_changes


@st.composite
def sessions(draw):
    """A session on a small base in which a detector, answers, and symptoms brought up unasked all may have a word."""
    session = Session(draw(bases()))
    if draw(st.booleans()):
        session.replay([draw(attached(session.base))])
    for name in draw(st.lists(st.sampled_from(sorted(session.base.findings)), max_size=4)):
        states = list(session.base.findings[name].states)
        told = draw(st.one_of(st.just("unknown"), st.lists(st.sampled_from(states), min_size=1, unique=True)))
        draw(st.sampled_from([session.answer, session.volunteer]))(name, told)
    return session


@st.composite
def attached(draw, base):
    readings = []
    for name in draw(st.lists(st.sampled_from(sorted(base.findings)), unique=True)):
        states = draw(st.lists(st.sampled_from(list(base.findings[name].states)), min_size=1, max_size=2, unique=True))
        readings.append(Reading(name, {state: draw(st.floats(0.1, 0.5)) for state in states}, "Seen."))
    view = HistoryView(format="csv", files=[], steps=1, columns={}, warnings=[])
    return Attached(view, tuple(readings), {}, "", {}, "")


def told(session, finding, states):
    """The beliefs of a new session that is told the same, and the answer."""
    other = Session(session.base)
    other.replay(session.events)
    other.answer(finding, states)
    return other.beliefs()


def without_own_word(session, finding):
    other = Session(session.base)
    other.replay(session.events)
    other.withdraw(finding)
    return other.beliefs()


def causes_of(beliefs):
    posterior = beliefs.posterior
    return dict(zip(posterior.network.hypotheses.causes, posterior.cause_probability, strict=True))


def assert_same(ahead, beliefs):
    assert dict(ahead.causes) == pytest.approx(causes_of(beliefs), abs=1e-9)
    assert ahead.none == pytest.approx(beliefs.posterior.none, abs=1e-9)
    assert ahead.not_listed == pytest.approx(beliefs.posterior.not_listed, abs=1e-9)


def assert_mean_is(ahead, beliefs):
    """The law of total probability: what is believed now is what will be believed, on average."""
    assert sum(item.probability for item in ahead) == pytest.approx(1.0, abs=1e-9)
    for cause, probability in causes_of(beliefs).items():
        assert sum(item.probability * item.causes[cause] for item in ahead) == pytest.approx(probability, abs=1e-9)
    assert sum(i.probability * i.none for i in ahead) == pytest.approx(beliefs.posterior.none, abs=1e-9)
    assert sum(i.probability * i.not_listed for i in ahead) == pytest.approx(beliefs.posterior.not_listed, abs=1e-9)


def the_long_way(session, cause):
    """Expected change, highest and lowest outcome of every question that may be asked, by asking each of them."""
    beliefs = session.beliefs()
    before = causes_of(beliefs)[cause]
    found = {}
    for candidate in rank_questions(beliefs.questions, beliefs.posterior, beliefs.evidence, beliefs.asked):
        ahead = answers_ahead(beliefs, candidate.finding)
        after = [causes_of(told(session, candidate.finding, item.state))[cause] for item in ahead]
        change = sum(item.probability * abs(value - before) for item, value in zip(ahead, after, strict=True))
        found[candidate.finding] = (change, max(after), min(after))
    return found


@given(sessions())
@settings(max_examples=60)
def test_what_lies_ahead_is_what_a_new_session_believes_after_that_answer(session):
    beliefs = session.beliefs()
    for finding in [*session.base.findings, "remedy_1"]:
        ahead = answers_ahead(beliefs, finding)
        assert [item.state for item in ahead] == list(session.base.finding(finding).states)
        for item in ahead:
            assert_same(item, told(session, finding, item.state))


@given(sessions())
@settings(max_examples=60)
def test_the_mean_over_the_answers_is_what_is_believed_without_ones_own_word(session):
    beliefs = session.beliefs()
    for finding in [*session.base.findings, "remedy_1"]:
        assert_mean_is(answers_ahead(beliefs, finding), without_own_word(session, finding))


@given(sessions())
@settings(max_examples=40)
def test_several_answers_at_once_are_the_mean_of_each(session):
    for finding in session.base.findings:
        first, second = answers_ahead(session.beliefs(), finding)[:2]
        if len(session.base.findings[finding].states) > 2:
            either = causes_of(told(session, finding, [first.state, second.state]))
            for cause, probability in either.items():
                weighed = sum(item.probability * item.causes[cause] for item in (first, second))
                assert weighed / (first.probability + second.probability) == pytest.approx(probability, abs=1e-9)


@given(sessions())
@settings(max_examples=40)
def test_the_strongest_changes_are_those_that_asking_everything_finds(session):
    for cause in session.base.causes:
        movements = strongest_changes(session.beliefs(), cause, most=100)
        expected = the_long_way(session, cause)
        assert {movement.finding for movement in movements} == set(expected)
        changes = [movement.expected_change for movement in movements]
        assert changes == sorted(changes, reverse=True)
        for movement in movements:
            change, highest, lowest = expected[movement.finding]
            assert movement.expected_change == pytest.approx(change, abs=1e-9)
            assert movement.raises.after == pytest.approx(highest, abs=1e-9)
            assert movement.lowers.after == pytest.approx(lowest, abs=1e-9)


@given(sessions())
@settings(max_examples=40)
def test_an_outcome_is_the_answer_that_it_names(session):
    beliefs = session.beliefs()
    for cause in session.base.causes:
        for movement in strongest_changes(beliefs, cause):
            ahead = {item.state: item for item in answers_ahead(beliefs, movement.finding)}
            for outcome in (movement.raises, movement.lowers):
                assert outcome.probability == pytest.approx(ahead[outcome.state].probability, abs=1e-9)
                assert outcome.after == pytest.approx(ahead[outcome.state].causes[cause], abs=1e-9)


def nothing_known(session):
    pass


def answered(session):
    session.answer("nan_onset", "sudden")
    session.answer("optimizer", "adam")
    session.answer("precision", "unknown")


def brought_up(session):
    session.volunteer("nan_onset", "sudden")
    session.volunteer("train_loss_trend", "diverging")
    session.answer("optimizer", "adam")


def read_and_brought_up(session):
    session.attach(read_history("tests/data/nan_in_input.csv"))
    session.volunteer("predictions_look", "not_a_number")
    session.answer("nan_onset", "after_growth")


@pytest.mark.parametrize("happened", [nothing_known, answered, brought_up, read_and_brought_up])
class TestOnTheRealKnowledge:
    def session(self, base, happened):
        session = Session(base)
        happened(session)
        return session

    def test_what_lies_ahead_is_what_the_answer_brings_about(self, real_base, happened):
        session = self.session(real_base, happened)
        beliefs = session.beliefs()
        told_before = [report.finding for report in session.reports]
        for finding in dict.fromkeys([*told_before, *list(real_base.findings)[::6], *list(real_base.trials)[::9]]):
            ahead = answers_ahead(beliefs, finding)
            for item in ahead:
                session.answer(finding, item.state)
                assert_same(item, session.beliefs())
                session.undo()
            session.withdraw(finding)
            assert_mean_is(ahead, session.beliefs())
            if finding in beliefs.asked:
                session.undo()

    @pytest.mark.parametrize("cause", ["learning_rate_too_high", "fp16_overflow"])
    def test_the_strongest_changes_hold_against_every_question_asked(self, real_base, happened, cause):
        beliefs = self.session(real_base, happened).beliefs()
        before = causes_of(beliefs)[cause]
        expected = {}
        for candidate in rank_questions(beliefs.questions, beliefs.posterior, beliefs.evidence, beliefs.asked):
            ahead = answers_ahead(beliefs, candidate.finding)
            expected[candidate.finding] = sum(i.probability * abs(i.causes[cause] - before) for i in ahead)
        movements = strongest_changes(beliefs, cause)
        assert len(movements) == 5
        assert [movement.expected_change for movement in movements] == pytest.approx(
            sorted(expected.values(), reverse=True)[:5], abs=1e-9
        )
        for movement in movements:
            assert movement.expected_change == pytest.approx(expected[movement.finding], abs=1e-9)
            assert movement.lowers.after < before < movement.raises.after


def test_the_answer_that_was_given_leads_to_what_is_believed_now(real_base):
    session = Session(real_base)
    brought_up(session)
    session.answer("precision", "bf16")
    beliefs = session.beliefs()
    given_answer = next(item for item in answers_ahead(beliefs, "precision") if item.state == "bf16")
    assert_same(given_answer, beliefs)


def test_no_more_changes_are_named_than_asked_for(real_base):
    assert len(strongest_changes(Session(real_base).beliefs(), "learning_rate_too_high", most=2)) == 2


def test_what_was_asked_is_not_among_the_changes(real_base):
    session = Session(real_base)
    first = strongest_changes(session.beliefs(), "learning_rate_too_high")[0].finding
    session.answer(first, "unknown")
    assert first not in {item.finding for item in strongest_changes(session.beliefs(), "learning_rate_too_high")}


def test_a_cause_that_has_become_impossible_is_moved_by_nothing(real_base):
    beliefs = Session(real_base).beliefs()
    sound = np.zeros(len(beliefs.posterior.probability))
    sound[0] = 1.0
    certain = replace(beliefs, posterior=replace(beliefs.posterior, probability=sound))
    assert strongest_changes(certain, "learning_rate_too_high") == []


def test_what_does_not_exist_is_refused_with_the_nearest_names(real_base):
    beliefs = Session(real_base).beliefs()
    with pytest.raises(AnswerError, match="optimizer"):
        answers_ahead(beliefs, "optimiser")
    with pytest.raises(AnswerError, match="learning_rate_too_high"):
        strongest_changes(beliefs, "learning_rate_to_high")
