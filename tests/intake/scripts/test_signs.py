"""Formulas of the program's own: whether what is minimised falls as the fit gets better."""

import pytest

from tests.intake.scripts.reading import read

TORCH = """import torch
import torch.nn as nn
from torch.distributions import Categorical, Normal
from data import loader, prior

net = nn.Sequential(nn.Linear(9, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3{maximize})
for x, y, rewards, costs in loader:
{lines}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def torch_program(*lines, maximize=""):
    return TORCH.format(lines="\n".join(f"    {line}" for line in lines), maximize=maximize)


POLICY = "log_prob = Categorical(logits=net(x)).log_prob(y)"
GAUSSIAN = "mu, log_var = net(x).chunk(2, -1)"


@pytest.mark.parametrize(
    "lines",
    [
        (POLICY, "loss = (log_prob * rewards).mean()"),
        ("kept = []", POLICY, "kept.append(log_prob)", "loss = (torch.stack(kept) * rewards).sum()"),
        (POLICY, "loss = 0.5 * (log_prob * rewards).sum() / 32"),
        ("loss = Normal(net(x), 1.0).log_prob(y).mean()",),
        ("loss = -((net(x) - y) ** 2).mean()",),
        ("loss = -1.0 * (y - net(x)).abs().mean()",),
        ("loss = 1 - torch.square(net(x) - y).mean()",),
        ("loss = net(x).sub(y).pow(2).mean().mul(-1)",),
        ("loss = nn.functional.mse_loss(net(x), y).mul(-1)",),
        (GAUSSIAN, "loss = (-0.5 * ((y - mu) ** 2 / log_var.exp()) - 0.5 * log_var).mean()"),
    ],
)
def test_a_formula_with_the_wrong_sign(tmp_path, lines):
    assert read(tmp_path, torch_program(*lines)).shows("one_step_lowers_loss", "loss = ") == "raises"


def test_a_negative_log_likelihood_that_is_maximised(tmp_path):
    text = torch_program("loss = -Normal(net(x), 1.0).log_prob(y).mean()", maximize=", maximize=True")
    assert read(tmp_path, text).shows("one_step_lowers_loss", "maximize=True") == "raises"


def test_the_end_of_the_function_that_lacks_its_minus_is_shown(tmp_path):
    text = torch_program("loss = score(net(x), y)").replace(
        "net = ", "def score(out, y):\n    return Normal(out, 1.0).log_prob(y).mean()\n\nnet = ", 1
    )
    assert read(tmp_path, text).shows("one_step_lowers_loss", "return Normal") == "raises"


@pytest.mark.parametrize(
    ("lines", "maximize"),
    [
        ((POLICY, "loss = -(log_prob * rewards).mean()"), ""),
        ((POLICY, "loss = (-log_prob * rewards).mean()"), ""),
        ((POLICY, "loss = (log_prob * rewards).mean()"), ", maximize=True"),
        ((POLICY, "loss = log_prob.mul(-1).mul(rewards).mean()"), ""),
        ((POLICY, "loss = (log_prob * costs).mean()"), ""),
        ((POLICY, "loss = (0.2 * log_prob - rewards).mean()"), ""),
        (("q = Normal(net(x), 1.0)", "loss = (q.log_prob(y) - prior.log_prob(y)).mean()"), ""),
        ((POLICY, "loss = -torch.min((log_prob - rewards).exp() * y, y).mean()"), ""),
        (("loss = ((net(x) - y) ** 2).mean()",), ""),
        (("loss = -(1 - ((net(x) - y) ** 2).mean())",), ""),
        (("loss = -torch.exp(-(net(x) - y) ** 2).mean()",), ""),
        (("loss = -((net(x) - net(y)) ** 2).mean()",), ""),
        (("d = -((net(x) - y) ** 2)", "loss = torch.logsumexp(d, -1).mean() - d[:, 0].mean()"), ""),
        ((GAUSSIAN, "loss = (0.5 * ((y - mu) ** 2 / log_var.exp()) + 0.5 * log_var).mean()"), ""),
        ((GAUSSIAN, "loss = -(-0.5 * ((y - mu) ** 2 / log_var.exp()) - 0.5 * log_var).mean()"), ""),
    ],
)
def test_a_formula_with_the_right_sign_or_one_that_does_not_tell_is_no_fault(tmp_path, lines, maximize):
    assert read(tmp_path, torch_program(*lines, maximize=maximize)).faults() == {}


KERAS = """import tensorflow as tf
from tensorflow.keras import layers
from data import x, y

def own(y_true, y_pred):
    error = {error}
    return {result}

model = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(optimizer="adam", loss=own)
model.fit(x, y, epochs=5)
"""
SQUARE = "tf.square(y_true - y_pred)"


@pytest.mark.parametrize("error", [SQUARE, "tf.math.squared_difference(y_true, y_pred)", "tf.abs(y_true - y_pred)"])
@pytest.mark.parametrize(("result", "state"), [("-tf.reduce_mean(error)", "raises"), ("tf.reduce_mean(error)", None)])
def test_a_function_of_keras(tmp_path, error, result, state):
    reading = read(tmp_path, KERAS.format(error=error, result=result))
    assert reading.shows("one_step_lowers_loss", "return") == state
