"""What nature gives: the samples of each task, before anything is prepared or goes wrong.

Many tasks have a loss that no network can go below: blobs overlap, labels are drawn at random, text has an entropy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .recipe import Data

Floats = NDArray[np.float64]
Samples = tuple[NDArray[Any], NDArray[Any]]

IGNORED = -100
"""The target that does not count."""


@dataclass(frozen=True)
class Task:
    """A kind of data.

    Args:
        draw: (data, count, rng) -> inputs and targets. Token ids and class ids are integers.
        kind: `classification`, `regression`, `sequence` (a class at each step), `detection` or `alignment`.
        shape: of the inputs: `table`, `image`, `series` or `tokens`.
        targets: numbers per sample of a regression.
        classes: fixed count of classes; 0 for what the data say.

    """

    draw: Callable[[Data, int, np.random.Generator], Samples]
    kind: str
    shape: str
    targets: int = 1
    classes: int = 0


@lru_cache(maxsize=1)
def _digit_images() -> Samples:
    from sklearn.datasets import load_digits

    found = load_digits()
    return found.images / 8.0 - 1.0, found.target


def _digits(data: Data, count: int, rng: np.random.Generator) -> Samples:
    images, labels = _digit_images()
    if data.imbalance or data.dominant:
        wanted = _labels(data, count, rng)
        of_class = [np.flatnonzero(labels == c) for c in range(10)]
        rows = np.array([rng.choice(of_class[c]) for c in wanted])
        return images[rows] + data.noise * rng.normal(size=(count, 8, 8)), labels[rows]
    rows = rng.permutation(len(images))[:count]
    if count > len(images):
        rows = rng.integers(len(images), size=count)
    return images[rows] + data.noise * rng.normal(size=(count, 8, 8)), labels[rows]


def _digit_tables(data: Data, count: int, rng: np.random.Generator) -> Samples:
    x, y = _digits(data, count, rng)
    return x.reshape(count, -1), y


def _labels(data: Data, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    if data.dominant:
        rest = (1 - data.dominant) / (data.classes - 1)
        return rng.choice(data.classes, size=count, p=[data.dominant, *[rest] * (data.classes - 1)])
    if not data.imbalance:
        return rng.integers(data.classes, size=count)
    rest = (1 - data.imbalance) / (data.classes - 1)
    labels = rng.choice(data.classes, size=count, p=[*[rest] * (data.classes - 1), data.imbalance])
    labels[:2] = data.classes - 1
    return labels


def _blobs(data: Data, count: int, rng: np.random.Generator) -> Samples:
    centres = _of_task(data).normal(size=(data.classes, data.features))
    centres *= data.separation / np.linalg.norm(centres, axis=1, keepdims=True)
    labels = _labels(data, count, rng)
    x = centres[labels] + rng.normal(size=(count, data.features))
    return x / np.sqrt(1 + data.separation**2 / data.features), labels


def _of_task(data: Data) -> np.random.Generator:
    """The generator of what is the same for training and validation: centres, weights, grammars."""
    return np.random.default_rng([data.features, data.classes, data.length, 5])


def _tabular(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Two crossed clusters per class, and columns that say nothing, as tables have."""
    centres = _of_task(data).normal(size=(data.classes, 2, data.features))
    centres[..., data.features // 2 :] = 0
    centres *= data.separation / np.linalg.norm(centres, axis=2, keepdims=True)
    labels = _labels(data, count, rng)
    x = centres[labels, rng.integers(2, size=count)] + rng.normal(size=(count, data.features))
    return x / np.sqrt(1 + data.separation**2 / data.features), labels


def _moons(data: Data, count: int, rng: np.random.Generator) -> Samples:
    labels = _labels(data, count, rng) % 2
    angle = rng.uniform(0, np.pi, size=count)
    sign = 1 - 2 * labels
    points = np.stack([sign * np.cos(angle) + labels - 0.5, sign * np.sin(angle) + 0.5 * labels - 0.25], axis=1)
    return 1.2 * (points + data.noise * rng.normal(size=(count, 2))), labels


def _spirals(data: Data, count: int, rng: np.random.Generator) -> Samples:
    labels = _labels(data, count, rng)
    radius = np.sqrt(rng.uniform(0.02, 1.0, size=count))
    angle = 2 * np.pi * labels / data.classes + 4.0 * radius
    points = 1.7 * radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + 0.3 * data.noise * rng.normal(size=(count, 2)), labels


def _friedman(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """The first problem of Friedman (1991), its target standardised: 5 columns matter, the others do not."""
    u = rng.uniform(size=(count, max(5, data.features)))
    y = 10 * np.sin(np.pi * u[:, 0] * u[:, 1]) + 20 * (u[:, 2] - 0.5) ** 2 + 10 * u[:, 3] + 5 * u[:, 4]
    y = (y - 14.4) / 4.9 + data.noise * rng.normal(size=count)
    return (u - 0.5) * np.sqrt(12), y[:, None]


def _curve(data: Data, count: int, rng: np.random.Generator) -> Samples:
    x = rng.uniform(-1.7, 1.7, size=(count, 1))
    y = np.sin(2.5 * x) + 0.5 * np.cos(5 * x) + data.noise * rng.normal(size=(count, 1))
    return x, y / 0.85


def _linear(data: Data, count: int, rng: np.random.Generator) -> Samples:
    weights = _of_task(data).normal(size=(data.features, 1)) / np.sqrt(data.features)
    x = rng.normal(size=(count, data.features))
    return x, x @ weights + data.noise * rng.normal(size=(count, 1))


def _spot(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Where the bright spot of a grainy image is."""
    place = rng.uniform(1, 6, size=(count, 2))
    grid = np.arange(8)
    near = [np.exp(-((grid[None] - place[:, [i]]) ** 2) / 2) for i in range(2)]
    images = 3 * near[0][:, :, None] * near[1][:, None, :] + data.noise * rng.normal(size=(count, 8, 8))
    return images - 0.5, (place - 3.5) / 1.45


def _masks(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Which points of a grainy image belong to the object: 64 targets of 0 or 1."""
    side = rng.integers(3, 6, size=(count, 2))
    corner = (rng.uniform(size=(count, 2)) * (9 - side)).astype(int)
    grid = np.arange(8)
    rows, columns = ((grid >= corner[:, [i]]) & (grid < corner[:, [i]] + side[:, [i]]) for i in range(2))
    inside = rows[:, :, None] & columns[:, None, :]
    images = 1.5 * inside - 0.4 + data.noise * rng.normal(size=(count, 8, 8))
    return images, inside.reshape(count, -1).astype(float)


def _scenes(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """One object in each image; the target holds its class (texture), then centre and log sides of its box."""
    labels = _labels(data, count, rng)
    side = rng.integers(3, 6, size=(count, 2))
    corner = (rng.uniform(size=(count, 2)) * (9 - side)).astype(int)
    images = data.noise * rng.normal(size=(count, 8, 8))
    textures = _of_task(data).choice([-1.5, 1.5], size=(data.classes, 8, 8))
    for i in range(count):
        (r, c), (h, w) = corner[i], side[i]
        images[i, r : r + h, c : c + w] += 0.5 + textures[labels[i], :h, :w]
    centre = (corner + side / 2 - 4) / 1.5
    return images, np.concatenate([labels[:, None], centre, np.log(side / 4) / 0.2], axis=1)


def _series(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Two mixed swings with noise; the target is the next value of the first."""
    steps = np.arange(data.length + 1)
    speed = rng.uniform(0.2, 0.9, size=(count, 2, 1))
    swings = np.sin(speed * steps + rng.uniform(0, 2 * np.pi, size=(count, 2, 1)))
    values = swings[:, 0] + 0.5 * swings[:, 1] + data.noise * rng.normal(size=(count, data.length + 1))
    return values[:, :-1, None] / 0.8, values[:, -1:] / 0.8


def _adding(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """The adding problem: the sum of the two values that are marked."""
    values = rng.uniform(-1, 1, size=(count, data.length))
    marks = np.zeros_like(values)
    half = data.length // 2
    marks[np.arange(count), rng.integers(half, size=count)] = 1
    marks[np.arange(count), half + rng.integers(data.length - half, size=count)] = 1
    return np.stack([values * 1.7, marks * 2 - 0.3], axis=2), (values * marks).sum(axis=1, keepdims=True) / 0.82


def _tokens(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Sequences of a class each: every class has favourite words, and one pair of neighbours that decides."""
    labels = _labels(data, count, rng)
    words = 12
    favour = _of_task(data).dirichlet(np.full(words, 2.0), size=data.classes)
    tokens = np.stack([rng.choice(words, size=data.length, p=favour[label]) for label in labels])
    place = rng.integers(data.length - 1, size=count)
    clear = rng.uniform(size=count) > data.noise
    tokens[np.arange(count)[clear], place[clear]] = words + labels[clear]
    return tokens, labels


def _text(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Windows of a text that a chain with two letters of memory writes; the target is the next letter."""
    letters, length = data.classes, data.length
    chances = _of_task(data).dirichlet(np.full(letters, 0.12), size=(letters, letters)).cumsum(axis=2)
    text = rng.integers(letters, size=(count, length + 3))
    draws = rng.uniform(size=text.shape)
    for t in range(2, length + 3):
        row = chances[text[:, t - 2], text[:, t - 1]]
        text[:, t] = np.minimum((row < draws[:, [t]]).sum(axis=1), letters - 1)
    return text[:, 2:-1], text[:, 3:]


def _copy(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Repeat what was read two steps before, with letters that nature smudges."""
    tokens = rng.integers(data.classes, size=(count, data.length))
    targets = np.concatenate([tokens[:, :2], tokens[:, :-2]], axis=1)
    smudged = rng.uniform(size=targets.shape) < data.noise
    return tokens, np.where(smudged, rng.integers(data.classes, size=targets.shape), targets)


def _parity(data: Data, count: int, rng: np.random.Generator) -> Samples:
    tokens = rng.integers(2, size=(count, data.length))
    return tokens, tokens.cumsum(axis=1) % 2


def _alignment(data: Data, count: int, rng: np.random.Generator) -> Samples:
    """Speech in small: symbols held for two to three frames each; the target is the symbols, padded with `IGNORED`."""
    symbols = max(2, data.length // 4)
    words = rng.integers(1, data.classes, size=(count, symbols))
    place = np.minimum(np.arange(data.length) * symbols // data.length, symbols - 1)
    voices = _of_task(data).normal(size=(data.classes, data.features))
    x = voices[words[:, place]] + data.noise * rng.normal(size=(count, data.length, data.features))
    return x, words


TASKS: dict[str, Task] = {
    "digits": Task(_digit_tables, "classification", "table", classes=10),
    "images": Task(_digits, "classification", "image", classes=10),
    "blobs": Task(_blobs, "classification", "table"),
    "tabular": Task(_tabular, "classification", "table"),
    "moons": Task(_moons, "classification", "table", classes=2),
    "spirals": Task(_spirals, "classification", "table"),
    "friedman": Task(_friedman, "regression", "table"),
    "curve": Task(_curve, "regression", "table"),
    "linear": Task(_linear, "regression", "table"),
    "spot": Task(_spot, "regression", "image", targets=2),
    "scenes": Task(_scenes, "detection", "image", targets=4),
    "masks": Task(_masks, "regression", "image", targets=64),
    "series": Task(_series, "regression", "series"),
    "adding": Task(_adding, "regression", "series"),
    "tokens": Task(_tokens, "classification", "tokens"),
    "text": Task(_text, "sequence", "tokens"),
    "copy": Task(_copy, "sequence", "tokens"),
    "parity": Task(_parity, "sequence", "tokens", classes=2),
    "alignment": Task(_alignment, "alignment", "series"),
}


def classes_of(data: Data) -> int:
    """The classes of a task; 0 for numbers."""
    task = TASKS[data.task]
    return 0 if task.kind == "regression" else task.classes or data.classes


def vocabulary_of(data: Data) -> int:
    """How many different tokens the inputs hold; 0 where they are numbers."""
    if TASKS[data.task].shape != "tokens":
        return 0
    return 12 + data.classes if data.task == "tokens" else classes_of(data)
