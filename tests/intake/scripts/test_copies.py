"""Copies of rows that are made before the split, and data that are split in ways that let rows into both parts."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

FINDING = "find_leaked_samples"
FRAME = """frame = pd.read_csv("firms.csv")
{}
train, val = train_test_split(frame, test_size=0.2, random_state=0)
features = [name for name in frame.columns if name != "failed"]
scaler = StandardScaler().fit(train[features])
x_train, y_train = scaler.transform(train[features]), train["failed"].values
x_val, y_val = scaler.transform(val[features]), val["failed"].values
"""
ARRAYS = """held = np.load("rows.npz")
x, y = held["x"], held["y"]
{}
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2)
"""
RARE = 'rare = frame[frame.failed == 1]\nmany = frame[frame["failed"] == 0]\n'


def program(data, fit="model.fit(x_train, y_train, epochs=5, validation_data=(x_val, y_val))"):
    start, end = TABLE.index("table = "), TABLE.index("inputs = Input")
    text = changed(TABLE, (TABLE[start:end], data))
    return changed(text, (text[text.index("model.fit(") :].strip(), fit), ("import random", "import pandas as pd"))


@pytest.mark.parametrize(
    "copies",
    [
        f"{RARE}frame = pd.concat([frame] + [rare] * 9)",
        f"{RARE}frame = pd.concat([many, rare.sample(len(many), replace=True)])",
        f"{RARE}frame = frame.append(rare)",
        f"{RARE}for _ in range(5):\n    frame = pd.concat([frame, rare])",
        f"{RARE}frame = pd.concat([many, sklearn.utils.resample(rare, n_samples=len(many))])",
        "frame = frame.loc[frame.index.repeat(frame['weight'])].reset_index(drop=True)",
        "frame = frame.loc[np.repeat(frame.index.values, np.where(frame.failed == 1, 9, 1))]",
        "frame = frame.groupby('failed').sample(n=5000, replace=True)",
        "frame = frame.groupby('failed', group_keys=False).apply(lambda part: part.sample(900, replace=True))",
    ],
)
def test_rows_of_a_table_that_are_copied_before_the_split(tmp_path, copies):
    text = program("import sklearn.utils\n" + FRAME.format(copies))
    assert read(tmp_path, text).state(FINDING) == "found"


@pytest.mark.parametrize(
    "parts",
    [
        f"{RARE}frame = pd.concat([many, rare])",
        f"{RARE}frame = pd.concat([rare, many.sample(len(rare), random_state=1)])",
        f"{RARE}frame = pd.concat([rare, sklearn.utils.resample(many, replace=False, n_samples=len(rare))])",
        "frame = pd.concat([frame, pd.read_csv('more.csv')])",
        "frame = pd.concat([frame, frame[['income']] ** 2], axis=1)",
        "frame = frame.drop_duplicates().sample(frac=1)",
    ],
)
def test_rows_of_a_table_of_which_none_is_copied(tmp_path, parts):
    assert read(tmp_path, program("import sklearn.utils\n" + FRAME.format(parts))).faults() == {}


@pytest.mark.parametrize(
    "copies",
    [
        "x, y = np.repeat(x, 4, axis=0), np.repeat(y, 4)",
        "x, y = np.tile(x, (4, 1)), np.tile(y, 4)",
        "rare = y == 1\nx = np.vstack([x, x[rare], x[rare]])\ny = np.concatenate([y, y[rare], y[rare]])",
        "x = np.concatenate([x, x + np.random.normal(0, 0.01, x.shape)])\ny = np.concatenate([y, y])",
        "x = np.concatenate([x, x[:, ::-1]])\ny = np.tile(y, 2)",
        "x = np.concatenate([x, np.flip(x, axis=2)])\ny = np.concatenate([y, y])",
        "rows = np.random.choice(len(x), size=9000)\nx, y = x[rows], y[rows]",
        "rows = np.random.default_rng(0).integers(0, len(x), 9000)\nx, y = x[rows], y[rows]",
        "from imblearn.over_sampling import SMOTE\nx, y = SMOTE().fit_resample(x, y)",
    ],
)
def test_arrays_whose_rows_are_copied_before_the_split(tmp_path, copies):
    assert read(tmp_path, program(ARRAYS.format(copies))).faults() == {FINDING: "found"}


@pytest.mark.parametrize(
    "parts",
    [
        "x = np.repeat(x[..., np.newaxis], 3, axis=-1)",
        "x = np.tile(x, (1, 3))",
        "x = np.hstack([x, np.log1p(x)])",
        "x = np.concatenate([x, x ** 2], axis=1)",
        "rows = np.random.choice(len(x), size=900, replace=False)\nx, y = x[rows], y[rows]",
        "from imblearn.under_sampling import RandomUnderSampler\nx, y = RandomUnderSampler().fit_resample(x, y)",
    ],
)
def test_arrays_whose_columns_are_copied_or_whose_rows_are_picked(tmp_path, parts):
    assert read(tmp_path, program(ARRAYS.format(parts))).state(FINDING) is None


COPIES = "rare = y == 1\nx = np.concatenate([x, x[rare]])\ny = np.concatenate([y, y[rare]])\n"
HELD = 'held = np.load("rows.npz")\nx, y = held["x"] / 255.0, held["y"]\n'
PARTS = "n = int(0.8 * len(x))\nx_train, y_train, x_val, y_val = x[:n], y[:n], x[n:], y[n:]\n"


def test_copies_and_a_split_by_slices(tmp_path):
    assert read(tmp_path, program(HELD + COPIES + PARTS)).state(FINDING) == "found"
    assert read(tmp_path, program(HELD + PARTS)).state(FINDING) is None


def test_copies_and_a_split_that_fit_makes(tmp_path):
    fit = "model.fit(x, y, epochs=5, validation_split=0.2)"
    assert read(tmp_path, program(HELD + COPIES, fit)).shows(FINDING, "np.concatenate([x, x[rare]])") == "found"
    assert read(tmp_path, program(HELD, fit)).state(FINDING) is None


def test_copies_of_the_training_rows_behind_the_split(tmp_path):
    data = ARRAYS.format("") + COPIES.replace("x", "x_train").replace("y", "y_train")
    assert read(tmp_path, program(data)).state(FINDING) is None


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (HELD + "x_train, y_train = x, y\nx_val, y_val = x[-500:], y[-500:]\n", "found"),
        (HELD + "x_train, y_train = x, y\n_, x_val, _, y_val = train_test_split(x, y)\n", "found"),
        (HELD + "x_train, x_val, y_train, y_val = train_test_split(x, y)\n", None),
        (HELD + "old = y > 2\nx_train, y_train, x_val, y_val = x[old], y[old], x[~old], y[~old]\n", None),
        (
            'frame = pd.read_csv("a.csv")\nheld = frame.fold == 3\ntrain, val = frame[~held], frame[held]\n'
            'x_train, y_train = train[["a", "b"]], train["t"]\nx_val, y_val = val[["a", "b"]], val["t"]\n',
            None,
        ),
        (
            'frame = pd.read_csv("a.csv")\ntrain = frame.sample(frac=0.8)\nval = frame.sample(frac=0.2)\n'
            'x_train, y_train = train[["a", "b"]], train["t"]\nx_val, y_val = val[["a", "b"]], val["t"]\n',
            "found",
        ),
        (
            'frame = pd.read_csv("a.csv")\ntrain = frame.sample(frac=0.8)\nval = frame.drop(train.index)\n'
            'x_train, y_train = train[["a", "b"]], train["t"]\nx_val, y_val = val[["a", "b"]], val["t"]\n',
            None,
        ),
        (
            'frame = pd.read_pickle("parts.pkl")\nx_train, y_train = frame["x_train"], frame["y_train"]\n'
            'x_val, y_val = frame["x_val"], frame["y_val"]\n',
            None,
        ),
    ],
)
def test_rows_that_are_in_both_parts(tmp_path, data, state):
    assert read(tmp_path, program(data)).state(FINDING) == state


def test_training_data_to_which_the_validation_data_are_joined(tmp_path):
    data = (
        ARRAYS.format("") + "x_train = np.concatenate([x_train, x_val])\ny_train = np.concatenate([y_train, y_val])\n"
    )
    assert read(tmp_path, program(data)).state(FINDING) == "found"


SETS = """pairs = tf.data.Dataset.from_tensor_slices((np.load("x.npy"), np.load("y.npy"))){}
val = {}.batch(32)
train = {}.batch(32)
"""
FIT = "model.fit(train, epochs=5, validation_data=val)"


@pytest.mark.parametrize(
    ("shuffle", "val", "train", "state"),
    [
        (".shuffle(5000)", "pairs.take(900)", "pairs.skip(900)", "found"),
        (".shuffle(5000, seed=1)", "pairs.take(900)", "pairs.skip(900)", "found"),
        (".shuffle(5000, reshuffle_each_iteration=False)", "pairs.take(900)", "pairs.skip(900)", None),
        (".shuffle(5000).cache()", "pairs.take(900)", "pairs.skip(900)", None),
        ("", "pairs.take(900)", "pairs.skip(900).shuffle(5000)", None),
        ("", "pairs.take(900)", "pairs.skip(500).shuffle(5000)", "found"),
        ("", "pairs.take(900)", "pairs.shuffle(5000)", "found"),
    ],
)
def test_data_sets_of_tensorflow_that_are_cut_in_two(tmp_path, shuffle, val, train, state):
    assert read(tmp_path, program(SETS.format(shuffle, val, train), FIT)).state(FINDING) == state


JOINED = "both = ConcatDataset({})\ntrain_rows, val_rows = random_split(both, [0.8, 0.2])\n"
CHECK = """
    with torch.no_grad():
        for a, b in val_loader:
            print(criterion(net(a), b))
