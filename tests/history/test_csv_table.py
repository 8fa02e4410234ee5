import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import cells, is_sound, read, same
from triage.history import HistoryError

KERAS = "epoch,accuracy,loss,lr,val_accuracy,val_loss\n0,0.41,1.83,0.01,0.52,1.41\n1,0.6,1.2,0.01,0.55,1.3\n"
PLAIN = "step,loss\n1,0.5\n2,0.25\n3,nan\n"


def refusal(folder, content, **more):
    with pytest.raises(HistoryError) as caught:
        read(folder, content, **more)
    assert "\n" not in str(caught.value)
    return caught.value


def test_keras_logs_are_read(tmp_path):
    history = read(tmp_path, KERAS)
    assert is_sound(history)
    assert history.format == "keras csv"
    assert history.columns == {
        "train_loss": "loss",
        "val_loss": "val_loss",
        "train_accuracy": "accuracy",
        "val_accuracy": "val_accuracy",
        "learning_rate": "lr",
    }
    assert history.step_unit == "epoch"
    assert history.step.tolist() == history.epoch.tolist() == [0, 1]
    assert cells(history, "val_loss") == [1.41, 1.3]


def test_keras_logs_without_an_epoch_count_their_rows(tmp_path):
    history = read(tmp_path, "loss,val_loss\n1.5,1.6\n1.2,1.4\n1.0,1.3\n")
    assert history.step_unit == "row"
    assert history.step.tolist() == [0, 1, 2]
    assert history.epoch is None


def test_the_na_that_keras_writes_for_a_key_it_lacks_is_a_gap(tmp_path):
    history = read(tmp_path, "epoch,loss,val_loss\n0,1.5,NA\n1,1.2,1.4\n2,nan,NA\n")
    assert cells(history, "train_loss") == [1.5, 1.2, "nan"]
    assert cells(history, "val_loss") == [None, 1.4, None]


def test_lightning_logs_with_train_and_validation_on_rows_of_their_own_are_read(tmp_path):
    content = """\
epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss
0,49,,0.71,,
0,99,,0.66,,
0,124,,,0.6,0.68
0,124,0.7,,,
1,149,,0.60,,
1,249,,,0.7,nan
"""
    history = read(tmp_path, content)
    assert is_sound(history)
    assert history.format == "lightning csv"
    assert history.step_unit == "step"
    train, val = history.curve("train_loss"), history.curve("val_loss")
    assert train.steps.tolist() == [49, 99, 149]
    assert train.values.tolist() == [0.71, 0.66, 0.60]
    assert val.steps.tolist() == [124, 249]
    assert math.isnan(val.values[1])
    assert history.curve("val_accuracy").values.tolist() == [0.6, 0.7]
    assert history.columns["train_loss"] == "train_loss_step"
    assert "train_loss_epoch" in history.ignored


def test_a_hand_written_log_is_read(tmp_path):
    history = read(tmp_path, PLAIN)
    assert is_sound(history)
    assert history.format == "csv"
    assert history.step.tolist() == [1, 2, 3]
    assert cells(history, "train_loss") == [0.5, 0.25, "nan"]
    assert history.warnings == ()


