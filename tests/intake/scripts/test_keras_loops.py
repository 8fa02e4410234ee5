"""Training by Keras and by tapes of TensorFlow: what is trained, in which mode, at which rate, and what is restored."""

import pytest

from tests.intake.scripts.reading import read

FINE = """import tensorflow as tf
from tensorflow.keras import layers
from data import train

base = tf.keras.applications.MobileNetV2(include_top=False, weights="imagenet")
base.trainable = False
inputs = tf.keras.Input((160, 160, 3))
x = layers.GlobalAveragePooling2D()(base(inputs, training=False))
model = tf.keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
model.compile(tf.keras.optimizers.Adam(1e-3), "binary_crossentropy")
model.fit(train, epochs=5)
{more}
"""
AGAIN = 'model.compile(tf.keras.optimizers.Adam(1e-5), "binary_crossentropy")'


def test_layers_that_are_switched_on_behind_compile(tmp_path):
    reading = read(tmp_path, FINE.format(more="base.trainable = True\nmodel.fit(train, epochs=5)"))
    assert reading.shows("weights_change", "base.trainable = True") == "only_some_change"


@pytest.mark.parametrize(
    "more",
    [
        f"base.trainable = True\n{AGAIN}\nmodel.fit(train, epochs=5)",
        "model.fit(train, epochs=5)",
        "base.trainable = True",
    ],
    ids=["compiled again", "still frozen", "not trained again"],
)
def test_fine_tuning_in_its_usual_order_is_no_fault(tmp_path, more):
    assert "weights_change" not in read(tmp_path, FINE.format(more=more)).faults()


TAPE = """import tensorflow as tf
from tensorflow.keras import layers
from data import train, valid

class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(32, activation="relu")
        self.norm = {norm}
        self.b = layers.Dense(3)

    def call(self, x, training=None):
        return self.b(self.norm(self.a(x), training=training))

model = Net()
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(1e-3)
for epoch in range(5):
    for x, y in train:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training={mode}))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
    for x, y in valid:
        print(loss_fn(y, model(x, training=False)))
"""


@pytest.mark.parametrize("norm", ["layers.BatchNormalization()", "layers.Dropout(0.3)"])
def test_a_network_that_learns_in_evaluation_mode(tmp_path, norm):
    reading = read(tmp_path, TAPE.format(norm=norm, mode="False"))
    assert reading.shows("evaluation_code", "training=False") == "mode_not_switched"


@pytest.mark.parametrize(
    ("norm", "mode"), [("layers.BatchNormalization()", "True"), ("layers.LayerNormalization()", "False")]
)
def test_a_network_in_the_right_mode_or_of_layers_without_one_is_no_fault(tmp_path, norm, mode):
    assert read(tmp_path, TAPE.format(norm=norm, mode=mode)).faults() == {}


FIT = """import tensorflow as tf
from tensorflow.keras import layers, optimizers
from data import x, y

EPOCHS = 50
rate = optimizers.schedules.{schedule}
model = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(optimizer=optimizers.Adam(rate), loss="mse")
model.fit(x, y, batch_size={batch}, epochs=EPOCHS)
"""


@pytest.mark.parametrize(
    "schedule",
    [
        "ExponentialDecay(1e-3, decay_steps=10, decay_rate=0.9)",
        "ExponentialDecay(1e-3, 10, 0.5, staircase=True)",
        "CosineDecay(1e-3, EPOCHS)",
        "PolynomialDecay(1e-3, decay_steps=EPOCHS, end_learning_rate=1e-5)",
        "PiecewiseConstantDecay([20, 40], [1e-3, 1e-4, 1e-5])",
    ],
)
def test_a_schedule_of_batches_that_was_given_epochs(tmp_path, schedule):
    reading = read(tmp_path, FIT.format(schedule=schedule, batch=32))
    assert reading.shows("learning_rate_course", "rate = ") == "decays_too_early"


