from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.found import NUMBERS, Place, Stated, Told, shows
from triage.intake.meaning import facts_stated, findings_of
from triage.usual import ADAM, distance_from, size_of


def told(**values) -> Told:
    return Told(
        tuple(Stated(name, value, Place("run.yaml", line)) for line, (name, value) in enumerate(values.items(), 1))
    )


def states(some: Told, beside=()) -> dict[str, str]:
    return {found.finding: found.state for found in findings_of(some, beside)}


@pytest.mark.parametrize(
    ("values", "finding", "state"),
    [
        ({"optimizer": "adam", "learning_rate": 0.1}, "learning_rate_size", "far_above_usual"),
        ({"optimizer": "adam", "learning_rate": 0.01}, "learning_rate_size", "above_usual"),
        ({"optimizer": "adam", "learning_rate": 3e-4}, "learning_rate_size", "usual"),
        ({"optimizer": "sgd", "learning_rate": 0.1}, "learning_rate_size", "usual"),
        ({"optimizer": "sgd", "learning_rate": 0.8}, "learning_rate_size", "above_usual"),
        ({"optimizer": "adamw", "learning_rate": 1e-8}, "learning_rate_size", "far_below_usual"),
        ({"learning_rate": 0.0}, "learning_rate_course", "zero"),
        ({"optimizer": "sgd", "momentum": 0.9}, "optimizer", "sgd_momentum"),
        ({"optimizer": "sgd", "momentum": 0.0}, "optimizer", "sgd"),
        ({"optimizer": "sgd"}, "optimizer", "sgd"),
        ({"optimizer": "lion"}, "optimizer", "other"),
        ({"optimizer": "adam"}, "adam_epsilon", "default_or_smaller"),
        ({"optimizer": "adam", "epsilon": 1e-3}, "adam_epsilon", "raised"),
        ({"beta2": 0.98}, "adam_beta2", "at_most_0_99"),
        ({"optimizer": "adamw"}, "weight_decay", "usual"),
        ({"optimizer": "adam", "weight_decay": 0.1}, "weight_decay", "high"),
        ({"optimizer": "adamw", "weight_decay": 0.1}, "weight_decay", "usual"),
        ({"weight_decay": 0.0}, "weight_decay", "zero"),
        ({"batch_size": 1}, "batch_size", "one"),
        ({"batch_size": 8}, "batch_size", "tiny"),
        ({"batch_size": 512}, "batch_size", "ordinary"),
        ({"batch_size": 513}, "batch_size", "large"),
        ({"batch_size": 64, "samples": 64}, "batch_size", "whole_data_set"),
        ({"accumulation_steps": 4}, "gradient_accumulation", "used"),
        ({"accumulation_steps": 1}, "gradient_accumulation", "not_used"),
        ({"warmup_steps": 0}, "warmup", "not_used"),
        ({"warmup_steps": 100}, "warmup", "short"),
        ({"warmup_steps": 500, "max_steps": 100_000}, "warmup", "short"),
        ({"warmup_steps": 5000, "max_steps": 100_000}, "warmup", "ordinary"),
        ({"warmup_steps": 0, "warmup_ratio": 0.1, "max_steps": 10_000}, "warmup", "ordinary"),
        ({"dropout": 0.0}, "dropout", "not_used"),
        ({"dropout": 0.5}, "dropout", "moderate"),
        ({"dropout": 0.9}, "dropout", "above_half"),
        ({"clip_norm": 0.0}, "gradient_clipping", "not_used"),
        ({"clip_norm": 1e-4}, "gradient_clipping", "tight"),
        ({"clip_norm": 10.0}, "gradient_clipping", "loose"),
        ({"max_steps": 50}, "training_length", "fewer"),
        ({"epochs": 100}, "training_length", "thousands_of_updates"),
        ({"epochs": 3, "samples": 3200, "batch_size": 32}, "training_length", "hundreds_of_updates"),
        ({"samples": 400}, "training_set_size", "hundreds"),
        ({"layers": 2}, "network_depth", "up_to_two_layers"),
        ({"hidden_units": 4}, "network_width", "narrow"),
        ({"hidden_units": 50, "classes": 80}, "network_width", "narrow"),
        ({"schedule": "cyclic"}, "learning_rate_schedule", "cyclic_or_own"),
        ({"devices": 8}, "devices", "several_gpus"),
        ({"loss_terms": 3}, "loss_terms", "several"),
        ({"augmentations": 0}, "augmentation", "not_used"),
        ({"dropout": 0.1}, "regularization", "some"),
        ({"classes": 80, "label_classes": 1}, "compare_class_counts", "config_has_more"),
        ({"classes": 9, "label_classes": 10}, "compare_class_counts", "labels_out_of_range"),
        ({"classes": 10, "label_classes": 10}, "compare_class_counts", "agree"),
    ],
)  # fmt: skip
def test_a_value_means_a_state(values, finding, state):
    assert states(told(**values))[finding] == state


def test_a_rate_is_judged_by_the_optimizer_that_another_file_names():
    optimizer = Stated("optimizer", "sgd", Place("train.py", 7))
    (alone,) = findings_of(told(learning_rate=0.1))
    assert alone.likelihood["usual"] > 0.2
    assert states(told(learning_rate=0.1), [optimizer]) == {"learning_rate_size": "usual"}
    adam = Stated("optimizer", "adam", Place("train.py", 7))
    assert states(told(learning_rate=0.1), [adam]) == {"learning_rate_size": "far_above_usual"}


