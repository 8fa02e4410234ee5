"""The truths of the campaign speak the knowledge base's language, and an obvious state is seen."""

import functools

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from tests.lab.campaign import faults_sample, plan  # noqa: E402
from tests.lab.campaign.bases import BASES, BY_NAME  # noqa: E402
from tests.lab.campaign.plan import Run  # noqa: E402
from tests.lab.campaign.record import Record  # noqa: E402
from tests.lab.campaign.training import train  # noqa: E402
from tests.lab.campaign.truth_checks import checks_of  # noqa: E402
from tests.lab.campaign.truth_settings import settings_of  # noqa: E402
from tests.lab.campaign.truth_symptoms import symptoms_of  # noqa: E402

BASE = "digits_adam_short"
STEPS = 400
trained = functools.cache(train)


def a_run(recipe=None, causes=(), injection=None):
    recipe = recipe or BY_NAME[BASE].recipe
    return Run("x", BASE, injection, None, None, causes, recipe.seed, False, recipe)


def record_of(loss, *, hidden=None, val=None, quality=0.9, **fields):
    """A hand-made run of 40 epochs whose hidden loss is what is given, or the printed one."""
    loss = np.asarray(loss, dtype=np.float32)
    steps, nothing = len(loss), np.full(40, np.nan, dtype=np.float32)
    per_epoch = steps // 40
    evaluated = np.arange(per_epoch - 1, steps, per_epoch, dtype=np.int32)
    means = loss.reshape(40, per_epoch).mean(axis=1)
    probes = np.linspace(0, steps - 1, 60).astype(np.int32)
    truth = {
        "quality_train": quality, "quality_true": quality, "dead_units": 0.0, "weights_start": 5.0,
        "weights_end": 6.0, "weights_changed": 1.0, "weights_nan": 0.0, "skipped": 0.0, "clipped": 0.0,
    }  # fmt: skip
    made = {
        "loss": loss,
        "accuracy": np.full(steps, np.nan, dtype=np.float32),
        "rate": np.full(steps, 1e-3, dtype=np.float32),
        "grad_norm": np.ones(steps, dtype=np.float32),
        "loss_scale": np.zeros(0, dtype=np.float32),
        "epoch": (np.arange(steps) // per_epoch).astype(np.int32),
        "epoch_loss": means,
        "epoch_accuracy": nothing,
        "val_loss": means if val is None else np.asarray(val, dtype=np.float32),
        "val_accuracy": nothing,
        "evaluated": evaluated,
        "probe_step": probes,
        "probe_loss": (loss if hidden is None else np.asarray(hidden, dtype=np.float32))[probes],
        "probe_val": loss[probes],
        "steps_per_epoch": per_epoch,
        "truth": truth,
    }
    return Record(**made | fields)


TIME = np.linspace(0, 1, STEPS)
FALL = 0.1 + 2.2 * np.exp(-12 * TIME)
NOISE = 0.02 * np.random.default_rng(0).normal(size=STEPS)
SOUND = FALL + NOISE
TWINS = [record_of(SOUND, hidden=FALL)]


def judged(loss, *, hidden=None, causes=("labels_wrong",), run=None, unit="", **fields):
    return symptoms_of(run or a_run(causes=causes), record_of(loss, hidden=hidden, **fields), TWINS, unit)


def spiked():
    loss = SOUND.copy()
    for at in (150, 230, 310):
        loss[at : at + 5] += 1.5
    return loss


TRENDS = {
    "falling": (SOUND, FALL),
    "still_falling_at_end": (2.3 - 1.5 * TIME + NOISE, 2.3 - 1.5 * TIME),
    "flat_from_start": (2.3 + NOISE, 2.3 + 0 * TIME),
    "exactly_constant": (2.3 + 0 * TIME, 2.3 + 0 * TIME),
    "plateau": (1.4 + 0.9 * np.exp(-12 * TIME) + NOISE, 1.4 + 0.9 * np.exp(-12 * TIME)),
    "oscillating": (1.3 + 0.8 * np.sin(60 * TIME) + NOISE, 1.3 + 0.8 * np.sin(60 * TIME)),
    "jump_then_plateau": (FALL + 1.2 * (TIME > 0.6) + NOISE, FALL + 1.2 * (TIME > 0.6)),
    "falls_then_rises": (FALL + 1.5 * np.maximum(0, TIME - 0.4) + NOISE, FALL + 1.5 * np.maximum(0, TIME - 0.4)),
    "diverging": (2.3 * np.exp(5 * TIME) + NOISE, 2.3 * np.exp(5 * TIME)),
    "spikes_that_heal": (spiked(), FALL),
}


@pytest.mark.parametrize("state", sorted(TRENDS))
def test_an_obvious_course_of_the_training_loss_is_named(state):
    loss, hidden = TRENDS[state]
    quality = 0.9 if state in {"falling", "spikes_that_heal"} else 0.01
    assert judged(loss, hidden=hidden, quality=quality)["train_loss_trend"] == state


def test_a_fall_back_to_guessing_is_a_collapse():
    back = FALL + (2.3026 - FALL) * (TIME > 0.6)
    assert judged(back + NOISE, hidden=back, quality=0.0)["train_loss_trend"] == "collapsed_to_chance"


def test_a_course_between_two_states_has_no_entry():
    between = 0.35 + 1.95 * np.exp(-12 * TIME)
    assert "train_loss_trend" not in judged(between + 0.15 * NOISE, hidden=between, quality=0.88)


def test_the_unit_of_the_log_decides_where_each_epoch_has_the_same_mean():
    rhythm = 2.3 + np.tile([0.1, -0.1] * 5, 40)
    assert "train_loss_trend" not in judged(rhythm, hidden=2.3 + 0 * TIME, quality=0.0)
    found = {
        u: judged(rhythm, hidden=2.3 + 0 * TIME, quality=0.0, unit=u)["train_loss_trend"] for u in ("step", "epoch")
    }
    assert found == {"step": "flat_from_start", "epoch": "exactly_constant"}


@pytest.mark.parametrize(
    ("at", "before", "state"),
    [(0, SOUND, "first_step"), (200, SOUND, "sudden"), (200, FALL + np.exp(40 * (TIME - 0.45)), "after_growth")],
)
def test_the_onset_of_nan_is_told(at, before, state):
    loss = before.copy()
    loss[at:] = np.nan
    assert judged(loss, quality=0.0)["nan_onset"] == state


def test_single_nan_steps_are_intermittent_and_nan_in_validation_alone_is_that():
    loss = SOUND.copy()
    loss[[50, 130, 300]] = np.nan
    assert judged(loss, hidden=FALL)["nan_onset"] == "intermittent"
    assert judged(SOUND, hidden=FALL, val=[np.nan] * 40)["nan_onset"] == "validation_only"


EPOCHS = np.linspace(0, 1, 40)
VALIDATION = {
    "follows_train": 0.12 + 2.2 * np.exp(-12 * EPOCHS),
    "rises_while_train_falls": 0.8 + 1.5 * np.exp(-12 * EPOCHS) + 1.2 * EPOCHS,
    "never_improves": 2.32 + 0.001 * EPOCHS,
}


@pytest.mark.parametrize("state", sorted(VALIDATION))
def test_validation_is_compared_with_training(state):
    slow = 0.1 + 2.2 * np.exp(-5 * TIME) if state != "follows_train" else FALL
    assert judged(slow, hidden=slow, val=VALIDATION[state])["validation_against_train"] == state


def test_values_that_tell_something_by_themselves_are_told():
    assert judged(SOUND, hidden=FALL)["loss_signature"] == "ordinary"
    assert judged(-SOUND, hidden=-FALL)["loss_signature"] == "negative"
    assert judged(np.where(TIME > 0.5, 0, SOUND))["loss_signature"] == "exactly_zero"
    assert judged(2.3026 + NOISE, hidden=2.3026 + 0 * TIME, quality=0.0)["loss_signature"] == "at_chance"
    assert judged(np.where(TIME > 0.1, 87.3365, SOUND), quality=0.0)["loss_signature"] == "saturation_constant"


def test_the_rate_and_the_scale_are_read_as_they_were():
    assert judged(SOUND, rate=np.zeros(STEPS))["learning_rate_course"] == "zero"
    assert judged(SOUND, rate=np.full(STEPS, np.nan))["learning_rate_course"] == "not_finite"
    assert judged(SOUND, rate=1e-3 * np.exp(-20 * TIME))["learning_rate_course"] == "decays_too_early"
    assert judged(SOUND, rate=1e-3 + 1e-2 * (TIME > 0.5))["learning_rate_course"] == "jumps_up"
    halved = 65536.0 / 2 ** np.minimum(16, np.arange(STEPS) // 5)
    assert judged(SOUND, loss_scale=halved)["loss_scale_course"] == "stuck_at_minimum"
    assert judged(SOUND, loss_scale=np.full(STEPS, 65536.0))["loss_scale_course"] == "steady"


def test_every_setting_of_every_run_of_the_plan_is_in_the_knowledge_base(real_base):
    recipes = {run.recipe for run in plan.plan() if run.recipe is not None}
    for recipe in sorted(recipes, key=str)[::3]:
        for finding, state in settings_of(recipe).items():
            assert state in real_base.finding(finding).states, (finding, state)


def test_a_fault_does_not_contradict_the_settings_that_it_requires(real_base):
    names = {fault.name for fault in faults_sample.FAULTS}
    for run in plan.plan():
        if run.injection not in names:
            continue
        found = settings_of(run.recipe)
        for cause in run.causes:
            for setting, states in real_base.cause(cause).requires.items():
                assert found.get(setting) in {None, *states}, (run.id, setting, found.get(setting))


NORMAL = {
    "nan_onset": {"none"}, "train_loss_trend": {"falling", "still_falling_at_end"}, "loss_signature": {"ordinary"},
    "initial_loss": {"as_expected"}, "speed_of_descent": {"ordinary"}, "learning_rate_course": {"as_planned"},
    "grad_norm_course": {"unremarkable"}, "failing_component": {"none_stands_out"}, "final_quality": {"as_expected"},
    "loss_noise": {"ordinary"}, "loss_floor": {"low", "near_zero", "part_way"},
    "fall_at_rate_drop": {"falls_on"},
    "validation_against_train": {"follows_train", "better_than_train"}, "val_loss_course": {"smooth"},
    "metric_against_loss": {"agree"}, "predictions_look": {"varied"}, "loss_scale_course": {"steady"},
}  # fmt: skip


@pytest.mark.parametrize("name", ["digits_adam_short", "friedman_adam", "scenes_conv_adam", "text_gru_adam"])
def test_a_healthy_base_is_normal_in_every_symptom_and_clean_in_every_check(name, real_base):
    recipe = BY_NAME[name].recipe
    run = Run("x", name, None, None, None, (), 0, False, recipe)
    found = symptoms_of(run, trained(recipe), [trained(recipe)])
    assert {"nan_onset", "initial_loss", "final_quality", "grad_norm_course"} <= found.keys()
    for finding, state in found.items():
        assert state in NORMAL[finding], (finding, state)
    checks = checks_of(run, trained(recipe))
    checks.pop("dead_unit_share", None)  # a sound network may have some
    for check, state in checks.items():
        assert state == next(iter(real_base.finding(check).states)), (check, state)


FAULTY = [
    ({"order": "sorted"}, {"batch_composition": "sorted_or_one_class"}),
    ({"zero_grad": False}, {"gradients_reset": "not_reset"}),
    ({"mislabelled": 0.4}, {"inspect_labels": "some_wrong"}),
    ({"misaligned": 1.0}, {"inspect_pairing": "shifted_or_mixed"}),
    ({"updates": "no_step"}, {"weights_change": "none_change"}),
    ({"reduction": "sum", "rate": 1e-5}, {"loss_by_hand": "differs_by_a_factor"}),
    ({"extra_outputs": 5}, {"compare_class_counts": "config_has_more"}),
    ({"shift": "scaled", "shift_size": 20.0}, {"compare_preprocessing": "differs"}),
    ({"leaked": 0.5}, {"find_leaked_samples": "found"}),
    ({"metric": "shifted_ids"}, {"metric_by_hand": "differs"}),
    ({"outlier_samples": 3}, {"scan_for_outliers": "found"}),
    ({"clip": 1e-6}, {"clipped_share": "nearly_all"}),
    ({"restarts": (0.5,), "restart_optimizer": "lost"}, {"resume_state": "optimizer_or_schedule_missing"}),
    ({"accumulation": 2, "accumulation_divided": False}, {"compare_accumulated_gradient": "differs"}),
]


@pytest.mark.parametrize(("fields", "wanted"), FAULTY, ids=str)
def test_a_check_finds_what_is_in_the_recipe(fields, wanted, real_base):
    recipe = BY_NAME[BASE].recipe.but(samples=200, held_out=60, epochs=3, **fields)
    found = checks_of(a_run(recipe), train(recipe))
    assert {name: found.get(name) for name in wanted} == wanted
    for check, state in found.items():
        assert state in real_base.finding(check).states


def test_a_base_has_its_settings_whole(real_base):
    for base in BASES:
        found = settings_of(base.recipe)
        assert {"task", "optimizer", "batch_size", "network_kind", "shuffling", "precision"} <= found.keys()
        assert found["start_point"] == "fresh"