@pytest.mark.parametrize(
    ("schedule", "batch"),
    [
        ("ExponentialDecay(1e-3, decay_steps=10000, decay_rate=0.9)", 32),
        ("ExponentialDecay(1e-3, decay_steps=10 * (len(x) // 32), decay_rate=0.9)", 32),
        ("ExponentialDecay(1e-3, decay_steps=10, decay_rate=0.9999)", 32),
        ("CosineDecay(1e-3, EPOCHS * 1000)", 32),
        ("CosineDecay(1e-3, EPOCHS)", "len(x)"),
        ("PiecewiseConstantDecay([2000, 4000], [1e-3, 1e-4, 1e-5])", 32),
    ],
)
def test_a_schedule_of_batches_is_no_fault(tmp_path, schedule, batch):
    assert read(tmp_path, FIT.format(schedule=schedule, batch=batch)).faults() == {}


@pytest.mark.parametrize(
    ("penalty", "size"),
    [("l2(0.5)", 0.5), ("L2(l2=1e-4)", 1e-4), ("l1_l2(l1=1e-5, l2=0.2)", 0.2), ("l1(0.5)", None)],
)
def test_the_penalty_of_most_layers_is_stated_as_weight_decay(tmp_path, penalty, size):
    text = FIT.format(schedule="CosineDecay(1e-3, 100000)", batch=32).replace(
        'activation="relu")', f'activation="relu", kernel_regularizer=tf.keras.regularizers.{penalty})'
    )
    assert read(tmp_path, text).stated().get("weight_decay") == size


RATE = """import torch
import torch.nn as nn
from data import loader

def build(model, lr{default}):
    return torch.optim.Adam(model.parameters(), lr=lr)

model = nn.Linear(9, 1)
optimizer = build(model{given})
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("default", "given", "line"), [("", ", 0.3", 9), ("", ", lr=0.3", 9), ("=1.0", ", 0.3", 9), ("=0.3", "", 6)]
)
def test_a_rate_stands_where_its_number_is_written(tmp_path, default, given, line):
    stated = {one.name: one for one in read(tmp_path, RATE.format(default=default, given=given)).told.stated}
    assert (stated["learning_rate"].value, stated["learning_rate"].place.line) == (0.3, line)


RESUME = """import glob
import tensorflow as tf
from data import train
from nets import make_model

saved = sorted(glob.glob("model_*.weights.h5"))
first = 0
model = make_model()
if saved:
    {load}
    first = int(saved[-1][6:9])
{compiled}
model.fit(train, epochs=50{start})
"""
COMPILED = 'model.compile(tf.keras.optimizers.Adam(1e-3), "mse")'


def test_weights_alone_that_are_taken_up(tmp_path):
    reading = read(
        tmp_path,
        RESUME.format(load="model.load_weights(saved[-1])", compiled=COMPILED, start=", initial_epoch=first"),
    )
    assert reading.shows("resume_state", "load_weights") == "optimizer_or_schedule_missing"
    assert reading.state("start_point") == "resumed"


@pytest.mark.parametrize(
    ("load", "compiled", "start"),
    [
        ("model = tf.keras.models.load_model(saved[-1])", "", ", initial_epoch=first"),
        ("model.load_weights(saved[-1])", COMPILED, ""),
    ],
    ids=["the whole model", "weights to start from"],
)
def test_a_model_that_is_taken_up_whole_or_started_from_is_no_fault(tmp_path, load, compiled, start):
    assert read(tmp_path, RESUME.format(load=load, compiled=compiled, start=start)).faults() == {}


CHECKPOINT = """import os
import torch
import torch.nn.functional as F
from data import loader
from nets import Net

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
start = 0
if os.path.exists("last.pt"):
    state = torch.load("last.pt")
    model.load_state_dict(state["model"])
    {more}
    start = state["epoch"] + 1
for epoch in range(start, 40):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    torch.save({{"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}}, "last.pt")
"""


def test_a_network_from_elsewhere_that_is_restored_without_its_optimizer(tmp_path):
    reading = read(tmp_path, CHECKPOINT.format(more="pass"))
    assert reading.shows("resume_state", "model.load_state_dict") == "optimizer_or_schedule_missing"
    assert reading.state("start_point") == "resumed"


def test_a_network_from_elsewhere_that_is_restored_with_its_optimizer_is_no_fault(tmp_path):
    text = CHECKPOINT.format(more='optimizer.load_state_dict(state["optimizer"])')
    assert read(tmp_path, text).faults() == {}
