import numpy as np
import pytest
from hypothesis import given, settings

from tests.test_outlook import sessions
from triage import AnswerError, Session
from triage.history import read_history
from triage.outlook import strongest_changes
from triage.why import Why, explain


def decibans(ratio):
    return 10 * np.log10(ratio)


def session_of(base, **answers):
    session = Session(base)
    for finding, states in answers.items():
        session.answer(finding, states)
    return session


def why_of(base, cause, **answers):
    return explain(session_of(base, **answers).beliefs(), cause)


def causes_of(beliefs):
    posterior = beliefs.posterior
    return dict(zip(posterior.network.hypotheses.causes, posterior.cause_probability.tolist(), strict=True))


def evidence_of(items):
    return {item.finding: (item.state, item.decibans) for item in items}


@given(sessions())
@settings(max_examples=60)
def test_the_weights_and_the_prior_add_up_to_the_odds_of_the_two_hypotheses(session):
    beliefs = session.beliefs()
    for cause in session.base.causes:
        comparison = explain(beliefs, cause).comparison
        weights = sum(weight.decibans for weight in comparison.weights)
        assert comparison.prior_decibans + weights == pytest.approx(comparison.total_decibans, abs=1e-9)
        odds = comparison.with_cause.probability / comparison.rival.probability
        assert comparison.total_decibans == pytest.approx(decibans(odds), abs=1e-6)


@given(sessions())
@settings(max_examples=60)
def test_the_likeliest_hypothesis_with_the_cause_stands_against_the_likeliest_without_it(session):
    beliefs = session.beliefs()
    hypotheses = beliefs.posterior.network.hypotheses
    everything = list(zip(hypotheses.sets, beliefs.posterior.probability.tolist(), strict=True))
    for cause in session.base.causes:
        comparison = explain(beliefs, cause).comparison
        assert cause in comparison.with_cause.causes
        assert cause not in comparison.rival.causes
        assert comparison.with_cause.probability == max(value for causes, value in everything if cause in causes)
        assert comparison.rival.probability == max(value for causes, value in everything if cause not in causes)
        assert (comparison.rival.kind == "causes") == bool(comparison.rival.causes)


@given(sessions())
@settings(max_examples=60)
def test_an_explanation_agrees_with_the_diagnosis(session):
    beliefs, diagnosis = session.beliefs(), session.diagnosis()
    for rank, view in enumerate(diagnosis.causes, start=1):
        why = explain(beliefs, view.id)
        assert (why.cause.rank, why.cause.probability) == (rank, view.probability)
        assert evidence_of(why.evidence_for) == evidence_of(view.evidence_for)
        assert evidence_of(why.evidence_against) == evidence_of(view.evidence_against)
        assert (why.no_fault, why.not_listed) == (diagnosis.no_fault, diagnosis.not_listed)
        assert why.knowledge == diagnosis.knowledge


@given(sessions())
@settings(max_examples=40)
def test_a_requirement_tells_what_meeting_it_would_bring(session):
    beliefs = session.beliefs()
    for cause in session.base.causes.values():
        for requirement in explain(beliefs, cause.id).requires:
            assert set(requirement.states) == set(cause.requires[requirement.finding])
            if len(requirement.states) < len(session.base.findings[requirement.finding].states):
                other = Session(session.base)
                other.replay(session.events)
                other.answer(requirement.finding, requirement.states)
                after = causes_of(other.beliefs())[cause.id]
                assert requirement.probability_if_met == pytest.approx(after, abs=1e-9)


@given(sessions())
@settings(max_examples=40)
def test_an_explanation_survives_being_written_as_json(session):
    beliefs = session.beliefs()
    for cause in session.base.causes:
        why = explain(beliefs, cause)
        assert Why.model_validate_json(why.model_dump_json()) == why


def test_the_json_has_exactly_the_fields_of_the_contract(real_base):
    document = why_of(real_base, "fp16_overflow", nan_onset="sudden").model_dump(mode="json")
    assert set(document) == {
        "schema_version", "knowledge", "cause", "no_fault", "not_listed", "evidence_for", "evidence_against",
        "comparison", "requires", "changes", "checks", "remedies_tried",
    }  # fmt: skip
    assert set(document["cause"]) == {
        "id", "title", "mechanism", "probability", "prior_probability", "rank", "causes",
        "pack", "changed_by", "changes",
    }  # fmt: skip
    assert set(document["evidence_for"][0]) == {"finding", "title", "state", "label", "decibans"}
    assert set(document["comparison"]) == {
        "with_cause", "rival", "prior_decibans", "weights", "total_decibans",
    }  # fmt: skip
    assert set(document["comparison"]["rival"]) == {"kind", "causes", "titles", "probability"}
    assert set(document["requires"][0]) == {
        "finding", "title", "states", "labels", "status", "found", "found_label", "probability", "probability_if_met",
    }  # fmt: skip
    assert set(document["changes"][0]) == {
        "finding", "kind", "title", "prompt", "minutes", "expected_change", "raises", "lowers", "answer_with",
    }  # fmt: skip
    assert set(document["changes"][0]["raises"]) == {"state", "label", "probability", "after"}
    assert set(document["checks"][0]) == {"id", "title", "minutes", "done", "state", "label"}


LEADING = {"nan_onset": "sudden", "scan_inputs_for_nan": "found", "replay_failing_batch": "bad_value_in_batch"}


