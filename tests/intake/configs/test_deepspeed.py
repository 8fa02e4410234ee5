import json

import pytest

from tests.intake.configs.configs_written import shown, stated, told_of

WHOLE = {
    "train_batch_size": 128,
    "train_micro_batch_size_per_gpu": 4,
    "gradient_accumulation_steps": 8,
    "gradient_clipping": 1.0,
    "optimizer": {
        "type": "AdamW",
        "params": {"lr": 3e-5, "betas": [0.8, 0.99], "eps": 1e-7, "weight_decay": 3e-7},
    },
    "scheduler": {"type": "WarmupDecayLR", "params": {"warmup_num_steps": 500, "total_num_steps": 10000}},
    "fp16": {"enabled": True, "loss_scale": 0},
    "zero_optimization": {"stage": 2},
}


def read(folder, config):
    return told_of(folder, json.dumps(config, indent=1), "ds_config.json")


def test_a_whole_configuration_is_read(tmp_path):
    told = read(tmp_path, WHOLE)
    assert stated(told) == {
        "batch_size": 4,
        "accumulation_steps": 8,
        "clip_norm": 1,
        "learning_rate": 3e-5,
        "epsilon": 1e-7,
        "weight_decay": 3e-7,
        "warmup_steps": 500,
        "max_steps": 10000,
        "beta1": 0.8,
        "beta2": 0.99,
        "optimizer": "adamw",
        "schedule": "decay",
        "devices": 4,
    }
    assert shown(told) == {"precision": "fp16_amp"}
    assert told.found[0].message == "fp16 is enabled, the loss is scaled as it needs."


def test_a_fixed_loss_scale_is_told(tmp_path):
    told = read(tmp_path, WHOLE | {"fp16": {"enabled": True, "loss_scale": 128}})
    assert told.found[0].message == "fp16 is enabled with a fixed loss scale of 128."


@pytest.mark.parametrize(
    ("sections", "state"),
    [
        ({"bf16": {"enabled": True}}, "bf16"),
        ({"fp16": {"enabled": False}, "bf16": {"enabled": False}}, "fp32"),
        ({"fp16": {"enabled": False}}, None),
        ({"fp16": {"enabled": "auto"}, "bf16": {"enabled": "auto"}}, None),
    ],
)
def test_number_formats(tmp_path, sections, state):
    told = read(tmp_path, {"zero_optimization": {"stage": 1}, "gradient_clipping": 1.0} | sections)
    assert shown(told).get("precision") == state


def test_auto_is_no_value(tmp_path):
    config = {
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "gradient_clipping": "auto",
        "optimizer": {"type": "AdamW", "params": {"lr": "auto", "betas": "auto", "eps": "auto"}},
    }
    assert stated(read(tmp_path, config)) == {"optimizer": "adamw"}


@pytest.mark.parametrize(("params", "named"), [({}, "adamw"), ({"adam_w_mode": False}, "adam")])
def test_its_adam_decouples_the_weight_decay_unless_told_otherwise(tmp_path, params, named):
    config = {"train_batch_size": 4, "optimizer": {"type": "Adam", "params": {"lr": 1e-4} | params}}
    assert stated(read(tmp_path, config))["optimizer"] == named


def test_a_rate_that_only_warms_up_stays_constant(tmp_path):
    config = WHOLE | {"scheduler": {"type": "WarmupLR", "params": {"warmup_max_lr": 1e-4, "warmup_num_steps": 10}}}
    assert stated(read(tmp_path, config))["schedule"] == "constant"
