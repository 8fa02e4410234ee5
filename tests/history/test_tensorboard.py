import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.event_files import HEAD, event, field, file_of, record, scalar, simple, summary, tensor
from tests.history.files import cells, is_sound, read
from tests.history.outcomes import is_history_or_refusal
from triage.history import HistoryError, read_history

NAME = "events.out.tfevents.1700000000.host.1.0"
FLOATS = st.floats(width=32)


def loaded(folder, *records, **more):
    return read(folder, file_of(*records), **{"name": NAME, **more})


def refusal(folder, content):
    with pytest.raises(HistoryError) as caught:
        read(folder, content, name=NAME)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_scalars_of_pytorch_are_read_a_row_for_each_step(tmp_path):
    history = loaded(
        tmp_path,
        *(scalar(tag, step, value) for step in (10, 20) for tag, value in (("train/loss", 4.0 / step), ("lr", 0.5))),
        scalar("val/loss", 20, math.nan),
    )
    assert is_sound(history)
    assert history.format == "TensorBoard events"
    assert history.step_unit == "step"
    assert history.step.tolist() == [10, 20]
    assert cells(history, "train_loss") == pytest.approx([0.4, 0.2])
    assert cells(history, "val_loss") == [None, "nan"]
    assert cells(history, "learning_rate") == [0.5, 0.5]
    assert history.columns == {"train_loss": "train/loss", "val_loss": "val/loss", "learning_rate": "lr"}
    assert history.warnings == ()


def test_scalars_that_are_tensors_are_read(tmp_path):
    history = loaded(
        tmp_path,
        summary(tensor("loss", 2.5), step=1),
        summary(tensor("loss", 1.5, content=field(5, struct.pack("<f", 1.5))), step=2),
        summary(tensor("loss", math.inf, plugin=b""), step=3),
        summary(tensor("loss", 0.0, content=b""), step=4),
    )
    assert cells(history, "train_loss") == [2.5, 1.5, math.inf, 0.0]


@pytest.mark.parametrize(
    ("dtype", "content", "value"),
    [
        (2, field(4, struct.pack("<d", 0.1)), 0.1),
        (2, field(6, struct.pack("<d", 0.1)), 0.1),
        (19, field(4, np.float16(0.25).tobytes()), 0.25),
        (19, field(13, 0x1000), 0.00048828125),
        (19, field(13, b"\x80\x20"), 0.00048828125),
        (14, field(4, b"\x80\x3f"), 1.0),
        (14, field(13, 0x7F80), math.inf),
        (3, field(7, b"\x07"), 7.0),
        (3, field(4, struct.pack("<i", -7)), -7.0),
        (9, field(10, -3), -3.0),
        (9, field(4, struct.pack("<q", 1 << 40)), float(1 << 40)),
        (23, field(17, (1 << 64) - 1), 18446744073709551615.0),
        (10, field(11, 1), 1.0),
    ],
)  # fmt: skip
def test_tensors_of_every_type_of_number_are_read(tmp_path, dtype, content, value):
    history = loaded(tmp_path, summary(tensor("loss", 0.0, dtype, content), step=1))
    assert cells(history, "train_loss") == pytest.approx([value])


def test_what_is_no_scalar_is_passed_over(tmp_path):
    history = loaded(
        tmp_path,
        record(event(field(4, b"\x0a\x54 a graph"))),
        summary(field(1, field(1, b"weights") + field(5, b"\x09" * 700)), step=1),
        summary(field(1, field(1, b"picture") + field(4, b"\xff" * 2000)), step=1),
        summary(tensor("loss", 0.0, 7, field(8, b"a text")), step=1),
        summary(tensor("loss", 0.0, 1, field(4, bytes(12)), shape=field(2, field(1, 3))), step=1),
        scalar("loss", 1, 0.75),
    )
    assert cells(history, "train_loss") == [0.75]
    assert history.ignored == {}
    assert history.warnings == ()


