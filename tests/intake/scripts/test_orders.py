"""The order in which rows come: sorted, shuffled once, or shuffled in each epoch."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

FIT = "model.fit(x_train, y_train, epochs=50, batch_size=32,"
SLICED = "model.fit(tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(32), epochs=50,"
APART = "x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=0)"
HELD_BACK = "x_train, x_val, y_train, y_val = x[:800], x[800:], y[:800], y[800:]"

LOOP = ROWS[ROWS.index("for epoch") :]
BATCHES = """
def batches(x, y, order, size):
    for start in range(0, len(order), size):
        rows = order[start:start + size]
        yield torch.from_numpy(x[rows]), torch.from_numpy(y[rows])

{before}for epoch in range(30):
{inside}    for a, b in batches(x, y, order, 32):
        optimizer.zero_grad()
        loss = criterion(net(a), b)
        loss.backward()
        optimizer.step()
"""
CUT = """{before}for epoch in range(30):
{inside}    for i in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(net(x[order[i:i + 32]]), y[order[i:i + 32]])
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("loop", [BATCHES, CUT])
@pytest.mark.parametrize(
    ("before", "inside", "state"),
    [
        ("order = np.random.permutation(len(x))\n", "", "once"),
        ("rng = np.random.default_rng(1)\norder = rng.permutation(len(x))\n", "", "once"),
        ("order = torch.randperm(len(x))\n", "", "once"),
        ("order = np.arange(len(x))\nnp.random.shuffle(order)\n", "", "once"),
        ("order = list(range(len(x)))\nrandom.shuffle(order)\n", "", "once"),
        ("order = np.arange(len(x))\n", "", "not_shuffled"),
        ("", "    order = np.random.permutation(len(x))\n", "every_epoch"),
        ("", "    order = torch.randperm(len(x))\n", "every_epoch"),
        ("order = np.arange(len(x))\n", "    np.random.shuffle(order)\n", "every_epoch"),
        ("order = list(range(len(x)))\n", "    random.shuffle(order)\n", "every_epoch"),
    ],
)
def test_batches_by_an_order_drawn_before_or_inside_the_epochs(tmp_path, loop, before, inside, state):
    reading = read(tmp_path, changed(ROWS, (LOOP, loop.format(before=before, inside=inside))))
    assert reading.state("shuffling") == state
    assert reading.state("inspect_pairing") is None


def test_a_function_of_batches_that_draws_their_order_itself(tmp_path):
    loop = BATCHES.replace("    for start", "    order = np.random.permutation(order)\n    for start")
    text = changed(ROWS, (LOOP, loop.format(before="order = np.arange(len(x))\n", inside="")))
    assert read(tmp_path, text).state("shuffling") == "every_epoch"


@pytest.mark.parametrize(
    "rows",
    ["np.random.randint(0, len(x), 32)", "np.random.choice(len(x), 32)", "torch.randint(len(x), (32,))"],
)
def test_rows_that_are_drawn_for_each_batch_are_no_order(tmp_path, rows):
    loop = f"""for epoch in range(30):
    for i in range(100):
        rows = {rows}
        optimizer.zero_grad()
        loss = criterion(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
"""
    reading = read(tmp_path, changed(ROWS, (LOOP, loop)))
    assert reading.faults() == {}


def test_a_batch_that_begins_at_random_is_not_in_order(tmp_path):
    loop = CUT.replace("order[i:i + 32]", "j:j + 32").replace("        optimizer.zero", "        {}optimizer.zero")
    drawn = "j = random.randint(0, len(x) - 32); "
    text = changed(ROWS, (LOOP, loop.format(drawn, before="", inside="")))
    assert read(tmp_path, text).state("shuffling") is None


