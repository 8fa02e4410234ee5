import pytest

from tests.intake.configs.configs_written import shown, stated, told_of
from triage.intake.configs.terms import activation_of, loss_of, optimizer_of, precision_of, schedule_of


def test_settings_of_ones_own_are_read(tmp_path):
    text = """
    lr: 0.001
    optimizer: Adam
    batch_size: 64
    epochs: 30
    betas: [0.9, 0.99]
    eps: 1e-7
    weight_decay: 1e-4
    warmup_epochs: 3
    scheduler: cosine
    amp: true
    loss: mse
    activation: tanh
    model: lstm
    """
    told = told_of(tmp_path, text)
    assert stated(told) == {
        "learning_rate": 0.001,
        "batch_size": 64,
        "weight_decay": 1e-4,
        "epochs": 30,
        "epsilon": 1e-7,
        "beta1": 0.9,
        "beta2": 0.99,
        "optimizer": "adam",
        "schedule": "decay",
        "warmup_ratio": 0.1,
    }
    assert shown(told) == {
        "loss_function": "squared_or_absolute_error",
        "precision": "fp16_amp",
        "hidden_activation": "saturating",
        "network_kind": "recurrent",
    }


def test_settings_of_nanogpt_are_read(tmp_path):
    text = """
    learning_rate: 6e-4
    max_iters: 600000
    beta2: 0.95
    grad_clip: 1.0
    decay_lr: true
    warmup_iters: 2000
    lr_decay_iters: 600000
    batch_size: 12
    block_size: 1024
    n_layer: 12
    n_head: 12
    dropout: 0.0
    init_from: scratch
    dtype: float16
    """
    told = told_of(tmp_path, text)
    assert stated(told) == {
        "learning_rate": 6e-4,
        "max_steps": 600000,
        "beta2": 0.95,
        "clip_norm": 1,
        "schedule": "decay",
        "warmup_steps": 2000,
        "decay_steps": 600000,
        "batch_size": 12,
        "dropout": 0,
    }
    assert shown(told) == {
        "precision": "fp16_amp",
        "network_kind": "transformer",
        "task": "language_model",
        "network_depth": "deeper",
        "start_point": "fresh",
    }


def test_sections_that_are_not_of_the_training_are_passed_over(tmp_path):
    text = "train: {batch_size: 8}\nval: {batch_size: 1}\ntest_loader: {batch_size: 99}\n"
    assert stated(told_of(tmp_path, text)) == {"batch_size": 8}


def test_what_is_nearer_to_the_optimizer_counts(tmp_path):
    text = "lr: 0.5\nmodule: {lr: 7}\noptimizer: {name: sgd, lr: 0.1, momentum: 0.9}\n"
    assert stated(told_of(tmp_path, text)) == {"learning_rate": 0.1, "optimizer": "sgd", "momentum": 0.9}


def test_values_that_differ_are_left_out_with_a_note(tmp_path):
    told = told_of(tmp_path, "a: {dropout: 0.1}\nb: {dropout: 0.5}\nlr: 0.1\n")
    assert stated(told) == {"learning_rate": 0.1}
    assert told.notes == ("Several values are given for dropout (0.1, 0.5), so it was left out.",)


def test_momentum_and_epsilon_count_beside_a_rate_only(tmp_path):
    assert stated(told_of(tmp_path, "norm: {momentum: 0.1, eps: 1e-5}\nbatch_size: 4\n")) == {"batch_size": 4}
    told = told_of(tmp_path, "solver: {base_lr: 0.1, momentum: 0.9, eps: 1e-5}\n")
    assert stated(told) == {"learning_rate": 0.1, "momentum": 0.9, "epsilon": 1e-5}


@pytest.mark.parametrize(
    "lines", ["lr: -1", "lr: .inf", "lr: .nan", "lr: auto", "lr: [0.1, 0.2]", "lr: true", "lr: 1e400", "lr: {a: 1}"]
)
def test_what_can_be_no_rate_is_not_stated(tmp_path, lines):
    assert stated(told_of(tmp_path, f"batch_size: 4\n{lines}\n")) == {"batch_size": 4}


@pytest.mark.parametrize("lines", ["batch_size: 0", "batch_size: -1", "batch_size: 2.5", "batch_size: 'no'"])
def test_what_can_be_no_batch_is_not_stated(tmp_path, lines):
    assert stated(told_of(tmp_path, f"lr: 0.1\n{lines}\n")) == {"learning_rate": 0.1}


