"""Windows of pooling against their steps, however pooling is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.scripts.reading import changed, read

WAVES = """import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

WINDOW = 3


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 32, 9)
        self.out = nn.Linear(32, 4)

    def forward(self, x):
        x = F.relu(self.conv(x))
        x = POOL
        return self.out(x.mean(-1))


waves = torch.load("waves.pt")
loader = DataLoader(TensorDataset(*waves), batch_size=32, shuffle=True)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(10):
    for a, b in loader:
        optimizer.zero_grad()
        F.cross_entropy(net(a), b).backward()
        optimizer.step()
"""

TILES = """import tensorflow as tf
from tensorflow import keras
from keras import ops


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = keras.layers.Conv2D(32, 3, activation="relu")
        self.out = keras.layers.Dense(4)

    def call(self, x):
        x = self.conv(x)
        x = POOL
        return self.out(tf.reduce_mean(x, axis=(1, 2)))


net = Net()
net.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit(keras.utils.image_dataset_from_directory("tiles"), epochs=5)
"""

WIDER = [
    "F.max_pool1d(x, kernel_size=3, stride=5)",
    "F.max_pool1d(x, 3, 5)",
    "F.max_pool1d(x, WINDOW, stride=2 * WINDOW)",
    "F.avg_pool1d(x, 2, stride=4)",
    "nn.functional.max_pool1d(x, 2, 3)",
    "torch.max_pool1d(x, 2, 3)",
    "F.max_pool2d(x, (2, 2), (2, 4))",
    "F.max_pool2d(x, 2, stride=(2, 3))",
    "nn.MaxPool1d(2, stride=3)(x)",
]
NARROWER = [
    "F.max_pool1d(x, 3)",
    "F.max_pool1d(x, 3, 3)",
    "F.max_pool1d(x, 3, stride=2)",
    "F.max_pool2d(x, (1, 4), stride=(1, 4))",
    "F.max_pool1d(x, 1, 2)",
    "F.adaptive_avg_pool1d(x, 4)",
    "F.max_pool1d(x, 2 * WINDOW, stride=WINDOW)",
]


@pytest.mark.parametrize("pool", WIDER)
def test_a_function_that_moves_by_more_than_its_window(tmp_path, pool):
    assert read(tmp_path, changed(WAVES, ("POOL", pool))).shows("pooling_stride", "x = ") == "above_kernel"


@pytest.mark.parametrize("pool", NARROWER)
def test_a_function_that_leaves_nothing_out(tmp_path, pool):
    assert read(tmp_path, changed(WAVES, ("POOL", pool))).state("pooling_stride") != "above_kernel"


@pytest.mark.parametrize(
    "pool",
    [
        "tf.nn.max_pool2d(x, ksize=2, strides=4, padding='VALID')",
        "tf.nn.max_pool2d(x, [1, 2, 2, 1], [1, 3, 3, 1], 'VALID')",
        "tf.nn.avg_pool(x, 2, 3, 'SAME')",
        "ops.max_pool(x, 2, strides=3)",
        "keras.ops.average_pool(x, (2, 2), (3, 3))",
        "keras.backend.pool2d(x, (2, 2), (4, 4))",
    ],
)
def test_functions_of_tensorflow_and_keras(tmp_path, pool):
    assert read(tmp_path, changed(TILES, ("POOL", pool))).shows("pooling_stride", "x = ") == "above_kernel"


@pytest.mark.parametrize("pool", ["tf.nn.max_pool2d(x, 2, 2, 'VALID')", "ops.max_pool(x, 3, strides=2)"])
def test_usual_functions_of_tensorflow_and_keras(tmp_path, pool):
    assert read(tmp_path, changed(TILES, ("POOL", pool))).state("pooling_stride") != "above_kernel"


@given(width=st.integers(1, 9), stride=st.integers(1, 9))
def test_a_step_is_too_long_where_it_is_longer_than_a_window_of_several(tmp_path_factory, width, stride):
    text = changed(WAVES, ("POOL", f"F.max_pool1d(x, {width}, {stride})"))
    wrong = read(tmp_path_factory.mktemp("pool"), text).state("pooling_stride") == "above_kernel"
    assert wrong == (stride > width > 1)
