"""The shipped histories come from the laboratory, and their truth files speak the knowledge base's language."""

import csv
import math
from pathlib import Path

import pytest
import yaml

import knowledge

from .faults import CATALOGUE
from .make import log_of
from .runs import train

DATA = Path(__file__).resolve().parents[1] / "data"
TRUTHS = sorted((DATA / "truth").glob("*.yaml"))
BY_NAME = {fault.name: fault for fault in CATALOGUE}


def _rows(text):
    return [{k: float(v) if v else None for k, v in row.items()} for row in csv.DictReader(text.splitlines())]


@pytest.mark.parametrize(("name", "tolerance"), [("nan_in_input", 1e-3), ("overfitting", 0.05)])
def test_a_robust_run_comes_out_as_shipped(name, tolerance):
    fault = BY_NAME[name]
    fresh = _rows(log_of(fault, train(fault.config)))
    shipped = _rows((DATA / f"{name}.csv").read_text())
    assert len(fresh) == len(shipped)
    for new, old in zip(fresh, shipped, strict=True):
        assert new.keys() == old.keys()
        for column, value in old.items():
            both_nan = math.isnan(value) and math.isnan(new[column])
            assert both_nan or new[column] == pytest.approx(value, rel=tolerance, abs=0.01 * tolerance)


def test_every_run_of_the_catalogue_has_a_history_and_a_truth_file():
    assert {path.stem for path in TRUTHS} == set(BY_NAME)
    assert {path.stem for path in DATA.glob("*.csv")} >= set(BY_NAME)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_a_truth_file_names_what_the_knowledge_base_knows(path):
    base = knowledge.load()
    truth = yaml.safe_load(path.read_text())
    assert (DATA / truth["history"]).is_file()
    assert truth["cause"] is None or base.cause(truth["cause"])
    assert set(truth["claims"]) <= set(base.claims)
    for finding, state in truth["answers"].items():
        assert state in base.finding(finding).states
