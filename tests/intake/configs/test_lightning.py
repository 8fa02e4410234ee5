import pytest

from tests.intake.configs.configs_written import lines, shown, stated, told_of

COMMAND_LINE = """
seed_everything: 1
trainer:
  accelerator: gpu
  devices: 4
  num_nodes: 2
  precision: 16-mixed
  max_epochs: 30
  max_steps: -1
  accumulate_grad_batches: 2
  gradient_clip_val: 0.5
  gradient_clip_algorithm: norm
model:
  class_path: my.Net
  init_args:
    dropout: 0.2
optimizer:
  class_path: torch.optim.SGD
  init_args:
    lr: 0.1
    momentum: 0.9
    weight_decay: 0.0001
lr_scheduler:
  class_path: torch.optim.lr_scheduler.CosineAnnealingLR
  init_args: {T_max: 30}
data:
  class_path: my.Data
  init_args:
    batch_size: 64
ckpt_path: null
"""


def test_the_command_line_is_read(tmp_path):
    told = told_of(tmp_path, COMMAND_LINE)
    assert stated(told) == {
        "devices": 8,
        "epochs": 30,
        "accumulation_steps": 2,
        "clip_norm": 0.5,
        "dropout": 0.2,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "momentum": 0.9,
        "weight_decay": 0.0001,
        "schedule": "decay",
        "batch_size": 64,
    }
    assert shown(told) == {
        "framework": "pytorch",
        "gradients_reset": "reset_each_update",
        "precision": "fp16_amp",
    }
    assert lines(told)["learning_rate"] == 19


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("16", "fp16_amp"),
        ("'16'", "fp16_amp"),
        ("16-mixed", "fp16_amp"),
        ("16-true", "fp16_pure"),
        ("bf16", "bf16"),
        ("bf16-mixed", "bf16"),
        ("bf16-true", "bf16"),
        ("32", "fp32"),
        ("32-true", "fp32"),
        ("64", "tf32_or_other"),
        ("transformer-engine", "tf32_or_other"),
        ("null", None),
        ("high", None),
    ],
)
def test_number_formats(tmp_path, value, state):
    told = told_of(tmp_path, f"trainer:\n  max_epochs: 3\n  precision: {value}\n")
    assert shown(told).get("precision") == state


@pytest.mark.parametrize(
    ("lines_of", "expected"),
    [
        ("gradient_clip_val: 1.0\n  gradient_clip_algorithm: value", {"clip_value": 1}),
        ("gradient_clip_val: 1.0", {"clip_norm": 1}),
        ("gradient_clip_val: null", {"clip_norm": 0}),
        ("gradient_clip_val: 0", {"clip_norm": 0}),
    ],
)
def test_clipping(tmp_path, lines_of, expected):
    assert stated(told_of(tmp_path, f"trainer:\n  max_epochs: 3\n  {lines_of}\n")) == {"epochs": 3} | expected


@pytest.mark.parametrize(
    ("lines_of", "finding", "number"),
    [
        ("accelerator: cpu\n  devices: 4", "cpu", None),
        ("accelerator: tpu\n  devices: 8", "mps_tpu_or_other", None),
        ("accelerator: gpu\n  devices: [0, 1]", None, 2),
        ("devices: '0,1,2'", None, 3),
        ("gpus: 1", None, 1),
        ("devices: auto", None, None),
        ("devices: -1", None, None),
    ],
)
def test_devices(tmp_path, lines_of, finding, number):
    told = told_of(tmp_path, f"trainer:\n  max_epochs: 3\n  {lines_of}\n")
    assert (shown(told).get("devices"), stated(told).get("devices")) == (finding, number)


def test_a_tree_of_hydra_is_read(tmp_path):
    text = """
    model:
      _target_: src.Net
      lr: 3e-4
      net:
        _target_: torchvision.models.resnet18
        num_classes: 10
      criterion:
        _target_: torch.nn.CrossEntropyLoss
      optimizer:
        _target_: torch.optim.AdamW
        _partial_: true
        lr: ${model.lr}
        betas: [0.9, 0.95]
      scheduler:
        _target_: torch.optim.lr_scheduler.ReduceLROnPlateau
    datamodule:
      batch_size: 32
    trainer:
      _target_: lightning.pytorch.trainer.Trainer
      max_epochs: 20
    test_dataloader:
      batch_size: 500
    """
    told = told_of(tmp_path, text)
    assert stated(told) == {
        "learning_rate": 3e-4,
        "beta1": 0.9,
        "beta2": 0.95,
        "optimizer": "adamw",
        "schedule": "plateau",
        "epochs": 20,
        "batch_size": 32,
        "classes": 10,
    }
    assert shown(told)["loss_function"] == "cross_entropy_on_logits"


def test_two_optimizers_with_rates_of_their_own_are_told(tmp_path):
    text = """
    generator:
      optimizer: {_target_: torch.optim.Adam, lr: 0.0001, eps: 1.0e-8}
    judge:
      optimizer: {_target_: torch.optim.Adam, lr: 0.0004, eps: 1.0e-8}
    """
    told = told_of(tmp_path, text)
    assert shown(told)["trained_part"] == "several_optimizers_or_groups"
    assert stated(told) == {"optimizer": "adam", "epsilon": 1e-8}
    assert "The optimizers differ in learning rate, so it was left out." in told.notes


def test_several_losses_are_terms_of_one(tmp_path):
    text = "losses:\n  - {name: bce, weight: 0.3}\n  - {name: dice, weight: 0.7}\nlr: 0.1\n"
    assert stated(told_of(tmp_path, text)) == {"loss_terms": 2, "learning_rate": 0.1}


def test_mmengine_is_read(tmp_path):
    text = """
    optim_wrapper:
      type: AmpOptimWrapper
      optimizer: {type: SGD, lr: 0.02, momentum: 0.9, weight_decay: 0.0001}
      clip_grad: {max_norm: 35, norm_type: 2}
    param_scheduler:
      - {type: LinearLR, start_factor: 0.001, by_epoch: false, begin: 0, end: 500}
      - {type: MultiStepLR, begin: 0, end: 12, milestones: [8, 11]}
    train_cfg: {max_epochs: 12}
    train_dataloader:
      batch_size: 2
      sampler: {type: DefaultSampler, shuffle: true}
    val_dataloader:
      batch_size: 1
      sampler: {type: DefaultSampler, shuffle: false}
    load_from: weights.pth
    """
    told = told_of(tmp_path, text)
    assert stated(told) == {
        "learning_rate": 0.02,
        "momentum": 0.9,
        "weight_decay": 0.0001,
        "optimizer": "sgd",
        "clip_norm": 35,
        "warmup_steps": 500,
        "schedule": "step",
        "epochs": 12,
        "batch_size": 2,
    }
    assert shown(told) == {
        "precision": "fp16_amp",
        "shuffling": "every_epoch",
        "initialization": "pretrained",
    }
