import sys

import numpy as np
import pytest

from tests.intake.artifacts.making import refusal, stated, states
from triage.intake.artifacts import inspect_data


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "loss-triage[parquet]" in refusal(tmp_path, b"PAR1" + bytes(100), reader=inspect_data)


def test_a_table_in_parquet_is_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    draw = np.random.default_rng(0)
    columns = {"a": draw.standard_normal(500), "text": ["x"] * 500, "label": np.repeat([0, 1], 250)}
    parquet.write_table(pyarrow.table(columns), tmp_path / "train.parquet")
    found = inspect_data([tmp_path / "train.parquet"])
    assert stated(found) == {"samples": 500}
    assert states(found)["input_scaling"] == "standardised"
    assert states(found)["class_balance"] == "balanced"


def test_a_broken_file_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    assert "Parquet" in refusal(tmp_path, b"PAR1" + bytes(100) + b"PAR1", reader=inspect_data)