def test_several_scalars_in_one_event_stand_on_one_row(tmp_path):
    picture = field(1, field(1, b"picture") + field(4, b"\xff" * 70_000))
    history = loaded(
        tmp_path,
        summary(simple("loss", 2.0), picture, simple("lr", 0.5), step=1),
        scalar("loss", 2, 1.0),
        summary(simple("loss", 0.5), simple("lr", 0.25), step=3),
    )
    assert cells(history, "train_loss") == [2.0, 1.0, 0.5]
    assert cells(history, "learning_rate") == [0.5, None, 0.25]


def test_a_record_that_is_too_long_to_hold_scalars_is_passed_over(tmp_path):
    history = loaded(tmp_path, scalar("loss", 1, 2.0), record(bytes(17 << 20)), scalar("loss", 2, 1.0))
    assert cells(history, "train_loss") == [2.0, 1.0]


@pytest.mark.parametrize("left", [1, 5, 12, 20, 30])
def test_a_last_record_that_is_cut_off_ends_the_reading_without_fuss(tmp_path, left):
    last = scalar("loss", 3, 0.5)
    history = read(tmp_path, file_of(scalar("loss", 1, 2.0), scalar("loss", 2, 1.0)) + last[:left], name=NAME)
    assert cells(history, "train_loss") == [2.0, 1.0]
    assert history.warnings == ()


def test_a_record_with_a_wrong_checksum_is_left_out_and_told(tmp_path):
    bad = bytearray(scalar("loss", 2, 1.0))
    bad[-6] ^= 1
    several = bytearray(summary(simple("loss", 0.5), simple("lr", 0.25), step=3))
    several[-6] ^= 1
    history = loaded(tmp_path, scalar("loss", 1, 2.0), bytes(bad), bytes(several), scalar("loss", 4, 0.5))
    assert history.step.tolist() == [1, 4]
    assert history.warnings == ("damaged records were left out: 2",)


def test_from_a_broken_length_on_nothing_is_read_and_that_is_told(tmp_path):
    good = file_of(scalar("loss", 1, 2.0))
    history = read(tmp_path, good + b"\x01" * 60 + scalar("loss", 2, 1.0), name=NAME)
    assert history.step.tolist() == [1]
    assert history.warnings == (f"the file is damaged from byte {len(good)} on; what stands before it was read",)


def test_a_file_without_scalars_is_refused(tmp_path):
    assert "expected an event file with scalars, found none" in refusal(tmp_path, HEAD)
    assert "expected an event file with scalars, found none" in refusal(tmp_path, HEAD + b"\x07" * 30)


def test_records_that_are_no_events_are_not_taken_for_them(tmp_path):
    assert "does not look like a training history" in refusal(tmp_path, record(b"\x0a\x05hello") * 20)


def test_a_run_that_was_resumed_keeps_what_the_checkpoint_took_back(tmp_path):
    first = [scalar("loss", step, 10.0 - step) for step in range(1, 7)]
    second = [scalar("loss", step, 20.0 - step) for step in range(4, 9)]
    start = record(event(field(7, field(1, 1)), 4))
    history = loaded(tmp_path, *first, start, *second)
    assert history.step.tolist() == [1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8]
    assert history.resumes == (6,)
    assert cells(history, "train_loss")[5:8] == [4.0, 16.0, 15.0]


def test_tags_that_were_written_one_after_the_other_share_rows(tmp_path):
    history = loaded(
        tmp_path,
        *(scalar("loss", step, step) for step in range(1, 9)),
        *(scalar("val_loss", step, -step) for step in range(2, 9, 2)),
    )
    assert history.step.tolist() == list(range(1, 9))
    assert cells(history, "val_loss") == [None, -2, None, -4, None, -6, None, -8]
    assert history.resumes == ()
    assert history.warnings == ()


def test_a_validation_loss_that_counts_epochs_is_put_where_the_iterations_stood(tmp_path):
    records = []
    for epoch in range(5):
        records += [scalar("Loss/train", epoch * 100 + at, 1.0) for at in range(0, 100, 10)]
        records.append(scalar("Loss/val", epoch, float(epoch)))
    history = loaded(tmp_path, *records)
    assert history.rows == 50
    assert history.curve("val_loss").steps.tolist() == [90, 190, 290, 390, 490]
    assert history.curve("val_loss").values.tolist() == [0, 1, 2, 3, 4]
    assert "the steps of 'Loss/val' count something else than those of 'Loss/train'" in history.warnings[0]


