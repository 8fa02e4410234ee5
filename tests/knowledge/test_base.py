import subprocess
import sys
from collections import Counter

import pytest

import knowledge
from knowledge import KnowledgeError, Problem, UnknownIdError
from knowledge.base import cause_links, edge_probabilities, edges_of
from knowledge.schema import Edge
from tests.knowledge.small import base_of, small

CAUSE_IDS = {
    # learning rate
    "learning_rate_too_high",
    "learning_rate_too_low",
    "learning_rate_schedule_broken",
    "warmup_missing_or_too_short",
    # optimizer
    "adam_second_moment_collapse",
    "optimizer_unsuited",
    "optimizer_state_lost_on_resume",
    "gradients_not_zeroed",
    "weights_not_updated",
    "gradient_accumulation_wrong",
    "gradient_clipping_misused",
    "weight_decay_too_high",
    "batch_size_too_large",
    "batch_size_too_small",
    "too_few_iterations",
    # gradients
    "exploding_gradients",
    "vanishing_gradients",
    "dead_relu",
    "unbounded_weight_growth",
    # network
    "bad_initialization",
    "network_too_shallow",
    "too_few_hidden_units",
    "network_too_wide",
    "nonlinearity_missing",
    "wrong_output_activation",
    "wrong_hidden_activation",
    "pooling_stride_exceeds_kernel",
    "batch_norm_unstable",
    "batch_norm_statistics_wrong_at_evaluation",
    "dropout_too_high",
    "regularization_missing",
    "attention_masks_whole_row",
    "attention_logit_growth",
    # loss
    "loss_output_mismatch",
    "softmax_applied_twice",
    "softmax_cross_entropy_not_fused",
    "exp_overflow_in_softmax",
    "log_of_zero",
    "division_by_zero_in_loss",
    "loss_sign_wrong",
    "loss_scale_or_reduction_wrong",
    "loss_term_dominates",
    # precision
    "fp16_overflow",
    "low_precision_instability",
    # data
    "nan_in_input",
    "corrupt_sample",
    "data_not_normalized",
    "targets_not_scaled",
    "labels_wrong",
    "class_count_mismatch",
    "overfitting",
    "data_not_shuffled",
    "inputs_and_labels_misaligned",
    "class_imbalance",
    "targets_empty_or_masked",
    "invalid_bounding_boxes",
    "target_longer_than_input",
    "train_validation_mismatch",
    "validation_leak",
    "augmentation_too_strong",
    # evaluation and environment
    "train_mode_at_evaluation",
    "metric_unfit",
    "bottleneck_reached",
    "library_or_hardware_fault",
}
"""Ids that outsiders rely on; none may be renamed."""


@pytest.fixture(scope="module")
def base():
    return base_of(small())


def test_the_causes_that_outsiders_rely_on_are_all_there(real_base):
    assert len(CAUSE_IDS) == 64
    assert CAUSE_IDS - real_base.causes.keys() == set()


def test_no_cause_that_outsiders_rely_on_is_retired(real_base):
    assert {name for name in CAUSE_IDS if real_base.causes[name].replaced_by is not None} == set()


def test_there_are_enough_symptoms_settings_and_checks(real_base):
    kinds = Counter(finding.kind for finding in real_base.findings.values())
    assert kinds["symptom"] + kinds["setting"] >= 45
    assert kinds["check"] >= 35
    assert set(kinds) == {"symptom", "setting", "check"}


def test_the_claims_of_the_source_documents_are_all_there_and_all_cited(real_base):
    claims = {claim for source in real_base.sources.values() if source.document for claim in source.claims}
    things = [
        *real_base.causes.values(),
        *real_base.findings.values(),
        *real_base.remedies.values(),
        *real_base.pairs.values(),
    ]
    cited = {item.claim for thing in things for item in real_base.evidence_of(thing)} - {None}
    assert len(claims) == 82
    assert Counter(claim.split(".")[0] for claim in claims) == DOCUMENTS
    assert cited == claims == real_base.claims.keys()


DOCUMENTS = {"S0": 6, "S1": 11, "S2": 33, "S3": 17, "S4": 15}
"""Source document -> how many claims it makes."""


def test_things_are_looked_up_by_id(base):
    assert base.cause("too_fast").id == "too_fast"
    assert base.finding("scan_data").kind == "check"
    assert base.finding("loss_course").kind == "symptom"
    assert base.remedy("clean_data").title == "Clean the data"
    assert base.state("loss_course", "grows").label == "It grows"


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (lambda base: base.cause("to_fast"), "no cause is called 'to_fast'; nearest: too_fast"),
        (lambda base: base.finding("lost_course"), "no finding is called 'lost_course'; nearest: loss_course"),
        (lambda base: base.remedy("cleandata"), "no remedy is called 'cleandata'; nearest: clean_data"),
        (lambda base: base.state("loss_course", "grow"), "no state of loss_course is called 'grow'; nearest: grows"),
        (lambda base: base.state("lost_course", "grows"), "no finding is called 'lost_course'; nearest: loss_course"),
        (lambda base: base.cause("zzz"), "no cause is called 'zzz'"),
    ],
)
def test_an_unknown_id_is_an_error_that_names_the_nearest(base, look_up, message):
    with pytest.raises(UnknownIdError) as caught:
        look_up(base)
    assert str(caught.value) == message
    assert isinstance(caught.value, KeyError)