@pytest.mark.parametrize(
    ("lines", "finding", "state"),
    [
        ("amp: false", "precision", "fp32"),
        ("fp16: true", "precision", "fp16_amp"),
        ("bf16: true", "precision", "bf16"),
        ("precision: bfloat16", "precision", "bf16"),
        ("pretrained: true", "initialization", "pretrained"),
        ("pretrained: false", "initialization", "framework_default"),
        ("init_from: gpt2-xl", "initialization", "pretrained"),
        ("init_from: resume", "start_point", "resumed"),
        ("resume: out/last.pt", "start_point", "resumed"),
        ("resume: false", "start_point", None),
        ("freeze_backbone: true", "trained_part", "head_or_adapter_only"),
        ("shuffle: false", "shuffling", "not_shuffled"),
        ("shuffle: true", "shuffling", "every_epoch"),
        ("a: {shuffle: true}\nb: {shuffle: false}", "shuffling", None),
        ("augment: true", "augmentation", "moderate"),
        ("mean: [0.485, 0.456, 0.406]", "input_scaling", "standardised"),
        ("device: cpu", "devices", "cpu"),
        ("device: cuda", "devices", None),
        ("task: regression", "task", "regression"),
        ("norm: bn", "normalization_layers", "batch_norm"),
        ("use_batchnorm: true", "normalization_layers", "batch_norm"),
        ("model: vit_base_patch16_224", "network_kind", "transformer"),
        ("model: resnet50", "network_kind", "convolutional"),
        ("model: ensemble_network", "network_kind", None),
        ("loss: CrossEntropyLoss", "loss_function", "cross_entropy_on_logits"),
        ("loss: {name: focal}", "loss_function", "own_formula"),
        ("loss: mine", "loss_function", None),
    ],
)
def test_keys_show_findings(tmp_path, lines, finding, state):
    assert shown(told_of(tmp_path, f"lr: 0.1\n{lines}\n")).get(finding) == state


@pytest.mark.parametrize(
    ("lines", "number"),
    [("clip_grad: null", 0), ("clip_grad: 0.5", 0.5), ("grad_clip: false", 0), ("clip_grad: {max_norm: 35}", 35)],
)
def test_limits_of_the_gradient(tmp_path, lines, number):
    assert stated(told_of(tmp_path, f"lr: 0.1\n{lines}\n"))["clip_norm"] == number


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("torch.optim.AdamW", "adamw"),
        ("adamw_torch_fused", "adamw"),
        ("paged_adamw_32bit", "adamw"),
        ("adamw_bnb_8bit", "adamw"),
        ("bitsandbytes.optim.Adam8bit", "adam"),
        ("FusedAdam", "adam"),
        ("DeepSpeedCPUAdam", "adam"),
        ("OneBitAdam", "adam"),
        ("OptimizerNames.ADAMW_TORCH", "adamw"),
        ("nag", "sgd"),
        ("SGD", "sgd"),
        ("RMSpropTF", "rmsprop"),
        ("lion_8bit", "lion"),
        ("Adafactor", "adafactor"),
        ("galore_adamw_layerwise", None),
        ("my_own", None),
        ("", None),
        (".", None),
    ],
)
def test_names_of_optimizers(name, known):
    assert optimizer_of(name) == known


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("torch.optim.lr_scheduler.CosineAnnealingLR", "decay"),
        ("CosineAnnealingWarmRestarts", "cyclic"),
        ("cosine_with_restarts", "cyclic"),
        ("OneCycleLR", "cyclic"),
        ("MultiStepLR", "step"),
        ("StepLR", "step"),
        ("step", "step"),
        ("ExponentialLR", "step"),
        ("reduce_lr_on_plateau", "plateau"),
        ("constant_with_warmup", "constant"),
        ("SchedulerType.LINEAR", "decay"),
        ("get_linear_schedule_with_warmup", "decay"),
        ("LinearLR", None),
        ("linear_warmup_cosine_decay", "decay"),
        ("inverse_sqrt", "decay"),
        ("WarmupLR", "constant"),
        ("WarmupDecayLR", "decay"),
        ("DDPMScheduler", None),
    ],
)
def test_names_of_schedules(name, kind):
    assert schedule_of(name) == kind


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("torch.nn.CrossEntropyLoss", "cross_entropy_on_logits"),
        ("ce", "cross_entropy_on_logits"),
        ("nn.NLLLoss", "cross_entropy_on_probabilities"),
        ("sparse_categorical_crossentropy", "cross_entropy_on_probabilities"),
        ("BCEWithLogitsLoss", "binary_cross_entropy"),
        ("binary_crossentropy", "binary_cross_entropy"),
        ("SmoothL1Loss", "squared_or_absolute_error"),
        ("mean_squared_error", "squared_or_absolute_error"),
        ("CTCLoss", "alignment_loss"),
        ("DiceLoss", "overlap_loss"),
        ("FocalLoss", "own_formula"),
    ],
)
def test_names_of_losses(name, state):
    likelihood = loss_of(name)
    assert max(likelihood, key=likelihood.get) == state


def test_names_that_are_not_known_say_nothing():
    assert loss_of("mine") is None
    assert activation_of("mine") is None
    assert precision_of("mine") is None
    assert precision_of(True) is None