def test_a_leading_cause_is_ahead_of_its_rival_and_its_checks_are_done(real_base):
    why = why_of(real_base, "nan_in_input", **LEADING)
    assert why.cause.rank == 1
    assert why.cause.probability > 0.5 > why.cause.prior_probability
    assert why.comparison.total_decibans > 0
    assert {"nan_onset", "scan_inputs_for_nan"} <= {item.finding for item in why.evidence_for}
    done = {check.id: check.label for check in why.checks if check.done}
    label = real_base.findings["scan_inputs_for_nan"].states["found"].label
    assert done["scan_inputs_for_nan"] == label


def test_a_cause_in_the_middle_is_behind_its_rival_and_has_open_checks(real_base):
    session = session_of(real_base, nan_onset="sudden", optimizer="adam")
    why = explain(session.beliefs(), "weights_not_updated")
    leading = session.diagnosis().hypotheses[0]
    assert 1 < why.cause.rank <= why.cause.causes == len(real_base.causes)
    assert why.comparison.rival.causes == leading.causes
    assert why.comparison.rival.probability == leading.probability
    assert why.comparison.total_decibans < 0
    assert why.checks
    assert not any(check.done or check.state or check.label for check in why.checks)


def test_a_cause_that_a_setting_rules_out_says_so_and_what_if_it_were_otherwise(real_base):
    why = why_of(real_base, "fp16_overflow", nan_onset="sudden", precision="fp32")
    (requirement,) = why.requires
    assert (requirement.finding, requirement.status, requirement.found) == ("precision", "contradicted", ["fp32"])
    assert requirement.found_label == real_base.findings["precision"].states["fp32"].label
    assert why.cause.probability < 0.01 < requirement.probability_if_met
    assert why.evidence_against[0].finding == "precision"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (None, "unknown"),
        ("unknown", "unknown"),
        ("fp16_pure", "met"),
        (["fp16_pure", "fp16_amp"], "met"),
        (["fp16_pure", "fp32"], "unknown"),
        (["bf16", "fp32"], "contradicted"),
    ],
)
def test_a_requirement_is_met_unknown_or_contradicted(real_base, told, status):
    answers = {} if told is None else {"precision": told}
    (requirement,) = why_of(real_base, "fp16_overflow", **answers).requires
    assert requirement.status == status
    assert set(requirement.found) == (set(told) if isinstance(told, list) else {told} - {None, "unknown"})


def test_an_answer_that_leaves_several_states_open_is_told_with_all_of_them(real_base):
    why = why_of(real_base, "fp16_overflow", nan_onset="sudden", precision=["fp16_amp", "fp16_pure"])
    label = next(item.label for item in why.evidence_for if item.finding == "precision")
    states = real_base.findings["precision"].states
    assert label == f"{states['fp16_amp'].label} or {states['fp16_pure'].label}"


@pytest.mark.parametrize(
    ("cause", "remedy", "told"),
    [
        ("learning_rate_too_high", "lower_learning_rate", "lower_rate_tenfold"),
        ("log_of_zero", "guard_logarithm", "guard_logarithm"),
    ],
)
def test_a_remedy_that_was_tried_in_vain_is_told_and_speaks_against(real_base, cause, remedy, told):
    assert why_of(real_base, cause, train_loss_trend="diverging").remedies_tried == []
    (tried,) = why_of(real_base, cause, train_loss_trend="diverging", **{told: "no_effect"}).remedies_tried
    assert (tried.id, tried.finding, tried.state) == (remedy, told, "no_effect")
    assert tried.title == real_base.remedies[remedy].title
    assert tried.decibans < 0


def test_what_would_change_it_comes_with_its_prompt_its_labels_and_the_flag(real_base):
    beliefs = session_of(real_base, nan_onset="sudden").beliefs()
    changes = explain(beliefs, "learning_rate_too_high").changes
    expected = strongest_changes(beliefs, "learning_rate_too_high")
    assert [change.finding for change in changes] == [movement.finding for movement in expected]
    for change, movement in zip(changes, expected, strict=True):
        finding = real_base.findings[change.finding]
        assert change.prompt == finding.question.prompt
        assert change.answer_with == f"--answer {change.finding}=STATE"
        for outcome, ahead in ((change.raises, movement.raises), (change.lowers, movement.lowers)):
            assert outcome.label == finding.states[outcome.state].label
            assert (outcome.probability, outcome.after) == (ahead.probability, ahead.after)


def test_what_a_history_shows_counts_as_evidence(real_base):
    session = Session(real_base)
    session.attach(read_history("tests/data/nan_in_input.csv"))
    why = explain(session.beliefs(), "learning_rate_too_high")
    assert "nan_onset" in {item.finding for item in [*why.evidence_for, *why.evidence_against]}


def test_every_cause_of_the_knowledge_can_be_explained(real_base):
    beliefs = session_of(real_base, **LEADING).beliefs()
    ranks = [explain(beliefs, cause).cause.rank for cause in real_base.causes]
    assert sorted(ranks) == list(range(1, len(real_base.causes) + 1))


def test_a_cause_that_does_not_exist_is_refused_with_the_nearest_names(real_base):
    with pytest.raises(AnswerError, match="learning_rate_too_high") as refused:
        explain(Session(real_base).beliefs(), "learning_rate_to_high")
    assert "\n" not in str(refused.value)
