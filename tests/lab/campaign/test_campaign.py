"""The campaign: equal recipes train alike, every hook acts, the plan is stable, and its logs can be read."""

import dataclasses
import functools
import json
import math
import re
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from tests.lab.campaign import campaign, injection, plan, views  # noqa: E402
from tests.lab.campaign.bases import BASES, BY_NAME  # noqa: E402
from tests.lab.campaign.recipe import Recipe, group_of_fields, recipe_of  # noqa: E402
from tests.lab.campaign.record import load, save  # noqa: E402
from tests.lab.campaign.tasks import TASKS  # noqa: E402
from tests.lab.campaign.training import train  # noqa: E402
from triage.history import read_history  # noqa: E402

SMALL = Recipe().but(task="blobs", classes=4, features=6, samples=160, held_out=80, width=16, batch=20, epochs=6)
KINDS = {
    "dense": SMALL,
    "conv": SMALL.but(task="images", kind="conv", width=4, epochs=2),
    "recurrent": SMALL.but(task="series", kind="recurrent", length=6, depth=1, epochs=2),
    "transformer": SMALL.but(task="text", kind="transformer", length=6, classes=5, depth=1, norm="layer", epochs=2),
    "regression": SMALL.but(task="friedman", rate=0.02),
    "detection": SMALL.but(task="scenes", classes=3, rate=0.02),
    "alignment": SMALL.but(task="alignment", kind="recurrent", length=8, depth=1, epochs=2),
    "batch_norm": SMALL.but(norm="batch"),
    "dropout": SMALL.but(dropout=0.4),
}


trained = functools.cache(train)


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("loss", "grad_norm", "rate", "val_loss", "probe_loss", "loss_scale")
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_equal_recipes_train_alike_and_another_seed_does_not(kind):
    one, again, other = trained(KINDS[kind]), train(KINDS[kind]), train(KINDS[kind].but(seed=1))
    assert same(one, again)
    assert not same(one, other)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_small_sound_run_learns_and_stays_finite(kind):
    record = train(KINDS[kind].but(epochs=6))
    assert np.isfinite(record.loss).all()
    assert record.probe_loss[-1] < record.probe_loss[0]
    assert record.truth["weights_changed"] == 1
    assert record.truth["weights_nan"] == 0


