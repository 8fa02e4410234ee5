import numpy as np
import pytest

from triage.history.columns import map_columns, simplified
from triage.history.model import CANONICAL, Series


def column(*values):
    """A column of these values; None is a gap."""
    filled = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return Series(filled, np.array([value is not None for value in values], dtype=bool))


def mapped(*names, chosen=None):
    return map_columns({name: column(1.0, 2.0) for name in names}, chosen)


@pytest.mark.parametrize(
    ("name", "simple"),
    [
        ("loss", "loss"),
        ("Train/Loss (avg)", "train_loss_avg"),
        ("   train/box_loss", "train_box_loss"),
        ("trainLoss", "train_loss"),
        ("val-loss", "val_loss"),
        ("top1Acc", "top1_acc"),
        ("--LR--", "lr"),
        ("损失", ""),
        ("", ""),
    ],
)
def test_a_name_is_compared_in_lower_case_with_underscores(name, simple):
    assert simplified(name) == simple


@pytest.mark.parametrize(
    ("wanted", "names"),
    {
        "train_loss": ["loss", "train_loss", "Train Loss", "training_loss", "train/loss", "trainLoss", "loss_train",
                       "total_loss", "Loss", "batch_loss", "train_loss_step", "train_loss_epoch", "lm_loss", "nll_loss",
                       "train_mse", "cost", "train_cross_entropy", "tr_loss", "epoch_loss", "avg_train_loss",
                       "train_loss_avg", "lm loss", "bits_per_dim", "Train Loss (avg)", "loss_value", "avg_loss"],
        "val_loss": ["val_loss", "validation_loss", "valid_loss", "eval_loss", "test_loss", "dev_loss", "loss_val",
                     "Val Loss", "val/loss", "valLoss", "val_total_loss", "val_mse", "eval/loss", "val_epoch_loss",
                     "avg_val_loss", "valid_nll_loss", "lm loss_val", "test/loss"],
        "train_accuracy": ["accuracy", "acc", "train_acc", "train/accuracy", "binary_accuracy", "top1",
                           "sparse_categorical_accuracy", "acc_train"],
        "val_accuracy": ["val_accuracy", "val_acc", "test_acc", "validation_accuracy", "eval_accuracy", "acc_val"],
        "learning_rate": ["lr", "learning_rate", "LearningRate", "lr/pg0", "lr-Adam", "train/lr", "base_lr", "x/lr0",
                          "lr-AdamW/pg1", "train_lr", "train/learning_rate", "lr0"],
        "grad_norm": ["grad_norm", "gnorm", "train/grad_norm", "gradient_norm", "grad_2.0_norm_total", "global_norm",
                      "grad norm", "train_gnorm", "norm"],
        "loss_scale": ["loss_scale", "scale", "amp_scale", "train/loss_scale", "loss scale", "train_loss_scale"],
    }.items(),
)  # fmt: skip
def test_names_that_frameworks_use_become_their_canonical_name(wanted, names):
    for name in names:
        assert mapped("step", name).canonical == {wanted: name}, name


def test_every_canonical_name_stands_for_itself():
    found = mapped("step", *CANONICAL)
    assert found.canonical == {name: name for name in CANONICAL}
    assert found.ignored == ()


@pytest.mark.parametrize(
    "name", ["step", "global_step", "Iteration", "iter", "num_updates", "trainer/global_step", "_step", "current_steps",
             "time/total_timesteps", "train/global_step"]
)  # fmt: skip
def test_names_of_steps_are_known(name):
    assert mapped(name, "loss").step == name


@pytest.mark.parametrize("name", ["epoch", "Epoch", "epochs", "ep", "   epoch"])
def test_names_of_epochs_are_known(name):
    assert mapped(name, "loss").epoch == name
    assert mapped(name, "loss").step is None


@pytest.mark.parametrize(
    "name",
    ["reward", "time", "fps", "loss_history_file", "glossary", "blossom", "accurate", "lrx", "val_perplexity", "ppl",
     "rollout/ep_rew_mean", "mAP", "best_val_loss", "val_best_loss", "train_loss", "loss_weight", "mse", "val_mae",
     "mIoU", "min_loss"],
)  # fmt: skip
def test_other_names_are_left_alone(name):
    found = mapped("step", "loss", name)
    assert found.canonical == {"train_loss": "loss"}
    if found.components:
        assert found.components == {"train_loss/history_file": name}
    else:
        assert found.ignored == (name,)


