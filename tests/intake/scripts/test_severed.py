"""Cuts on the way to the loss: those that keep meant weights from learning, and those that are there by design."""

import pytest

from tests.intake.scripts.reading import read

TORCH = """import torch
import torch.nn as nn
import torch.nn.functional as F
from data import loader

{made}
for epoch in range(5):
    for x, y in loader:
{body}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

TWO = """encoder = nn.Sequential(nn.Linear(9, 32), nn.ReLU())
head = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(list(encoder.parameters()) + list(head.parameters()), lr=1e-3)"""

HEAD_ONLY = TWO.replace("list(encoder.parameters()) + list(head.parameters())", "head.parameters()")

TARGET = """online = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 4))
target = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(online.parameters(), lr=1e-3)"""

NET = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(9, 32), nn.ReLU())
        self.head = nn.Linear(32, 3)
        self.side = nn.Linear(32, 3)

    def forward(self, x):
{forward}


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)"""


def torch_program(made, *body):
    return TORCH.format(made=made, body="\n".join(f"        {line}" for line in body))


def net(*forward):
    return NET.format(forward="\n".join(f"        {line}" for line in forward))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("loss = F.cross_entropy(head(encoder(x).detach()), y)",), "detach"),
        (("code = encoder(x)", "loss = F.cross_entropy(head(code.data), y)"), "code.data"),
        (("with torch.no_grad():", "    z = encoder(x)", "loss = F.cross_entropy(head(z), y)"), "no_grad"),
        (("z = torch.tensor(encoder(x))", "loss = F.cross_entropy(head(z), y)"), "torch.tensor"),
        (("a, b = encoder(x).detach(), encoder(y).detach()", "loss = F.mse_loss(head(a + b), y)"), "detach"),
    ],
)
def test_an_encoder_that_its_optimizer_holds_behind_a_cut(tmp_path, lines, words):
    reading = read(tmp_path, torch_program(TWO, *lines))
    assert reading.shows("weights_change", words) == "only_some_change"
    assert reading.shows("gradients_by_layer", words) == "missing_for_some"


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (("h = self.body(x).detach()", "return self.head(h)"), "detach"),
        (("with torch.no_grad():", "    h = self.body(x)", "return self.head(h)"), "no_grad"),
    ],
)
def test_a_cut_inside_of_a_network(tmp_path, forward, words):
    reading = read(tmp_path, torch_program(net(*forward), "loss = F.cross_entropy(model(x), y)"))
    assert reading.shows("weights_change", words) == "only_some_change"


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        (HEAD_ONLY, ("loss = F.cross_entropy(head(encoder(x).detach()), y)",)),
        (TWO, ("z = encoder(x)", "print(z.detach().mean())", "loss = F.cross_entropy(head(z), y)")),
        (TWO, ("z = encoder(x)", "loss = F.cross_entropy(head(z), y) + F.mse_loss(head(z.detach()), y)")),
        (TWO, ("z = encoder(x)", "q = z + (z.round() - z).detach()", "loss = F.cross_entropy(head(q), y)")),
        (TARGET, ("with torch.no_grad():", "    t = target(x)", "loss = F.mse_loss(online(x), t)")),
        (TARGET, ("loss = F.mse_loss(online(x), target(x).detach())",)),
        (net("h = self.body(x)", "return self.head(h) + self.side(h.detach())"), ("loss = F.mse_loss(model(x), y)",)),
        (
            net("h = self.body(x)", "return self.head(h), self.side(h.detach())"),
            ("a, b = model(x)", "loss = F.cross_entropy(a, y) + F.cross_entropy(b, y)"),
        ),
    ],
    ids=["frozen encoder", "printed", "both ways", "straight-through", "teacher", "BYOL", "side sum", "side head"],
)
def test_cuts_by_design_are_no_fault(tmp_path, made, lines):
    assert read(tmp_path, torch_program(made, *lines)).faults() == {}


def test_a_part_that_is_loaded_and_kept_behind_a_cut_is_no_fault(tmp_path):
    made = net("h = self.body(x).detach()", "return self.head(h)").replace(
        "model = Net()", 'model = Net()\nmodel.body.load_state_dict(torch.load("body.pt"))'
    )
    assert read(tmp_path, torch_program(made, "loss = F.cross_entropy(model(x), y)")).faults() == {}


