"""Networks that are put together in loops, from settings that stand in the program."""

import pytest

from tests.intake.scripts.reading import changed, read

TRACES = '''import torch
import yaml
from torch import nn

CONFIG = yaml.safe_load(
    """
model:
  depth: 16
  activation: "sigmoid"
train:
  lr: 0.001
"""
)
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


class Picker(nn.Module):
    def __init__(self, depth, activation):
        super().__init__()
        layers, width = [], 3
        for _ in range(depth):
            layers += [nn.Conv1d(width, 48, 5), ACTIVATIONS[activation]()]
            width = 48
        self.trunk = nn.Sequential(*layers)
        self.pick = nn.Linear(48, 3)

    def forward(self, trace):
        return self.pick(self.trunk(trace).amax(dim=-1))


model = Picker(**CONFIG["model"])
optimizer = torch.optim.Adam(model.parameters(), lr=CONFIG["train"]["lr"])
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
'''
SIZES = """import torch
from torch import nn
sizes = [10] + [32] * 14 + [2]
layers = []
for i in range(len(sizes) - 1):
    layers.append(nn.Linear(sizes[i], sizes[i + 1]))
    if {}:
        layers.append(nn.{}())
model = nn.Sequential(*layers)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""


def test_a_deep_stack_whose_activation_a_text_of_settings_names(tmp_path):
    reading = read(tmp_path, TRACES)
    assert reading.shows("hidden_activation", "ACTIVATIONS[activation]()") == "saturating"
    assert (reading.stated()["layers"], reading.stated()["learning_rate"]) == (17, 0.001)
    other = changed(TRACES, ('"sigmoid"\ntrain', '"relu"\ntrain'))
    assert read(tmp_path, other).state("hidden_activation") == "relu"


def test_settings_in_json(tmp_path):
    text = changed(TRACES, ("yaml.safe_load(", "json.loads("), ("import yaml", "import json"))
    start, end = text.index("\nmodel:"), text.index('"""\n)')
    json = '{"model": {"depth": 3, "activation": "tanh"}, "train": {"lr": 0.5}}'
    stated = read(tmp_path, text[:start] + json + text[end:]).stated()
    assert (stated["layers"], stated["learning_rate"]) == (4, 0.5)


def test_settings_that_are_no_yaml_are_not_told(tmp_path):
    reading = read(tmp_path, changed(TRACES, ("  depth: 16", "  depth: [16")))
    assert "layers" not in reading.stated()


@pytest.mark.parametrize(
    "test", ["i < len(sizes) - 2", "len(sizes) - 2 > i", "i <= len(sizes) - 3", "i != len(sizes) - 2"]
)
def test_an_activation_behind_all_layers_but_the_last(tmp_path, test):
    reading = read(tmp_path, SIZES.format(test, "Sigmoid"))
    assert reading.faults() == {}
    assert reading.state("output_activation") == "linear"
    assert reading.state("hidden_activation") == "saturating"
    assert reading.stated()["layers"] == 15


def test_an_activation_behind_the_last_layer_too(tmp_path):
    reading = read(tmp_path, SIZES.format("i >= 0", "Softmax"))
    assert reading.state("loss_by_hand") == "different_formula"


def test_counters_of_other_loops_are_not_taken_for_all_turns(tmp_path):
    late = "for x, y in loader:\n    optimizer.zero_grad()"
    text = changed(SIZES.format("i >= 0", "Softmax"), (late, "for epoch in range(10):\n    x, y = next(batches)\n"
                   "    if epoch > 5:\n        optimizer.zero_grad()"))  # fmt: skip
    assert read(tmp_path, text).state("gradients_reset") != "not_reset"


def test_what_waits_for_a_list_to_fill_is_read(tmp_path):
    text = """import random
import torch
from torch import nn
model = nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
memory = []
def learn():
    if len(memory) < 64:
        return
    for x, y in random.sample(memory, 64):
        loss = nn.functional.cross_entropy(torch.softmax(model(x), 1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    assert read(tmp_path, text).state("loss_by_hand") == "different_formula"
