import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.beliefs.test_posterior import reports_of
from tests.small_bases import SIZE, bases_with_answers
from triage.beliefs import Report, answer_likelihood, compile_network, infer, merge
from triage.interview import compile_questions, information_gain, rank_questions, stop_reason
from triage.plan import Trials, list_trials


def entropy(probability):
    positive = probability[probability > 0]
    return float(-(positive * np.log2(positive)).sum())


@given(bases_with_answers())
@settings(max_examples=60, deadline=None)
def test_expected_gain_is_never_negative_and_never_more_than_is_unknown(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    questions = compile_questions(base, network)
    evidence = merge(reports_of(base, answers))
    posterior = infer(network, evidence)
    gains = information_gain(questions, posterior, evidence)
    assert (gains >= 0).all()
    assert (gains <= entropy(posterior.probability) + 1e-9).all()


@given(bases_with_answers())
@settings(max_examples=40, deadline=None)
def test_expected_gain_is_the_mean_drop_of_entropy_over_the_answers(given_base):
    base, answers = given_base
    network = compile_network(base, SIZE)
    questions = compile_questions(base, network)
    evidence = merge(reports_of(base, answers))
    posterior = infer(network, evidence)
    gains = information_gain(questions, posterior, evidence)
    for index, name in enumerate(questions.findings):
        states = tuple(base.findings[name].states)
        expected = entropy(posterior.probability)
        total = 0.0
        for answer in range(len(states)):
            told = Report(name, answer_likelihood(questions.answers[name], [answer]), "a second person")
            before = evidence.get(name, np.ones(len(states)))
            table = network.tables[name]
            given_reports = (table * before) / np.maximum((table * before).sum(axis=1, keepdims=True), 1e-300)
            probability = float(posterior.probability @ (given_reports @ np.array(told.likelihood)))
            after = infer(network, merge([*reports_of(base, answers), told]))
            expected -= probability * entropy(after.probability)
            total += probability
        assert total == pytest.approx(1.0)
        assert gains[index] == pytest.approx(max(expected, 0.0), abs=1e-9)


@given(bases_with_answers(), st.data())
@settings(max_examples=40, deadline=None)
def test_what_was_asked_is_not_asked_again(given_base, data):
    base, answers = given_base
    network = compile_network(base, SIZE)
    questions = compile_questions(base, network)
    asked = set(data.draw(st.lists(st.sampled_from(sorted(base.findings)))))
    evidence = merge(reports_of(base, answers))
    ranked = rank_questions(questions, infer(network, evidence), evidence, asked)
    assert not asked & {candidate.finding for candidate in ranked}
    worths = [candidate.worth for candidate in ranked]
    assert worths == sorted(worths, reverse=True)


class TestOnTheRealKnowledge:
    def rank(self, session_parts, answers, asked=()):
        base, network, questions = session_parts
        evidence = merge(reports_of(base, answers))
        posterior = infer(network, evidence)
        return posterior, rank_questions(questions, posterior, evidence, set(answers) | set(asked))

    def test_a_question_is_not_asked_before_its_precondition_is_known(self, session_parts):
        _, ranked = self.rank(session_parts, {})
        assert "raise_adam_epsilon" not in {candidate.finding for candidate in ranked}
        assert "optimizer" in {candidate.finding for candidate in ranked}

    def test_a_question_is_asked_once_its_precondition_holds(self, session_parts):
        _, ranked = self.rank(session_parts, {"optimizer": "adam"})
        assert "raise_adam_epsilon" in {candidate.finding for candidate in ranked}

    def test_a_question_is_never_asked_once_its_precondition_fails(self, session_parts):
        _, ranked = self.rank(session_parts, {"optimizer": "sgd"})
        assert "raise_adam_epsilon" not in {candidate.finding for candidate in ranked}

    def test_an_unknown_precondition_gains_by_what_it_opens(self, session_parts):
        base, network, questions = session_parts
        evidence = merge(reports_of(base, {"train_loss_trend": "jump_then_plateau"}))
        posterior = infer(network, evidence)
        ranked = {item.finding: item for item in rank_questions(questions, posterior, evidence, {"train_loss_trend"})}
        index = questions.findings.index("start_point")
        own = information_gain(questions, posterior, evidence)[index]
        own *= questions.answerable[index] / questions.minutes[index]
        assert ranked["start_point"].worth >= own - 1e-12

    def test_not_knowing_a_precondition_closes_what_hangs_on_it(self, session_parts):
        _, ranked = self.rank(session_parts, {}, asked=["optimizer"])
        assert "raise_adam_epsilon" not in {candidate.finding for candidate in ranked}

    def test_asking_stops_when_one_cause_is_sure(self, session_parts):
        base, network, questions = session_parts
        answers = {
            "nan_onset": "sudden",
            "scan_inputs_for_nan": "found",
            "replay_failing_batch": "bad_value_in_batch",
            "lower_rate_tenfold": "no_effect",
            "train_on_standard_data": "works",
        }
        posterior, ranked = self.rank(session_parts, answers)
        trials = list_trials(base, network.hypotheses.causes)
        assert stop_reason(questions, posterior, ranked, trials) == "confident"

    def test_asking_stops_when_nothing_is_left_to_ask(self, session_parts):
        base, network, questions = session_parts
        posterior, ranked = self.rank(session_parts, {}, asked=base.findings)
        assert ranked == []
        trials = list_trials(base, network.hypotheses.causes)
        assert stop_reason(questions, posterior, ranked, trials) == "out_of_questions"

    def test_asking_goes_on_when_nothing_is_known(self, session_parts):
        base, network, questions = session_parts
        posterior, ranked = self.rank(session_parts, {})
        trials = list_trials(base, network.hypotheses.causes)
        assert stop_reason(questions, posterior, ranked, trials) is None

    def test_a_run_that_is_quite_surely_sound_is_left_at_that(self, session_parts):
        base, network, questions = session_parts
        sound = {
            "nan_onset": "none",
            "train_loss_trend": "falling",
            "validation_against_train": "follows_train",
            "final_quality": "as_expected",
            "predictions_look": "varied",
            "speed_of_descent": "ordinary",
        }
        posterior, ranked = self.rank(session_parts, sound)
        trials = list_trials(base, network.hypotheses.causes)
        assert 0.75 < posterior.none < 0.9
        assert stop_reason(questions, posterior, ranked, trials) == "nothing_left_to_learn"

    def test_trying_is_cheaper_once_no_good_question_wins_its_minutes_back(self, session_parts):
        base, network, questions = session_parts
        posterior, ranked = self.rank(session_parts, {"lower_rate_tenfold": "prevents", "nan_onset": "after_growth"})
        trials = list_trials(base, network.hypotheses.causes)
        dear = Trials(trials.remedies, trials.relief, trials.minutes * 1000.0)
        free = Trials(trials.remedies, trials.relief, trials.minutes / 1000.0)
        assert stop_reason(questions, posterior, ranked, free) == "cheaper_to_try"
        assert stop_reason(questions, posterior, ranked, dear) is None
