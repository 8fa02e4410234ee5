"""Shuffling, pairing, splits and scaling of the data."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES, TABLE
from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

SPLIT = "x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=0)"
SCALED = 'pictures = pictures.astype("float32") / 255.0\ntest_pictures = test_pictures.astype("float32") / 255.0\n'
FIT = "model.fit(x_train, y_train, epochs=50, batch_size=32,"
VALIDATION = "validation_data=(test_pictures, test_labels)"
SLICES = "model.fit(tf.data.Dataset.from_tensor_slices((x_train, y_train))"
GENERATOR = """def batches(x, y, size):
    order = np.arange(len(x))
{}    while True:
{}        for i in range(0, len(x), size):
            yield x[order[i:i + size]], y[order[i:i + size]]
model = Model"""


@pytest.mark.parametrize(
    ("program", "change", "words", "state"),
    [
        (DIGITS, ("shuffle=True", "shuffle=True"), "DataLoader(train_set", "every_epoch"),
        (DIGITS, ("shuffle=True", "shuffle=False"), "DataLoader(train_set", "not_shuffled"),
        (DIGITS, (", shuffle=True", ""), "DataLoader(train_set", "not_shuffled"),
        (ROWS, ("shuffle=True", "sampler=torch.utils.data.RandomSampler(rows)"), "RandomSampler", "every_epoch"),
        (ROWS, ("shuffle=True", "sampler=torch.utils.data.DistributedSampler(rows)"), "DistributedSampler", "once"),
        (PICTURES, ("epochs=20", "epochs=20"), "model.fit", "every_epoch"),
        (PICTURES, ("epochs=20", "epochs=20, shuffle=False"), "shuffle=False", "not_shuffled"),
        (TABLE, (FIT, SLICES + ".batch(32),"), "Dataset", "once"),
        (TABLE, (FIT, SLICES + ".shuffle(99).batch(8),"), "shuffle", "every_epoch"),
        (TABLE, (FIT, SLICES + ".shuffle(99, reshuffle_each_iteration=False).batch(8),"), "shuffle", "once"),
        (TABLE, ("x = table", "random.shuffle(table)\nx = table"), "random.shuffle", "in_place_on_arrays"),
        (
            ROWS,
            ("rows = ", "for i in range(len(x)):\n    j = random.randint(0, i)\n    x[i], x[j] = x[j], x[i]\nrows = "),
            "x[i], x[j]",
            "in_place_on_arrays",
        ),
    ],
)
def test_how_training_data_are_shuffled(tmp_path, program, change, words, state):
    assert read(tmp_path, changed(program, change)).shows("shuffling", words) == state


@pytest.mark.parametrize(
    ("before", "inside", "state"),
    [("    np.random.shuffle(order)\n", "", "once"), ("", "        np.random.shuffle(order)\n", "every_epoch")],
)
def test_a_generator_that_shuffles_in_front_of_or_inside_its_loop(tmp_path, before, inside, state):
    fit = (FIT, "model.fit(batches(x_train, y_train, 32), steps_per_epoch=100, epochs=50,")
    text = changed(TABLE, ("model = Model", GENERATOR.format(before, inside)), fit)
    assert read(tmp_path, text).shows("shuffling", "np.random.shuffle(order)") == state


def test_shuffling_of_what_is_no_array_in_two_dimensions_is_no_fault(tmp_path):
    lists = (
        "files = [line for line in open('list.txt')]\nrandom.shuffle(files)\n"
        "order = list(range(9))\nrandom.shuffle(order)\n"
    )
    assert read(tmp_path, changed(ROWS, ("rows = ", f"{lists}rows = "))).faults() == {}


def test_an_unknown_data_set_is_not_said_to_be_in_order(tmp_path):
    text = changed(ROWS, ("rows = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))", "rows = stream()"))
    reading = read(tmp_path, changed(text, (", shuffle=True", "")))
    assert reading.state("shuffling") is None


@pytest.mark.parametrize(
    "lines",
    [
        "np.random.shuffle(x)\nnp.random.shuffle(y)\n",
        "np.random.seed(1)\nnp.random.shuffle(x)\nnp.random.shuffle(y)\n",
        "np.random.shuffle(x)\n",
        "x = x[np.random.permutation(len(x))]\ny = y[np.random.permutation(len(y))]\n",
        "rng = np.random.default_rng(0)\nrng.shuffle(x)\nrng.shuffle(y)\n",
    ],
)
def test_inputs_and_labels_that_are_shuffled_apart(tmp_path, lines):
    reading = read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = ")))
    assert reading.state("inspect_pairing") == "shifted_or_mixed"
    assert reading.found("inspect_pairing").place.words in lines


@pytest.mark.parametrize(
    "lines",
    [
        "np.random.seed(1)\nnp.random.shuffle(x)\nnp.random.seed(1)\nnp.random.shuffle(y)\n",
        "state = np.random.get_state()\nnp.random.shuffle(x)\nnp.random.set_state(state)\nnp.random.shuffle(y)\n",
        "order = np.random.permutation(len(x))\nx, y = x[order], y[order]\n",
        "from sklearn.utils import shuffle\nx, y = shuffle(x, y)\n",
        "from sklearn.utils import shuffle\nx = shuffle(x, random_state=3)\ny = shuffle(y, random_state=3)\n",
        "order = np.arange(len(x))\nnp.random.shuffle(order)\nx, y = x[order], y[order]\n",
        "table = np.load('t.npy')\nnp.random.shuffle(table)\nx, y = table[:, 1:], table[:, 0]\n",
        "pairs = list(zip(x, y))\nrandom.shuffle(pairs)\nx, y = zip(*pairs)\n",
    ],
)
def test_inputs_and_labels_that_stay_together(tmp_path, lines):
    assert read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = "))).state("inspect_pairing") is None


def test_inputs_and_labels_that_are_split_apart(tmp_path):
    apart = (
        "x_train, x_val = train_test_split(x, test_size=0.2{})\ny_train, y_val = train_test_split(y, test_size=0.2{})"
    )
    assert read(tmp_path, changed(TABLE, (SPLIT, apart.format("", "")))).state("inspect_pairing") == "shifted_or_mixed"
    seeded = apart.format(", random_state=1", ", random_state=1")
    assert read(tmp_path, changed(TABLE, (SPLIT, seeded))).faults() == {}


@pytest.mark.parametrize(
    ("program", "changes"),
    [
        (DIGITS, [('"data", train=False', '"data", train=True')]),
        (DIGITS, [("DataLoader(val_set", "DataLoader(train_set")]),
        (PICTURES, [(VALIDATION, "validation_data=(pictures, labels)")]),
        (
            PICTURES,
            [
                ("model = keras", "held, held_labels = pictures[:500], labels[:500]\nmodel = keras"),
                (VALIDATION, "validation_data=(held, held_labels)"),
            ],
        ),
        (
            PICTURES,
            [
                (
                    "model = keras",
                    "held, held_labels = pictures[40000:], labels[40000:]\n"
                    "pictures, labels = pictures[:45000], labels[:45000]\nmodel = keras",
                ),
                (VALIDATION, "validation_data=(held, held_labels)"),
            ],
        ),
        (TABLE, [(SPLIT, "from imblearn.over_sampling import SMOTE\nx, y = SMOTE().fit_resample(x, y)\n" + SPLIT)]),
        (TABLE, [(SPLIT, "x, y = np.repeat(x, 3, axis=0), np.repeat(y, 3, axis=0)\n" + SPLIT)]),
    ],
)
def test_validation_data_that_are_trained_on(tmp_path, program, changes):
    assert read(tmp_path, changed(program, *changes)).state("find_leaked_samples") == "found"


@pytest.mark.parametrize(
    "lines",
    [
        "held, held_labels = pictures[:500], labels[:500]\npictures, labels = pictures[500:], labels[500:]\n",
        "held, held_labels = pictures[-500:], labels[-500:]\npictures, labels = pictures[:-500], labels[:-500]\n",
        "n = int(0.9 * len(pictures))\nheld, held_labels = pictures[n:], labels[n:]\n"
        "pictures, labels = pictures[:n], labels[:n]\n",
        "from sklearn.model_selection import train_test_split\n"
        "pictures, held, labels, held_labels = train_test_split(pictures, labels)\n",
        "held, held_labels = held_out(pictures, labels)\n",
    ],
)
def test_parts_that_do_not_overlap_are_no_leak(tmp_path, lines):
    change = (VALIDATION, "validation_data=(held, held_labels)")
    assert read(tmp_path, changed(PICTURES, ("model = keras", f"{lines}model = keras"), change)).faults() == {}


@pytest.mark.parametrize(
    ("program", "change", "words"),
    [
        (PICTURES, ('test_pictures = test_pictures.astype("float32") / 255.0\n', ""), "test_pictures"),
        (
            PICTURES,
            (
                SCALED,
                "pictures = (pictures - pictures.mean()) / pictures.std()\n"
                "test_pictures = (test_pictures - test_pictures.mean()) / test_pictures.std()\n",
            ),
            "test_pictures.mean()",
        ),
        (TABLE, ("scaler.transform(x_val)", "scaler.fit_transform(x_val)"), "fit_transform(x_val)"),
        (TABLE, ("scaler.transform(x_val)", "StandardScaler().fit_transform(x_val)"), "fit_transform(x_val)"),
        (TABLE, ("x_val = scaler.transform(x_val)\n", ""), "model.fit"),
        (DIGITS, ("train=False, transform=steps", "train=False, transform=transforms.ToTensor()"), "ToTensor()"),
    ],
)
def test_validation_data_that_are_prepared_otherwise(tmp_path, program, change, words):
    assert read(tmp_path, changed(program, change)).shows("compare_preprocessing", words) == "differs"


@pytest.mark.parametrize(
    "lines",
    [
        "mean, std = pictures.mean(), pictures.std()\npictures = (pictures - mean) / std\n"
        "test_pictures = (test_pictures - mean) / std\n",
        "pictures = pictures.reshape(-1, 32, 32, 3) / 127.5 - 1\n"
        "test_pictures = test_pictures.reshape(-1, 32, 32, 3) / 127.5 - 1\n",
        "pictures, test_pictures = prepared(pictures), prepared(test_pictures)\n",
        "def prepared(x):\n    x = x.astype('float32')\n    return x / 255\n"
        "pictures, test_pictures = prepared(pictures), prepared(test_pictures)\n",
    ],
)
def test_validation_data_that_are_prepared_alike(tmp_path, lines):
    assert read(tmp_path, changed(PICTURES, (SCALED, lines))).faults() == {}


def test_pixels_that_are_not_scaled(tmp_path):
    assert read(tmp_path, changed(PICTURES, (SCALED, ""))).state("input_scaling") == "raw"


@pytest.mark.parametrize(
    ("lines", "layer", "state"),
    [
        (SCALED, "", "zero_to_one"),
        ("", "model.add(layers.Rescaling(1 / 255))\n", "zero_to_one"),
        ("", "model.add(layers.BatchNormalization())\n", None),
        ("pictures = prepared(pictures)\ntest_pictures = prepared(test_pictures)\n", "", None),
    ],
)
def test_pixels_that_are_scaled_or_may_be(tmp_path, lines, layer, state):
    change = ("model.add(layers.Conv2D(32", f"{layer}model.add(layers.Conv2D(32")
    assert read(tmp_path, changed(PICTURES, (SCALED, lines), change)).state("input_scaling") == state


@pytest.mark.parametrize(("units", "state"), [(8, "labels_out_of_range"), (10, "agree"), (12, "config_has_more")])
def test_classes_against_units(tmp_path, units, state):
    digits = read(tmp_path, changed(DIGITS, ("n_classes=10", f"n_classes={units}")))
    assert digits.shows("compare_class_counts", "self.fc2 =") == state
    pictures = read(
        tmp_path, changed(PICTURES, ('Dense(10, activation="softmax"', f'Dense({units}, activation="softmax"'))
    )
    assert pictures.shows("compare_class_counts", f"Dense({units}") == state


def test_labels_that_are_worked_out_are_not_counted(tmp_path):
    text = changed(
        DIGITS, ("n_classes=10", "n_classes=2"), ("criterion(outputs, labels)", "criterion(outputs, labels % 2)")
    )
    assert read(tmp_path, text).state("compare_class_counts") is None


BY_HAND = """for epoch in range(30):
{before}    for i in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(net({x}), {y})
        loss.backward()
        optimizer.step()
