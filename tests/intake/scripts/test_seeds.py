"""Orders that are the same in each epoch, since random numbers begin anew or the order was kept."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

FINDING = "shuffling"
BY_HAND = """for epoch in range(9):
    {}
    for i in range(0, len(x), 32):
        rows = order[i : i + 32]
        optimizer.zero_grad()
        loss = criterion(net(torch.from_numpy(x[rows])), torch.from_numpy(y[rows]))
        loss.backward()
        optimizer.step()
"""


def by_hand(lines):
    return changed(ROWS, (ROWS[ROWS.index("for epoch") :], BY_HAND.format(lines)))


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("np.random.seed(0)\n    order = np.random.permutation(len(x))", "once"),
        ("rng = np.random.default_rng(42)\n    order = rng.permutation(len(x))", "once"),
        ("torch.manual_seed(1)\n    order = torch.randperm(len(x))", "once"),
        ("same = torch.Generator().manual_seed(0)\n    order = torch.randperm(len(x), generator=same)", "once"),
        ("order = np.random.permutation(len(x))", "every_epoch"),
        ("rng = np.random.default_rng(epoch)\n    order = rng.permutation(len(x))", "every_epoch"),
        ("torch.manual_seed(100 + epoch)\n    order = torch.randperm(len(x))", "every_epoch"),
        ("rng = np.random.default_rng()\n    order = rng.permutation(len(x))", "every_epoch"),
    ],
)
def test_batches_by_hand_have_one_order_where_each_epoch_has_the_same_seed(tmp_path, lines, state):
    assert read(tmp_path, by_hand(lines)).state(FINDING) == state


@pytest.mark.parametrize(
    ("before", "inside", "state"),
    [
        ("", "    torch.manual_seed(7)\n", "once"),
        ("torch.manual_seed(7)\n", "", "every_epoch"),
        ("", "    torch.manual_seed(7 + epoch)\n", "every_epoch"),
        ("", "    torch.manual_seed(options.seed)\n", "once"),
        ("seed = 7\n", "    torch.manual_seed(seed)\n", "once"),
        ("seed = chosen()\n", "    torch.manual_seed(seed)\n", "once"),
        ("", "    seed = 7 + epoch\n    torch.manual_seed(seed)\n", "every_epoch"),
        ("", "    seed = random.randint(0, 999)\n    torch.manual_seed(seed)\n", "every_epoch"),
        ("seed = 7\n", "    seed += 1\n    torch.manual_seed(seed)\n", "every_epoch"),
        ("def begin(seed):\n    torch.manual_seed(seed)\n\n", "    begin(7)\n", "once"),
        ("def begin(seed):\n    torch.manual_seed(seed)\n\n", "    begin(7 + epoch)\n", "every_epoch"),
    ],
)
def test_a_loader_has_one_order_where_each_epoch_has_the_same_seed(tmp_path, before, inside, state):
    text = changed(ROWS, ("for epoch in range(30):\n", f"{before}for epoch in range(30):\n{inside}"))
    assert read(tmp_path, text).state(FINDING) == state


def test_a_seed_for_each_fold_leaves_each_epoch_an_order_of_its_own(tmp_path):
    epochs = ROWS[ROWS.index("for epoch") :]
    lines = "".join(f"    {line}\n" for line in epochs.splitlines())
    folds = f"for fold in range(5):\n    torch.manual_seed(7)\n{lines}"
    assert read(tmp_path, changed(ROWS, (epochs, folds))).state(FINDING) == "every_epoch"


def over_data(made):
    """The table as a data set that is made so."""
    text = changed(TABLE, (TABLE[TABLE.index("table = ") : TABLE.index("inputs = Input")], f"train = {made}\n"))
    return changed(text, (text[text.index("model.fit(") :].strip(), "model.fit(train, epochs=5)"))


@pytest.mark.parametrize(
    ("chain", "state"),
    [
        (".shuffle(999).cache().batch(32)", "once"),
        (".shuffle(999).batch(32).cache('kept').prefetch(2)", "once"),
        (".cache().shuffle(999).batch(32)", "every_epoch"),
        (".shuffle(999).cache().shuffle(999).batch(32)", "every_epoch"),
    ],
)
def test_a_cache_behind_the_last_shuffle_keeps_its_order(tmp_path, chain, state):
    text = over_data(f'tf.data.TFRecordDataset("rows.tfrecord").map(parse){chain}')
    assert read(tmp_path, text).state(FINDING) == state


@pytest.mark.parametrize(("chain", "state"), [(".cache()", "once"), (".cache().shuffle(99)", "every_epoch")])
def test_a_cache_behind_folders_of_images_keeps_their_order(tmp_path, chain, state):
    text = over_data(f'tf.keras.utils.image_dataset_from_directory("images"){chain}')
    assert read(tmp_path, text).state(FINDING) == state
