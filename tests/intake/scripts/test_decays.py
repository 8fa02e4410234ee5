"""Rates that fall too far: factors that pile up, and decays too steep for the run."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES
from tests.intake.scripts.pytorch_programs import DIGITS
from tests.intake.scripts.reading import changed, read

STEPPED = "    scheduler.step()\n"
MADE = "scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)\n"
SCHEDULE = """import math


def schedule(epoch{}):
    {}


pictures ="""
PILED = [
    "return lr * 0.5 ** (epoch // 5)",
    "return lr * math.exp(-0.1 * epoch)",
    "return lr * math.pow(0.5, math.floor((1 + epoch) / 10))",
    "return lr / (1 + 0.01 * epoch)",
    "return lr * (1 - epoch / 50)",
    "return float(lr * 0.9 ** epoch)",
    "drop = 0.5 ** (epoch // 5)\n    return lr * drop",
    "lr *= 0.96 ** epoch\n    return lr",
    "if epoch < 3:\n        return lr\n    return lr * tf.math.exp(-0.1 * epoch)",
]
RIGHT = [
    "return lr * 0.95",
    "return lr * math.exp(-0.1) if epoch >= 10 else lr",
    "if epoch and epoch % 5 == 0:\n        return lr * 0.5\n    return lr",
    "return 1e-3 * 0.5 ** (epoch // 5)",
    "return 1e-3 * (1 - epoch / 50)",
    "return lr * (epoch + 1) / 5 if epoch < 5 else lr",
]


def keras(body, parameters=", lr"):
    callbacks = "epochs=20, callbacks=[keras.callbacks.LearningRateScheduler(schedule, verbose=1)]"
    return changed(PICTURES, ("\npictures =", "\n" + SCHEDULE.format(parameters, body)), ("epochs=20", callbacks))


@pytest.mark.parametrize("body", PILED)
def test_a_schedule_that_multiplies_the_present_rate_by_all_that_went_before(tmp_path, body):
    reading = read(tmp_path, keras(body))
    assert reading.state("learning_rate_course") == "decays_too_early"
    assert "lr" in reading.found("learning_rate_course").place.words or "0.96" in body


@pytest.mark.parametrize("body", RIGHT)
def test_schedules_that_do_not_pile_up(tmp_path, body):
    assert read(tmp_path, keras(body)).faults() == {}


def test_a_schedule_of_the_epoch_alone_does_not_pile_up(tmp_path):
    assert read(tmp_path, keras("lr = 1e-3\n    return lr * 0.5 ** (epoch // 5)", "")).faults() == {}


def test_a_schedule_that_is_a_lambda(tmp_path):
    text = changed(PICTURES, ("epochs=20", "epochs=20, callbacks=[CB]"))
    for factor, faults in (("0.9 ** e", {"learning_rate_course": "decays_too_early"}), ("0.9", {})):
        callback = f"keras.callbacks.LearningRateScheduler(lambda e, rate: rate * {factor})"
        assert read(tmp_path, text.replace("CB", callback)).faults() == faults


@pytest.mark.parametrize(
    ("lines", "piles"),
    [
        ('    for g in optimizer.param_groups:\n        g["lr"] = g["lr"] * 0.5 ** (epoch // 10)\n', True),
        ('    for g in optimizer.param_groups:\n        g["lr"] *= 0.1 ** (epoch // 30)\n', True),
        ("    for group in optimizer.param_groups:\n        group['lr'] /= 1 + 0.1 * epoch\n", True),
        ('    optimizer.param_groups[0]["lr"] = optimizer.param_groups[0]["lr"] * (1 - epoch / EPOCHS)\n', True),
        ('    lr = optimizer.param_groups[0]["lr"]\n    for g in optimizer.param_groups:\n'
         '        g["lr"] = lr * 0.9 ** epoch\n', True),
        ('    for g in optimizer.param_groups:\n        g["lr"] = 0.01 * 0.5 ** (epoch // 10)\n', False),
        ('    for g in optimizer.param_groups:\n        g["lr"] = g["initial_lr"] * 0.5 ** (epoch // 10)\n', False),
        ('    for g in optimizer.param_groups:\n        g["lr"] *= 0.95\n', False),
        ('    if epoch in (5, 8):\n        for g in optimizer.param_groups:\n            g["lr"] *= 0.1\n', False),
    ],
)  # fmt: skip
def test_rates_that_are_set_by_hand(tmp_path, lines, piles):
    text = changed(DIGITS, (STEPPED, lines), (MADE, ""))
    state = read(tmp_path, text).state("learning_rate_course")
    assert state == ("decays_too_early" if piles else None)


@pytest.mark.parametrize(
    ("schedule", "piles"),
    [
        ("MultiplicativeLR(optimizer, lr_lambda=lambda e: 0.95 ** e)", True),
        ("MultiplicativeLR(optimizer, lambda epoch: 1 / (1 + 0.1 * epoch))", True),
        ("MultiplicativeLR(optimizer, lambda e: 0.95)", False),
        ("MultiplicativeLR(optimizer, lambda e: (e + 1) / (e + 2))", False),
        ("LambdaLR(optimizer, lambda e: 0.95 ** e)", False),
        ("StepLR(optimizer, step_size=1, gamma=0.1)", True),
        ("StepLR(optimizer, 1)", True),
        ("ExponentialLR(optimizer, gamma=0.1)", True),
        ("ExponentialLR(optimizer, gamma=0.9)", False),
        ("StepLR(optimizer, step_size=3, gamma=0.1)", False),
        ("StepLR(optimizer, step_size=1, gamma=0.7)", False),
    ],
)
def test_schedules_of_a_library(tmp_path, schedule, piles):
    text = changed(DIGITS, (MADE, f"scheduler = optim.lr_scheduler.{schedule}\n"))
    state = read(tmp_path, text).state("learning_rate_course")
    assert state == ("decays_too_early" if piles else None)