"""
REORDERED = "    order = np.random.permutation(len(x))\n    x, y = x[order], y[order]\n"
LOOP = ROWS[ROWS.index("for epoch") :]


@pytest.mark.parametrize(
    ("before", "x", "y", "state"),
    [
        ("", "x[i:i + 32]", "y[i:i + 32]", "not_shuffled"),
        (REORDERED, "x[i:i + 32]", "y[i:i + 32]", "every_epoch"),
        ("    order = torch.randperm(len(x))\n", "x[order[i:i + 32]]", "y[order[i:i + 32]]", "every_epoch"),
    ],
)  # fmt: skip
def test_batches_that_are_cut_by_hand(tmp_path, before, x, y, state):
    text = changed(ROWS, (LOOP, BY_HAND.format(before=before, x=x, y=y)))
    reading = read(tmp_path, text)
    assert reading.state("shuffling") == state
    assert reading.state("inspect_pairing") is None


def test_random_changes_of_validation_images_are_noted(tmp_path):
    own = "transform=transforms.Compose([transforms.RandomRotation(9), transforms.ToTensor(), steps.transforms[1]])"
    reading = read(tmp_path, changed(DIGITS, ("train=False, transform=steps", f"train=False, {own}")))
    assert any("at random too" in note for note in reading.told.notes)


ARCHIVE = """pack = np.load("table.npz")
x_train, y_train, x_val, y_val = pack["x"], pack["y"], pack["{}"], pack["yv"]"""


@pytest.mark.parametrize(("key", "faults"), [("xv", {}), ("x", {"find_leaked_samples": "found"})])
def test_arrays_of_one_file_are_apart_if_their_names_are(tmp_path, key, faults):
    scaling = "scaler = StandardScaler()\nx_train = scaler.fit_transform(x_train)\nx_val = scaler.transform(x_val)\n"
    assert read(tmp_path, changed(TABLE, (SPLIT, ARCHIVE.format(key)), (scaling, ""))).faults() == faults


@pytest.mark.parametrize(("split", "state"), [("test", None), ("train", "found")])
def test_parts_of_a_data_set_by_the_name_of_the_part(tmp_path, split, state):
    sets = [('MNIST("data", train=True', 'SVHN("data", "train"'), ('MNIST("data", train=False', f'SVHN("d", "{split}"')]
    reading = read(tmp_path, changed(DIGITS, *sets))
    assert reading.state("find_leaked_samples") == state
    assert reading.state("compare_class_counts") == "agree"


@pytest.mark.parametrize(("mode", "state"), [('"coarse"', "agree"), ("mode", None), ('"fine"', "labels_out_of_range")])
def test_the_coarse_labels_of_cifar100(tmp_path, mode, state):
    changes = [("cifar10.load_data()", f"cifar100.load_data(label_mode={mode})"), ("Dense(10,", "Dense(20,")]
    changes += [("labels = to_categorical(labels, 10)\n", ""), ("test_labels = to_categorical(test_labels, 10)\n", "")]
    changes += [("categorical_crossentropy", "sparse_categorical_crossentropy")]
    assert read(tmp_path, changed(PICTURES, *changes)).state("compare_class_counts") == state


def test_labels_that_are_picked_with_their_inputs_keep_their_order(tmp_path):
    lines = "order = np.random.permutation(len(x))\nx, y = x[order, :], y[order]\n"
    assert read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = "))).faults() == {}


@pytest.mark.parametrize("axis", ["axis=-1, keepdims=True", "axis=(1, 2), keepdims=True", "1, keepdims=True"])
def test_samples_that_are_scaled_each_by_itself_are_prepared_alike(tmp_path, axis):
    lines = f"""def prepared(x):
    return (x - x.mean({axis})) / (x.std({axis}) + 1e-8)
