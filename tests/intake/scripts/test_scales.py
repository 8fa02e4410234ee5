"""Tables and images that reach the network as they stand in their files."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.reading import changed, read

FINDING = "input_scaling"
FRAME = 'import pandas as pd\nNAMES = ["income_eur", "age", "accountDays", "children"]\nframe = pd.read_csv({})\n'
PICKED = 'x, y = frame[NAMES].to_numpy("float32"), frame["missed"].values'
SCALED = "scaler = StandardScaler()\nx_train = scaler.fit_transform(x_train)\nx_val = scaler.transform(x_val)\n"


def program(data, file='"customers.csv"'):
    start, end = TABLE.index("table = "), TABLE.index("x_train, x_val, y_train")
    return changed(TABLE, (TABLE[start:end], f"{FRAME.format(file)}{data}\n"), (SCALED, ""))


def test_columns_of_money_and_time_as_they_are(tmp_path):
    assert read(tmp_path, program(PICKED)).shows(FINDING, "frame[NAMES]") == "raw"


@pytest.mark.parametrize("step", ["", ".apply(pd.to_numeric)", ".apply(pd.to_numeric).dropna()"])
def test_columns_that_are_read_as_numbers_stay_as_they_are(tmp_path, step):
    data = f'x, y = frame[NAMES]{step}.values, frame["missed"].values'
    assert read(tmp_path, program(data)).shows(FINDING, "frame[NAMES]") == "raw"


@pytest.mark.parametrize(
    "data",
    [
        f"frame[NAMES] = StandardScaler().fit_transform(frame[NAMES])\n{PICKED}",
        f"frame[NAMES] = (frame[NAMES] - frame[NAMES].mean()) / frame[NAMES].std()\n{PICKED}",
        f"for name in NAMES:\n    frame[name] = frame[name] / frame[name].max()\n{PICKED}",
        f"frame['age'] /= 100\n{PICKED}",
        'x, y = np.log1p(frame[NAMES]), frame["missed"].values',
        'x, y = frame[NAMES].apply(lambda column: column / column.max()), frame["missed"].values',
        'x, y = frame[NAMES].values / np.array([1e5, 1e2, 1e3, 1]), frame["missed"].values',
        'x, y = frame[["V1", "V2", "age"]].values, frame["missed"].values',
        'x, y = frame.drop(columns="missed").values, frame["missed"].values',
    ],
)
def test_columns_that_are_scaled_or_of_which_nothing_is_told(tmp_path, data):
    assert read(tmp_path, program(data)).state(FINDING) != "raw"


def test_a_file_that_says_it_was_prepared(tmp_path):
    assert read(tmp_path, program(PICKED, '"customers_scaled.csv"')).state(FINDING) != "raw"


@pytest.mark.parametrize("first", ["tf.keras.layers.Normalization()", "tf.keras.layers.BatchNormalization()"])
def test_a_network_that_scales_its_inputs(tmp_path, first):
    text = changed(program(PICKED), ("h = Dense(64)(inputs)", f"h = Dense(64)({first}(inputs))"))
    assert read(tmp_path, text).state(FINDING) != "raw"


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ('frame = pd.read_csv("data/winequality-red.csv", sep=";")\nx = frame.drop(columns="quality").values', "raw"),
        ('x = np.loadtxt("pima-indians-diabetes.csv", delimiter=",")[:, :8]', "raw"),
        ("from sklearn.datasets import load_wine\nx, y = load_wine(return_X_y=True)", "raw"),
        ("from sklearn.datasets import load_iris\nx, y = load_iris(return_X_y=True)", None),
        ("from sklearn.datasets import load_diabetes\nx, y = load_diabetes(return_X_y=True)", None),
    ],
)
def test_tables_that_are_known_by_name(tmp_path, data, state):
    assert read(tmp_path, program(f'y = np.load("y.npy")\n{data}')).state(FINDING) == state


DECODED = """def load(path, label):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    image = tf.image.resize(image, (64, 64)){}
    return image, label


files, labels = np.load("files.npy"), np.load("labels.npy")
train = tf.data.Dataset.from_tensor_slices((files, labels)).shuffle(999).map(load).batch(32)
"""


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("", "raw"),
        (" / 255.0", "zero_to_one"),
        ("\n    image = tf.image.convert_image_dtype(image, tf.float32)", "zero_to_one"),
        ("\n    image = tf.image.per_image_standardization(image)", "standardised"),
    ],
)
def test_images_that_are_decoded_in_a_map(tmp_path, step, state):
    text = changed(TABLE, (TABLE[TABLE.index("table = ") : TABLE.index("inputs = Input")], DECODED.format(step)))
    text = changed(text, ("Dense(64)(inputs)", "tf.keras.layers.Conv2D(16, 3)(inputs)"))
    text = changed(text, (text[text.index("model.fit(") :].strip(), "model.fit(train, epochs=5)"))
    assert read(tmp_path, text).state(FINDING) == state


BY_HAND = """import numpy as np
import pandas as pd
import torch
from torch import nn

cars = pd.read_csv("cars.csv")[["year", "km_driven", "mileage", "seats"]].apply(pd.to_numeric)
y = torch.tensor(np.load("y.npy"))
x = cars.to_numpy(dtype=np.float32)
{}
x = torch.from_numpy(x)
model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(20):
    order = torch.randperm(len(x))
    for i in range(0, len(order), 64):
        rows = order[i : i + 64]
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("step", "state"),
    [("", "raw"), ("x = (x - x.mean(axis=0)) / x.std(axis=0)", "standardised"), ("x = prepared(x)", None)],
)
def test_columns_of_which_a_loop_takes_its_batches_by_hand(tmp_path, step, state):
    assert read(tmp_path, BY_HAND.format(step)).state(FINDING) == state