def test_a_validation_loss_that_is_logged_seldom_stays_where_it_is(tmp_path):
    records = []
    for step in range(1, 101):
        records.append(scalar("train/loss", step, 1.0))
        if step % 10 == 0:
            records.append(scalar("val/loss", step, 2.0))
    history = loaded(tmp_path, *records)
    assert history.curve("val_loss").steps.tolist() == list(range(10, 101, 10))
    assert history.warnings == ()


def test_a_loss_that_is_logged_many_times_at_one_step_keeps_all_its_values(tmp_path):
    records = []
    for epoch in (1, 2):
        records += [scalar("train/loss", epoch, epoch + part / 8) for part in range(4)]
        records.append(scalar("val/loss", epoch, 9.0))
    history = loaded(tmp_path, *records)
    assert history.step.tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert cells(history, "train_loss") == [1, 1.125, 1.25, 1.375, 2, 2.125, 2.25, 2.375]
    assert cells(history, "val_loss") == [None, None, None, 9.0, None, None, None, 9.0]


def test_scalars_without_a_step_are_counted_by_their_rows(tmp_path):
    history = loaded(tmp_path, *(scalar("loss", 0, 4.0 - row) for row in range(4)))
    assert history.step_unit == "row"
    assert history.step.tolist() == [0, 1, 2, 3]


def test_negative_and_huge_steps_are_read(tmp_path):
    steps = [-5, 0, 127, 128, 16_384, (1 << 40) + 1]
    history = loaded(tmp_path, *(scalar("loss", step, 1.0) for step in steps))
    assert history.step.tolist() == steps


@pytest.mark.parametrize(("folder", "tag", "name"), [
    ("validation", "epoch_loss", "val_epoch_loss"),
    ("eval", "loss", "val_loss"),
    ("val", "val_loss", "val_loss"),
    ("loss_val", "loss", "val_loss"),
    ("train", "epoch_loss", "epoch_loss"),
    ("my_test", "loss", "loss"),
])  # fmt: skip
def test_scalars_in_a_folder_of_validation_are_named_so(tmp_path, folder, tag, name):
    place = tmp_path / folder
    place.mkdir()
    history = loaded(place, scalar(tag, 0, 1.0), scalar(tag, 1, 0.5), columns={"grad_norm": name, "val_loss": name})
    assert history.columns["grad_norm"] == name


def test_keras_counts_epochs_and_its_evaluations_by_iteration_are_left_out(tmp_path):
    place = tmp_path / "validation"
    place.mkdir()
    records = []
    for epoch in range(3):
        records.append(summary(tensor("evaluation_loss_vs_iterations", 0.5), step=(epoch + 1) * 100))
        records.append(summary(tensor("epoch_loss", 1.0 - epoch / 4), step=epoch))
    history = loaded(place, *records, columns={"val_loss": "val_epoch_loss"})
    assert history.step_unit == "epoch"
    assert history.step.tolist() == [0, 1, 2]
    assert cells(history, "val_loss") == [1.0, 0.75, 0.5]
    assert history.ignored == {"evaluation_loss_vs_iterations": "logged by epoch, too"}


def test_the_average_that_hugging_face_logs_at_the_end_is_no_curve(tmp_path):
    history = loaded(
        tmp_path,
        scalar("train/loss", 500, 2.0),
        scalar("train/loss", 1000, 1.0),
        summary(simple("train/train_runtime", 60.0), simple("train/train_loss", 1.5), step=1000),
    )
    assert cells(history, "train_loss") == [2.0, 1.0]
    assert not history.components
    assert history.ignored["train/train_loss"] == "average of the whole run"


def test_odd_tags_are_kept_apart(tmp_path):
    history = read(
        tmp_path,
        file_of(
            scalar("loss", 1, 1.0),
            scalar("step", 1, 7.0),
            summary(field(1, field(1, b"\xff\xfe") + b"\x15" + struct.pack("<f", 1)), step=1),
            summary(field(1, field(1, b"\xfe\xff") + b"\x15" + struct.pack("<f", 1)), step=1),
        ),
        name=NAME,
    )
    assert history.step.tolist() == [1]
    assert set(history.ignored) == {"step (logged)", "\\xff\\xfe", "\\xfe\\xff"}