def test_padded_headers_and_cells_are_read_and_parts_are_summed(tmp_path):
    content = (
        "                  epoch,         train/box_loss,         train/cls_loss,           val/box_loss,"
        "           val/cls_loss,                 lr/pg0\n"
        "                      0,                 1.6655,                    2.5,                   1.25,"
        "                    0.5,                  0.001\n"
        "                      1,                  1.125,                    2.0,                    1.0,"
        "                       ,                  0.002\n"
    )
    history = read(tmp_path, content)
    assert is_sound(history)
    assert history.step.tolist() == [0, 1]
    assert cells(history, "train_loss/box") == [1.6655, 1.125]
    assert cells(history, "train_loss") == [1.6655 + 2.5, 3.125]
    assert cells(history, "val_loss") == [1.75, None]
    assert cells(history, "learning_rate") == [0.001, 0.002]
    assert history.columns["train_loss"] == "train/box_loss + train/cls_loss"
    assert [curve.name for curve in history.components] == ["train_loss/box", "train_loss/cls"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r", "\n\n", "\n \n"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_may_end_in_any_way_and_the_last_not_at_all(tmp_path, end, last):
    content = KERAS.replace("\n", end)
    assert same(read(tmp_path, content if last else content.removesuffix(end)), read(tmp_path, KERAS))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_change_nothing(tmp_path, encoding):
    history = read(tmp_path, KERAS, encoding=encoding)
    assert same(history, read(tmp_path, KERAS))
    assert history.columns == read(tmp_path, KERAS).columns


@pytest.mark.parametrize(("delimiter", "form"), [("\t", "keras tsv"), (";", "keras csv"), ("|", "keras csv")])
def test_tabs_semicolons_and_bars_separate_as_commas_do(tmp_path, delimiter, form):
    history = read(tmp_path, KERAS.replace(",", delimiter))
    assert same(history, read(tmp_path, KERAS))
    assert history.format == form


def test_a_file_is_recognised_by_what_it_holds_and_not_by_its_name(tmp_path):
    for name in ("log.txt", "log", "log.json", "log.png"):
        assert same(read(tmp_path, KERAS, name=name), read(tmp_path, KERAS))


def test_bare_numbers_one_a_line_are_a_training_loss(tmp_path):
    history = read(tmp_path, "0.69\n0.68\nnan\n0.66\n")
    assert cells(history, "train_loss") == [0.69, 0.68, "nan", 0.66]
    assert history.step_unit == "row"
    assert history.format == "csv without header"
    assert any("no header" in warning for warning in history.warnings)


def test_a_single_bare_number_is_a_history_of_one_row(tmp_path):
    assert cells(read(tmp_path, "0.5"), "train_loss") == [0.5]


def test_bare_numbers_in_several_columns_need_names(tmp_path):
    error = refusal(tmp_path, "1,0.5\n2,0.4\n")
    assert error.line == 1
    assert "header" in error.reason


def test_quoted_names_and_cells_are_read(tmp_path):
    content = '"step","loss","note, long"\n"1","0.5","all, well"\n"2","","said ""no"""\n"3","nan","x"\n'
    history = read(tmp_path, content)
    assert history.step.tolist() == [1, 2, 3]
    assert cells(history, "train_loss") == [0.5, None, "nan"]
    assert list(history.ignored) == ["note, long"]


def test_a_quoted_cell_may_run_over_several_lines(tmp_path):
    history = read(tmp_path, 'step,note,loss\n1,"all\nis well",0.5\n2,x,0.4\n')
    assert history.step.tolist() == [1, 2]
    assert cells(history, "train_loss") == [0.5, 0.4]


def test_ragged_rows_keep_what_they_have_and_are_counted_in_a_warning(tmp_path):
    history = read(tmp_path, "step,loss,val_loss\n1,0.5,0.6\n2,0.4\n3,0.3,0.4,99\n4\n5,0.1,0.2\n")
    assert is_sound(history)
    assert cells(history, "train_loss") == [0.5, 0.4, 0.3, None, 0.1]
    assert cells(history, "val_loss") == [0.6, None, 0.4, None, 0.2]
    assert [warning for warning in history.warnings if warning.startswith("3 rows ")]


def test_names_that_stand_twice_are_kept_apart(tmp_path):
    history = read(tmp_path, "step,loss,val_loss,loss\n1,0.5,0.6,7\n2,0.4,0.5,8\n")
    assert is_sound(history)
    assert cells(history, "train_loss") == [0.5, 0.4]
    assert cells(history, "val_loss") == [0.6, 0.5]


@pytest.mark.parametrize(
    "header", ["step,loss,loss (4),loss", "loss,loss (3),loss", "column 2,,loss,", "a,a,a (2),loss"]
)
def test_names_that_stand_twice_never_meet_with_a_name_that_was_there(tmp_path, header):
    width = header.count(",") + 1
    rows = [",".join(f"{row}.{place}" for place in range(width)) for row in range(3)]
    history = read(tmp_path, "\n".join([header, *rows]))
    assert is_sound(history)
    place = header.split(",").index("loss")
    assert cells(history, "train_loss") == [float(f"{row}.{place}") for row in range(3)]


def test_a_header_of_fifty_thousand_names_is_read(tmp_path):
    """With a look through all names for each name this takes hours."""
    width = 50_000
    history = read(tmp_path, f"loss{',' * width}\n0.5{',1' * width}\n")
    assert cells(history, "train_loss") == [0.5]
    assert len(history.ignored) == width


def test_columns_without_a_name_and_the_index_that_pandas_writes_do_no_harm(tmp_path):
    history = read(tmp_path, ",loss\n0,0.5\n1,0.4\n")
    assert cells(history, "train_loss") == [0.5, 0.4]
    assert list(history.ignored) == ["column 1"]


def test_every_way_to_write_a_number_is_read_in_its_place(tmp_path):
    written = ["0.5", "NA", "null", "", "nan", "NaN", "-nan", "nan(ind)", "1.#QNAN", "inf", "-Infinity", "1e400",
               "tensor(0.5)", "'0.5'"]  # fmt: skip
    content = "step;loss\n" + "".join(f"{row};{cell}\n" for row, cell in enumerate(written))
    found = cells(read(tmp_path, content), "train_loss")
    assert found == [0.5, None, None, None, *["nan"] * 5, math.inf, -math.inf, math.inf, 0.5, 0.5]


def test_numbers_with_a_comma_behind_them_are_read(tmp_path):
    assert cells(read(tmp_path, "step\tloss\n1\t0.5,\n2\t0.4,\n"), "train_loss") == [0.5, 0.4]


def test_gaps_and_nan_stay_apart_in_the_frame_and_its_mask(tmp_path):
    history = read(tmp_path, "step,loss,val_loss\n1,nan,\n2,0.5,nan\n3,,0.6\n")
    assert history.frame["train_loss"].isna().tolist() == [True, False, True]
    assert history.logged["train_loss"].tolist() == [True, True, False]
    assert history.logged["val_loss"].tolist() == [False, True, True]
    assert history.curve("train_loss").steps.tolist() == [1, 2]
    assert len(history.curve("train_loss").finite) == 1


def test_a_few_cells_of_text_are_gaps_with_a_warning_that_names_the_first(tmp_path):
    rows = [f"{row},0.5" for row in range(30)]
    rows[4] = "4,oops"
    rows[9] = "9,hm"
    history = read(tmp_path, "\n".join(["step,loss", *rows]))
    assert cells(history, "train_loss")[4] is None
    (warning,) = history.warnings
    assert warning == "loss: 2 cells are no numbers, the first 'oops' in line 6"


def test_a_long_cell_of_text_is_cut_in_the_warning(tmp_path):
    history = read(tmp_path, "step,loss\n0," + "x" * 5000 + "\n" + "1,1\n" * 30)
    assert len(history.warnings[0]) < 150


def test_a_column_of_text_is_left_out_and_named_among_the_ignored(tmp_path):
    history = read(tmp_path, "step,loss,note\n1,0.5,good\n2,0.4,better\n")
    assert list(history.series) == ["train_loss"]
    assert history.ignored == {"note": "no numbers"}


def test_a_loss_that_is_text_is_named_in_the_error(tmp_path):
    error = refusal(tmp_path, "step;loss\n1;high\n2;low\n")
    assert "in numbers, found 'loss'" in error.reason
    assert "'high' in line 2" in error.reason


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path):
    rows = [f"{i},{2 - i / 100},{chr(34) + 'checkpoint' if i == 20 else 'ok'}" for i in range(100)]
    history = read(tmp_path, "step,loss,message\n" + "\n".join(rows))
    assert history.rows == 100
    assert len(history.curve("train_loss")) == 100


