"""Runs to be watched: one that trains, and ways in which it does not."""

import math
import random
import time


def losses(count, noise=0.02):
    """A loss that falls as it should."""
    chance = random.Random(4)
    return [0.2 + 2.1 * math.exp(-5 * step / count) + noise * chance.gauss(0, 1) for step in range(count)]


def turning_nan(count, at):
    return [value if step < at else math.nan for step, value in enumerate(losses(count))]


def exploding(count, at):
    return [value if step < at else value * 1.5 ** (step - at) for step, value in enumerate(losses(count))]


def until(condition, seconds=20.0):
    """Wait for what another thread does; whether it did."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def logged(watcher, values, first=0):
    for step, loss in enumerate(values, start=first):
        watcher.log(step, loss=loss)
    return watcher
