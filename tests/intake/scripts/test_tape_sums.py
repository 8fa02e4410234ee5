"""Gradients of tapes that are added up over several batches."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """import tensorflow as tf
from tensorflow.keras import layers
from data import train

EVERY = 4
model = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1)])
loss_fn = tf.keras.losses.MeanSquaredError({arguments})
optimizer = tf.keras.optimizers.Adam(1e-3)
sums = [tf.Variable(tf.zeros_like(w), trainable=False) for w in model.trainable_variables]
step = 0
for epoch in range(5):
    for x, y in train:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)){scaled}
        grads = tape.gradient(loss, model.trainable_variables)
        {added}
        step += 1
        if step % EVERY == 0:
            {applied}
            {reset}
"""
ADDED = "for s, g in zip(sums, grads):\n            s.assign_add(g)"
ADDED_IN_ONE = "for s, g in zip(sums, grads):\n            s.assign(s + g)"
APPLIED = "optimizer.apply_gradients(zip(sums, model.trainable_variables))"
RESET = "for s in sums:\n                s.assign(tf.zeros_like(s))"
LISTED = "sums = [s + g for s, g in zip(sums, grads)]"
ANEW = "sums = [tf.zeros_like(w) for w in model.trainable_variables]"


def program(added=ADDED, applied=APPLIED, reset=RESET, scaled=" / EVERY", arguments=""):
    return PROGRAM.format(added=added, applied=applied, reset=reset, scaled=scaled, arguments=arguments)


@pytest.mark.parametrize("added", [ADDED, ADDED_IN_ONE, LISTED])
def test_sums_that_are_not_divided(tmp_path, added):
    reading = read(tmp_path, program(added=added, scaled=""))
    assert reading.shows("compare_accumulated_gradient", "loss = loss_fn") == "differs"


@pytest.mark.parametrize("added", [ADDED, ADDED_IN_ONE])
def test_sums_that_are_never_set_back(tmp_path, added):
    reading = read(tmp_path, program(added=added, reset="pass"))
    assert reading.shows("gradients_reset", "apply_gradients") == "not_reset"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scaled": "", "added": ADDED.replace("assign_add(g)", "assign_add(g / EVERY)")},
        {"scaled": "", "applied": APPLIED.replace("zip(sums,", "zip([s / EVERY for s in sums],")},
        {"scaled": "", "arguments": 'reduction="sum"'},
        {"added": LISTED, "reset": ANEW},
        {"reset": "forget(sums)"},
        {"scaled": "", "added": "pass", "applied": APPLIED.replace("sums", "grads"), "reset": "pass"},
    ],
    ids=["loss divided", "gradients divided", "sums divided", "sum of samples", "listed", "out of sight", "no sums"],
)
def test_sums_that_are_as_they_should_be_are_no_fault(tmp_path, changes):
    assert read(tmp_path, program(**changes)).faults() == {}


def test_a_tape_without_sums_is_no_fault(tmp_path):
    text = program(added="optimizer.apply_gradients(zip(grads, model.trainable_variables))", applied="pass", reset="")
    assert read(tmp_path, text.replace(" / EVERY", "")).faults() == {}


def test_a_counter_is_not_taken_for_a_constant(tmp_path):
    text = """import torch
import torch.nn as nn
from data import loader

net = nn.Linear(9, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
step = 0
for x, y in loader:
    nn.functional.mse_loss(net(x), y).backward()
    step += 1
    if step % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
"""
    assert read(tmp_path, text).faults() == {"compare_accumulated_gradient": "differs"}
