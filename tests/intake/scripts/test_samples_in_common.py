"""The same samples in training and validation: one folder twice, one data set twice, parts of the same draw or not."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

SETS = """train_set = datasets.MNIST("data", train=True, download=True, transform=steps)
val_set = datasets.MNIST("data", train=False, transform=steps)
"""
OWN = """
class Table(torch.utils.data.Dataset):
    def __init__(self, path, part="all", augment=False, transform=None):
        self.rows = np.loadtxt(path)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i, 1:], self.rows[i, 0]


loader = DataLoader({}, batch_size=32, shuffle=True)
val_loader = DataLoader({}, batch_size=32)
"""
CHECK = "    net.eval()\n    with torch.no_grad():\n        for a, b in val_loader:\n            criterion(net(a), b)\n"
LOADER = "loader = DataLoader(rows, batch_size=32, shuffle=True)\n"
FOLDERS = """from tensorflow import keras
from keras.preprocessing.image import ImageDataGenerator
made = ImageDataGenerator(rescale=1 / 255)
train = {}
val = {}
model = keras.Sequential([keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.Flatten(),
                          keras.layers.Dense(4, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train, validation_data=val, epochs=9)
"""


@pytest.mark.parametrize(
    ("before", "train", "val"),
    [
        ("", '"data/train"', '"data/train"'),
        ("", '"data/train"', '"./data/train/"'),
        ('import os\nROOT = "data"\n', 'os.path.join(ROOT, "train")', 'os.path.join(ROOT, "train")'),
        ("import os\n", 'os.path.join("data", "train")', '"data/train"'),
        ('from pathlib import Path\nROOT = Path("data")\n', 'ROOT / "train"', 'ROOT / "train"'),
        ('ROOT = "data"\n', 'f"{ROOT}/train"', 'ROOT + "/train"'),
        ("import sys, os\nROOT = sys.argv[1]\n", 'os.path.join(ROOT, "train")', 'os.path.join(ROOT, "train")'),
        (
            'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--root")\n'
            "args = parser.parse_args()\n",
            'f"{args.root}/train"',
            'args.root + "/train"',
        ),
    ],
)
def test_one_folder_for_both(tmp_path, before, train, val):
    sets = f"{before}train_set = datasets.ImageFolder({train}, steps)\nval_set = datasets.ImageFolder({val}, steps)\n"
    reading = read(tmp_path, changed(DIGITS, (SETS, sets)))
    assert reading.shows("find_leaked_samples", "val_set = ") == "found"


@pytest.mark.parametrize(
    ("before", "train", "val"),
    [
        ("", '"data/train", steps', '"data/val", steps'),
        ("", "folder(), steps", "folder(), steps"),
        ("", '"data", steps, is_valid_file=is_train', '"data", steps, is_valid_file=is_val'),
        ("import sys\nROOT = sys.argv[1]\n", 'f"{ROOT}/train"', 'f"{ROOT}/val"'),
        (
            'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--train-dir", required=True)\n'
            'parser.add_argument("--val-dir", required=True)\nargs = parser.parse_args()\n',
            "args.train_dir",
            "args.val_dir",
        ),
        (
            'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--a", default="data")\n'
            'parser.add_argument("--b", default="data")\nargs = parser.parse_args()\n',
            "args.a",
            "args.b",
        ),
    ],
)
def test_folders_that_are_two_or_may_be(tmp_path, before, train, val):
    sets = f"{before}train_set = datasets.ImageFolder({train})\nval_set = datasets.ImageFolder({val})\n"
    assert read(tmp_path, changed(DIGITS, (SETS, sets))).state("find_leaked_samples") is None


def test_two_views_of_one_folder_that_are_cut_apart_afterwards(tmp_path):
    sets = """order = torch.randperm(9000).tolist()
train_set = torch.utils.data.Subset(datasets.ImageFolder("data", steps), order[:8000])
val_set = torch.utils.data.Subset(datasets.ImageFolder("data", steps), order[8000:])
"""
    assert read(tmp_path, changed(DIGITS, (SETS, sets))).state("find_leaked_samples") is None


@pytest.mark.parametrize(
    ("train", "val", "faults"),
    [
        ('Table("train.csv")', 'Table("train.csv")', {"find_leaked_samples": "found"}),
        ('Table("a.csv", augment=True)', 'Table("a.csv", augment=False)', {"find_leaked_samples": "found"}),
        ('Table("train.csv")', 'Table("val.csv")', {}),
        ('Table("all.csv", "train")', 'Table("all.csv", "val")', {}),
        ('Table("all.csv", part="train")', 'Table("all.csv", part="val")', {}),
        ("Table(files[0])", "Table(files[1])", {}),
    ],
)
def test_a_data_set_of_ones_own_made_twice(tmp_path, train, val, faults):
    text = changed(
        ROWS,
        (LOADER, OWN.format(train, val)),
        ("for epoch in range(30):\n", "for epoch in range(30):\n    net.train()\n"),
    )
    assert read(tmp_path, text + CHECK).faults() == faults


@pytest.mark.parametrize(
    ("train", "val", "state"),
    [
        ('made.flow_from_directory("train")', 'made.flow_from_directory("train", shuffle=False)', "found"),
        ('made.flow_from_directory("train")', 'made.flow_from_directory("val", shuffle=False)', None),
        (
            'made.flow_from_directory("all", subset="training", seed=1)',
            'made.flow_from_directory("all", subset="validation", seed=2)',
            None,
        ),
        (
            'made.flow_from_dataframe(train_frame, directory="all")',
            'made.flow_from_dataframe(val_frame, directory="all")',
            None,
        ),
        (
            'keras.utils.image_dataset_from_directory("all", validation_split=0.2, subset="training", seed=1)',
            'keras.utils.image_dataset_from_directory("all", validation_split=0.2, subset="validation", seed=2)',
            "found",
        ),
        (
            'keras.utils.image_dataset_from_directory("all", validation_split=0.2, subset="training", seed=1)',
            'keras.utils.image_dataset_from_directory("all", validation_split=0.2, subset="validation", seed=1)',
            None,
        ),
        (
            'keras.utils.image_dataset_from_directory("train").prefetch(1)',
            'keras.utils.image_dataset_from_directory("train", batch_size=99)',
            "found",
        ),
        ('keras.utils.image_dataset_from_directory("all")', "train.take(9)", None),
    ],
)
def test_folders_of_keras(tmp_path, train, val, state):
    reading = read(tmp_path, FOLDERS.format(train, val))
    assert (reading.shows("find_leaked_samples", "val = ") if state else reading.state("find_leaked_samples")) == state


def test_a_validation_that_is_one_expression(tmp_path):
    loop = (
        "        for images, labels in val_loader:\n            images, labels = images.to(device), labels.to(device)\n"
    )
    loop += "            outputs = model(images)\n            correct += (outputs.argmax(1) == labels).sum().item()\n"
    whole = "        correct = sum((model(a.to(device)).argmax(1).cpu() == b).sum() for a, b in val_loader)\n"
    right = changed(DIGITS, (loop, whole))
    assert read(tmp_path, right).faults() == {}
    leak = changed(right, ("DataLoader(val_set", "DataLoader(train_set"))
    assert read(tmp_path, leak).state("find_leaked_samples") == "found"
    apart = changed(right, ("train=False, transform=steps", "train=False, transform=transforms.ToTensor()"))
    assert read(tmp_path, apart).shows("compare_preprocessing", "val_set =") == "differs"
    still = changed(right, ("    model.eval()\n", ""))
    assert read(tmp_path, still).state("evaluation_code") == "mode_not_switched"
