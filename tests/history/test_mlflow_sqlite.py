import gzip
import math
import sqlite3
import sys
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.files import cells, is_sound
from tests.history.outcomes import is_history_or_refusal
from triage.errors import SeveralRunsError
from triage.history import HistoryError, read_history

METRICS = """CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
    run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
    CONSTRAINT metric_pk PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan))"""
RUNS = "CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), lifecycle_stage VARCHAR(20))"
TAGS = "CREATE TABLE tags (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32))"
FIRST, SECOND = "aaaaaaaa11111111", "bbbbbbbb22222222"


def made(path, *statements):
    """A database made by these statements; pairs hold rows for a statement with placeholders."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            if isinstance(statement, str):
                connection.execute(statement)
            else:
                connection.executemany(*statement)
        connection.commit()
    return path


def logged(run, *rows):
    """Rows of key, value, step and is_nan, all of one run."""
    return (
        "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)",
        [(key, value, 1700000000000 + at, run, step, is_nan) for at, (key, value, step, is_nan) in enumerate(rows)],
    )


def runs(*rows):
    return "INSERT INTO runs VALUES (?, ?, ?)", list(rows)


def store(path, *statements):
    return made(path, METRICS, RUNS, TAGS, *statements)


def refusal(path, **more):
    with pytest.raises(HistoryError) as caught:
        read_history(path, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_run_is_read_with_its_nan_and_infinities(tmp_path):
    most = sys.float_info.max
    path = store(
        tmp_path / "mlflow.db",
        runs((FIRST, "placid-crab", "active")),
        logged(FIRST, ("train_loss", 2.5, 0, 0), ("val/loss", 3.0, 0, 0), ("train_loss", 0.0, 1, 1),
               ("train_loss", most, 2, 0), ("train_loss", -most, 3, 0), ("val/loss", 0.5, 3, 0)),
    )  # fmt: skip
    history = read_history(path)
    assert is_sound(history)
    assert history.format == "MLflow database"
    assert history.step.tolist() == [0, 1, 2, 3]
    assert cells(history, "train_loss") == [2.5, "nan", math.inf, -math.inf]
    assert cells(history, "val_loss") == [3.0, None, None, 0.5]
    assert [found.name for found in tmp_path.iterdir()] == ["mlflow.db"]


def test_of_several_runs_one_is_chosen_by_its_name(tmp_path):
    path = store(
        tmp_path / "mlflow.db",
        runs(
            (FIRST, "same", "active"), (SECOND, "same", "active"), ("cccc", "", "active"), ("dddd", "gone", "deleted")
        ),
        ("INSERT INTO tags VALUES (?, ?, ?)", [("mlflow.runName", "renamed", "cccc"), ("other", "x", "cccc")]),
        *(logged(run, ("loss", float(at), 0, 0)) for at, run in enumerate([FIRST, SECOND, "cccc", "dddd"])),
    )
    with pytest.raises(SeveralRunsError) as caught:
        read_history(path)
    assert caught.value.runs == ("same (aaaaaaaa)", "same (bbbbbbbb)", "renamed")
    assert cells(read_history(path, run="renamed"), "train_loss") == [2.0]
    assert cells(read_history(path, run="same (b"), "train_loss") == [1.0]


def test_rows_keep_the_order_in_which_they_were_logged(tmp_path):
    rows = [("loss", 1.0 / (step + 1), step, 0) for step in (0, 1, 2, 3, 2, 3, 4)]
    history = read_history(store(tmp_path / "mlflow.db", runs((FIRST, "a", "active")), logged(FIRST, *rows)))
    assert history.step.tolist() == [0, 1, 2, 3, 2, 3, 4]
    assert history.resumes == (4,)


def test_a_database_of_an_old_mlflow_is_read(tmp_path):
    path = made(
        tmp_path / "old.db",
        "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT)",
        ("INSERT INTO metrics VALUES (?, ?, ?, ?)", [("loss", 2.0, 1, FIRST), ("loss", 1.0, 2, FIRST)]),
    )
    history = read_history(path)
    assert history.step_unit == "row"
    assert cells(history, "train_loss") == [2.0, 1.0]


def test_a_compressed_database_is_read(tmp_path):
    path = store(tmp_path / "mlflow.db", runs((FIRST, "a", "active")), logged(FIRST, ("loss", 2.0, 0, 0)))
    packed = tmp_path / "mlflow.db.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert cells(read_history(packed), "train_loss") == [2.0]


def test_a_path_of_odd_letters_is_no_option_of_sqlite(tmp_path):
    folder = tmp_path / "a?mode=rwc&vfs=x#%20 b"
    folder.mkdir()
    path = store(folder / "mlflow?.db", runs((FIRST, "a", "active")), logged(FIRST, ("loss", 2.0, 0, 0)))
    assert cells(read_history(path), "train_loss") == [2.0]
    assert len(list(folder.iterdir())) == len(list(tmp_path.iterdir())) == 1


def test_what_waits_in_a_write_ahead_log_is_told_and_not_touched(tmp_path):
    path = store(tmp_path / "mlflow.db", runs((FIRST, "a", "active")), logged(FIRST, ("loss", 2.0, 0, 0)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(*(part if isinstance(part, str) else part[0] for part in logged(FIRST, ("loss", 1.0, 1, 0))))
        connection.commit()
        before = {found.name: found.read_bytes() for found in tmp_path.iterdir() if not found.name.endswith("-shm")}
        history = read_history(path)
        assert before == {
            found.name: found.read_bytes() for found in tmp_path.iterdir() if not found.name.endswith("-shm")
        }
    assert cells(history, "train_loss") == [2.0]
    assert history.warnings == ("what stands in mlflow.db-wal was not read; close MLflow first",)


def test_another_database_is_refused(tmp_path):
    assert "does not look like a training history" in refusal(made(tmp_path / "a.db", "CREATE TABLE t (a)"))
    assert "found none in it" in refusal(store(tmp_path / "b.db"))


ENDLESS = """WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)
    SELECT 'loss' AS key, i AS value, i AS step, 'a' AS run_uuid FROM n"""


@pytest.mark.parametrize(
    "statements",
    {
        "a view": (f"CREATE VIEW metrics AS {ENDLESS}",),
        "a computed column": (
            "CREATE TABLE metrics (run_uuid TEXT, key TEXT, value GENERATED ALWAYS AS (hex(zeroblob(100000000))))",
            "INSERT INTO metrics (run_uuid, key) VALUES ('a', 'loss')",
        ),
        "a virtual table": ("CREATE VIRTUAL TABLE metrics USING fts5(run_uuid, key, value)",),
        "an index on an expression": (
            "CREATE TABLE metrics (run_uuid TEXT, key TEXT)",
            "CREATE INDEX i ON metrics (abs(key))",
        ),
    }.values(),
    ids=["view", "computed", "virtual", "no value"],
)
def test_tables_that_would_compute_something_are_not_read(tmp_path, statements):
    assert "another SQLite database" in refusal(made(tmp_path / "mlflow.db", *statements))


def test_a_view_in_place_of_the_runs_is_passed_over(tmp_path):
    path = made(
        tmp_path / "mlflow.db", METRICS, f"CREATE VIEW runs AS {ENDLESS}", TAGS, logged(FIRST, ("loss", 2.0, 0, 0))
    )
    assert cells(read_history(path), "train_loss") == [2.0]


def test_triggers_do_nothing(tmp_path):
    path = store(
        tmp_path / "mlflow.db",
        runs((FIRST, "a", "active")),
        logged(FIRST, ("loss", 2.0, 0, 0)),
        "CREATE TRIGGER t AFTER INSERT ON metrics BEGIN DELETE FROM metrics; END",
    )
    before = path.read_bytes()
    assert cells(read_history(path), "train_loss") == [2.0]
    assert path.read_bytes() == before


def test_cells_of_other_types_are_passed_over_and_huge_ones_refused(tmp_path):
    columns = "CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan)"
    rows = [("loss", "2.0", 0, FIRST, 0, 0), (b"loss", 1.0, 0, FIRST, 0, 0), ("loss", 3.0, 0, FIRST, 1.5, 0)]
    good = logged(FIRST, ("loss", 4.0, 7, 0))
    path = made(tmp_path / "a.db", columns, ("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows), good)
    assert cells(read_history(path), "train_loss") == [4.0]
    huge = ("INSERT INTO metrics VALUES (?, zeroblob(5000000), 0, 'a', 0, 0)", [("loss",)])
    assert "expected an MLflow database, found" in refusal(made(tmp_path / "b.db", columns, huge))


def test_text_that_is_none_is_a_refusal(tmp_path):
    columns = "CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan)"
    statement = "INSERT INTO metrics VALUES (CAST(x'ff' AS TEXT), 1.0, 0, 'a', 0, 0)"
    assert "expected an MLflow database, found" in refusal(made(tmp_path / "a.db", columns, statement))


def test_a_truncated_database_is_a_refusal(tmp_path):
    rows = [("loss", float(step), step, 0) for step in range(2000)]
    path = store(tmp_path / "mlflow.db", runs((FIRST, "a", "active")), logged(FIRST, *rows))
    whole = path.read_bytes()
    for size in (16, 50, 100, 4096, 8192, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        assert is_history_or_refusal(path)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_corrupt_database_is_a_history_or_a_refusal(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    rows = [("loss", float(step), step, 0) for step in range(100)]
    store(path, runs((FIRST, "a", "active")), logged(FIRST, *rows))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(16, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    assert is_history_or_refusal(path)