@pytest.mark.parametrize(
    ("split", "state"),
    [
        (f"table = np.sort(table)\nx, y = table[:, :-1], table[:, -1]\n{HELD_BACK}", "not_shuffled"),
        (f"order = np.argsort(y)\nx, y = x[order], y[order]\n{HELD_BACK}", "not_shuffled"),
        (f"order = np.argsort(y)\nx, y = x[order], y[order]\n{APART}", "once"),
        (f"order = np.random.permutation(len(x))\nx, y = x[order], y[order]\n{HELD_BACK}", "once"),
        (HELD_BACK, "not_shuffled"),
    ],
)
def test_a_sort_undoes_a_shuffle_and_is_none(tmp_path, split, state):
    assert read(tmp_path, changed(TABLE, (APART, split), (FIT, SLICED))).state("shuffling") == state


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("x = np.random.permutation(x)\ny = np.random.permutation(y)\n", "permutation(y)"),
        ("from sklearn.utils import shuffle\nx = shuffle(x)\ny = shuffle(y)\n", "shuffle(y)"),
        ("from sklearn import utils\nx = utils.shuffle(x)\n", "utils.shuffle(x)"),
        ("rng = np.random.default_rng(0)\nx = rng.permutation(x)\ny = rng.permutation(y)\n", "permutation(y)"),
        ("x = x[torch.randperm(len(x))]\ny = y[torch.randperm(len(y))]\n", "torch.randperm(len(y))"),
        ("y = y.sample(frac=1)\n", "sample"),
    ],
)
def test_the_line_in_which_inputs_and_labels_part(tmp_path, lines, words):
    reading = read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = ")))
    assert reading.shows("inspect_pairing", words) == "shifted_or_mixed"


@pytest.mark.parametrize(
    "lines",
    [
        "x = x.sample(frac=1, random_state=4)\ny = y.sample(frac=1, random_state=4)\n",
        "x = x.sample(frac=1)\ny = y.loc[x.index]\n",
        "order = np.random.permutation(len(x))\nhalf = order[:500]\nx, y = x[half], y[half]\n",
        "order = list(range(len(x)))\nrandom.shuffle(order)\nx, y = x[order], y[order]\n",
        "order = np.argsort(y)\nx, y = x[order], y[order]\n",
        "kept = np.where(y > 0)\nx, y = x[kept], y[kept]\n",
        "x, y = x[y > 0], y[y > 0]\n",
        "unused = np.random.permutation(x)\n",
    ],
)
def test_rows_that_are_picked_together_stay_together(tmp_path, lines):
    assert read(tmp_path, changed(ROWS, ("rows = ", f"{lines}rows = "))).faults() == {}


def test_two_parts_of_one_order_do_not_overlap(tmp_path):
    apart = "order = np.random.permutation(len(x))\nx_val, x_train = x[order[:90]], x[order[90:]]\n"
    apart += "y_val, y_train = y[order[:90]], y[order[90:]]"
    assert read(tmp_path, changed(TABLE, (APART, apart))).faults() == {}
    over = apart.replace("order[90:]", "order[50:]")
    assert read(tmp_path, changed(TABLE, (APART, over))).faults() == {"find_leaked_samples": "found"}


@pytest.mark.parametrize(
    ("train", "val", "faults"),
    [
        ("order[:800]", "order[800:]", {}),
        ("order[:-200]", "order[-200:]", {}),
        ("order[:800]", "order[700:]", {"find_leaked_samples": "found"}),
    ],
)
def test_subsets_by_numbers_of_rows(tmp_path, train, val, faults):
    loaders = f"""order = torch.randperm(len(rows))
loader = DataLoader(torch.utils.data.Subset(rows, {train}), batch_size=32, shuffle=True)
val_loader = DataLoader(torch.utils.data.Subset(rows, {val}), batch_size=32)
"""
    check = (
        "    net.eval()\n    with torch.no_grad():\n        for a, b in val_loader:\n            criterion(net(a), b)\n"
    )
    text = changed(ROWS, ("loader = DataLoader(rows, batch_size=32, shuffle=True)\n", loaders))
    text = changed(text, ("for epoch in range(30):\n", "for epoch in range(30):\n    net.train()\n"))
    assert read(tmp_path, text + check).faults() == faults
