"""Networks of weights that a program makes itself, without layers."""

import pytest

from tests.intake.scripts.reading import changed, read

LISTED = """import torch
import torch.nn.functional as F
sizes = [16, 100, 100, 26]
params = []
for fan_in, fan_out in zip(sizes, sizes[1:]):
    W = {}
    b = torch.zeros(fan_out, requires_grad=True)
    params += [W, b]


def net(x):
    for k in range(0, len(params) - 2, 2):
        x = F.relu(x @ params[k] + params[k + 1])
    return x @ params[-2] + params[-1]


for epoch in range(60):
    loss = F.cross_entropy(net(x_train), y_train)
    loss.backward()
    with torch.no_grad():
        for p in params:
            p -= 0.1 * p.grad
            p.grad.zero_()
"""
TRAINED = """net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
"""
MODULE = (
    """import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Parameter({})
        self.shift = nn.Parameter(torch.zeros(64))
        self.second = nn.Parameter({})
        {}
    def forward(self, x):
        return torch.matmul(torch.relu(torch.matmul(x, self.first) + self.shift), self.second)
"""
    + TRAINED
)
TAPE = """import tensorflow as tf
w1 = tf.Variable({})
b1 = tf.Variable(tf.zeros([128]))
w2 = tf.Variable({})
for x, y in batches:
    with tf.GradientTape() as tape:
        scores = tf.matmul(tf.nn.relu(tf.matmul(x, w1) + b1), w2)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores))
    for weight, gradient in zip([w1, b1, w2], tape.gradient(loss, [w1, b1, w2])):
        weight.assign_sub(0.1 * gradient)
"""
ALIKE = "zeros_or_constant"


@pytest.mark.parametrize(
    "made",
    [
        "torch.full((fan_in, fan_out), 0.05, requires_grad=True)",
        "torch.zeros(fan_in, fan_out, requires_grad=True)",
        "torch.zeros((fan_in, fan_out), requires_grad=True)",
        "torch.ones(fan_in, fan_out, device=device).requires_grad_()",
        "(torch.ones(fan_in, fan_out) * 0.01).requires_grad_()",
    ],
)
def test_matrices_that_start_with_one_value_are_found(tmp_path, made):
    assert read(tmp_path, LISTED.format(made)).shows("initialization", made) == ALIKE


@pytest.mark.parametrize(
    "made",
    [
        "torch.randn(fan_in, fan_out, requires_grad=True)",
        "torch.normal(0, 0.01, size=(fan_in, fan_out), requires_grad=True)",
        "(torch.randn(fan_in, fan_out) * 0.05).requires_grad_()",
        "(torch.zeros(fan_in, fan_out) + 0.1 * torch.randn(fan_in, fan_out)).requires_grad_()",
        "torch.empty(fan_in, fan_out, requires_grad=True)",
    ],
)
def test_matrices_that_are_drawn_are_no_fault(tmp_path, made):
    assert read(tmp_path, LISTED.format(made)).faults() == {}


ZEROS, DRAWN = "torch.zeros(64, 64)", "torch.randn(64, 64) * 0.02"