def test_a_factor_that_learns_from_what_is_cut_off_is_no_fault(tmp_path):
    made = f"""{TARGET}
factor = torch.zeros(1, requires_grad=True)
other = torch.optim.Adam([factor], lr=1e-3)"""
    lines = (
        "out = online(x)",
        "of_factor = -(factor * (out - 2.0).detach()).mean()",
        "other.zero_grad()",
        "of_factor.backward()",
        "other.step()",
        "loss = F.mse_loss(out, y)",
    )
    assert read(tmp_path, torch_program(made, *lines)).faults() == {}


def test_a_linear_code_that_two_views_are_compared_by_is_no_fault(tmp_path):
    made = """class Views(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(9, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32))
        self.h = nn.Sequential(nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 32))

    def forward(self, a, b):
        za, zb = self.f(a), self.f(b)
        return self.h(za), self.h(zb), za.detach(), zb.detach()

model = Views()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)"""
    lines = (
        "pa, pb, za, zb = model(x, y)",
        "loss = -(F.cosine_similarity(pa, zb).mean() + F.cosine_similarity(pb, za).mean()) / 2",
    )
    assert read(tmp_path, torch_program(made, *lines)).faults() == {}


def test_a_generator_that_the_step_of_its_adversary_does_not_reach_is_no_fault(tmp_path):
    text = """import torch
import torch.nn as nn
from data import loader

G = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 4))
D = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(), nn.Linear(32, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters(), lr=2e-4), torch.optim.Adam(D.parameters(), lr=2e-4)
bce = nn.BCEWithLogitsLoss()
for epoch in range(5):
    for real in loader:
        fake = G(torch.randn(len(real), 9))
        opt_d.zero_grad()
        loss_d = bce(D(real), torch.ones(len(real), 1)) + bce(D(fake.detach()), torch.zeros(len(real), 1))
        loss_d.backward()
        opt_d.step()
        opt_g.zero_grad()
        loss_g = bce(D(fake), torch.ones(len(real), 1))
        loss_g.backward()
        opt_g.step()
"""
    assert read(tmp_path, text).faults() == {}


def test_hidden_states_that_are_cut_between_pieces_of_a_text_are_no_fault(tmp_path):
    text = """import torch
import torch.nn as nn
from data import pieces

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(100, 32)
        self.cell = nn.GRUCell(32, 32)
        self.out = nn.Linear(32, 100)

    def forward(self, x, h):
        h = self.cell(torch.cat([self.emb(x), h], -1))
        return self.out(h), h

model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(5):
    h = torch.zeros(8, 32)
    for x, y in pieces:
        h = h.detach()
        out, h = model(x, h)
        optimizer.zero_grad()
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
"""
    assert read(tmp_path, text).faults() == {}


TAPE = """import tensorflow as tf
from tensorflow.keras import layers
from data import train

encoder = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu")])
head = tf.keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3)])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(1e-3)
for epoch in range(5):
    for x, y in train:
        with tf.GradientTape() as tape:
            {forward}
            loss = loss_fn(y, head(z, training=True))
        weights = {weights}
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
"""
BOTH = "encoder.trainable_variables + head.trainable_variables"


@pytest.mark.parametrize(
    ("forward", "weights", "words"),
    [
        ("z = tf.stop_gradient(encoder(x, training=True))", BOTH, "stop_gradient"),
        ("z = encoder(x, training=True).numpy()", BOTH, "numpy"),
        ("z = encoder(x, training=True)", "head.trainable_variables", "weights = "),
    ],
)
def test_a_tape_that_does_not_reach_all_weights(tmp_path, forward, weights, words):
    reading = read(tmp_path, TAPE.format(forward=forward, weights=weights))
    assert reading.shows("weights_change", words) == "only_some_change"


@pytest.mark.parametrize(
    ("forward", "weights"),
    [
        ("z = encoder(x, training=True)", BOTH),
        ("z = tf.stop_gradient(encoder(x, training=False))", "head.trainable_variables"),
    ],
    ids=["both", "features"],
)
def test_a_tape_that_reaches_what_is_asked_for_is_no_fault(tmp_path, forward, weights):
    assert read(tmp_path, TAPE.format(forward=forward, weights=weights)).faults() == {}


def test_a_frozen_encoder_and_a_tape_of_the_head_are_no_fault(tmp_path):
    text = TAPE.format(forward="z = encoder(x, training=False)", weights="head.trainable_variables")
    frozen = text.replace("head = tf", "encoder.trainable = False\nhead = tf")
    assert read(tmp_path, frozen).faults() == {}


