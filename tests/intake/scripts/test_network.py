"""The network: activations between layers, normalisation, pooling, sizes."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES, TABLE
from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

NETWORK = "nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3))"

CLASS = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(20, 64)
        self.second = nn.Linear(64, 64)
        self.last = nn.Linear(64, 3)
        self.act = {act}

    def forward(self, x):
{body}
        return self.last(x)
net = Net()"""


def network(act="nn.ReLU()", *lines):
    return CLASS.format(act=act, body="\n".join(f"        {line}" for line in lines))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("x = self.first(x)", "x = self.second(x)"), "x = self.second(x)"),
        (
            ("x = torch.relu(x)", "x = self.first(x)", "x = F.dropout(x, 0.5, self.training)", "x = self.second(x)"),
            "x = self.second(x)",
        ),
        (("x = self.second(self.first(x))", "x = F.relu(x)"), "x = self.second(self.first(x))"),
    ],
)
def test_layers_without_an_activation_between_them(tmp_path, lines, words):
    reading = read(tmp_path, changed(ROWS, (f"net = {NETWORK}", network("None", *lines))))
    assert reading.shows("hidden_activation", words) == "none_between_layers"


@pytest.mark.parametrize(
    ("act", "lines", "state"),
    [
        ("nn.ReLU()", ("x = self.act(self.first(x))", "x = self.act(self.second(x))"), "relu"),
        ("nn.GELU()", ("for layer in (self.first, self.second):", "    x = self.act(layer(x))"), "leaky_or_smooth"),
        ("torch.tanh", ("x = self.act(self.first(x))", "x = self.act(self.second(x))"), "saturating"),
        ("F.leaky_relu", ("x = self.act(self.first(x))", "x = self.act(self.second(x))"), "leaky_or_smooth"),
        ("get_act()", ("x = self.act(self.first(x))", "x = self.act(self.second(x))"), None),
        ("nn.ReLU()", ("x = self.first(x).clamp(min=0)", "x = self.second(x).clamp(min=0)"), None),
        ("nn.ReLU()", ("x = F.relu(self.first(x))", "x = x + F.relu(self.second(x))"), "relu"),
    ],
)
def test_activations_between_layers(tmp_path, act, lines, state):
    reading = read(tmp_path, changed(ROWS, (f"net = {NETWORK}", network(act, *lines))))
    assert reading.faults() == {}
    assert reading.state("hidden_activation") == state


@pytest.mark.parametrize(
    "layers",
    [
        "nn.Linear(20, 3)",
        "nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 4), nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 3)",
        "nn.Conv2d(3, 8, 3, groups=1), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 16, 1), "
        "nn.ReLU(), nn.Conv2d(16, 3, 1)",
        "*[layer for _ in range(3) for layer in (nn.Linear(20, 20), nn.ReLU())], nn.Linear(20, 3)",
        "Block(20), Block(20), nn.Linear(20, 3)",
    ],
    ids=["one layer", "a linear code", "separable convolutions", "made in a loop", "blocks out of sight"],
)
def test_layers_that_are_linear_by_design_or_out_of_sight_are_no_fault(tmp_path, layers):
    assert read(tmp_path, changed(ROWS, (NETWORK, f"nn.Sequential({layers})"))).faults() == {}


def test_keras_layers_without_an_activation(tmp_path):
    functional = read(tmp_path, changed(TABLE, ('h = Activation("relu")(h)\n', "")))
    assert functional.shows("hidden_activation", "Dense(64") == "none_between_layers"
    added = read(tmp_path, changed(PICTURES, ('(3, 3), activation="relu")', "(3, 3))")))
    assert added.state("hidden_activation") == "none_between_layers"


@pytest.mark.parametrize(
    ("program", "change", "words"),
    [
        (DIGITS, ("nn.MaxPool2d(2)", "nn.MaxPool2d(2, stride=3)"), "stride=3"),
        (DIGITS, ("nn.MaxPool2d(2)", "nn.AvgPool2d(kernel_size=2, stride=(3, 3))"), "stride=(3, 3)"),
        (PICTURES, ("MaxPooling2D((2, 2))", "MaxPooling2D((2, 2), strides=3)"), "strides=3"),
        (PICTURES, ("MaxPooling2D((2, 2))", "MaxPooling2D(strides=(5, 5))"), "strides=(5, 5)"),
    ],
)
def test_pooling_that_moves_further_than_its_window(tmp_path, program, change, words):
    assert read(tmp_path, changed(program, change)).shows("pooling_stride", words) == "above_kernel"