@pytest.mark.parametrize(
    ("first", "second", "then", "state"),
    [
        (ZEROS, ZEROS, "pass", ALIKE),
        (DRAWN, DRAWN, "nn.init.zeros_(self.first)\n        nn.init.constant_(self.second, 0.1)", ALIKE),
        (DRAWN, DRAWN, "self.first.data.fill_(0.1)\n        self.second.data.zero_()", ALIKE),
        (DRAWN, ZEROS, "pass", None),
        (ZEROS, ZEROS, "nn.init.xavier_uniform_(self.first)\n        nn.init.xavier_uniform_(self.second)", None),
        (ZEROS, ZEROS, "self.first.data.normal_(0, 0.1)\n        self.second.data.uniform_(-0.1, 0.1)", None),
    ],
)
def test_matrices_of_a_module_are_judged_by_what_sets_them_last(tmp_path, first, second, then, state):
    assert read(tmp_path, MODULE.format(first, second, then)).state("initialization") == state


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("for weight in net.parameters():\n    nn.init.normal_(weight, 0, 0.02)", "own_scale"),
        ("for weight in net.parameters():\n    if weight.dim() > 1:\n        nn.init.xavier_uniform_(weight)", None),
        ("net.load_state_dict(torch.load('weights.pt'))", None),
        ("net.first.data = torch.randn(64, 64)\nnet.second.data = torch.randn(64, 64)", None),
        ("net.first.data[:] = torch.randn(64, 64)\nnet.second.data[:] = torch.randn(64, 64)", None),
        ("with torch.no_grad():\n    net.first.add_(noise)\n    net.second.add_(noise)", None),
        ("for weight in net.parameters():\n    nn.init.zeros_(weight)", ALIKE),
        ("if resumed:\n    net.load_state_dict(torch.load('last.pt'))", ALIKE),
    ],
)
def test_matrices_are_judged_by_the_values_that_they_have_when_training_begins(tmp_path, line, state):
    text = changed(MODULE.format(ZEROS, ZEROS, "pass"), ("net = Net()\n", f"net = Net()\n{line}\n"))
    assert read(tmp_path, text).state("initialization") == state


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("tf.zeros([784, 128])", "tf.zeros([128, 10])", ALIKE),
        ("tf.constant(0.1, shape=[784, 128])", "tf.ones((128, 10))", ALIKE),
        ("tf.random.normal([784, 128], stddev=0.1)", "tf.zeros([128, 10])", None),
        ("tf.random.normal([784, 128])", "tf.random.normal([128, 10])", None),
    ],
)
def test_variables_of_tensorflow_are_judged_together(tmp_path, first, second, state):
    assert read(tmp_path, TAPE.format(first, second)).state("initialization") == state


def test_a_single_matrix_of_zeros_is_no_fault(tmp_path):
    text = """import torch
w = torch.zeros(20, 3, requires_grad=True)
for x, y in loader:
    loss = torch.nn.functional.cross_entropy(x @ w, y)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
"""
    assert read(tmp_path, text).faults() == {}


def test_tokens_and_positions_of_zeros_are_no_fault(tmp_path):
    text = (
        """import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 64))
        self.places = nn.Parameter(torch.zeros(50, 64))
        self.queries = nn.Parameter(torch.zeros(8, 64))
        self.embed = nn.Linear(48, 64)
        self.head = nn.Linear(64, 3)
    def forward(self, x):
        t = torch.cat([self.token.expand(len(x), -1, -1), self.embed(x)], 1) + self.places
        return self.head(t[:, 0])
"""
        + TRAINED
    )
    assert read(tmp_path, text).faults() == {}


OWN_LAYER = """import keras
from keras import layers, ops
class Own(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), {}trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")
    def call(self, x):
        return {}
model = keras.Sequential([keras.Input((7,)), Own(40), layers.ReLU(), Own({}), layers.Softmax()])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=4)
"""
PRODUCT = "ops.matmul(x, self.w) + self.b"


@pytest.mark.parametrize("product", [PRODUCT, "x @ self.w + self.b", "tf.linalg.matmul(x, self.w) + self.b"])
@pytest.mark.parametrize("given", ['initializer="zeros", ', "initializer=keras.initializers.Constant(0.1), "])
def test_layers_of_ones_own_whose_weights_start_with_one_value_are_found(tmp_path, given, product):
    text = "import tensorflow as tf\n" + OWN_LAYER.format(given, product, 4)
    assert read(tmp_path, text).shows("initialization", "self.w = ") == ALIKE


@pytest.mark.parametrize("given", ["", 'initializer="glorot_uniform", ', "initializer=start, "])
def test_layers_of_ones_own_whose_weights_are_drawn_are_no_fault(tmp_path, given):
    assert read(tmp_path, OWN_LAYER.format(given, PRODUCT, 4)).state("initialization") != ALIKE


def test_gains_of_ones_that_multiply_element_by_element_are_no_fault(tmp_path):
    text = OWN_LAYER.format('initializer="ones", ', "x * self.w + self.b", 4)
    assert read(tmp_path, text).state("initialization") != ALIKE
