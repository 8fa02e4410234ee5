import numpy as np
import pandas as pd
import pytest

import triage
from triage import AnswerError, HistoryError, Session
from triage.history import read_history


@pytest.fixture
def session(real_base):
    return Session(real_base)


def falling(rows=200, **columns):
    random = np.random.default_rng(5)
    loss = 0.1 + 2.2 * np.exp(-np.arange(rows) / 30) + 0.01 * random.normal(size=rows)
    return pd.DataFrame({"step": np.arange(rows), "loss": loss, **columns})


def probability_of(diagnosis, cause):
    return next((view.probability for view in diagnosis.causes if view.id == cause), 0.0)


def test_diagnose_takes_a_frame_a_path_a_history_or_answers_alone(tmp_path):
    frame = falling()
    frame.to_csv(tmp_path / "run.csv", index=False)
    from_frame = triage.diagnose(frame)
    from_path = triage.diagnose(tmp_path / "run.csv")
    from_history = triage.diagnose(read_history(frame))
    assert from_frame.no_fault == pytest.approx(from_path.no_fault) == pytest.approx(from_history.no_fault)
    assert triage.diagnose(answers={"nan_onset": "sudden"}).history is None


def test_answers_count_in_any_order(real_base):
    answers = {"nan_onset": "sudden", "optimizer": "adam", "precision": "fp16_amp", "run_in_fp32": "prevents"}
    forward = triage.diagnose(answers=answers, base=real_base)
    backward = triage.diagnose(answers=dict(reversed(answers.items())), base=real_base)
    assert forward.causes == backward.causes
    assert forward.causes[0].id == "fp16_overflow"


def test_an_answer_given_twice_counts_once(session):
    session.answer("nan_onset", "sudden")
    once = session.diagnosis()
    session.answer("nan_onset", "sudden")
    assert session.diagnosis() == once


def test_a_later_answer_replaces_the_earlier_one(session, real_base):
    session.answer("nan_onset", "sudden")
    session.answer("nan_onset", "none")
    other = Session(real_base)
    other.answer("nan_onset", "none")
    assert session.diagnosis() == other.diagnosis()


def test_withdrawing_an_answer_brings_back_what_was_believed_before(session):
    before = session.diagnosis()
    session.answer("nan_onset", "sudden")
    session.withdraw("nan_onset")
    assert session.diagnosis() == before


def test_not_knowing_changes_no_belief_and_is_not_asked_again(session):
    before = session.diagnosis()
    question = before.next_questions[0].finding
    session.answer(question, "unknown")
    after = session.diagnosis()
    assert after.causes == before.causes
    assert question not in {item.finding for item in after.next_questions}


def test_the_person_and_the_detector_do_not_count_nan_twice(session, real_base):
    frame = falling(loss=np.r_[np.linspace(2, 1, 100), np.full(100, np.nan)])
    session.attach(read_history(frame))
    alone = session.diagnosis()
    session.answer("nan_onset", "sudden")
    both = session.diagnosis()
    for view in alone.causes:
        assert probability_of(both, view.id) == pytest.approx(view.probability, abs=0.02)


def test_a_failed_remedy_lowers_what_it_would_have_cured(session):
    for finding, state in {"train_loss_trend": "diverging", "failure_time": "first_steps"}.items():
        session.answer(finding, state)
    before = session.diagnosis()
    session.answer("lower_rate_tenfold", "no_effect")
    after = session.diagnosis()
    name = "learning_rate_too_high"
    assert probability_of(after, name) < 0.5 * probability_of(before, name)
    against = {item.finding for view in after.causes if view.id == name for item in view.evidence_against}
    assert "lower_rate_tenfold" in against


def test_a_new_history_replaces_the_readings_of_the_old_one_and_keeps_the_answers(session):
    session.answer("optimizer", "adam")
    session.attach(read_history(falling(loss=np.r_[np.linspace(2, 1, 100), np.full(100, np.nan)])))
    session.attach(read_history(falling()))
    found = {item.finding: item.state for item in session.diagnosis().findings}
    assert found["nan_onset"] == "none"
    assert found["optimizer"] == "adam"


def test_remedies_carry_values_where_the_history_tells_the_rate(session):
    loss = np.exp(np.arange(200) / 20.0)
    session.attach(read_history(pd.DataFrame({"step": np.arange(200), "loss": loss, "lr": np.full(200, 0.8)})))
    values = {
        remedy.id: remedy.values for view in session.diagnosis().causes for remedy in view.remedies if remedy.values
    }
    assert 0.08 in values["lower_learning_rate"].values()
    assert 0.008 in values["lower_learning_rate"].values()


def test_a_finding_tells_how_probable_its_state_is_all_told(session):
    session.answer("train_loss_trend", "diverging")
    view = session.diagnosis().findings[0]
    assert 0.5 < view.probability < 1.0
    assert view.origin == "answer"


def test_every_cause_names_checks_remedies_and_sources(session):
    session.answer("nan_onset", "sudden")
    for view in session.diagnosis().causes:
        assert view.checks
        assert view.remedies
        assert view.sources


@pytest.mark.parametrize(
    ("answers", "named"),
    [({"optimiser": "adam"}, "optimizer"), ({"optimizer": "adamm"}, "adamw"), ({"optimizer": "zzz"}, "sgd_momentum")],
)
def test_an_answer_that_does_not_exist_is_refused_with_the_nearest_names(answers, named):
    with pytest.raises(AnswerError, match=named):
        triage.diagnose(answers=answers)


def test_what_is_no_history_is_refused():
    with pytest.raises(HistoryError):
        triage.diagnose(pd.DataFrame({"step": [1, 2], "speed": [1.0, 2.0]}))
