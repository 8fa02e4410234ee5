from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import triage
from tests.falling import falling
from triage import AnswerError, HistoryError, Session
from triage.events import Said
from triage.history import read_history


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


def test_one_of_several_states_is_one_report_that_leaves_them_apart_from_the_rest(session):
    session.answer("optimizer", ["adam", "adamw"])
    either = session.diagnosis()
    session.answer("optimizer", "adam")
    first = session.diagnosis()
    session.answer("optimizer", "adamw")
    second = session.diagnosis()
    assert len(session.reports) == 1
    name = "adam_second_moment_collapse"
    low, high = sorted([probability_of(first, name), probability_of(second, name)])
    assert low - 1e-9 <= probability_of(either, name) <= high + 1e-9
    assert either.findings[0].message == "Optimizer: Adam (also NAdam, AMSGrad) or AdamW"


def test_naming_every_state_says_nothing(session, real_base):
    before = session.diagnosis()
    session.answer("optimizer", list(real_base.findings["optimizer"].states))
    assert session.diagnosis().causes == before.causes


def test_what_is_brought_up_is_weighed_as_chosen_and_what_is_normal_or_a_setting_is_not(session, real_base):
    def volunteered(finding, state):
        other = Session(real_base)
        other.volunteer(finding, state)
        return other.reports[0].volunteered

    assert volunteered("train_loss_trend", "diverging")
    assert not volunteered("train_loss_trend", "falling")
    assert not volunteered("optimizer", "adam")
    asked, told = Session(real_base), Session(real_base)
    asked.answer("train_loss_trend", "diverging")
    told.volunteer("train_loss_trend", "diverging")
    assert told.diagnosis().causes != asked.diagnosis().causes


def test_an_answer_replaces_what_the_same_person_brought_up(session, real_base):
    session.volunteer("train_loss_trend", "diverging")
    session.answer("train_loss_trend", "plateau")
    other = Session(real_base)
    other.answer("train_loss_trend", "plateau")
    assert session.diagnosis() == other.diagnosis()


def test_diagnose_tells_what_was_brought_up_from_what_was_answered(real_base):
    told = triage.diagnose(volunteered={"nan_onset": "sudden"}, base=real_base)
    session = Session(real_base)
    session.volunteer("nan_onset", "sudden")
    assert told == session.diagnosis()


def test_a_remedy_that_was_tried_in_vain_speaks_against_what_it_would_have_cured(session, real_base):
    session.answer("nan_onset", "sudden")
    before = session.diagnosis()
    session.answer("clean_inputs", "no_effect")
    after = session.diagnosis()
    cured = [cause.id for cause in real_base.causes.values() if "clean_inputs" in {r.remedy for r in cause.remedies}]
    assert cured
    for cause in cured:
        assert probability_of(after, cause) < probability_of(before, cause)
    assert "clean_inputs" not in {item.id for item in after.plan}
    session.answer("clean_inputs", "helped")
    for cause in cured:
        assert probability_of(session.diagnosis(), cause) > probability_of(before, cause)


def test_a_remedy_whose_trial_is_a_check_points_to_the_check(session):
    with pytest.raises(AnswerError, match="lower_rate_tenfold"):
        session.answer("lower_learning_rate", "no_effect")


def test_undoing_and_redoing_go_back_and_forth_over_everything_that_happened(session):
    seen = [session.diagnosis()]
    session.volunteer("nan_onset", "sudden")
    seen.append(session.diagnosis())
    session.attach(read_history(falling()))
    seen.append(session.diagnosis())
    session.withdraw("nan_onset")
    seen.append(session.diagnosis())
    session.stop()
    seen.append(session.diagnosis())
    assert seen[-1].stopped == "user_stopped"
    for expected in reversed(seen[:-1]):
        assert session.undo()
        assert session.diagnosis() == expected
    assert not session.undo()
    for expected in seen[1:]:
        assert session.redo()
        assert session.diagnosis() == expected
    assert not session.redo()


def test_whoever_stopped_and_then_answers_goes_on(session):
    session.stop()
    session.answer("optimizer", "adam")
    assert session.diagnosis().stopped != "user_stopped"


def test_what_cannot_be_kept_does_not_count(real_base):
    def refuse(event):
        raise OSError("no space")

    session = Session(real_base, refuse)
    before = session.diagnosis()
    with pytest.raises(OSError, match="no space"):
        session.answer("nan_onset", "sudden")
    assert session.diagnosis() == before
    assert session.events == ()


def test_a_replayed_session_says_the_same_to_the_last_bit(session, real_base):
    session.attach(read_history(falling(loss=np.r_[np.linspace(2, 1, 100), np.full(100, np.nan)])))
    session.volunteer("predictions_look", "not_a_number")
    session.answer("optimizer", ["adam", "adamw"])
    session.undo()
    session.answer("precision", "unknown")
    other = Session(real_base)
    assert other.replay(session.events) == []
    assert other.diagnosis().model_dump_json() == session.diagnosis().model_dump_json()


def test_replaying_tells_which_answers_the_knowledge_no_longer_has(session, real_base):
    other = Session(real_base)
    lost = other.replay(
        [Said("gone_finding", ("adam",), volunteered=False), Said("optimizer", ("adam",), volunteered=False)]
    )
    assert len(lost) == 1
    assert "gone_finding" in lost[0]
    assert {finding.finding for finding in other.diagnosis().findings} == {"optimizer"}


def test_the_plan_lists_open_checks_and_then_changes_each_by_probability_over_minutes(session):
    session.answer("nan_onset", "sudden")
    session.answer("scan_inputs_for_nan", "clean")
    plan = session.diagnosis().plan
    kinds = [item.kind for item in plan]
    assert kinds == sorted(kinds)
    assert "scan_inputs_for_nan" not in {item.id for item in plan}
    remedies = [item.probability / item.minutes for item in plan if item.kind == "remedy"]
    assert remedies == sorted(remedies, reverse=True)


def test_the_curves_at_hand_are_those_of_the_history_that_counts(session):
    first, second = read_history(falling()), read_history(falling(rows=50))
    session.attach(first)
    session.attach(second)
    assert session.history is second
    session.undo()
    assert session.history is first
    session.undo()
    assert session.history is None
    session.redo()
    assert session.history is first


def test_a_finding_that_was_retired_is_refused_with_the_one_in_its_place(real_base):
    old = real_base.findings["optimizer"].model_copy(update={"id": "solver", "replaced_by": "optimizer"})
    session = Session(replace(real_base, findings={**real_base.findings, "solver": old}))
    with pytest.raises(AnswerError, match="optimizer"):
        session.answer("solver", "adam")
    assert session.replay([Said("solver", ("adam",), volunteered=False)]) != []


def test_names_in_a_file_that_are_no_text_can_be_written_as_json(session):
    names = pd.Index(["step", "loss\udcff"], dtype=object)
    session.attach(
        read_history(pd.DataFrame([[0, 3.0], [1, 2.0], [2, 1.0]], columns=names), {"train_loss": "loss\udcff"})
    )
    assert "udcff" in session.diagnosis().model_dump_json()


def test_another_session_over_the_same_knowledge_begins_with_nothing(session_parts):
    base, *_ = session_parts
    kept = []
    session = Session(base, kept.append)
    session.answer("optimizer", "adam")
    another = session.another()
    assert another.reports == ()
    another.answer("optimizer", "sgd")
    assert [report.message for report in session.reports] != [report.message for report in another.reports]
    assert len(kept) == 1
    assert another.diagnosis() == triage.diagnose(answers={"optimizer": "sgd"}, base=base)