pictures, test_pictures = prepared(pictures), prepared(test_pictures)
"""
    assert read(tmp_path, changed(PICTURES, (SCALED, lines))).faults() == {}


def test_labels_of_a_list_are_picked_in_the_order_of_their_inputs(tmp_path):
    lines = "y = torch.tensor([ord(c) - 65 for c in open('letters.txt')])\norder = torch.randperm(len(x))\n"
    lines += "x, y = x[order], y[order]\n"
    assert read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = "))).state("inspect_pairing") is None


PARTED = """old, new = x[year < 2021], x[year >= 2021]
scaler = StandardScaler()
old = scaler.fit_transform(old)
new = scaler.{}(new)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(30):
    for rows in torch.randperm(len(old)).split(32):
        optimizer.zero_grad()
        loss = criterion(net(old[rows]), y[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(net(old).argmax(1), net(new).argmax(1))
"""


@pytest.mark.parametrize(("way", "state"), [("fit_transform", "differs"), ("transform", None)])
def test_rows_that_a_network_is_only_asked_about(tmp_path, way, state):
    text = "from sklearn.preprocessing import StandardScaler\n" + ROWS[: ROWS.index("rows = ")] + PARTED.format(way)
    assert read(tmp_path, text).state("compare_preprocessing") == state


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("rare = table[table[:, -1] == 1]\ntable = np.concatenate([table] + [rare] * 9)\n", "found"),
        ("table = np.concatenate([table, table])\n", "found"),
        ("table = np.concatenate([table[:, :5], table[:, 5:]], axis=1)\n", None),
        ("table = np.hstack([table[:, :5], table[:, 5:]])\n", None),
        ("table = np.concatenate([table, np.loadtxt('more.csv')])\n", None),
        ("table = np.concatenate([table[:90], table[90:]])\n", None),
    ],
)
def test_copies_of_rows_before_the_split(tmp_path, lines, state):
    text = changed(TABLE, ("x = table[:, :-1]", f"{lines}x = table[:, :-1]"))
    assert read(tmp_path, text).state("find_leaked_samples") == state


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (".shuffle(4096).cache().batch(32)", "once"),
        (".cache().shuffle(4096).batch(32)", "every_epoch"),
        (".map(parse).shuffle(4096).batch(32)", "every_epoch"),
        (".shuffle(4096, reshuffle_each_iteration=False).batch(32)", "once"),
        (".map(parse).batch(32)", None),
    ],
)
def test_records_of_tensorflow(tmp_path, steps, state):
    fit = f'model.fit(tf.data.TFRecordDataset("train.tfrecord"){steps}, epochs=50,'
    given = "model.fit(x_train, y_train, epochs=50, batch_size=32,"
    assert read(tmp_path, changed(TABLE, (given, fit))).state("shuffling") == state