def test_a_target_network_of_q_learning_is_no_fault(tmp_path):
    text = """import tensorflow as tf
from tensorflow.keras import layers
from replay import batches

def build():
    return tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(2)])

online, target = build(), build()
optimizer = tf.keras.optimizers.Adam(1e-3)
for s, a, r, s2 in batches:
    with tf.GradientTape() as tape:
        goal = r + 0.99 * tf.reduce_max(target(s2), axis=1)
        loss = tf.reduce_mean(tf.square(goal - tf.gather(online(s), a, axis=1, batch_dims=1)))
    grads = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(grads, online.trainable_variables))
"""
    assert read(tmp_path, text).faults() == {}


GRAPH = """import tensorflow as tf
from tensorflow.keras import Input, Model, layers
from data import x, y

inputs = Input((28,))
h = layers.Dense(64, activation="relu")(inputs)
{cut}
out = layers.Dense(3, activation="softmax")(h)
{model}
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
"""
ONE = "model = Model(inputs, out)"


@pytest.mark.parametrize(
    "cut",
    [
        "h = layers.Lambda(lambda t: tf.stop_gradient(t))(h)",
        "h = layers.Lambda(tf.stop_gradient)(h)",
        "h = tf.stop_gradient(h)",
        "h = tf.keras.backend.stop_gradient(h)",
        "h = tf.keras.ops.stop_gradient(h)",
    ],
)
def test_a_graph_of_keras_with_a_cut(tmp_path, cut):
    reading = read(tmp_path, GRAPH.format(cut=cut, model=ONE))
    assert reading.shows("weights_change", "stop_gradient") == "only_some_change"


@pytest.mark.parametrize(
    ("cut", "model"),
    [
        ("side = layers.Dense(3)(tf.stop_gradient(h))", ONE),
        ("side = layers.Dense(3)(tf.stop_gradient(h))", "model = Model(inputs, [out, side])"),
        ("h = layers.Concatenate()([h, tf.stop_gradient(h)])", ONE),
        ("h = layers.Lambda(lambda t: t / 2)(h)", ONE),
    ],
    ids=["elsewhere", "a side head", "both ways", "another function"],
)
def test_a_graph_of_keras_whose_layers_all_learn_is_no_fault(tmp_path, cut, model):
    assert "weights_change" not in read(tmp_path, GRAPH.format(cut=cut, model=model)).faults()


LISTED = """import tensorflow as tf
from tensorflow.keras import layers
from data import train


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.convs = {convs}
        self.out = layers.Dense(1)

    def call(self, x):
        for conv in {turns}:
            x = conv(x)
        return self.out(x[:, -1])


net = Net()
loss_fn = tf.keras.losses.MeanSquaredError()
optimizer = tf.keras.optimizers.Adam(1e-3)
for epoch in range(5):
    for x, y in train:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, net(x, training=True))
        weights = {weights}
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
"""
ROW = '[layers.Conv1D(32, 3, activation="relu") for _ in range(4)]'
NAMED = '{"a": layers.Conv1D(8, 3, activation="relu"), "b": layers.Conv1D(8, 3, activation="relu")}'


@pytest.mark.parametrize(("convs", "turns"), [(ROW, "self.convs"), (NAMED, "self.convs.values()")])
def test_layers_in_a_list_of_a_keras_network_learn_with_it(tmp_path, convs, turns):
    text = LISTED.format(convs=convs, turns=turns, weights="net.trainable_variables")
    assert read(tmp_path, text).faults() == {}


def test_layers_in_a_list_of_which_no_gradient_is_taken(tmp_path):
    text = LISTED.format(convs=ROW, turns="self.convs", weights="net.out.trainable_variables")
    assert read(tmp_path, text).shows("weights_change", "weights = ") == "only_some_change"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("        loss = F.cross_entropy(head(encoder(x)).detach(), y).requires_grad_()", ".detach()"),
        ("        with torch.no_grad():\n            loss = F.cross_entropy(head(encoder(x)), y)", "torch.no_grad()"),
    ],
)
def test_where_the_whole_loss_is_cut_off_no_layer_has_a_gradient(tmp_path, body, words):
    reading = read(tmp_path, TORCH.format(made=TWO, body=body))
    assert reading.shows("weights_change", words) == "none_change"
    assert reading.shows("gradients_by_layer", words) == "missing_for_some"