HOOKS = [
    ("dense", {"order": order})
    for order in ("once", "as_is", "sorted", "in_place", "overwritten", "overwritten_once")
] + [
    ("dense", {"odd_batch": 0.5}), ("transformer", {"odd_batch": 0.5}), ("dense", {"rare_weight": 4.0}),
    ("dense", {"clip": 90.0, "clip_by": "percentile"}),
    ("dense", {"label_noise": 0.3}), ("dense", {"imbalance": 0.02}), ("dense", {"late_share": 0.1}),
    ("dense", {"dominant": 0.9}), ("conv", {"dominant": 0.9}), ("detection", {"dominant": 0.9}),
    ("dense", {"order": "as_is", "file_sorted": 0.7}), ("alignment", {"loss": "alignment_skipping", "long_targets": 2}),
    ("detection", {"extra_outputs": 20}), ("dense", {"drop_last": True, "batch": 30}), ("dense", {"augmentation": 0.5}),
    ("dense", {"augmentation": 0.5, "augmentation_kind": "erase"}),
    ("dense", {"augmentation": 0.5, "augmentation_kind": "blend"}),
    ("conv", {"augmentation": 0.5, "augmentation_kind": "shift"}), ("transformer", {"augmentation": 0.5}),
    ("dense", {"input_scale": 50.0}), ("dense", {"input_offset": 5.0}), ("dense", {"input_uneven": 50.0}),
    ("regression", {"target_scale": 5.0}), ("regression", {"target_shift": 5.0}), ("detection", {"target_scale": 9.0}),
    ("dense", {"mislabelled": 0.5}), ("regression", {"mislabelled": 0.5}), ("detection", {"mislabelled": 0.5}),
    ("dense", {"label_map": "swapped"}), ("dense", {"label_map": "merged"}),
    ("dense", {"label_map": "from_one", "out_of_range": "nan"}),
    ("dense", {"label_map": "from_one", "out_of_range": "clipped"}),
    ("dense", {"misaligned": 1.0}), ("transformer", {"misaligned": 1.0, "misaligned_by": "shifted"}),
    ("regression", {"nan_samples": 2}), ("regression", {"nan_samples": 2, "nan_where": "target"}),
    ("dense", {"outlier_samples": 2}), ("regression", {"outlier_samples": 2, "outlier_where": "target"}),
    ("dense", {"leaked": 0.8}), ("regression", {"leaked_feature": 1.0}), ("conv", {"leaked_feature": 0.9}),
    *(("dense", {"shift": shift, "shift_size": 1.5}) for shift in ("scaled", "noisy", "moved", "label_map", "columns")),
    ("dense", {"shift": "easier", "shift_size": 0.9}), ("transformer", {"shift": "columns", "shift_size": 1.0}),
    ("transformer", {"empty_targets": 0.3}), ("transformer", {"empty_targets": 0.3, "reduction": "by_hand"}),
    ("transformer", {"padding": 0.5}), ("detection", {"invalid_boxes": 2}), ("alignment", {"long_targets": 2}),
    *(("dense", {"activation": name}) for name in ("leaky", "gelu", "elu", "tanh", "sigmoid", "softmax", "none")),
    *(("dense", {"output": name}) for name in ("relu", "sigmoid", "tanh", "softmax")),
    ("dense", {"depth": 5}), ("dense", {"bottleneck": 1}), ("dense", {"extra_outputs": 20}),
    *(("dense", {"init": name, "init_scale": 0.5}) for name in ("he", "xavier", "orthogonal", "normal", "constant")),
    ("dense", {"init_bias": -3.0}), ("dense", {"head_scale": 20.0}), ("dense", {"norm": "layer"}),
    ("conv", {"norm": "batch"}), ("conv", {"norm": "layer"}), ("batch_norm", {"norm_momentum": 0.001}),
    ("dense", {"dropout": 0.8}), ("dense", {"residual": True}), ("recurrent", {"cell": "lstm"}),
    ("recurrent", {"cell": "rnn"}), ("transformer", {"attention_scale": 30.0}), ("transformer", {"query_norm": True}),
    ("transformer", {"hidden_rows": 0.2}), ("transformer", {"future_visible": True}), ("transformer", {"heads": 1}),
    ("conv", {"pooling": "caffe", "pool_stride": 5}), ("conv", {"pool_kernel": 3}), ("dense", {"logit_scale": 30.0}),
    *(("dense", {"loss": name}) for name in (
        "softmax_twice", "unfused", "log_of_softmax", "naive_softmax", "squared_on_classes", "squared_on_ids",
        "binary_each", "no_bound",
    )),
    *(("dense", {"classes": 2, "loss": name}) for name in ("binary", "binary_unguarded", "binary_squared", "hinge")),
    *(("regression", {"loss": name}) for name in (
        "absolute", "huber", "log_cosh", "binary_on_numbers", "relative", "log_error",
    )),
    ("regression", {"loss": "gaussian", "extra_outputs": 1}),
    ("dense", {"sign": -1.0}), ("dense", {"reduction": "sum"}), ("dense", {"reduction": "rare_class"}),
    ("dense", {"reduction": "root"}), ("dense", {"loss_factor": 50.0}), ("detection", {"term_weights": (1.0, 500.0)}),
    *(("dense", {"second_term": name}) for name in ("output_size", "pixels", "entropy")),
    ("dense", {"loss": "unfused", "guard": 0.1}), ("dense", {"label_smoothing": 0.2}),
    *(("dense", {"optimizer": name}) for name in ("momentum", "nesterov", "adam", "adamw", "rmsprop")),
    ("dense", {"optimizer": "adam", "bias_correction": False}), ("dense", {"optimizer": "adam", "epsilon": 1.0}),
    *(("dense", {"schedule": name}) for name in (
        "step", "cosine", "restarts", "linear", "poly", "one_cycle", "triangle", "exponential", "per_epoch",
        "per_batch",
        "without_horizon", "rising", "rising_late", "zero", "zero_from", "negative",
    )),
    ("dense", {"schedule": "poly", "horizon": 20}), ("dense", {"warmup": 20}), ("dense", {"schedule": "inverse_root"}),
    ("dense", {"clip": 0.01}), ("dense", {"clip": 0.001, "clip_by": "value"}),
    ("dense", {"clip": 1.0, "clip_before_unscale": True, "precision": "fp16_scaled"}),
    ("dense", {"accumulation": 4}), ("dense", {"accumulation": 4, "accumulation_divided": False}),
    ("dense", {"accumulation": 4, "accumulation_reset": "each_micro_batch"}), ("dense", {"zero_grad": False}),
    ("dense", {"zero_grad_every": 5}), ("dense", {"weight_decay": 1.0}),
    *(("dense", {"updates": name}) for name in ("no_step", "detached", "last_bias", "other_copy")),
    *(("dense", {"frozen": name}) for name in ("body", "head", "first", "all")),
    *(("dense", {"precision": name}) for name in ("bf16", "bf16_weights", "fp16", "fp16_scaled", "fp16_weights")),
    ("transformer", {"precision": "fp16_scaled", "range_used": 50000.0}),
    ("dense", {"arithmetic": "wrong_product"}), ("dense", {"arithmetic": "flips", "wrong_size": 50.0}),
    ("dense", {"restarts": (0.5,), "restart_rate": 20.0}),
    ("dense", {"restarts": (0.5,), "restart_order": "lost"}),
    ("dense", {"restarts": (0.5,), "restart_optimizer": "lost", "optimizer": "adam"}),
    ("dense", {"restarts": (0.5,), "restart_schedule": "lost", "schedule": "cosine"}),
    *(("dropout", {"evaluation_mode": name}) for name in ("train", "never_back", "swapped")),
    ("dense", {"printed": "running_mean"}), ("dense", {"steps": 20}), ("dense", {"evaluate_every": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields"), HOOKS, ids=str)
def test_a_hook_changes_the_run(kind, fields):
    sound = trained(KINDS[kind].but(epochs=3))
    changed = train(KINDS[kind].but(**{"epochs": 3, **fields}))
    assert not same(sound, changed)


@pytest.mark.parametrize("metric", ["float_equality", "shifted_ids", "threshold_on_logits", "constant_class", "none"])
def test_a_metric_fault_changes_the_logged_accuracy_alone(metric):
    sound, faulty = train(SMALL), train(SMALL.but(metric=metric))
    assert same(sound, faulty)
    assert not np.array_equal(sound.val_accuracy, faulty.val_accuracy)


def test_every_field_but_the_sizes_has_a_hook_test():
    tried = {name for _, fields in HOOKS for name in fields}
    sound = Recipe()
    tried |= {name for recipe in KINDS.values() for name in group_of_fields() if recipe.get(name) != sound.get(name)}
    tried |= {"metric", "seed"}
    plain = {
        "noise", "odd_size", "separation", "late_from", "misaligned_validation", "nan_value", "outlier_size",
        "empty_together", "hidden_rows_used", "momentum", "beta1", "beta2", "decay", "milestones", "cycle",
        "floor", "loss_scale", "scale_growth", "wrong_from", "patience",
    }  # fmt: skip
    assert set(group_of_fields()) == tried | plain
    assert not tried & plain - {"decay"}


def test_weights_that_take_no_update_stay():
    for updates in ("no_step", "detached", "other_copy"):
        record = train(SMALL.but(updates=updates))
        assert record.truth["weights_changed"] == 0
        assert len(set(record.probe_loss.tolist())) == 1


def test_a_mean_over_no_target_prints_nan_and_only_one_by_hand_reaches_the_weights():
    empty = KINDS["transformer"].but(order="as_is", empty_targets=0.3)
    library, by_hand = train(empty), train(empty.but(reduction="by_hand"))
    assert np.isnan(library.loss).any()
    assert np.isfinite(library.loss).any()
    assert library.truth["weights_nan"] == 0
    assert by_hand.truth["weights_nan"] == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("transformer", {"hidden_rows": 0.2}),
        ("dense", {"loss": "naive_softmax", "head_scale": 400.0}),
        ("detection", {"invalid_boxes": 1}),
        ("alignment", {"long_targets": 2}),
        ("conv", {"pooling": "caffe", "pool_stride": 5}),
    ],
)
def test_a_fault_of_arithmetic_ends_in_weights_that_are_not_numbers(kind, fields):
    assert train(KINDS[kind].but(**fields)).truth["weights_nan"] == 1


def test_a_run_of_nan_goes_on_to_its_end():
    record = train(SMALL.but(schedule="without_horizon", epochs=12))
    assert record.steps == 96
    assert np.isnan(record.loss[1:]).all()
    assert record.truth["weights_nan"] == 1
    assert len(record.val_loss) == 12


def test_a_recipe_survives_json_and_refuses_an_unknown_field():
    recipe = SMALL.but(milestones=(0.1, 0.9), restarts=(0.5,), seed=3)
    assert recipe_of(json.loads(json.dumps(dataclasses.asdict(recipe)))) == recipe
    assert hash(recipe) == hash(recipe.but(seed=3))
    with pytest.raises(TypeError, match="learning_speed"):
        recipe.but(learning_speed=1)


def test_a_record_survives_its_file(tmp_path):
    record = train(KINDS["detection"].but(restarts=(0.5,)))
    save(tmp_path / "run.npz", record, {"id": "x", "recipe": "null"})
    again, about = load(tmp_path / "run.npz")
    assert same(record, again)
    assert again.parts.keys() == record.parts.keys() == {"cls", "box"}
    assert again.resumes == record.resumes == (24,)
    assert about == {"id": "x", "recipe": "null"}


def test_bases_hold_every_kind_of_network_and_task_on_both_sides():
    assert len(BASES) >= 30
    assert len({base.name for base in BASES}) == len(BASES)
    for of in (lambda base: base.recipe.network.kind, lambda base: TASKS[base.recipe.data.task].kind):
        assert {of(base) for base in BASES if base.held_back} == {of(base) for base in BASES if not base.held_back}


def test_plan_ids_are_unique_and_say_what_the_run_is():
    runs = plan.plan()
    assert len({run.id for run in runs}) == len(runs)
    ids = {run.id for run in runs}
    for run in runs:
        assert re.fullmatch(r"[\w+]+--[\w+]+--\d+", run.id)
        assert run.held_back == (run.seed >= 100)
        if run.base:
            assert run.held_back == BY_NAME[run.base].held_back
            assert run.recipe.seed == run.seed
            assert run.twin in ids


def test_the_runs_that_stay_are_the_same_when_an_injection_of_the_cause_is_added():
    first = injection.gathered()[0]
    other = injection.Injection("another_way", first.cause, first.apply)
    alone, beside = (list(plan._faulty(faults)) for faults in ((first,), (first, other)))
    of_first = [run for run in beside if run.injection == first.name]
    assert len(of_first) < len(alone)
    assert set(of_first) <= set(alone)


def test_every_cause_that_is_injected_is_in_the_knowledge_base(real_base):
    for fault in injection.gathered():
        assert 1 <= len(fault.cause) <= 2
        for cause in fault.cause:
            assert real_base.cause(cause)


@pytest.mark.parametrize("kind", ["dense", "regression", "detection", "transformer"])
@pytest.mark.parametrize("granularity", views.GRANULARITIES)
def test_a_view_reads_back_with_the_columns_it_should_have(tmp_path, kind, granularity):
    record = trained(KINDS[kind].but(epochs=10, precision="fp16_scaled"))
    classes = kind != "regression"
    wanted = {
        "per_step": {"train_loss", "val_loss", "learning_rate", "grad_norm", "loss_scale"},
        "every_k": {"train_loss", "val_loss", "learning_rate"},
        "per_epoch": {"train_loss", "val_loss"},
        "train_only": {"train_loss"},
        "sparse_validation": {"train_loss", "val_loss"},
        "bare": {"train_loss"},
    }[granularity]
    wanted |= {"val_accuracy"} if classes and "val_loss" in wanted else set()
    wanted |= {"train_accuracy"} if classes and granularity in {"per_step", "per_epoch"} else set()
    for style in views.STYLES:
        run_id = next(f"{i}" for i in range(200) if views.style_of(f"{i}", "bare") == style)
        path = tmp_path / f"{style}.csv"
        path.write_text(views.view(run_id, record, granularity))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = read_history(path)
        found = {name for name in history.columns if "/" not in name} - {"step", "epoch"}
        assert found - ({"train_accuracy"} if granularity == "train_only" else set()) == wanted, (
            style,
            history.columns,
        )
        if granularity == "per_step":
            assert len(history.components) == (2 if kind == "detection" else 0)
            assert np.allclose(history.curve("train_loss").values, record.loss, rtol=1e-4)
        if "val_loss" in wanted and granularity != "sparse_validation":
            assert np.allclose(history.curve("val_loss").values, record.val_loss, rtol=1e-4)


def test_nan_is_logged_and_a_gap_is_not():
    text = views.view("x", train(SMALL.but(schedule="without_horizon")), "per_step")
    rows = text.splitlines()
    assert any("nan" in row for row in rows)
    assert any(row.endswith(",") for row in rows[1:])


def test_what_is_missing_is_trained_and_what_is_there_is_not(tmp_path):
    run = next(run for run in plan.plan() if run.base == "digits_adam_short")
    assert campaign.missing(tmp_path, [run]) == [run]
    assert campaign._keep((run, str(tmp_path))) == (run.id, "")
    assert campaign.missing(tmp_path, [run]) == []
    assert [found.id for found, _ in campaign.load(tmp_path)] == [run.id]
    changed = dataclasses.replace(run, recipe=run.recipe.but(rate=0.5))
    assert campaign.missing(tmp_path, [changed]) == [changed]


def test_the_records_are_kept_outside_the_repository(capsys):
    with pytest.raises(SystemExit):
        campaign.main(["--folder", str(campaign.REPOSITORY / "runs")])
    assert "outside" in capsys.readouterr().err


def test_a_special_gives_a_record_that_can_be_logged():
    from tests.lab.campaign.specials import SPECIALS

    record = SPECIALS["gan_blobs"](0)
    assert set(record.parts) == {"generator", "critic"}
    assert math.isfinite(record.loss[-1])
    assert "val" not in views.view("x", record, "per_epoch").splitlines()[0]