"""


def halves(data, train="train_rows", val="val_rows"):
    loaders = f"loader = DataLoader({train}, 32, shuffle=True)\nval_loader = DataLoader({val}, 32)\n"
    text = changed(ROWS, ("loader = DataLoader(rows, batch_size=32, shuffle=True)\n", data + loaders))
    return changed(text, ("import DataLoader,", "import ConcatDataset, DataLoader, Subset, random_split,")) + CHECK


def test_a_data_set_that_is_joined_to_itself_and_split(tmp_path):
    other = 'other = TensorDataset(torch.load("a.pt"), torch.load("b.pt"))\n'
    assert read(tmp_path, halves(JOINED.format("[rows] * 4"))).state(FINDING) == "found"
    assert read(tmp_path, halves(JOINED.format("[rows, rows]"))).state(FINDING) == "found"
    assert read(tmp_path, halves(other + JOINED.format("[rows, other]"))).state(FINDING) is None


@pytest.mark.parametrize(("low", "state"), [("8000", None), ("7000", "found")])
def test_parts_of_a_random_order(tmp_path, low, state):
    data = "order = torch.randperm(len(rows))\n"
    text = halves(data, "Subset(rows, order[:8000])", f"Subset(rows, order[{low}:])")
    assert read(tmp_path, text).state(FINDING) == state
