"""Values that a program states, wherever they come from."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES, TABLE
from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read


def test_values_of_a_pytorch_program(tmp_path):
    stated = read(tmp_path, DIGITS).stated()
    assert stated["optimizer"] == "sgd"
    assert stated["learning_rate"] == 0.01
    assert stated["momentum"] == 0.9
    assert stated["weight_decay"] == 5e-4
    assert stated["batch_size"] == 64
    assert stated["epochs"] == 10
    assert stated["schedule"] == "step"


def test_values_of_a_keras_program(tmp_path):
    stated = read(tmp_path, PICTURES).stated()
    assert stated["optimizer"] == "adam"
    assert stated["learning_rate"] == 0.001
    assert stated["batch_size"] == 64
    assert stated["epochs"] == 20
    assert stated["samples"] == 50000


@pytest.mark.parametrize(
    ("lines", "rate"),
    [
        ("LR = 3e-4\n", "LR"),
        ("LR = 3e-5 * 10\n", "LR"),
        ("config = {'lr': 3e-4, 'n': 2}\n", "config['lr']"),
        ("class Config:\n    lr = 3e-4\n", "Config.lr"),
        (
            "from dataclasses import dataclass\n@dataclass\nclass Config:\n    lr: float = 3e-4\nconfig = Config()\n",
            "config.lr",
        ),
        (
            "import argparse\np = argparse.ArgumentParser()\n"
            "p.add_argument('--lr', type=float, default=3e-4)\nargs = p.parse_args()\n",
            "args.lr",
        ),
        (
            "import argparse\np = argparse.ArgumentParser()\n"
            "p.add_argument('-l', '--learning-rate', type=float, default='3e-4')\n"
            "args = p.parse_args()\n",
            "args.learning_rate",
        ),
        ("def rate(base=3e-4):\n    return base\n", "rate()"),
        ("from types import SimpleNamespace\nargs = SimpleNamespace(lr=3e-4)\n", "args.lr"),
    ],
)
def test_a_rate_is_followed_to_where_it_is_set(tmp_path, lines, rate):
    text = changed(ROWS, ("optimizer = ", f"{lines}optimizer = "), ("lr=1e-3", f"lr={rate}"))
    assert read(tmp_path, text).stated()["learning_rate"] == pytest.approx(3e-4)


@pytest.mark.parametrize("rate", ["settings.lr", "float(input())", "0.1 if big else 0.01", "find_rate(net)"])
def test_a_rate_that_is_out_of_sight_is_not_stated(tmp_path, rate):
    assert "learning_rate" not in read(tmp_path, changed(ROWS, ("lr=1e-3", f"lr={rate}"))).stated()


def test_arguments_of_adam(tmp_path):
    more = "lr=1e-3, betas=(0.9, 0.95), eps=1e-6, weight_decay=0.1"
    stated = read(tmp_path, changed(ROWS, ("lr=1e-3", more))).stated()
    assert (stated["beta1"], stated["beta2"], stated["epsilon"], stated["weight_decay"]) == (0.9, 0.95, 1e-6, 0.1)


def test_arguments_of_a_keras_optimizer(tmp_path):
    stated = read(tmp_path, changed(TABLE, ("momentum=0.9", "momentum=0.9, clipvalue=0.5, weight_decay=1e-4"))).stated()
    assert (stated["momentum"], stated["clip_value"], stated["weight_decay"]) == (0.9, 0.5, 1e-4)


@pytest.mark.parametrize(
    ("schedule", "word", "more"),
    [
        ("torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)", "plateau", {}),
        ("torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)", "decay", {}),
        ("torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=100)", "cyclic", {"learning_rate": 0.02}),
        (
            "get_linear_schedule_with_warmup(optimizer, num_warmup_steps=500, num_training_steps=9000)",
            "decay",
            {"warmup_steps": 500, "decay_steps": 9000},
        ),
    ],
)
def test_schedules(tmp_path, schedule, word, more):
    lines = f"from transformers import get_linear_schedule_with_warmup\nscheduler = {schedule}\nfor epoch"
    text = changed(
        ROWS, ("for epoch", lines), ("        optimizer.step()\n", "        optimizer.step()\n    scheduler.step()\n")
    )
    stated = read(tmp_path, text).stated()
    assert stated["schedule"] == word
    assert more.items() <= stated.items()


def test_a_schedule_of_keras(tmp_path):
    schedule = "keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=1000, decay_rate=0.9)"
    stated = read(tmp_path, changed(PICTURES, ("learning_rate=0.001", f"learning_rate={schedule}"))).stated()
    assert (stated["learning_rate"], stated["schedule"], stated["decay_steps"]) == (0.02, "decay", 1000)


def test_one_of_two_optimizers_is_not_stated(tmp_path):
    choice = (
        "if big:\n    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)\nelse:\n"
        "    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)\n"
    )
    reading = read(tmp_path, changed(ROWS, ("optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)\n", choice)))
    assert reading.faults() == {}
    assert not {"optimizer", "learning_rate"} & reading.stated().keys()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (("nn.ReLU(), nn.Linear(64, 3))", "nn.ReLU(), nn.Linear(64, 3)).half()"), "fp16_pure"),
        (
            (
                "        loss = criterion(net(a), b)\n",
                "        with torch.autocast('cuda', dtype=torch.bfloat16):\n            loss = criterion(net(a), b)\n",
            ),
            "bf16",
        ),
        (("import random", "import random"), "fp32"),
    ],
)
def test_number_formats(tmp_path, change, state):
    assert read(tmp_path, changed(ROWS, change)).state("precision") == state


def test_a_policy_of_keras(tmp_path):
    lines = ("model = keras", 'keras.mixed_precision.set_global_policy("mixed_float16")\nmodel = keras')
    assert read(tmp_path, changed(PICTURES, lines)).state("precision") == "fp16_amp"


def test_frameworks(tmp_path):
    assert read(tmp_path, ROWS).shows("framework", "import torch") == "pytorch"
    assert read(tmp_path, PICTURES).shows("framework", "keras") == "keras_tensorflow"
    trainer = "from transformers import Trainer, TrainingArguments\nimport torch\n"
    assert read(tmp_path, trainer).shows("framework", "transformers") == "hugging_face"
    assert read(tmp_path, "import json\n").state("framework") is None


def test_numbers_of_groups_of_weights_stand_where_they_are_written(tmp_path):
    groups = '[{"params": model.parameters(), "weight_decay": CFG["wd"]}]'
    text = changed(
        DIGITS, ("EPOCHS = 10", 'EPOCHS = 10\nCFG = {\n    "wd": 1.5,\n}'), ("model.parameters()", groups),
        (", weight_decay=5e-4", ""),
    )  # fmt: skip
    stated = next(one for one in read(tmp_path, text).told.stated if one.name == "weight_decay")
    assert (stated.value, stated.place.words) == (1.5, '"wd": 1.5,')


def test_the_rate_of_a_pretrained_part_is_that_of_its_group(tmp_path):
    text = """import torch
from torch import nn
from torchvision.models import resnet18, ResNet18_Weights
body = resnet18(weights=ResNet18_Weights.DEFAULT)
head = nn.Linear(1000, 3)
groups = [{"params": body.parameters(), "lr": 2e-5}, {"params": head.parameters(), "lr": 1e-3}]
optimizer = torch.optim.AdamW(groups)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(body(x)), y).backward()
    optimizer.step()
"""
    assert read(tmp_path, text).stated()["learning_rate"] == 2e-5
