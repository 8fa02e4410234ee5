from __future__ import annotations

import json
import os
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.errors import HistoryError
from triage.history import read_history
from triage.history.joining import joined
from triage.history.table import to_history, with_loss
from triage.history.tfrecord import masked_crc
from triage.watching.log import Log, look

NUMBERS = st.floats(width=32) | st.sampled_from([float("nan"), float("inf")])
CUTS = st.lists(st.floats(0, 1), max_size=4)
COMMON = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def csv_of(rows):
    return (
        "step,loss,val_loss\n" + "".join(f"{i},{a!r},{'' if b is None else repr(b)}\n" for i, a, b in rows)
    ).encode()


def json_of(rows):
    lines = ({"step": i, "loss": a} | ({} if b is None else {"val_loss": b}) for i, a, b in rows)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def events_of(rows):
    def field(number, kind, data):
        return bytes([number << 3 | kind]) + data

    def block(data):
        return bytes([len(data)]) + data

    def record(data):
        length = struct.pack("<Q", len(data))
        return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data))

    def scalar(step, tag, value):
        summary = field(1, 2, block(field(1, 2, block(tag)) + field(2, 5, struct.pack("<f", value))))
        return record(field(1, 1, struct.pack("<d", 1.5)) + field(2, 0, bytes([step])) + field(5, 2, block(summary)))

    out = record(field(1, 1, struct.pack("<d", 1.5)) + field(3, 2, block(b"brain.Event:2")))
    for step, loss, other in rows:
        out += scalar(step, b"loss", loss)
        out += b"" if other is None else scalar(step, b"val_loss", other)
    return out


def same(one, other):
    assert set(one.series) == set(other.series)
    for name in one.series:
        mine, theirs = one.curve(name), other.curve(name)
        assert (mine is None) == (theirs is None)
        if mine is not None:
            np.testing.assert_array_equal(mine.steps, theirs.steps)
            np.testing.assert_array_equal(mine.values, theirs.values)


def history_of(tables):
    (table,) = joined(tables)
    return with_loss(to_history(table))


@pytest.mark.parametrize("written", [csv_of, json_of, events_of])
@COMMON
@given(st.lists(st.tuples(NUMBERS, st.none() | NUMBERS), min_size=2, max_size=60), CUTS)
def test_a_file_that_is_read_as_it_grows_means_what_it_means_when_read_at_once(written, tmp_path, values, cuts):
    data = written([(i, a, b) for i, (a, b) in enumerate(values)])
    file = tmp_path / "run.log"
    log = Log(str(file))
    for end in sorted(int(cut * len(data)) for cut in cuts):
        file.write_bytes(b"")
        with file.open("r+b") as stream:
            stream.write(data[:end])
        try:
            log.read(settled=False)
        except HistoryError:
            continue
    file.write_bytes(data)
    try:
        whole = read_history(str(file))
    except HistoryError:
        with pytest.raises(HistoryError):
            history_of(log.read(settled=False))
        return
    same(history_of(log.read(settled=False)), whole)


@pytest.mark.parametrize("written", [csv_of, json_of, events_of])
def test_nothing_is_read_twice_where_the_format_allows_that(written, tmp_path):
    rows = [(i, 2.0 - i / 50, 1.0) for i in range(100)]
    file = tmp_path / "run.log"
    file.write_bytes(written(rows[:50]))
    log = Log(str(file))
    log.read(settled=False)
    growing = log._growing
    with file.open("ab") as stream:
        stream.write(written(rows)[len(written(rows[:50])) :])
    same(history_of(log.read(settled=False)), read_history(str(file)))
    assert log._growing is growing is not None


def test_a_line_that_is_being_written_does_not_count_before_it_has_an_end(tmp_path):
    file = tmp_path / "train.log"
    lines = "".join(f"iter {i}: loss {2.5 - i / 100:.4f}\n" for i in range(60))
    file.write_text(lines + "iter 60: loss 1")
    log = Log(str(file))
    assert history_of(log.read(settled=False)).rows == 60
    assert log.is_torn
    assert history_of(log.read(settled=True)).rows == 61
    with file.open("a") as stream:
        stream.write(".9000\n")
    assert history_of(log.read(settled=False)).curve("train_loss").values[-1] == 1.9
    assert not log.is_torn


def test_a_file_that_is_written_anew_is_read_from_its_beginning(tmp_path):
    file = tmp_path / "run.csv"
    log = Log(str(file))
    file.write_bytes(csv_of([(i, 2.0, 1.0) for i in range(30)]))
    log.read(settled=False)
    file.write_bytes(csv_of([(i, 3.0, 1.0) for i in range(40)]))
    assert history_of(log.read(settled=False)).curve("train_loss").values.tolist() == [3.0] * 40
    file.write_bytes(csv_of([(i, 3.0 if i < 35 else 2.0, 1.0) for i in range(60)]))
    assert history_of(log.read(settled=False)).curve("train_loss").values.tolist() == [3.0] * 35 + [2.0] * 25
    (tmp_path / "other").write_bytes(csv_of([(i, 4.0, 1.0) for i in range(50)]))
    (tmp_path / "other").replace(file)
    assert history_of(log.read(settled=False)).curve("train_loss").values.tolist() == [4.0] * 50


def test_a_table_that_stops_being_plain_is_read_by_its_own_reader(tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("step,loss\n" + "".join(f"{i},2.5\n" for i in range(30)))
    log = Log(str(file))
    log.read(settled=False)
    with file.open("a") as stream:
        stream.write("# taken up again\nstep,lr,loss\n30,0.1,2.25\n31,0.1,2.25\n")
    history = history_of(log.read(settled=False))
    same(history, read_history(str(file)))
    assert history.curve("train_loss").values[-1] == 2.25


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_opened_as_that_would_wait_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert look(str(tmp_path / "pipe")) is None
    assert look(str(tmp_path)) is None
    assert look(str(tmp_path / "nothing")) is None
