"""Losses that divide an error by what is to be predicted."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

FINDING, ZERO = "replay_failing_batch", "zero_denominator"
BEFORE = "criterion = nn.CrossEntropyLoss()"


def with_loss(*lines):
    body = "".join(f"    {line}\n" for line in lines)
    return changed(ROWS, (BEFORE, f"def criterion(out, target):\n{body}"))


@pytest.mark.parametrize(
    "lines",
    [
        ("return ((out - target) / target).abs().mean()",),
        ("return torch.mean(torch.abs((target - out) / target))",),
        ("error = torch.abs(out - target)", "return (error / target.abs()).mean()"),
        ("return (F.l1_loss(out, target, reduction='none') / target).mean()",),
        ("return torch.sqrt((((out - target) / target) ** 2).mean())",),
        ("return ((out - target) ** 2 / target ** 2).mean()",),
        ("return (2 * (out - target).abs() / (out.abs() + target.abs())).mean()",),
        ("return torch.mean(torch.abs(out - target) / ((torch.abs(out) + torch.abs(target)) / 2))",),
        ("return (out - target).div(target).abs().mean()",),
        ("return torch.div(out - target, target).abs().mean()",),
        ("return (torch.nn.functional.l1_loss(out, target, reduction='none') / target).mean()",),
        ("target = target.float().view(-1, 1)", "return ((out - target) / target).abs().mean()"),
    ],
)
def test_an_error_over_what_is_to_be_predicted(tmp_path, lines):
    reading = read(tmp_path, with_loss(*lines))
    assert reading.state(FINDING) == ZERO
    assert "/" in reading.found(FINDING).place.words or "div" in reading.found(FINDING).place.words


@pytest.mark.parametrize(
    "lines",
    [
        ("return ((out - target) / (target + 1e-6)).abs().mean()",),
        ("return ((out - target) / target.clamp(min=1)).abs().mean()",),
        ("target = target.clamp(min=1.0)", "return ((out - target) / target).abs().mean()"),
        ("seen = target != 0", "return ((out[seen] - target[seen]) / target[seen]).abs().mean()"),
        ("safe = torch.where(target == 0, 1.0, target)", "return ((out - target) / safe).abs().mean()"),
        ("return ((out - target).abs() / torch.maximum(target.abs(), torch.tensor(1.0))).mean()",),
        ("a, b = out.exp(), target.exp()", "return ((a - b) / b).abs().mean()"),
        ("mean, std = 3.0, 2.0", "return ((out - mean) / std).abs().mean()"),
        ("if (target == 0).any():", "    return out.sum() * 0", "return ((out - target) / target).abs().mean()"),
        ("return torch.nan_to_num((out - target) / target).abs().mean()",),
        ("mu, sigma = out[:, 0], F.softplus(out[:, 1])", "return (((target - mu) / sigma) ** 2).mean()"),
        ("a = out / out.norm(dim=1, keepdim=True)", "return 1 - (a * target).sum(1).mean()"),
    ],
)
def test_an_error_over_what_cannot_be_zero(tmp_path, lines):
    assert read(tmp_path, with_loss(*lines)).state(FINDING) is None


def test_targets_that_are_picked_where_they_are_positive(tmp_path):
    text = with_loss("return ((out - target) / target).abs().mean()")
    assert read(tmp_path, changed(text, ('"y.npy")\n', '"y.npy")\nx, y = x[y > 0], y[y > 0]\n'))).state(FINDING) is None


def test_an_error_in_the_loop_and_in_a_lambda(tmp_path):
    lines = "out = net(a)\n        rel = (out - b) / b\n        loss = (rel ** 2).mean()"
    assert read(tmp_path, changed(ROWS, ("loss = criterion(net(a), b)", lines))).shows(FINDING, "rel = ") == ZERO
    text = changed(ROWS, ("nn.CrossEntropyLoss()", "lambda out, y: ((out - y) / y).abs().mean()"))
    assert read(tmp_path, text).shows(FINDING, "lambda") == ZERO


def test_an_error_that_is_only_reported(tmp_path):
    metric = "def mape(out, y):\n    return ((out - y) / y).abs().mean()\n\n\nprint(mape(net(a), b))\n"
    assert read(tmp_path, ROWS + metric).state(FINDING) is None


KERAS = """class Relative(tf.keras.losses.Loss):
    def call(self, y_true, y_pred):
        return {}


"""


@pytest.mark.parametrize(
    ("formula", "state"),
    [
        ("tf.reduce_mean(tf.abs((y_true - y_pred) / y_true))", ZERO),
        ("tf.reduce_mean(tf.abs(tf.divide(y_true - y_pred, y_true)))", ZERO),
        ("keras.ops.mean(keras.ops.abs(y_true - y_pred) / keras.ops.abs(y_true))", ZERO),
        ("tf.reduce_mean(tf.abs(tf.math.divide_no_nan(y_true - y_pred, y_true)))", None),
        ("tf.reduce_mean(tf.abs(y_true - y_pred) / (tf.abs(y_true) + keras.backend.epsilon()))", None),
    ],
)
def test_a_loss_of_keras(tmp_path, formula, state):
    text = changed(TABLE, ("inputs = Input", f"import keras\n{KERAS.format(formula)}inputs = Input"))
    text = changed(text, ('loss="binary_crossentropy"', "loss=Relative()"))
    assert read(tmp_path, text).state(FINDING) == state


@pytest.mark.parametrize(
    ("below", "state"),
    [
        ("(torch.sqrt((a ** 2).sum()) * torch.sqrt((b ** 2).sum()))", ZERO),
        ("(out.std() * target.std())", ZERO),
        ("(torch.sqrt((a ** 2).sum() * (b ** 2).sum()) + 1e-8)", None),
    ],
)
def test_a_correlation_of_what_may_be_constant(tmp_path, below, state):
    lines = ("a = out - out.mean()", "b = target - target.mean()", f"return 1 - (a * b).sum() / {below}")
    text = with_loss(*lines).replace("criterion", "correlation_loss")
    assert read(tmp_path, text).state(FINDING) == state


@pytest.mark.parametrize(("bound", "state"), [("", ZERO), (".clamp(min=1)", None)])
def test_weights_by_the_classes_of_a_batch(tmp_path, bound, state):
    lines = (f"counts = torch.bincount(target, minlength=3).float(){bound}", "rare = counts.sum() / counts")
    text = with_loss(*lines, "return F.cross_entropy(out, target, weight=rare)").replace("criterion", "balanced_loss")
    assert read(tmp_path, text).state(FINDING) == state