def test_decimal_commas_are_read_where_the_cells_are_kept_apart_by_something_else(tmp_path):
    history = read(tmp_path, "step;loss\n1;0,5\n2;0,4\n")
    assert history.curve("train_loss").values.tolist() == [0.5, 0.4]


def test_comments_are_left_out_and_one_that_names_the_columns_is_the_header(tmp_path):
    plain = read(tmp_path, "# run 42\nstep,loss\n1,0.5\n# saved\n2,0.4\n")
    numpy_style = read(tmp_path, "# run 42\n# step,loss\n1,0.5\n2,0.4\n")
    for history in (plain, numpy_style):
        assert history.step.tolist() == [1, 2]
        assert history.curve("train_loss").values.tolist() == [0.5, 0.4]
        assert history.warnings == ()


def test_a_measurement_that_cannot_be_read_is_missed_with_a_note(tmp_path):
    history = read(tmp_path, "step,loss,accuracy\n1,0.5,good\n2,0.4,better\n")
    assert history.warnings == ("accuracy was not used: 2 of 2 cells are no numbers, the first 'good' in line 2",)


def test_nan_between_evaluations_is_a_gap_and_nan_of_a_broken_run_is_not(tmp_path):
    rows = [f"{i},{2 - i / 100},{1.5 if i % 10 == 0 else 'nan'}" for i in range(100)]
    history = read(tmp_path, "step,loss,val_loss\n" + "\n".join(rows))
    assert len(history.curve("val_loss")) == 10
    broken = [f"{i},{2 - i / 100 if i < 50 else 'nan'}" for i in range(100)]
    assert len(read(tmp_path, "step,loss\n" + "\n".join(broken)).curve("train_loss")) == 100


