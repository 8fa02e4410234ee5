"""Which weights are trained, and where they start."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

RESUME = (
    "for epoch in range(EPOCHS)",
    'state = torch.load("last.pt")\nmodel.load_state_dict(state["model"])\n{}start_epoch = state["epoch"] + 1\n'
    "for epoch in range(start_epoch, EPOCHS)",
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("criterion(outputs, labels)\n", "criterion(outputs.detach(), labels)\n"), "detach"),
        (("criterion(outputs, labels)\n", "criterion(outputs.data, labels)\n"), ".data"),
        (("        loss.backward()", "        loss = torch.tensor(loss.item())\n        loss.backward()"), "item()"),
        (
            (
                "        outputs = model(images)\n        loss",
                "        with torch.no_grad():\n            outputs = model(images)\n        loss",
            ),
            "no_grad",
        ),
    ],
)
def test_a_loss_that_is_cut_off_from_the_weights(tmp_path, change, words):
    assert read(tmp_path, changed(DIGITS, change)).shows("weights_change", words) == "none_change"


def test_training_where_gradients_are_off(tmp_path):
    loop = ROWS[ROWS.index("for epoch") :]
    inside = "@torch.no_grad()\ndef train():\n" + "".join(f"    {line}\n" for line in loop.splitlines()) + "train()\n"
    assert read(tmp_path, changed(ROWS, (loop, inside))).shows("weights_change", "no_grad") == "none_change"


def test_targets_that_are_cut_off_are_no_fault(tmp_path):
    text = changed(ROWS, ("criterion(net(a), b)", "F.mse_loss(net(a), net(a).detach() + b)"))
    assert read(tmp_path, text).faults() == {}


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("model.fc2 = nn.Linear(128, 10).to(device)", "only_some_change"),
        ("model = Net().to(device)", "none_change"),
    ],
)
def test_an_optimizer_that_was_made_before_its_network_changed(tmp_path, line, state):
    reading = read(tmp_path, changed(DIGITS, ("scheduler = ", f"{line}\nscheduler = ")))
    assert reading.shows("weights_change", "optim.SGD") == state


def test_an_optimizer_that_is_made_behind_the_change_is_no_fault(tmp_path):
    text = changed(DIGITS, ("criterion = ", "model.fc2 = nn.Linear(128, 10).to(device)\ncriterion = "))
    assert read(tmp_path, text).faults() == {}


def test_an_optimizer_of_a_copy(tmp_path):
    copied = "import copy\nsecond = copy.deepcopy(net)\noptimizer = torch.optim.Adam(second."
    text = changed(ROWS, ("optimizer = torch.optim.Adam(net.", copied))
    assert read(tmp_path, text).shows("weights_change", "second.parameters()") == "none_change"


def test_an_optimizer_that_holds_one_layer_of_a_fresh_network(tmp_path):
    text = changed(DIGITS, ("SGD(model.parameters()", "SGD(model.fc2.parameters()"))
    assert read(tmp_path, text).shows("weights_change", "model.fc2.parameters()") == "only_some_change"


TWO = """import itertools
import torch
import torch.nn as nn
import torch.nn.functional as F
encoder = nn.Sequential(nn.Linear(20, 8), nn.ReLU())
decoder = nn.Linear(8, 20)
optimizer = torch.optim.Adam({}, lr=1e-3)
for epoch in range(9):
    for a, b in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(decoder(encoder(a)), a)
        loss.backward()
        optimizer.step()
"""


def test_a_network_that_no_optimizer_holds(tmp_path):
    reading = read(tmp_path, TWO.format("encoder.parameters()"))
    assert reading.shows("weights_change", "encoder.parameters()") == "only_some_change"


@pytest.mark.parametrize(
    "weights",
    [
        "list(encoder.parameters()) + list(decoder.parameters())",
        "itertools.chain(encoder.parameters(), decoder.parameters())",
        "[{'params': encoder.parameters()}, {'params': decoder.parameters(), 'lr': 1e-4}]",
        "[*encoder.parameters(), *decoder.parameters()]",
        "[p for part in (encoder, decoder) for p in part.parameters()]",
        "weights_of(encoder, decoder)",
    ],
)
def test_two_networks_in_one_optimizer_are_no_fault(tmp_path, weights):
    assert read(tmp_path, TWO.format(weights)).faults() == {}


IN_A_LIST = (
    ("self.fc1 = nn.Linear(64 * 7 * 7, 128)", "self.hidden = [nn.Linear(64 * 7 * 7, 128), nn.Linear(128, 128)]"),
    (
        "        x = torch.relu(self.fc1(x))\n",
        "        for layer in self.hidden:\n            x = torch.relu(layer(x))\n",
    ),
)


def test_layers_in_a_plain_list_are_not_found_by_the_optimizer(tmp_path):
    assert read(tmp_path, changed(DIGITS, *IN_A_LIST)).shows("weights_change", "self.hidden = [") == "only_some_change"


def test_layers_in_a_module_list_are(tmp_path):
    text = changed(DIGITS, *IN_A_LIST)
    text = text.replace("[nn.Linear(64 * 7 * 7, 128), nn.Linear(128, 128)]", "nn.ModuleList([nn.Linear(3136, 128)])")
    assert read(tmp_path, text).faults() == {}


def test_weights_that_are_all_frozen(tmp_path):
    text = changed(DIGITS, ("criterion = ", "for p in model.parameters():\n    p.requires_grad = False\ncriterion = "))
    assert read(tmp_path, text).shows("weights_change", "requires_grad") == "none_change"


TRANSFER = """import torch
import torch.nn as nn
from torchvision import models
model = models.resnet18(weights="DEFAULT")
for p in model.parameters():
    p.requires_grad = False
