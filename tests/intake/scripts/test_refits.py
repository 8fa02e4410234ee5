"""Scalers that are fitted more than once."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from tensorflow.keras import layers, models

table = pd.read_csv("greenhouse.csv").values
split = int(len(table) * 0.8)
train, test = table[:split], table[split:]
{}


def windows(rows):
    return np.array([rows[i - 48 : i] for i in range(48, len(rows))]), rows[48:, 0]


x, y = windows(train_scaled)
x_test, y_test = windows(test_scaled)
model = models.Sequential([layers.LSTM(50, input_shape=(48, 4)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, validation_data=(x_test, y_test))
"""


@pytest.mark.parametrize(
    "lines",
    [
        ["sc = MinMaxScaler()", "train_scaled = sc.fit_transform(train)", "test_scaled = sc.fit_transform(test)"],
        [
            "sc = StandardScaler()",
            "sc.fit(train)",
            "train_scaled = sc.transform(train)",
            "test_scaled = sc.fit_transform(test)",
        ],
        [
            "train, rest = train_test_split(table, shuffle=False)",
            "sc = StandardScaler()",
            "train_scaled = sc.fit_transform(train)",
            "test_scaled = sc.fit_transform(rest)",
        ],
    ],
)
def test_a_scaler_that_is_fitted_anew_on_what_is_held_out(tmp_path, lines):
    reading = read(tmp_path, PROGRAM.format("\n".join(lines)))
    assert reading.shows("compare_preprocessing", lines[-1]) == "differs"


@pytest.mark.parametrize(
    "lines",
    [
        ["sc = MinMaxScaler()", "train_scaled = sc.fit_transform(train)", "test_scaled = sc.transform(test)"],
        [
            "sc = MinMaxScaler()",
            "sc.fit_transform(table)",
            "train_scaled = sc.fit_transform(train)",
            "test_scaled = sc.transform(test)",
        ],
        [
            "one, other = MinMaxScaler(), MinMaxScaler()",
            "train_scaled = one.fit_transform(train)",
            "spread = other.fit_transform(test)",
            "test_scaled = one.transform(test)",
        ],
        [
            "sc = MinMaxScaler()",
            "sc.fit_transform(test)",
            "train_scaled = sc.fit_transform(train)",
            "test_scaled = sc.transform(test)",
        ],
    ],
)
def test_scalers_that_are_fitted_for_training_are_no_fault(tmp_path, lines):
    assert read(tmp_path, PROGRAM.format("\n".join(lines))).state("compare_preprocessing") != "differs"