def test_a_file_with_too_many_tags_keeps_those_that_mean_something(tmp_path, monkeypatch):
    monkeypatch.setattr("triage.history.points.MOST_CELLS", 40)
    records = [scalar(f"layer{number}", number + 1, 1.0) for number in range(50)]
    history = loaded(tmp_path, *records, *(scalar("train/loss", step, float(step)) for step in range(1, 11)))
    assert history.step.tolist() == list(range(1, 11))
    assert cells(history, "train_loss") == list(range(1, 11))
    assert history.ignored["layer3"] == "left out, for the file has too many columns"


@settings(max_examples=60, deadline=None)
@given(
    rows=st.dictionaries(
        st.integers(0, 1 << 50), st.tuples(FLOATS, st.none() | FLOATS, st.booleans()), min_size=2, max_size=30
    ),
    data=st.data(),
)
def test_what_is_written_is_read_back(tmp_path_factory, rows, data):
    folder = tmp_path_factory.mktemp("events")
    records = []
    for step in sorted(rows):
        loss, val, as_tensor = rows[step]
        write = tensor if as_tensor else simple
        if val is None:
            records.append(summary(write("loss", loss), step=step))
        elif data.draw(st.booleans()):
            records.append(summary(write("loss", loss), simple("lr", val), step=step))
        else:
            records += [summary(write("loss", loss), step=step), summary(tensor("lr", val), step=step)]
    history = loaded(folder, *records)
    assert is_sound(history)

    def shown(value):
        return None if value is None else "nan" if math.isnan(value) else value

    counts = [val is not None for _, val, _ in rows.values()]
    assert history.step.tolist() == [float(step) for step in sorted(rows)]
    assert cells(history, "train_loss") == [shown(rows[step][0]) for step in sorted(rows)]
    if any(counts):
        found = dict(zip(history.step.tolist(), cells(history, "learning_rate"), strict=True))
        assert found == {float(step): shown(rows[step][1]) for step in sorted(rows)}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_history_or_one_clear_line(tmp_path_factory, data):
    whole = bytearray(
        file_of(*(scalar("loss", step, 1.0) for step in range(4)), summary(tensor("val_loss", 1), step=4))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(24, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    path = tmp_path_factory.mktemp("any") / NAME
    path.write_bytes(whole)
    assert is_history_or_refusal(path)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=200), step=st.integers(-3, 1 << 62))
def test_any_summary_with_a_right_checksum_is_taken(tmp_path_factory, content, step):
    path = tmp_path_factory.mktemp("any") / NAME
    path.write_bytes(file_of(scalar("loss", 1, 1.0), summary(content, step=step), record(b"\x09" + content)))
    assert is_sound(read_history(path))


def test_the_scalars_are_those_that_tensorboard_reads(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    records = []
    for step in range(0, 900, 3):
        records.append(summary(simple("train/loss", 900.0 / (step + 1)), simple("lr", 0.1), step=step))
        records.append(scalar("grad_norm", step, math.inf if step == 300 else step / 7))
        records.append(summary(tensor("train/accuracy", step / 900), step=step))
        if step % 90 == 0:
            records.append(summary(tensor("val/loss", math.nan, content=field(5, struct.pack("<f", 1e30))), step=step))
    history = loaded(tmp_path, *records)
    theirs = accumulator.EventAccumulator(str(tmp_path / NAME), size_guidance={"scalars": 0, "tensors": 0})
    theirs.Reload()
    read_by_them = {tag: [(s.step, s.value) for s in theirs.Scalars(tag)] for tag in theirs.Tags()["scalars"]}
    make = pytest.importorskip("tensorboard.util.tensor_util").make_ndarray
    read_by_them |= {
        tag: [(s.step, float(make(s.tensor_proto))) for s in theirs.Tensors(tag)] for tag in theirs.Tags()["tensors"]
    }
    assert len(read_by_them) == 5
    for name, tag in history.columns.items():
        curve = history.curve(name)
        assert list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True)) == read_by_them[tag], tag