@given(
    st.sampled_from(["adadelta", "adagrad", "rprop", "lbfgs", "asgd", "lion", "adafactor", "prodigy"]),
    st.floats(min_value=1e-9, max_value=1e3),
)
def test_no_rate_is_judged_of_an_optimizer_of_which_none_is_usual(optimizer, rate):
    assert "learning_rate_size" not in states(told(optimizer=optimizer, learning_rate=rate))
    pretrained = shows("initialization", "pretrained", "Pretrained.", Place("run.yaml", 9))
    tuned = Told(told(optimizer=optimizer, learning_rate=rate).stated, (pretrained,))
    assert "learning_rate_size" not in states(tuned)


def test_the_momentum_of_one_file_names_the_sgd_of_another():
    optimizer = Stated("optimizer", "sgd", Place("train.py", 7))
    assert states(told(momentum=0.9), [optimizer])["optimizer"] == "sgd_momentum"


def test_a_rate_that_is_high_for_fine_tuning_is_usual_for_a_fresh_network():
    fresh, pretrained = (
        told(optimizer="adamw", learning_rate=1e-3),
        shows("initialization", "pretrained", "Pretrained.", Place("run.yaml", 9)),
    )
    tuned = Told(fresh.stated, (pretrained,))
    assert states(fresh)["learning_rate_size"] == "usual"
    assert states(tuned)["learning_rate_size"] == "above_usual"
    head = shows("trained_part", "head_or_adapter_only", "The head alone.", Place("run.yaml", 9))
    assert states(Told(fresh.stated, (pretrained, head)))["learning_rate_size"] == "usual"


def test_what_a_file_shows_outright_is_not_said_again_by_a_number():
    shown = shows("batch_size", "whole_data_set", "The whole set at once.", Place("run.yaml", 1))
    some = Told(told(batch_size=16).stated, (shown,))
    assert [found.state for found in findings_of(some) if found.finding == "batch_size"] == ["whole_data_set"]


def test_the_epsilon_of_another_optimizer_is_not_that_of_adam():
    assert "adam_epsilon" not in states(told(optimizer="rmsprop", epsilon=1e-3))
    assert states(told(epsilon=1e-3))["adam_epsilon"] == "raised"


def test_each_finding_points_at_the_line_of_its_value():
    some = told(optimizer="sgd", momentum=0.9, learning_rate=5.0)
    places = {found.finding: str(found.place) for found in findings_of(some)}
    assert places["learning_rate_size"] == "run.yaml:3"
    assert places["optimizer"] == "run.yaml:1"


def test_facts_come_from_numbers_and_the_later_file_counts():
    some = [told(learning_rate=0.8, dropout=0.5), told(learning_rate=0.1)]
    assert facts_stated(some) == {"learning_rate": 0.1}


NUMBER = st.one_of(st.integers(0, 10**9), st.floats(0, 1e12, allow_nan=False), st.floats(-1e6, 1e6, allow_nan=False))


@given(
    st.dictionaries(st.sampled_from(sorted(NUMBERS)), NUMBER),
    st.sampled_from(["", "sgd", "adam", "adamw", "lion"]),
    st.sampled_from(["", "decay", "step", "unheard_of"]),
)
def test_any_values_give_likelihoods_over_states_that_there_are(real_base, numbers, optimizer, schedule):
    words = {name: word for name, word in (("optimizer", optimizer), ("schedule", schedule)) if word}
    for found in findings_of(told(**numbers, **words)):
        assert set(found.likelihood) <= set(real_base.findings[found.finding].states)
        assert all(value > 0 for value in found.likelihood.values())
        assert sum(found.likelihood.values()) <= 1.0 + 1e-9
        assert found.message.endswith((".", "unheard_of", "decay", "step"))


@given(st.floats(1e-12, 1e6), st.floats(1.0, 100.0))
def test_a_rate_further_off_is_never_judged_nearer(rate, factor):
    order = ["usual", "above_usual", "far_above_usual"]
    if rate >= ADAM.low:
        assert order.index(size_of(rate * factor, ADAM)) >= order.index(size_of(rate, ADAM).replace("below", "above"))
    assert distance_from(rate, ADAM) >= 1.0


def test_momentum_makes_a_low_rate_of_sgd_usual():
    momentum = told(optimizer="sgd", learning_rate=1e-3, momentum=0.9)
    assert states(momentum)["learning_rate_size"] == "usual"
    assert states(told(optimizer="sgd", learning_rate=1e-3))["learning_rate_size"] == "below_usual"
    assert states(told(optimizer="sgd", learning_rate=1e-5, momentum=0.9))["learning_rate_size"] == "far_below_usual"


def test_fine_tuning_of_images_takes_the_rates_of_its_tutorials():
    pretrained = shows("initialization", "pretrained", "Pretrained.", Place("train.py", 9))
    program = shows("framework", "pytorch", "PyTorch.", Place("train.py", 1))
    for optimizer, rate in (("sgd", 1e-3), ("adam", 1e-4), ("adam", 1e-3), ("adamw", 1e-5)):
        fresh = told(optimizer=optimizer, learning_rate=rate)
        assert states(Told(fresh.stated, (pretrained, program)))["learning_rate_size"] == "usual"
    far = told(optimizer="adam", learning_rate=0.1)
    assert states(Told(far.stated, (pretrained, program)))["learning_rate_size"] == "far_above_usual"
