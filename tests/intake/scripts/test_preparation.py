"""Statistics by which data for training and for validation are scaled."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.reading import changed, read

FINDING = "compare_preprocessing"
SCALED = """scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
x_val = scaler.transform(x_val)
"""
WRONG = [
    "scaler = StandardScaler()\nx_train = scaler.fit_transform(x_train)\nx_val = scaler.fit_transform(x_val)\n",
    "x_train = StandardScaler().fit_transform(x_train)\nx_val = StandardScaler().fit_transform(x_val)\n",
    "x_train = (x_train - x_train.mean(0)) / x_train.std(0)\nx_val = (x_val - x_val.mean(0)) / x_val.std(0)\n",
    "x_train = (x_train - x_train.mean(0)) / x_train.std(0)\nx_val = (x_val - x_train.mean(0)) / x_train.std(0)\n",
    "x_train = x_train / x_train.max()\nx_val = x_val / x_val.max()\n",
]
RIGHT = [
    "mean, std = x_train.mean(0), x_train.std(0)\nx_train, x_val = (x_train - mean) / std, (x_val - mean) / std\n",
    "x_val = (x_val - x_train.mean(0)) / x_train.std(0)\nx_train = (x_train - x_train.mean(0)) / x_train.std(0)\n",
    "x_train = x_train - x_train.mean(axis=1, keepdims=True)\nx_val = x_val - x_val.mean(axis=1, keepdims=True)\n",
    "mean = x_train.mean(0)\nx_train = x_train - mean\nstd = x_train.std(0)\nx_train /= std\n"
    "x_val = (x_val - mean) / std\n",
]
SPLITS = [
    "x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=0)\n",
    "old = x[:, 0] < 2021\nx_train, y_train, x_val, y_val = x[old], y[old], x[~old], y[~old]\n",
    "y_train, y_val = np.load('a.npy'), np.load('b.npy')\nx_train, x_val = np.load('c.npy'), np.load('d.npy')\n",
]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("lines", WRONG)
def test_statistics_that_are_not_those_of_the_training_data(tmp_path, split, lines):
    text = changed(TABLE, (SPLITS[0], split), (SCALED, lines))
    assert read(tmp_path, text).shows(FINDING, "x_val = ") == "differs"


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("lines", [SCALED, *RIGHT])
def test_statistics_of_the_training_data_or_of_each_sample(tmp_path, split, lines):
    assert read(tmp_path, changed(TABLE, (SPLITS[0], split), (SCALED, lines))).state(FINDING) != "differs"
