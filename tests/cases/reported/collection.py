"""The reported cases: what each report tells as findings, and the collection that holds their causes, where it is."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

COLLECTION = Path(__file__).parents[3].parent / "shared" / "cases" / "reported_cases.jsonl"

REPORTS = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text(encoding="utf-8"))
CASES = (
    {case["id"]: case for case in map(json.loads, COLLECTION.read_text(encoding="utf-8").splitlines())}
    if COLLECTION.is_file()
    else {}
)

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
"""Names of the collection -> ours, where they differ."""

NOT_IN_THE_KNOWLEDGE = {"posterior_collapse", "pretrained_weights_not_loaded"}
"""Causes of the collection that none of ours stands for."""


def acceptable_causes(name: str) -> set[str]:
    """The causes of a case that count as right, by our names."""
    case = CASES[name]
    named = {case["cause"], *case["also_acceptable"]} - NOT_IN_THE_KNOWLEDGE
    return {OUR_NAMES.get(cause, cause) for cause in named}
