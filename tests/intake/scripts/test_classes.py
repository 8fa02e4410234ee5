"""How many classes the labels have, and which numbers stand for them, against the units of the last layer."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS
from tests.intake.scripts.reading import changed, read

NET = DIGITS[DIGITS.index("class Net") : DIGITS.index("steps = ")]
READY = "CLASSES = 100\n{}\n\n\ndef Net():\n    return net\n\n\n"


@pytest.mark.parametrize(
    ("lines", "words", "state"),
    [
        ("from torchvision.models import resnet18\nnet = resnet18(weights=None, num_classes=CLASSES)", "resnet18(", 1),
        ("from torchvision.models import resnet18\nnet = resnet18(num_classes=10)", "resnet18(", 0),
        ("import timm\nnet = timm.create_model('vit_tiny', num_classes=CLASSES)", "create_model", 1),
        ("import timm\nnet = timm.create_model('vit_tiny', num_classes=0)", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18()", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18()\nnet.fc = nn.Linear(512, CLASSES)", "net.fc", 1),
        ("import timm\nnet = timm.create_model('vit', num_classes=9)\nnet.head = nn.Linear(8, 10)", "net.head", 0),
        (
            "import torchvision\nnet = torchvision.models.vgg16()\nnet.classifier[6] = nn.Linear(4096, CLASSES)",
            "net.classifier",
            1,
        ),
        (
            "import torchvision\nnet = torchvision.models.vit_b_16()\nnet.heads.head = nn.Linear(768, CLASSES)",
            "net.heads",
            1,
        ),
        (
            "import torchvision\nnet = torchvision.models.resnet18()\n"
            "net.fc = nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, CLASSES))",
            "net.fc",
            1,
        ),
        ("import torchvision\nnet = torchvision.models.resnet18()\nnet.fc = nn.Identity()", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18(num_classes=many())", "", None),
    ],
)  # fmt: skip
def test_the_head_of_a_network_that_a_library_has_ready(tmp_path, lines, words, state):
    reading = read(tmp_path, changed(DIGITS, (NET, READY.format(lines))))
    told = reading.shows("compare_class_counts", words) if words else reading.state("compare_class_counts")
    assert told == (None if state is None else "config_has_more" if state else "agree")


@pytest.mark.parametrize(("units", "state"), [(10, "agree"), (100, "config_has_more"), (7, "labels_out_of_range")])
def test_an_application_of_keras_with_classes_of_its_own(tmp_path, units, state):
    text = f"""from tensorflow import keras
(x, y), _ = keras.datasets.cifar10.load_data()
model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes={units})
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y, epochs=9)
"""
    assert read(tmp_path, text).shows("compare_class_counts", "ResNet50") == state


TUMOURS = """import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

table = pd.read_csv("data/breast-cancer-wisconsin.data", header=None, na_values="?").dropna()
x = table.iloc[:, 1:10].to_numpy("float32")
x = (x - x.mean(0)) / x.std(0)
y = table.iloc[:, 10].to_numpy("float32")
rows = TensorDataset(torch.tensor(x), torch.tensor(y).unsqueeze(1))
net = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(50):
    for a, b in DataLoader(rows, batch_size=32, shuffle=True):
        loss = criterion(net(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
COLUMN = 'y = table.iloc[:, 10].to_numpy("float32")'


@pytest.mark.parametrize(
    "column",
    [
        COLUMN,
        "y = table.iloc[:, -1].values",
        "y = table[10].values",
        "y = table.values[:, 10]",
        "y = table.pop(10).values",
        "y = table.iloc[:, 10].to_numpy() - 2",
        'y = table["diagnosis"].map({"B": 1, "M": 2}).values',
        "y = np.where(table[10] == 4, 1, -1)",
    ],
)
def test_labels_that_binary_cross_entropy_cannot_take(tmp_path, column):
    reading = read(tmp_path, changed(TUMOURS, (COLUMN, column)))
    assert reading.state("compare_class_counts") == "labels_out_of_range"


@pytest.mark.parametrize(
    "column",
    [
        "y = (table.iloc[:, 10] == 4).to_numpy('float32')",
        "y = table.iloc[:, 10].to_numpy('float32') / 2 - 1",
        "y = (table.iloc[:, 10].to_numpy('float32') - 2) / 2",
        "y = table[10].map({2: 0, 4: 1}).values",
        "y = table[10].replace({2: 0, 4: 1}).values",
        "y = table[10].map(CODES).values",
        "y = np.where(table[10] == 4, 1, 0)",
        "y = np.where(table[10] == 4, high, low)",
        "y = table.iloc[:, 9].to_numpy('float32')",
        "y = table.drop(columns=[0]).iloc[:, 8].values",
        "y = prepared(table.iloc[:, 10])",
    ],
)
def test_labels_that_it_can_take_or_may(tmp_path, column):
    assert read(tmp_path, changed(TUMOURS, (COLUMN, column))).state("compare_class_counts") is None


def test_labels_of_a_file_that_is_not_known(tmp_path):
    text = changed(TUMOURS, ("data/breast-cancer-wisconsin.data", "data/tumours.data"))
    assert read(tmp_path, text).state("compare_class_counts") is None


@pytest.mark.parametrize(
    ("lines", "units", "state"),
    [
        ("", 10, "agree"),
        ("y = y + 1", 10, "labels_out_of_range"),
        ("y = y + 1", 11, "config_has_more"),
        ("y = y + 1\ny = y - 1", 10, "agree"),
        ("y = y + 1\ny = y - y.min()", 10, "agree"),
    ],
)
def test_labels_that_are_shifted(tmp_path, lines, units, state):
    text = f"""from tensorflow import keras
(x, y), _ = keras.datasets.mnist.load_data()
{lines}
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense({units}, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y, epochs=9)
"""
    assert read(tmp_path, text).state("compare_class_counts") == state