def test_parts_of_a_loss_are_named_after_the_total_that_they_belong_to():
    found = mapped("epoch", "train/box_loss", "train/cls_loss", "val/box_loss", "val/cls_loss", "loss_mask")
    assert found.components == {
        "train_loss/box": "train/box_loss",
        "train_loss/cls": "train/cls_loss",
        "val_loss/box": "val/box_loss",
        "val_loss/cls": "val/cls_loss",
        "train_loss/mask": "loss_mask",
    }
    assert found.canonical == {}


def test_of_a_loss_by_step_and_by_epoch_the_one_with_more_values_is_taken_and_the_other_is_no_part():
    columns = {
        "train_loss_epoch": column(None, None, 1.0),
        "train_loss_step": column(3.0, 2.0, 1.0),
    }
    found = map_columns(columns)
    assert found.canonical == {"train_loss": "train_loss_step"}
    assert found.components == {}
    assert found.ignored == ("train_loss_epoch",)


def test_of_columns_with_as_many_values_the_first_is_taken():
    assert mapped("loss", "train_loss").canonical["train_loss"] == "loss"
    assert mapped("train_loss", "loss").canonical["train_loss"] == "train_loss"


def test_a_loss_goes_before_an_error_of_the_same_split():
    assert mapped("train_mse", "train_loss").canonical == {"train_loss": "train_loss"}


def test_an_error_stands_for_the_loss_of_both_splits_or_of_none():
    assert mapped("mae", "mse", "val_mae", "val_mse").canonical == {"train_loss": "mse", "val_loss": "val_mse"}
    assert mapped("loss", "val_mae").canonical == {"train_loss": "loss"}
    assert mapped("mae", "val_loss").canonical == {"val_loss": "val_loss"}
    assert mapped("box_loss", "mae").canonical == {}


def test_a_loss_on_validation_data_goes_before_one_on_test_data_and_both_before_a_likelihood():
    assert mapped("test_loss", "val_nll", "val_loss").canonical == {"val_loss": "val_loss"}
    assert mapped("test_loss", "val_nll").canonical == {"val_loss": "test_loss"}


@pytest.mark.parametrize(
    ("name", "part"),
    {
        "train/box_om": "train_loss/box_om",
        "val/dfl_oo": "val_loss/dfl_oo",
        "test_loss_bbox_0": "val_loss/bbox_0",
        "train_loss_ce": "train_loss/ce",
        "loss_kpt": "train_loss/kpt",
        "policy_loss": "train_loss/policy",
        "dynamics_loss_step": "train_loss/dynamics",
        "initial_theta_loss": "train_loss/initial_theta",
    }.items(),
)
def test_parts_are_known_by_the_names_that_frameworks_give_them(name, part):
    assert mapped("step", name).components == {part: name}


def test_a_hundred_thousand_columns_are_mapped():
    found = mapped(*(f"layer.{number}.loss" for number in range(100_000)), "loss")
    assert found.canonical == {"train_loss": "loss"}
    assert len(found.components) == 100_000


def test_a_column_without_a_single_value_is_not_taken():
    found = map_columns({"loss": column(None, None), "train_loss": column(2.0, None), "val_loss": column(None, None)})
    assert found.canonical == {"train_loss": "train_loss"}
    assert found.ignored == ("loss", "val_loss")


def test_a_column_of_nothing_but_nan_is_taken():
    assert map_columns({"loss": column(np.nan, np.nan)}).canonical == {"train_loss": "loss"}


def test_what_a_person_says_goes_before_what_a_name_says():
    found = mapped("step", "loss", "penalty", chosen={"train_loss": "penalty"})
    assert found.canonical == {"train_loss": "penalty"}
    assert "loss" in found.ignored


def test_a_person_can_name_the_step_the_epoch_and_a_part_of_the_loss():
    chosen = {"step": "tick", "epoch": "round", "train_loss/kl": "divergence"}
    found = mapped("step", "tick", "round", "loss", "divergence", chosen=chosen)
    assert (found.step, found.epoch) == ("tick", "round")
    assert found.components == {"train_loss/kl": "divergence"}
    assert found.canonical == {"train_loss": "loss"}


def test_a_column_is_used_once():
    found = mapped("step", "loss", "lr", chosen={"grad_norm": "lr"})
    assert found.canonical == {"train_loss": "loss", "grad_norm": "lr"}


def test_columns_come_in_canonical_order_and_ignored_ones_in_that_of_the_file():
    found = mapped("zeta", "lr", "val_loss", "alpha", "loss")
    assert list(found.canonical) == ["train_loss", "val_loss", "learning_rate"]
    assert found.ignored == ("zeta", "alpha")
