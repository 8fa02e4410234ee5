"""Inputs and labels of which rows are left out, sorted, copied or drawn on one side alone."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.reading import changed, read

FINDING, APART = "inspect_pairing", "shifted_or_mixed"
FRAME = 'import pandas as pd\nframe = pd.read_csv("meter.csv")\nNAMES = ["load", "wind", "hour"]\n'
ARRAYS = 'held = np.load("rows.npz")\nx, y = held["x"], held["y"]\n'


def program(data, rest=""):
    start, end = TABLE.index("table = "), TABLE.index("x_train, x_val, y_train")
    return changed(TABLE, (TABLE[start:end], data + "\n")) + rest


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('x = frame[NAMES].dropna()\ny = frame["t"].values[: len(x)]', "[: len(x)]"),
        ('x = frame[NAMES].dropna()\ny = frame["t"].iloc[: len(x)]', "[: len(x)]"),
        ('x = frame[NAMES].dropna()\ny = frame["t"].head(len(x))', "head(len(x))"),
        ('x = frame[NAMES].dropna().to_numpy()\ny = frame["t"].to_numpy()[: x.shape[0]]', "shape[0]"),
        ('x = frame[NAMES].copy()\nx.dropna(inplace=True)\ny = frame["t"][: len(x)]', "len(x)"),
        ('x = frame[NAMES].drop_duplicates()\ny = frame["t"]', "drop_duplicates"),
        ('x = frame[frame["wind"] > 0][NAMES]\ny = frame["t"].values[: len(x)]', "len(x)"),
        ('x = frame[NAMES]\nx = x[x.notna().all(axis=1)]\ny = frame["t"].values[: len(x)]', "len(x)"),
        ('x = frame.sort_values("time")[NAMES]\ny = frame["t"]', "sort_values"),
        ('x = frame[NAMES].values\nframe = frame.sort_values("time")\ny = frame["t"].values', "sort_values"),
        ('x = frame[NAMES].values\nframe = frame.sample(frac=1)\ny = frame["t"].values', "sample(frac=1)"),
    ],
)
def test_rows_of_a_table_that_one_side_has_lost(tmp_path, data, words):
    assert read(tmp_path, program(FRAME + data)).shows(FINDING, words) == APART


@pytest.mark.parametrize(
    "data",
    [
        'frame = frame.dropna()\nx = frame[NAMES]\ny = frame["t"]',
        'frame.dropna(subset=NAMES, inplace=True)\nx = frame[NAMES].values\ny = frame["t"].values',
        'x = frame[NAMES].dropna(axis=1)\ny = frame["t"]',
        'x = frame[NAMES].dropna()\ny = frame.loc[x.index, "t"]',
        'x = frame[NAMES].dropna()\ny = frame["t"].loc[x.index]',
        'x = frame[NAMES].dropna()\ny = frame["t"].reindex(x.index)',
        'x = frame[NAMES].dropna()\ny = frame["t"][frame.index.isin(x.index)]',
        'kept = frame[NAMES].notna().all(axis=1)\nx = frame.loc[kept, NAMES]\ny = frame.loc[kept, "t"]',
        'x = frame[NAMES][frame["wind"] > 0]\ny = frame["t"][frame["wind"] > 0]',
        'frame.sort_values("time", inplace=True)\nx = frame[NAMES]\ny = frame["t"]',
        'names = pd.read_csv("names.csv")["name"].values\nx = frame[names]\ny = frame["t"]',
    ],
)
def test_rows_of_a_table_that_both_sides_keep(tmp_path, data):
    assert read(tmp_path, program(FRAME + data)).state(FINDING) is None


@pytest.mark.parametrize(
    "data",
    [
        "x = x[~np.isnan(x).any(axis=1)]\ny = y[: len(x)]",
        "bad = np.where(np.isnan(x).any(1))[0]\nx = np.delete(x, bad, axis=0)\ny = y[: len(x)]",
        "x = np.repeat(x, 3, axis=0)\ny = np.tile(y, 3)",
        "x = np.concatenate([x, x[:, ::-1]])\ny = np.repeat(y, 2)",
        "x = x[np.random.permutation(len(x))]\ny = y[np.random.permutation(len(y))]",
        "from sklearn.utils import shuffle\nx = shuffle(x)\ny = shuffle(y)",
    ],
)
def test_rows_of_arrays_that_are_brought_apart(tmp_path, data):
    assert read(tmp_path, program(ARRAYS + data)).state(FINDING) == APART


@pytest.mark.parametrize(
    "data",
    [
        "kept = ~np.isnan(x).any(axis=1)\nx, y = x[kept], y[kept]",
        "bad = np.where(np.isnan(x).any(1))[0]\nx = np.delete(x, bad, axis=0)\ny = np.delete(y, bad)",
        "y = y[: len(x)]",
        "x = np.repeat(x, 3, axis=0)\ny = np.repeat(y, 3)",
        "x = np.concatenate([x, x[:, ::-1]])\ny = np.tile(y, 2)",
        "x = np.stack([x[i : i + 20] for i in range(len(x) - 20)])\ny = y[20:]",
        "x = np.sort(x)",
    ],
)
def test_rows_of_arrays_that_stay_together(tmp_path, data):
    assert read(tmp_path, program(ARRAYS + data)).state(FINDING) is None


def test_windows_that_are_split_in_their_order(tmp_path):
    data = "x = np.stack([x[i : i + 20] for i in range(len(x) - 20)])\ny = y[20:]"
    text = changed(program(ARRAYS + data), ("random_state=0", "shuffle=False"))
    assert read(tmp_path, text).state(FINDING) is None


SETS = """xs = tf.data.Dataset.from_tensor_slices(np.load("x.npy") / 255.0){}
ys = tf.data.Dataset.from_tensor_slices(np.load("y.npy")){}
both = tf.data.Dataset.zip((xs, ys)){}.batch(32)
"""


@pytest.mark.parametrize(
    ("xs", "ys", "both", "state"),
    [
        (".shuffle(100)", ".shuffle(100)", "", APART),
        (".shuffle(100)", "", "", APART),
        (".shuffle(100, seed=1)", ".shuffle(100, seed=2)", "", APART),
        (".shuffle(100, seed=1)", ".shuffle(100, seed=1)", "", None),
        ("", "", ".shuffle(100)", None),
    ],
)
def test_data_sets_that_are_zipped(tmp_path, xs, ys, both, state):
    text = changed(TABLE, (TABLE[TABLE.index("table = ") : TABLE.index("inputs = Input")], SETS.format(xs, ys, both)))
    text = changed(text, (text[text.index("model.fit(") :].strip(), "model.fit(both, epochs=5)"))
    assert read(tmp_path, text).state(FINDING) == state


@pytest.mark.parametrize(("seed", "state"), [(", seed=1", None), (", seed=2", APART), ("", APART)])
def test_generators_of_images_and_of_masks(tmp_path, seed, state):
    data = f"""maker = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, rotation_range=9)
images = maker.flow(np.load("x.npy"), batch_size=8, seed=1)
masks = maker.flow(np.load("m.npy"), batch_size=8{seed})
"""
    text = changed(TABLE, (TABLE[TABLE.index("table = ") : TABLE.index("inputs = Input")], data))
    text = changed(text, (text[text.index("model.fit(") :].strip(), "model.fit(zip(images, masks), epochs=5)"))
    assert read(tmp_path, text).state(FINDING) == state
