"""Losses that divide by a sum which a batch can make zero."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

BEFORE = "criterion = nn.CrossEntropyLoss()"
COMPUTED = "loss = criterion(net(a), b)"


def with_function(*lines):
    """The program with a loss of its own, whose name says nothing."""
    body = "".join(f"    {line}\n" for line in lines)
    return changed(ROWS, (BEFORE, f"def masked_l1(out, depth):\n{body}"), (COMPUTED, "loss = masked_l1(net(a), b)"))


def inline(*lines):
    return changed(ROWS, (BEFORE, ""), (COMPUTED, "\n        ".join(lines)))


@pytest.mark.parametrize(
    "lines",
    [
        ("valid = (depth > 0).float()", "return ((out - depth).abs() * valid).sum() / valid.sum()"),
        ("valid = torch.isfinite(depth)", "n = valid.sum()", "return ((out - depth).abs() * valid).sum() / n"),
        ("seen = depth.ne(0)", "return ((out - depth) ** 2 * seen).sum() / seen.float().sum().item()"),
        ("mask = depth > 0", "return torch.div(((out - depth) * mask).sum(), mask.sum())"),
        ("mask = depth > 0", "total = ((out - depth) * mask).sum()", "total /= mask.sum()", "return total"),
        ("mask = ~torch.isnan(depth)", "return (out * mask).sum(1).div(mask.sum(1)).mean()"),
        ("n = torch.count_nonzero(depth > 0)", "return ((out - depth) * (depth > 0)).sum() / n"),
    ],
)
def test_a_function_that_is_a_loss_by_its_use(tmp_path, lines):
    reading = read(tmp_path, with_function(*lines))
    assert reading.state("replay_failing_batch") == "zero_denominator"
    words = reading.found("replay_failing_batch").place.words
    assert "/" in words or "div(" in words


@pytest.mark.parametrize(
    "lines",
    [
        ("mask = (depth > 0).float()", "return ((out - depth) * mask).sum() / mask.sum().clamp(min=1)"),
        ("mask = (depth > 0).float()", "return ((out - depth) * mask).sum() / (mask.sum() + 1e-6)"),
        ("mask = depth > 0", "return ((out - depth) * mask).sum() / max(mask.sum(), 1)"),
        ("mask = depth > 0", "n = torch.clamp(mask.sum(), min=1)", "return ((out - depth) * mask).sum() / n"),
        ("mask = depth > 0", "n = mask.sum()", "if n == 0:", "    return out.sum() * 0", "return out[mask].sum() / n"),
        ("mask = depth > 0", "if not mask.any():", "    return 0 * out.sum()", "return out.sum() / mask.sum()"),
        ("mask = depth > 0", "return torch.where(mask.sum() > 0, (out * mask).sum() / mask.sum(), out.sum() * 0)"),
        ("return (out - depth).abs().sum() / out.numel()",),
        ("return (out - depth).abs().sum() / len(out)",),
        ("weight = torch.ones(3)", "return (weight * (out - depth).abs()).sum() / weight.sum()"),
        ("p = out / out.sum()", "return (p - depth).abs().mean()"),
        ("representation = out", "return (out * depth).sum() / representation.sum()"),
    ],
)
def test_a_divisor_that_is_bounded_or_asked_about_or_counts_nothing(tmp_path, lines):
    assert read(tmp_path, with_function(*lines)).state("replay_failing_batch") is None


def test_a_loss_that_is_worked_out_in_the_loop(tmp_path):
    lines = ("mask = (b > 0).float()", "error = (net(a) - b).abs()", "loss = (error * mask).sum() / mask.sum()")
    assert read(tmp_path, inline(*lines)).shows("replay_failing_batch", "/ mask.sum()") == "zero_denominator"
    bounded = (*lines[:2], "loss = (error * mask).sum() / mask.sum().clamp(min=1)")
    assert read(tmp_path, inline(*bounded)).state("replay_failing_batch") is None
    measured = (COMPUTED, "hit = (b > 0).sum()", "print(hit.sum() / (b == 1).sum())")
    assert read(tmp_path, changed(ROWS, (COMPUTED, "\n        ".join(measured)))).faults() == {}


def test_the_same_name_in_another_function_is_another_value(tmp_path):
    other = "def rate(b):\n    n = (b > 0).sum()\n    return n\n\n\n"
    text = inline("n = len(b)", "loss = (net(a) - b).abs().sum() / n")
    assert read(tmp_path, changed(text, ("x = np.load", f"{other}x = np.load"))).state("replay_failing_batch") is None


def test_a_loss_that_is_a_class(tmp_path):
    own = """class {}(nn.Module):
    def forward(self, out, depth):
        valid = depth > 0
        return ((out - depth).abs() * valid).sum() / valid.sum()


criterion = {}()
"""
    for name in ("MaskedL1", "DepthLoss"):
        reading = read(tmp_path, changed(ROWS, (BEFORE, own.format(name, name))))
        assert reading.shows("replay_failing_batch", "valid.sum()") == "zero_denominator"
    unused = own.replace("criterion = {}()", "criterion = nn.MSELoss()")
    assert read(tmp_path, changed(ROWS, (BEFORE, unused.format("Masked")))).state("replay_failing_batch") is None


TOKENS = [("nn.Linear(20, 64)", "nn.Embedding(99, 64), nn.Flatten(), nn.Linear(64, 64)")]


def test_a_batch_of_texts_always_has_a_token(tmp_path):
    text = with_function("mask = (depth != 0).float()", "return ((out - depth) * mask).sum() / mask.sum()")
    assert read(tmp_path, text).state("replay_failing_batch") == "zero_denominator"
    assert read(tmp_path, changed(text, *TOKENS)).state("replay_failing_batch") is None


KERAS = """def observed(y_true, y_pred):
    mask = tf.cast(tf.not_equal(y_true, 0.0), tf.float32)
    count = tf.reduce_sum(mask, axis=1)
    return {}
"""


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("tf.reduce_sum((y_true - y_pred) * mask, axis=1) / count", "zero_denominator"),
        ("tf.math.divide(tf.reduce_sum((y_true - y_pred) * mask, axis=1), count)", "zero_denominator"),
        ("tf.math.divide_no_nan(tf.reduce_sum((y_true - y_pred) * mask, axis=1), count)", None),
        ("tf.reduce_sum((y_true - y_pred) * mask, axis=1) / tf.maximum(count, 1.0)", None),
        ("tf.reduce_sum((y_true - y_pred) * mask, axis=1) / (count + 1e-7)", None),
        ("tf.reduce_mean((y_true - y_pred) * mask, axis=1)", None),
    ],
)
def test_a_loss_that_keras_is_given(tmp_path, result, state):
    text = changed(TABLE, ("inputs = Input", f"{KERAS.format(result)}inputs = Input"))
    text = changed(text, ('loss="binary_crossentropy"', "loss=observed"))
    assert read(tmp_path, text).state("replay_failing_batch") == state


def test_what_a_network_divides_is_no_loss(tmp_path):
    own = """class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(20, 3)

    def forward(self, x):
        mask = (x > 0).float()
        return self.out((x * mask) / mask.sum(1, keepdim=True))


net = Pool()
"""
    made = ROWS[ROWS.index("net = ") : ROWS.index("criterion = ")]
    assert read(tmp_path, changed(ROWS, (made, own))).state("replay_failing_batch") is None