def test_train_and_validation_rows_that_leave_nan_in_each_others_column_are_gaps(tmp_path):
    rows = [f"{i},{'nan' if i % 7 == 3 else 2 - i / 100},{1.5 if i % 7 == 3 else 'nan'}" for i in range(100)]
    history = read(tmp_path, "step,loss,val_loss\n" + "\n".join(rows))
    assert len(history.curve("train_loss")) + len(history.curve("val_loss")) == 100


def test_a_header_that_comes_again_when_a_run_is_resumed_is_no_row(tmp_path):
    content = KERAS.splitlines()[0] + "\n" + "0,0.4,1.8,0.01,0.5,1.4\n" * 15
    history = read(tmp_path, content + content)
    assert history.rows == 30
    assert history.curve("train_loss").values.tolist() == [1.8] * 30
    assert history.warnings == ()


def test_rows_are_read_beyond_one_portion_and_their_lines_are_counted_on(tmp_path):
    rows = 45_000
    content = "step,loss\n" + "".join(f"{row},{'x' if row == 44_000 else row / 2}\n" for row in range(rows))
    history = read(tmp_path, content)
    assert history.rows == rows
    assert history.step[-1] == rows - 1
    assert cells(history, "train_loss")[43_999:44_002] == [21999.5, None, 22000.5]
    assert "line 44002" in history.warnings[0]


@pytest.mark.parametrize(
    ("content", "expected", "line"),
    [
        (b"", "an empty file", None),
        (b"\n\n  \n", "an empty file", None),
        (b"\xef\xbb\xbf", "an empty file", None),
        (b"step,loss\n", "rows below the header", 1),
        (b"\n\nstep,loss\n\n", "rows below the header", 3),
        (b"step,speed\n1,2\n", "a column with the loss", None),
        (b"note\nhello\nworld\n", "this does not look like a training history", None),
        (b"step,loss\n1,\n2,NA\n", "a column with the loss", None),
        (bytes(range(256)) * 9, "binary data", None),
        (b"step,loss\n1,\xff\n", "a column with the loss", None),
        (b"step,loss\n" + b"1" * 2_000_000, "lines of at most 1,000,000 characters", 2),
        (b"1" * 2_000_000, "lines of at most 1,000,000 characters", 1),
    ],
    ids=["empty", "blank", "mark only", "header only", "header below blank lines", "no loss", "text", "loss of gaps",
         "binary", "not utf-8", "long second line", "one long line"],
)  # fmt: skip
def test_what_is_no_history_is_one_clear_line(tmp_path, content, expected, line):
    error = refusal(tmp_path, content)
    assert expected in error.reason
    assert error.line == line
    assert error.file == str(tmp_path / "history.csv")


