"""What is frozen of a pretrained network that has a new last layer."""

import pytest

from tests.intake.scripts.reading import read

UNFOLDED = """from tensorflow.keras import applications, layers, models
base = applications.ResNet50(weights="imagenet", include_top=False, pooling="avg")
hidden = layers.Dropout(0.3)(layers.Dense(64, activation="relu")(base.output))
model = models.Model(base.input, layers.Dense(5, activation="softmax")(hidden))
{}
model.compile("adam", "categorical_crossentropy")
model.fit(pictures, kinds)
"""
NESTED = """from tensorflow.keras import applications, layers, models
base = applications.MobileNetV2(weights="imagenet", include_top=False)
start = layers.Input((160, 160, 3))
hidden = layers.GlobalAveragePooling2D()(base(start, training=False))
model = models.Model(start, layers.Dense(5, activation="softmax")(hidden))
{}
model.compile("adam", "categorical_crossentropy")
model.fit(pictures, kinds)
"""
RESNET = """import torch
from torch import nn
from torchvision import models
model = models.resnet18(weights="DEFAULT")
{}
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""
FREEZE = "for layer in {}:\n    layer.trainable = False"
PARAMETERS = "for {} in model.{}:\n    {}.requires_grad = False"
HEAD = "model.fc = nn.Linear(512, 5)\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (UNFOLDED, FREEZE.format("model.layers[-12:]")),
        (UNFOLDED, FREEZE.format("model.layers[-1:]")),
        (UNFOLDED, "model.layers[-1].trainable = False"),
        (NESTED, FREEZE.format("model.layers[-2:]")),
        (NESTED, FREEZE.format("model.layers[2:]")),
        (RESNET, HEAD + PARAMETERS.format("weight", "fc.parameters()", "weight")),
        (RESNET, HEAD + "model.fc.requires_grad_(False)"),
        (
            RESNET,
            HEAD + 'for name, p in model.named_parameters():\n    if "fc" in name:\n        p.requires_grad = False',
        ),
        (
            RESNET,
            HEAD + 'for name, p in model.named_parameters():\n    if name.startswith("fc."):\n'
            "        p.requires_grad = False",
        ),
    ],
)
def test_a_new_last_layer_that_is_frozen_while_the_rest_learns(tmp_path, text, lines):
    reading = read(tmp_path, text.format(lines))
    assert reading.shows("weights_change", lines.split("\n")[-1].strip()) == "only_some_change"
    assert reading.state("trained_part") != "head_or_adapter_only"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (UNFOLDED, FREEZE.format("model.layers[:-3]")),
        (UNFOLDED, FREEZE.format("model.layers[:-12]")),
        (UNFOLDED, FREEZE.format("model.layers[:100]")),
        (UNFOLDED, FREEZE.format("base.layers")),
        (UNFOLDED, FREEZE.format("base.layers[:-20]")),
        (UNFOLDED, FREEZE.format("model.layers") + "\nfor layer in model.layers[-12:]:\n    layer.trainable = True"),
        (NESTED, FREEZE.format("base.layers[:100]")),
        (NESTED, "base.trainable = False"),
        (NESTED, FREEZE.format("model.layers[:2]")),
        (RESNET, PARAMETERS.format("weight", "parameters()", "weight") + "\n" + HEAD),
        (RESNET, HEAD + PARAMETERS.format("weight", "layer1.parameters()", "weight")),
        (
            RESNET,
            HEAD
            + 'for name, p in model.named_parameters():\n    if "fc" not in name:\n        p.requires_grad = False',
        ),
        (
            RESNET,
            HEAD + 'for name, p in model.named_parameters():\n    if not name.startswith("fc"):\n'
            "        p.requires_grad = False",
        ),
        (
            RESNET,
            HEAD + 'for name, p in model.named_parameters():\n    if "fc" in name:\n        p.requires_grad = True\n'
            "    else:\n        p.requires_grad = False",
        ),
    ],
)
def test_freezing_that_is_meant(tmp_path, text, lines):
    assert read(tmp_path, text.format(lines)).faults() == {}


def test_all_layers_of_an_unfolded_network_that_are_frozen(tmp_path):
    reading = read(tmp_path, UNFOLDED.format(FREEZE.format("model.layers")))
    assert reading.state("weights_change") == "none_change"


BODY = PARAMETERS.format("weight", "parameters()", "weight") + "\n" + HEAD


@pytest.mark.parametrize("line", ["model.layer4.requires_grad = True", "model.layer3.requires_grad = True"])
def test_a_block_of_which_only_an_attribute_of_the_module_is_set(tmp_path, line):
    reading = read(tmp_path, RESNET.format(f"{BODY}{line}"))
    assert reading.shows("weights_change", line) == "only_some_change"


@pytest.mark.parametrize(
    "line",
    [
        "model.layer4.requires_grad_(True)",
        "model.layer4.requires_grad_()",
        "model.layer4.requires_grad = True\nmodel.layer4.requires_grad_()",
        "for weight in model.layer4.parameters():\n    weight.requires_grad = True",
        "model.fc.requires_grad = True",
        "model.layer4.requires_grad = False",
    ],
)
def test_a_block_that_is_switched_on_again_is_no_fault(tmp_path, line):
    assert read(tmp_path, RESNET.format(f"{BODY}{line}")).faults() == {}


def test_a_block_that_learns_beside_the_new_head_is_more_than_a_head(tmp_path):
    reading = read(tmp_path, RESNET.format(f"{BODY}model.layer4.requires_grad_(True)"))
    assert reading.state("trained_part") is None
    assert read(tmp_path, RESNET.format(BODY)).state("trained_part") == "head_or_adapter_only"


def test_an_attribute_of_a_module_that_was_never_frozen_is_no_fault(tmp_path):
    assert read(tmp_path, RESNET.format(f"{HEAD}model.layer4.requires_grad = True")).faults() == {}
