"""Units that are counted for the classes, and labels that a program says it has."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

FINDING, OUTSIDE = "compare_class_counts", "labels_out_of_range"


def program(data, units):
    text = changed(ROWS, ('y = np.load("y.npy")\n', f'y = np.load("y.npy")\n{data}\n'), ("64, 3)", f"64, {units})"))
    return changed(text, ("import random", "import pandas as pd\nfrom sklearn.preprocessing import LabelEncoder"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("n = int(y.max())", "n = "),
        ("n = int(np.max(y))", "n = "),
        ("n = y.max().item()", "n = "),
        ("n = len(np.unique(y)) - 1", "n = "),
        ("coder = LabelEncoder()\ny = coder.fit_transform(y)\nn = len(coder.classes_) - 1", "n = "),
        ('frame = pd.read_csv("a.csv")\nn = frame["kind"].nunique() - 1', "n = "),
        ("n = 3\nassert y.max() <= 3", "64, n)"),
        ("n = 3\nassert y.min() >= 0 and y.max() == n", "64, n)"),
        ("n = 3\nlabels = y\nassert int(labels.max()) < 4", "64, n)"),
        ('NAMES = ["a", "b", "c"]\nn = len(NAMES)\nto_id = {name: i for i, name in enumerate(NAMES, 1)}', "to_id"),
        ('NAMES = ["a", "b"]\nn = len(NAMES)\nto_id = {name: i + 1 for i, name in enumerate(NAMES)}', "to_id"),
    ],
)
def test_one_unit_less_than_there_are_classes(tmp_path, data, words):
    assert read(tmp_path, program(data, "n")).shows(FINDING, words) == OUTSIDE


@pytest.mark.parametrize(
    "data",
    [
        "n = int(y.max()) + 1",
        "n = 1 + int(np.max(y))",
        "n = len(np.unique(y))",
        "coder = LabelEncoder()\ny = coder.fit_transform(y)\nn = len(coder.classes_)",
        "n = 3\nassert y.max() < 3",
        "n = 3\nassert y.max() == n - 1",
        "n = 3\nassert x.max() <= 3",
        'NAMES = ["a", "b", "c"]\nn = len(NAMES)\nto_id = {name: i for i, name in enumerate(NAMES)}',
        'NAMES = ["a", "b", "c"]\nn = len(NAMES) + 1\nto_id = {name: i for i, name in enumerate(NAMES, 1)}',
    ],
)
def test_as_many_units_as_classes(tmp_path, data):
    assert read(tmp_path, program(data, "n")).state(FINDING) is None


def test_labels_that_are_left_out_of_the_loss(tmp_path):
    text = changed(program("assert y.max() <= 3", "3"), ("CrossEntropyLoss()", "CrossEntropyLoss(ignore_index=3)"))
    assert read(tmp_path, text).state(FINDING) is None


FRAME = 'import os\nframe = pd.read_csv(os.environ["TABLE"])\n'
BINS = f'{FRAME}values = frame["v"].values\n'


@pytest.mark.parametrize(
    ("data", "units", "state"),
    [
        (f'{FRAME}y = frame["Cover_Type"].values', 7, OUTSIDE),
        (f"{FRAME}y = frame.Cover_Type.values", 7, OUTSIDE),
        (f'{FRAME}y = frame.pop("Cover_Type").values', 7, OUTSIDE),
        (f'{FRAME}y = frame["Cover_Type"].values - 1', 7, "agree"),
        (f"{BINS}y = np.digitize(values, [1, 2, 3])", 3, OUTSIDE),
        (f"{BINS}y = np.digitize(values, np.array([1, 2, 3]))", 4, "agree"),
        (f"{BINS}y = np.searchsorted([1, 2, 3], values)", 3, OUTSIDE),
        (f"{BINS}y = pd.cut(values, bins=[0, 1, 2, 3, 4], labels=False)", 3, OUTSIDE),
        (f"{BINS}y = pd.cut(values, bins=[0, 1, 2, 3, 4], labels=False)", 4, "agree"),
        (f"{BINS}y = pd.qcut(values, 5, labels=False)", 4, OUTSIDE),
    ],
)
def test_labels_by_the_column_and_by_bins(tmp_path, data, units, state):
    text = changed(program(data, units), ("torch.from_numpy(y)", "torch.tensor(y)"))
    assert read(tmp_path, text).state(FINDING) == state


@pytest.mark.parametrize(("count", "state"), [("int(y.max())", OUTSIDE), ("int(y.max()) + 1", None)])
def test_units_of_keras(tmp_path, count, state):
    text = changed(
        TABLE, ("out = Dense(1)(h)", f"out = Dense({count})(h)"), ('Activation("sigmoid")', 'Activation("softmax")')
    )
    text = changed(text, ("binary_crossentropy", "sparse_categorical_crossentropy"))
    assert read(tmp_path, text).state(FINDING) == state