model.fc = nn.Linear(512, 5)
optimizer = torch.optim.Adam({}, lr=1e-3)
for epoch in range(5):
    for a, b in loader:
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(a), b)
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    "weights",
    [
        "model.fc.parameters()",
        "filter(lambda p: p.requires_grad, model.parameters())",
        "[p for p in model.parameters() if p.requires_grad]",
        "model.parameters()",
    ],
)
def test_a_frozen_network_with_a_new_head_trains_its_head(tmp_path, weights):
    reading = read(tmp_path, TRANSFER.format(weights))
    assert reading.faults() == {}
    assert reading.state("trained_part") == "head_or_adapter_only"
    assert reading.shows("initialization", "resnet18") == "pretrained"


@pytest.mark.parametrize(
    "start",
    [
        "for p in net.parameters():\n    nn.init.zeros_(p)\n",
        "for layer in net:\n    if isinstance(layer, nn.Linear):\n        layer.weight.data.fill_(0.5)\n",
        "def start(m):\n    if isinstance(m, nn.Linear):\n        nn.init.constant_(m.weight, 0.0)\nnet.apply(start)\n",
        "nn.init.zeros_(net[0].weight)\n",
    ],
)
def test_weights_that_start_all_alike(tmp_path, start):
    reading = read(tmp_path, changed(ROWS, ("criterion = ", f"{start}criterion = ")))
    assert reading.state("initialization") == "zeros_or_constant"
    assert reading.found("initialization").place.words in start


@pytest.mark.parametrize(
    ("start", "state"),
    [
        ("", "framework_default"),
        (
            "for layer in net:\n    if isinstance(layer, nn.Linear):\n"
            "        nn.init.xavier_uniform_(layer.weight)\n        nn.init.zeros_(layer.bias)\n",
            "framework_default",
        ),
        (
            "for layer in net:\n    if isinstance(layer, nn.Linear):\n        nn.init.normal_(layer.weight, std=1.0)\n",
            "own_scale",
        ),
        (
            "for m in net.modules():\n    if isinstance(m, nn.Conv2d):\n"
            "        nn.init.kaiming_normal_(m.weight)\n    elif isinstance(m, nn.BatchNorm2d):\n"
            "        nn.init.constant_(m.weight, 1)\n",
            "framework_default",
        ),
        ("nn.init.zeros_(net[2].weight)\n", "framework_default"),
    ],
)
def test_weights_that_start_otherwise(tmp_path, start, state):
    assert read(tmp_path, changed(ROWS, ("criterion = ", f"{start}criterion = "))).state("initialization") == state


def test_a_run_that_is_taken_up_without_its_optimizer(tmp_path):
    reading = read(tmp_path, changed(DIGITS, (RESUME[0], RESUME[1].format(""))))
    assert reading.shows("resume_state", "load_state_dict") == "optimizer_or_schedule_missing"
    assert reading.state("start_point") == "resumed"


def test_a_run_that_is_taken_up_without_its_schedule(tmp_path):
    text = changed(DIGITS, (RESUME[0], RESUME[1].format('optimizer.load_state_dict(state["optimizer"])\n')))
    assert read(tmp_path, text).state("resume_state") == "optimizer_or_schedule_missing"


def test_a_run_that_is_taken_up_as_a_whole(tmp_path):
    rest = 'optimizer.load_state_dict(state["optimizer"])\nscheduler.load_state_dict(state["scheduler"])\n'
    reading = read(tmp_path, changed(DIGITS, (RESUME[0], RESUME[1].format(rest))))
    assert reading.faults() == {}
    assert reading.state("start_point") == "resumed"


@pytest.mark.parametrize("line", ['model.load_state_dict(torch.load("pretrained.pt"))\n', ""])
def test_weights_to_start_from_are_no_resumed_run(tmp_path, line):
    reading = read(tmp_path, changed(DIGITS, ("for epoch in", f"{line}for epoch in")))
    assert reading.faults() == {}
    assert reading.state("start_point") in (None, "fresh")


def test_weights_that_are_loaded_behind_training_are_no_resumed_run(tmp_path):
    reading = read(tmp_path, DIGITS + 'model.load_state_dict(torch.load("best.pt"))\n')
    assert (reading.faults(), reading.state("start_point")) == ({}, "fresh")
