"""Runs that people reported in public, whose cause was found in the end, as tests of the knowledge.

``findings.yaml`` holds what each report tells, as findings, never the cause; the causes are read from the collection of
cases where that is beside the tree. It calls some causes by other names, and holds causes besides the true one that a
helper could not have told from it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import triage

COLLECTION = Path(__file__).parents[3].parent / "shared" / "cases" / "reported_cases.jsonl"

if not COLLECTION.is_file():
    pytest.skip("the reported cases are not here", allow_module_level=True)

REPORTS = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in map(json.loads, COLLECTION.read_text(encoding="utf-8").splitlines())}

OUR_NAMES = {
    "adam_epsilon_too_small": "adam_second_moment_collapse",
    "batchnorm_moving_stats_not_updated": "batch_norm_statistics_wrong_at_evaluation",
    "batchnorm_small_batch": "batch_norm_unstable",
    "checkpoint_state_not_restored": "optimizer_state_lost_on_resume",
    "corrupt_sample_or_outlier": "corrupt_sample",
    "data_distribution_shift": "train_validation_mismatch",
    "dataloader_bug": "data_not_shuffled",
    "division_by_zero": "division_by_zero_in_loss",
    "division_by_zero_in_custom_loss": "division_by_zero_in_loss",
    "empty_batch_or_missing_targets": "targets_empty_or_masked",
    "environment_or_library_bug": "library_or_hardware_fault",
    "exploding_gradients_rnn": "exploding_gradients",
    "gradient_accumulation_bug": "gradient_accumulation_wrong",
    "gradient_clipping_bug": "gradient_clipping_misused",
    "gradient_sync_bug": "gradient_accumulation_wrong",
    "insufficient_warmup": "warmup_missing_or_too_short",
    "label_noise": "labels_wrong",
    "label_out_of_range_or_class_count_mismatch": "class_count_mismatch",
    "loss_function_mismatch": "loss_output_mismatch",
    "loss_scale_or_reduction_bug": "loss_scale_or_reduction_wrong",
    "loss_weights_unbalanced": "loss_term_dominates",
    "lr_schedule_bug": "learning_rate_schedule_broken",
    "missing_zero_grad": "gradients_not_zeroed",
    "nan_in_input_data": "nan_in_input",
    "nan_in_target_data": "nan_in_input",
    "numerically_unstable_cross_entropy": "softmax_cross_entropy_not_fused",
    "optimizer_bug": "optimizer_unsuited",
    "train_val_preprocessing_mismatch": "train_validation_mismatch",
}

NOT_IN_THE_KNOWLEDGE = {"posterior_collapse", "pretrained_weights_not_loaded"}
"""Causes of the collection that none of ours stands for."""

NOT_AMONG_THE_FIRST_THREE = {
    "V001": "one image per batch makes an empty target likelier than a faulty box; several rates are no finding",
    "V014": "only that the gradients of an optimizer of its own are NaN after the first step",
    "V034": "a rate just above the usual and a warm-up of usual length count against both acceptable causes",
    "V048": "only that a classifier does not get better",
}
"""What the report tells does not single them out; the reason stands beside."""

TOP_THREE, FIRST = 0.85, 0.60


def rank_of(name: str) -> int:
    """Place of the best placed acceptable cause, from one."""
    case = CASES[name]
    named = {case["cause"], *case["also_acceptable"]} - NOT_IN_THE_KNOWLEDGE
    acceptable = {OUR_NAMES.get(cause, cause) for cause in named}
    ranking = [view.id for view in triage.diagnose(answers=REPORTS[name]["findings"]).causes]
    return next((place for place, cause in enumerate(ranking, start=1) if cause in acceptable), len(ranking) + 1)


@pytest.fixture(scope="module")
def ranks() -> dict[str, int]:
    return {name: rank_of(name) for name in REPORTS}


def test_every_case_is_mapped_and_every_cause_has_a_name_of_ours(real_base):
    assert REPORTS.keys() == CASES.keys()
    named = {cause for case in CASES.values() for cause in (case["cause"], *case["also_acceptable"])}
    assert {OUR_NAMES.get(cause, cause) for cause in named - NOT_IN_THE_KNOWLEDGE} <= real_base.causes.keys()


def test_the_mapping_holds_findings_and_never_a_cause(real_base):
    for report in REPORTS.values():
        assert report.keys() == {"address", "findings"}
        for finding, state in report["findings"].items():
            real_base.state(finding, state)


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in NOT_AMONG_THE_FIRST_THREE])
def test_an_acceptable_cause_is_among_the_first_three(name, ranks):
    assert ranks[name] <= 3


def test_an_acceptable_cause_is_among_the_first_three_in_most_cases(ranks):
    assert sum(rank <= 3 for rank in ranks.values()) >= TOP_THREE * len(ranks)


def test_an_acceptable_cause_comes_first_in_most_cases(ranks):
    assert sum(rank == 1 for rank in ranks.values()) >= FIRST * len(ranks)