def test_an_unknown_state_that_is_near_to_none_is_told_with_all_there_are(base):
    with pytest.raises(UnknownIdError) as caught:
        base.state("loss_course", "zzz")
    assert caught.value.nearest == ["falls", "grows", "ends_in_nan"]
    assert caught.value.wanted == "zzz"


def test_claims_lead_to_their_document_and_their_wording(base):
    source, text = base.claims["S9.1"]
    assert (source.id, text) == ("s9", "Long steps make it grow.")
    assert set(base.claims) == {"S9.1", "S9.2"}


def test_evidence_is_gathered_from_a_thing_and_from_all_its_parts():
    files = small()
    cause, course = files["causes/too_fast.yaml"], files["symptoms/loss_course.yaml"]
    for number, place in enumerate(
        [cause, cause["odds"][0], cause["symptoms"][0], cause["checks"][0], cause["remedies"][0]]
    ):
        place["evidence"] = [{"claim": f"S1.{number}"}]
    course["evidence"] = [{"claim": "S2.0"}]
    course["states"]["grows"]["evidence"] = [{"claim": "S2.1"}]
    course["readouts"] = [
        {"title": "Odd", "when": {"loss_course": ["grows"]}, "says": "It is odd.", "evidence": [{"claim": "S2.2"}]}
    ]
    base = base_of(files)
    assert {item.claim for item in base.evidence_of(base.cause("too_fast"))} == {f"S1.{n}" for n in range(5)}
    assert {item.claim for item in base.evidence_of(base.finding("loss_course"))} == {"S2.0", "S2.1", "S2.2"}


def test_the_sources_of_a_cause_come_once_each_in_the_order_of_their_first_citation(base):
    assert [source.id for source in base.sources_of(base.cause("too_fast"))] == ["s9", "a-paper"]
    assert [source.id for source in base.sources_of(base.cause("bad_data"))] == ["s9"]


def test_every_real_cause_rests_on_a_source(real_base):
    assert [cause.id for cause in real_base.causes.values() if not real_base.sources_of(cause)] == []


def test_the_edges_of_a_cause_go_to_findings_and_its_links_to_remedies_too(base):
    cause = base.cause("too_fast")
    assert [edge.finding for edge in edges_of(cause)] == ["loss_course", "slow_down", "optimizer_kind"]
    assert len(cause_links(cause)) == 4


def test_an_edge_gives_the_probability_of_its_states_and_odds_their_factor(base):
    cause = base.cause("too_fast")
    assert edge_probabilities(cause.symptoms[0]) == {"grows": 0.9}
    assert edge_probabilities(cause.odds[0]) == {"sgd": 2.0}
    measured = Edge.model_validate(
        {"finding": "loss_course", "states": {"grows": {"band": "frequent", "measured": 0.45, "n": 24}}}
    )
    assert edge_probabilities(measured) == {"grows": 0.5}


def test_a_base_cannot_be_given_another_part(base):
    with pytest.raises(AttributeError):
        base.causes = {}


def test_findings_are_symptoms_then_settings_then_checks(real_base):
    kinds = [finding.kind for finding in real_base.findings.values()]
    order = ["symptom", "setting", "check"]
    assert kinds == sorted(kinds, key=order.index)


def test_the_errors_say_what_is_wrong_and_how_much_more_there_is():
    problems = [Problem("causes/x.yaml:3", "too short"), Problem("causes/y.yaml", "too long")]
    assert str(KnowledgeError(problems[:1])) == "causes/x.yaml:3: too short"
    assert str(KnowledgeError(problems)) == "causes/x.yaml:3: too short (and 1 more)"
    assert KnowledgeError(problems).problems == problems


def test_the_package_gives_what_it_lists_and_nothing_else():
    for name in knowledge.__all__:
        assert getattr(knowledge, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'unload'"):
        knowledge.unload  # noqa: B018


def test_importing_the_package_imports_nothing_heavy_and_loading_no_networkx_and_no_triage():
    code = (
        "import sys, knowledge\n"
        "print({'pydantic', 'yaml', 'networkx', 'numpy'} & sys.modules.keys())\n"
        "knowledge.load()\n"
        "print({'networkx', 'triage', 'tui', 'pandas'} & sys.modules.keys())"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == ["set()", "set()"]
