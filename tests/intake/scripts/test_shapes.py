"""Outputs of one column against targets of one dimension."""

import pytest

from tests.intake.scripts.reading import changed, read

PRICES = """import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import fetch_california_housing
from sklearn.model_selection import train_test_split

houses = fetch_california_housing()
x, y = houses.data, houses.target
x = (x - x.mean(0)) / x.std(0)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
rows = TensorDataset(torch.tensor(x_train, dtype=torch.float32), torch.tensor(y_train, dtype=torch.float32))
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(50):
    for a, b in DataLoader(rows, batch_size=32, shuffle=True):
        loss = criterion(net(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
TARGETS = "x, y = houses.data, houses.target"
LOSS = "criterion(net(a), b)"


@pytest.mark.parametrize(
    "loss",
    [
        "criterion(net(a), b)",
        "criterion(net(a), b.float())",
        "nn.functional.l1_loss(net(a), b)",
        "((net(a) - b) ** 2).mean()",
        "(b - net(a)).pow(2).mean()",
        "criterion(net(a).squeeze(), b.unsqueeze(1))",
        "criterion(net(a)[:, 0], b.view(-1, 1))",
    ],
)
def test_a_column_against_a_row(tmp_path, loss):
    assert read(tmp_path, changed(PRICES, (LOSS, loss))).shows("loss_by_hand", "loss = ") == "different_formula"


@pytest.mark.parametrize(
    "loss",
    [
        "criterion(net(a).squeeze(), b)",
        "criterion(net(a).squeeze(-1), b)",
        "criterion(net(a).view(-1), b)",
        "criterion(net(a).flatten(), b)",
        "criterion(net(a)[:, 0], b)",
        "criterion(torch.squeeze(net(a), 1), b)",
        "criterion(torch.flatten(net(a)), b)",
        "criterion(net(a), b.unsqueeze(1))",
        "criterion(net(a), torch.unsqueeze(b, -1))",
        "criterion(net(a), b.view(-1, 1))",
        "criterion(net(a), b[:, None])",
        "criterion(net(a), b.reshape(len(b), 1))",
        "criterion(net(a), b.view_as(net(a)))",
        "criterion(net(a).reshape(b.shape), b)",
        "criterion(net(a), prepared(b))",
        "((net(a).squeeze() - b) ** 2).mean()",
        "((net(a) - b[:, None]) ** 2).mean()",
    ],
)
def test_shapes_that_fit_or_may(tmp_path, loss):
    assert read(tmp_path, changed(PRICES, (LOSS, loss))).faults() == {}


@pytest.mark.parametrize(
    ("targets", "state"),
    [
        ('table = pd.read_csv("h.csv")\nx, y = table.drop(columns="price").values, table["price"].values', 1),
        ('table = pd.read_csv("h.csv")\nx, y = table.iloc[:, :8].to_numpy(), table.iloc[:, 8].to_numpy()', 1),
        ('table = np.loadtxt("h.csv", delimiter=",")\nx, y = table[:, :8], table[:, 8]', 1),
        ('table = pd.read_csv("h.csv")\ny = table.pop("price").values\nx = table.values', 1),
        ('table = pd.read_csv("h.csv")\nx, y = table.drop(columns="price").values, table[["price"]].values', 0),
        ('table = pd.read_csv("h.csv")\nx, y = table.iloc[:, :8].to_numpy(), table.iloc[:, 8:].to_numpy()', 0),
        ('table = np.loadtxt("h.csv", delimiter=",")\nx, y = table[:, :8], table[:, 8:]', 0),
        ("x, y = houses.data, houses.target.reshape(-1, 1)", 0),
        ('x, y = np.load("x.npy"), np.load("y.npy")', 0),
        ('x, y = np.loadtxt("x.csv"), np.loadtxt("y.csv")', 0),
        ('pack = np.load("h.npz")\nx, y = pack["x"], pack["y"]', 0),
        ("x = np.random.rand(100, 8)\ny = 3 * np.random.rand(100, 1)", 0),
        ("x = np.random.rand(100, 8)\ny = 3 * np.random.rand(100) + 1", 1),
    ],
)
def test_columns_of_tables(tmp_path, targets, state):
    found = read(tmp_path, changed(PRICES, (TARGETS, targets))).state("loss_by_hand")
    assert found == ("different_formula" if state else None)


@pytest.mark.parametrize(
    "layers",
    [
        "nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)",
        "nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0)",
        "nn.LSTM(8, 16), nn.Linear(16, 1)",
        "backbone, nn.Linear(16, 1)",
    ],
)
def test_outputs_of_another_shape(tmp_path, layers):
    text = changed(PRICES, ("nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)", layers))
    assert read(tmp_path, text).state("loss_by_hand") is None


def test_a_network_that_takes_the_column_away_itself(tmp_path):
    own = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.h = nn.Linear(8, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(torch.relu(self.h(x))){}


net = Net()
"""
    made = PRICES[PRICES.index("net = ") : PRICES.index("criterion = ")]
    assert read(tmp_path, changed(PRICES, (made, own.format(".squeeze(-1)")))).faults() == {}
    assert read(tmp_path, changed(PRICES, (made, own.format("")))).state("loss_by_hand") == "different_formula"


def test_a_loss_that_raises_or_keras_which_reshapes_itself_is_not_meant(tmp_path):
    assert read(tmp_path, changed(PRICES, ("nn.MSELoss()", "nn.BCEWithLogitsLoss()"))).state("loss_by_hand") is None
    keras = """from tensorflow import keras
from sklearn.datasets import fetch_california_housing
x, y = fetch_california_housing(return_X_y=True)
x = (x - x.mean(0)) / x.std(0)
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=9)
"""
    assert read(tmp_path, keras).faults() == {}