def test_the_error_about_a_missing_loss_names_what_was_found_and_the_way_out(tmp_path):
    error = refusal(tmp_path, "step,speed,lr,altitude\n1,2,3,4\n")
    for word in ("'speed'", "'altitude'", "'lr'", "--column train_loss=NAME"):
        assert word in error.reason


def test_the_error_about_a_missing_loss_stays_short_whatever_the_names_are(tmp_path):
    names = ["x" * 500 + str(number) for number in range(60)]
    error = refusal(tmp_path, ",".join(names) + "\n" + ",".join("1" * 60) + "\n")
    assert "and 52 more" in error.reason
    assert len(error.reason) < 600


VALUES = st.none() | st.floats()
TABLES = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("histories")


@given(
    rows=TABLES,
    gap=st.sampled_from(["", "NA", "null", "None", " "]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    padding=st.sampled_from(["", "  "]),
)
def test_what_was_written_is_read_back_but_nan_of_a_layout_is_a_gap(
    folder, rows, gap, delimiter, end, encoding, padding
):
    names = ["loss", "val_loss", "lr"]
    lines = [["step", *names]]
    lines += [[str(step), *(gap if value is None else repr(value) for value in row)] for step, row in enumerate(rows)]
    content = end.join(delimiter.join(padding + cell for cell in line) for line in lines)
    columns = dict(zip(["train_loss", "val_loss", "learning_rate"], zip(*rows, strict=True), strict=True))
    empty = {name for name, column in columns.items() if all(value is None for value in column)}
    zero = not any(value is None or value != 0.0 for value in columns["val_loss"] if value is not None)
    if empty >= {"train_loss", "val_loss"} or ("train_loss" in empty and zero):
        refusal(folder, content, encoding=encoding)
        return
    history = read(folder, content, encoding=encoding)
    assert is_sound(history)
    assert history.step.tolist() == list(range(len(rows)))
    for name, column in columns.items():
        if name in empty or (name == "val_loss" and zero):
            assert name not in history.series
            continue
        written = ["nan" if value is not None and math.isnan(value) else value for value in column]
        gaps = [None if value == "nan" else value for value in written]
        assert cells(history, name) in (written, gaps)


SNIPPETS = st.sampled_from([
    b"step,loss\n", b"epoch,loss,val_loss\n", b"loss\n", b"1,2\n", b"0.5\n", b"nan,inf\n", b",,,\n", b'"', b"\r\r\n",
    b"\t", b";", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"tensor(", b"1e999", b"train_loss/a,train_loss/a\n",
    b"val_a_loss,val_b_loss\n", b"step", b"epoch", b"loss (2)", b"-inf", b"\n", b" ", b"'", b"column 1", b"9" * 400,
])  # fmt: skip


def or_refused(folder, raw):
    """A history that is sound, or a `HistoryError`, and never anything else."""
    try:
        history = read(folder, raw)
    except HistoryError as error:
        return str(error).count("\n") == 0
    return is_sound(history)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_history_or_a_history_error(folder, raw):
    assert or_refused(folder, raw)


@given(st.lists(SNIPPETS | st.binary(max_size=3), max_size=30).map(b"".join))
def test_anything_that_looks_a_little_like_a_log_is_a_history_or_a_history_error(folder, raw):
    assert or_refused(folder, raw)


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]))
def test_any_text_is_a_history_or_a_history_error(folder, text, encoding):
    assert or_refused(folder, text.encode(encoding, "surrogatepass"))


@given(st.binary(min_size=1, max_size=20), st.integers(0, len(KERAS)))
def test_a_log_that_was_damaged_in_one_place_is_a_history_or_a_history_error(folder, damage, place):
    raw = KERAS.encode()
    assert or_refused(folder, raw[:place] + damage + raw[place + len(damage) :])


def test_a_loss_that_runs_to_infinity_sums_with_its_parts_without_a_warning(tmp_path):
    history = read(tmp_path, "step,a_loss,b_loss\n1,inf,-inf\n2,1e308,1e308\n3,nan,1\n4,1,\n")
    np.testing.assert_array_equal(history.series["train_loss"].values, [np.nan, np.inf, np.nan, np.nan])
    assert history.series["train_loss"].logged.tolist() == [True, True, True, False]