@pytest.mark.parametrize("pool", ["nn.MaxPool2d(3, 2)", "nn.MaxPool2d(2, stride=2)", "nn.AdaptiveAvgPool2d(7)"])
def test_pooling_that_overlaps_or_touches_is_no_fault(tmp_path, pool):
    assert read(tmp_path, changed(DIGITS, ("nn.MaxPool2d(2)", pool))).faults() == {}


def test_normalisation_is_told(tmp_path):
    assert read(tmp_path, DIGITS).shows("normalization_layers", "nn.BatchNorm2d(32)") == "batch_norm"
    assert read(tmp_path, ROWS).state("normalization_layers") == "not_used"
    layer_norm = changed(ROWS, ("nn.ReLU()", "nn.LayerNorm(64), nn.ReLU()"))
    assert read(tmp_path, layer_norm).state("normalization_layers") == "layer_or_group_norm"
    hidden = changed(ROWS, ("nn.ReLU()", "Block(64), nn.ReLU()"))
    assert read(tmp_path, hidden).state("normalization_layers") is None


@pytest.mark.parametrize(
    ("initializer", "state"),
    [
        ('"zeros"', "zeros_or_constant"),
        ("keras.initializers.Constant(0.1)", "zeros_or_constant"),
        ('"he_normal"', "framework_default"),
        ("keras.initializers.RandomNormal(stddev=1.0)", "own_scale"),
    ],
)
def test_initialisers_of_keras(tmp_path, initializer, state):
    change = ('Dense(64, activation="relu"', f'Dense(64, activation="relu", kernel_initializer={initializer}')
    assert read(tmp_path, changed(PICTURES, change)).state("initialization") == state


def test_sizes_are_stated(tmp_path):
    stated = read(tmp_path, DIGITS).stated()
    assert (stated["layers"], stated["hidden_units"], stated["dropout"], stated["classes"]) == (4, 128, 0.5, 10)


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("model.trainable = False", 1),
        ("for layer in model.layers:\n    layer.trainable = False", 1),
        ("model.layers[0].trainable = False", 0),
    ],
)
def test_keras_layers_that_are_frozen(tmp_path, line, faults):
    reading = read(tmp_path, changed(PICTURES, ("model.compile", f"{line}\nmodel.compile")))
    assert len(reading.faults()) == faults
    assert reading.state("weights_change") == ("none_change" if faults else None)


@pytest.mark.parametrize("pool", ["nn.MaxPool2d(2), ", ""])
def test_max_pooling_may_stand_in_for_one_activation_among_many(tmp_path, pool):
    first = f"nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), {pool}nn.Conv2d(8, 8, 3), nn.ReLU()"
    reading = read(tmp_path, changed(ROWS, (NETWORK, f"nn.Sequential({first}, nn.Conv2d(8, 3, 3))")))
    assert reading.state("hidden_activation") == ("relu" if pool else "none_between_layers")


TARGET = """class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(20, 3)

    def forward(self, x):
        return self.last(x)

    def value(self, x):
        return self.last(x).max()


target = Head()
target.load_state_dict(weights)
"""

AGAINST_TARGET = """        with torch.no_grad():
            best = target.forward(a).max() + target.value(a)
        loss = F.mse_loss(net(a).max(1)[0], best + b)
"""


def test_a_target_network_needs_no_optimizer(tmp_path):
    score = ("        loss = criterion(net(a), b)\n", AGAINST_TARGET)
    assert read(tmp_path, changed(ROWS, ("net = ", f"{TARGET}net = "), score)).faults() == {}


@pytest.mark.parametrize(
    "branch", ["x = x + F.gelu(self.second(x))", "x = x + self.second(F.gelu(self.second(x)))"], ids=["one", "two"]
)
def test_a_linear_stem_of_a_residual_network_is_no_fault(tmp_path, branch):
    reading = read(tmp_path, changed(ROWS, (f"net = {NETWORK}", network("None", "x = self.first(x)", branch))))
    assert "hidden_activation" not in reading.faults()
