import json
import math
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.event_files import field
from tests.history.files import cells, is_sound, read
from tests.history.outcomes import is_history_or_refusal
from triage.history import HistoryError

NAME = "run-abc.wandb"
BLOCK = 32768


def part(kind, data):
    return struct.pack("<IHB", zlib.crc32(bytes([kind]) + data), len(data), kind) + data


def file_of(*records):
    """Records laid into blocks of 32 KiB as LevelDB lays them."""
    out = bytearray(b":W&B\xe1\xbe\x00")
    for data in records:
        room = BLOCK - len(out) % BLOCK
        if room < 7:
            out += bytes(room)
            room = BLOCK
        if len(data) + 7 <= room:
            out += part(1, data)
            continue
        out += part(2, data[: room - 7])
        rest = data[room - 7 :]
        while len(rest) > BLOCK - 7:
            out += part(3, rest[: BLOCK - 7])
            rest = rest[BLOCK - 7 :]
        out += part(4, rest)
    return bytes(out)


def item(key, value):
    keys = b"".join(field(2, name.encode()) for name in key) if isinstance(key, tuple) else field(1, key.encode())
    written = value if isinstance(value, str) else json.dumps(value)
    return field(1, keys + field(16, written.encode()))


def history_record(row, step=None):
    number = field(2, field(1, step)) if step is not None else b""
    return field(1, 7) + field(2, b"".join(item(key, value) for key, value in row.items()) + number)


def run_record(name):
    return field(17, field(1, b"u948w6ql") + field(8, name.encode()))


def refusal(folder, content):
    with pytest.raises(HistoryError) as caught:
        read(folder, content, name=NAME)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_logged_rows_are_read(tmp_path):
    history = read(
        tmp_path,
        file_of(
            run_record("my run"),
            history_record({"_step": 0, "train/loss": 2.5, "_runtime": 1.5}),
            field(3, item("train/loss", 9.0)),
            history_record({"_step": 1, "train/loss": 2.0, "lr": 0.1}),
            history_record({"_step": 2, "train/loss": 1.5, "val/loss": 3}),
        ),
        name=NAME,
    )
    assert is_sound(history)
    assert history.format == "W&B run file"
    assert history.step.tolist() == [0, 1, 2]
    assert cells(history, "train_loss") == [2.5, 2.0, 1.5]
    assert cells(history, "val_loss") == [None, None, 3.0]
    assert cells(history, "learning_rate") == [None, 0.1, None]


def test_nan_and_infinities_are_read_however_they_are_written(tmp_path):
    written = ["NaN", '"NaN"', "Infinity", '"Infinity"', "-Infinity", '"-Infinity"', "1e400"]
    rows = [history_record({"_step": number, "loss": value}) for number, value in enumerate(written)]
    history = read(tmp_path, file_of(*rows), name=NAME)
    assert cells(history, "train_loss") == ["nan", "nan", math.inf, math.inf, -math.inf, -math.inf, math.inf]


def test_nested_keys_are_joined_and_media_texts_and_flags_are_no_columns(tmp_path):
    history = read(
        tmp_path,
        file_of(
            history_record({
                ("_step",): 0, ("train", "loss"): 1.0, ("weights", "_type"): "histogram", ("weights", "loss"): 4.0,
                ("done",): True, ("text",): "a", ("empty",): None,
            }),
            history_record({"_step": 1, "train": {"loss": 0.5, "picture": {"_type": "image", "width": 3}}}),
        ),
        name=NAME,
    )  # fmt: skip
    assert cells(history, "train_loss") == [1.0, 0.5]
    assert history.columns == {"train_loss": "train.loss"}
    assert history.ignored == {}


@pytest.mark.parametrize("name", ["trainer/global_step", "train/global_step"])
def test_the_steps_of_the_trainer_go_before_the_number_of_calls(tmp_path, name):
    rows = [history_record({"_step": call, name: 50 * call + 49, "train/loss": 1.0}) for call in range(4)]
    history = read(tmp_path, file_of(*rows), name=NAME)
    assert history.step.tolist() == [49, 99, 149, 199]
    assert history.step_unit == "step"


def test_rows_that_do_not_say_their_step_are_counted(tmp_path):
    rows = [
        history_record({"loss": 1.0}, step=3),
        history_record({"loss": 0.5}),
        history_record({"loss": 0.25}, step=9),
    ]
    assert read(tmp_path, file_of(*rows), name=NAME).step.tolist() == [3, 4, 9]


def test_records_that_run_over_blocks_are_put_together(tmp_path):
    rows = []
    for step in range(40):
        long = {"_step": step, "note": "x" * (step * 997), "loss": float(step)}
        rows += [history_record(long), history_record({"_step": step, "lr": 0.5})]
    rows.insert(30, field(4, bytes(3 * BLOCK)))
    history = read(tmp_path, file_of(*rows), name=NAME)
    assert cells(history, "train_loss") == [float(step) for step in range(40)]
    assert cells(history, "learning_rate") == [0.5] * 40
    assert history.warnings == ()


@pytest.mark.parametrize("left", [3, 10, 25])
def test_a_last_record_that_is_cut_off_ends_the_reading_without_fuss(tmp_path, left):
    whole = file_of(history_record({"_step": 0, "loss": 1.0}))
    last = file_of(history_record({"_step": 1, "loss": 0.5}))[7:]
    history = read(tmp_path, whole + last[:left], name=NAME)
    assert cells(history, "train_loss") == [1.0]
    assert history.warnings == ()


def test_a_damaged_block_is_left_out_and_told(tmp_path):
    rows = [history_record({"_step": step, "loss": float(step), "note": "x" * 4000}) for step in range(40)]
    content = bytearray(file_of(*rows))
    content[BLOCK + 9000] ^= 1
    history = read(tmp_path, bytes(content), name=NAME)
    assert history.warnings == ("damaged records were left out: 1",)
    assert 30 < history.rows < 40
    assert history.step[-1] == 39


def test_a_run_without_logged_values_is_refused(tmp_path):
    assert "expected a W&B run with logged values, found none" in refusal(tmp_path, file_of(run_record("empty")))
    assert "damaged" in refusal(tmp_path, b":W&B\xe1\xbe\x00" + b"\x07" * 2000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
def test_what_is_written_is_read_back(tmp_path_factory, losses):
    folder = tmp_path_factory.mktemp("runs")
    rows = [history_record({"_step": step, "loss": loss}) for step, loss in enumerate(losses)]
    assert cells(read(folder, file_of(*rows), name=NAME), "train_loss") == losses


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_history_or_one_clear_line(tmp_path_factory, data):
    if data.draw(st.booleans()):
        records = data.draw(st.lists(st.binary(max_size=50), max_size=4))
        content = file_of(history_record({"loss": 1.0}), *records, *(field(2, record) for record in records))
    else:
        whole = bytearray(file_of(*(history_record({"_step": step, "loss": 1.0}) for step in range(5))))
        at = data.draw(st.integers(7, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
        content = bytes(whole)
    path = tmp_path_factory.mktemp("any") / NAME
    path.write_bytes(content)
    assert is_history_or_refusal(path)


@pytest.mark.parametrize(
    "value", ['{"a":' * 1500 + "1" + "}" * 1500, "1" * 9000, '{"a": ' + "1" * 5000 + "}", '"', "{"]
)
def test_hostile_values_are_no_numbers(tmp_path, value):
    history = read(tmp_path, file_of(history_record({"_step": 0, "loss": 1.0, "odd": value})), name=NAME)
    assert cells(history, "train_loss") == [1.0]
