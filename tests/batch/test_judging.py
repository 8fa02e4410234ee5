"""A run among many is judged as it is by itself."""

from pathlib import Path

import pytest

import triage
from tests.batch.sweeps import table
from triage.batch.judging import compiled_over, judge, lines_of
from triage.batch.record import record_in
from triage.batch.runs import runs_in

DATA = Path(__file__).parents[1] / "data"


def judged(*paths):
    return [record_in(line) for line in lines_of(list(runs_in(map(str, paths))))]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.stem)
def test_a_record_says_what_the_diagnosis_of_the_run_says(path):
    (record,) = judged(path)
    diagnosis = triage.diagnose(path)
    assert record.no_fault == pytest.approx(diagnosis.no_fault, abs=1e-4)
    assert record.not_listed == pytest.approx(diagnosis.not_listed, abs=1e-4)
    assert record.verdict == ("healthy" if diagnosis.is_healthy else "faulty")
    for cause, probability in record.causes.items():
        known = {view.id: view.probability for view in diagnosis.causes}
        assert probability == pytest.approx(known[cause], abs=1e-4)
    told = {(view.finding, view.state, view.steps) for view in diagnosis.findings}
    assert {(seen.finding, seen.state, seen.steps) for seen in record.findings} <= told
    assert diagnosis.history is not None
    assert (record.format, record.rows) == (diagnosis.history.format, diagnosis.history.steps)


def test_a_configuration_beside_the_run_counts_and_its_values_are_its_settings(tmp_path):
    table(tmp_path / "run" / "metrics.csv", fails_at=10, rate=0.5)
    (tmp_path / "run" / "hparams.yaml").write_text(
        "lr: 0.1\nmodel:\n  dropout: 0.25\n  name: tiny\namp: true\nseeds: [1, 2]\noptimizer: adam\n"
    )
    (record,) = judged(tmp_path)
    assert record.settings == {
        "lr": 0.1, "model.dropout": 0.25, "model.name": "tiny", "amp": True, "optimizer": "adam", "learning_rate": 0.5,
    }  # fmt: skip
    assert ("optimizer", "adam") in {(seen.finding, seen.state) for seen in record.findings}
    diagnosis = triage.diagnose(tmp_path / "run" / "metrics.csv", config=tmp_path / "run" / "hparams.yaml")
    known = {view.id: view.probability for view in diagnosis.causes}
    assert record.no_fault == pytest.approx(diagnosis.no_fault, abs=1e-4)
    assert record.causes == pytest.approx({cause: known[cause] for cause in record.causes}, abs=1e-4)


def test_settings_stand_in_names_of_folders_and_in_the_parameters_of_mlflow(tmp_path):
    table(tmp_path / "lr=0.1,depth=3" / "run_bs=32_opt=sgd.csv")
    (record,) = judged(tmp_path)
    assert {"lr": 0.1, "depth": 3.0, "run_bs": 32.0, "opt": "sgd"}.items() <= record.settings.items()
    run = tmp_path / "mlruns" / "0" / "abc"
    (run / "metrics").mkdir(parents=True)
    (run / "metrics" / "loss").write_text("".join(f"1700000000000 {1 / (1 + row)} {row}\n" for row in range(20)))
    (run / "params").mkdir()
    (run / "params" / "units").write_text("64")
    (record,) = judged(tmp_path / "mlruns")
    assert record.settings["units"] == 64.0


def test_a_configuration_that_is_none_is_noted_and_stops_nothing(tmp_path):
    table(tmp_path / "metrics.csv")
    (tmp_path / "config.yaml").write_text("]: broken: [")
    (record,) = judged(tmp_path)
    assert record.verdict == "healthy"
    assert "config.yaml" in record.notes[0]


def test_a_file_with_several_runs_gives_a_record_for_each(tmp_path):
    header = '"Step","calm-1 - loss","red-2 - loss"\n'
    rows = "".join(f'"{row}","{2 / (1 + row)}","{"NaN" if row > 5 else 1 / (1 + row)}"\n' for row in range(30))
    (tmp_path / "export.csv").write_text(header + rows)
    records = judged(tmp_path / "export.csv")
    assert [(record.run, record.number, record.of) for record in records] == [("calm-1", 1, 2), ("red-2", 2, 2)]
    assert len({record.digest for record in records}) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"{", b"a,b\n1,2\n", b"\x1f\x8bbroken", b"PK\x03\x04", b"[" * 100_000, b'"', b"\xff\xfe"],
)
def test_what_is_no_history_is_a_record_that_says_so_in_one_line(tmp_path, content):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    (record,) = judged(path)
    assert record.verdict == "unreadable"
    assert record.error
    assert "\n" not in record.error
    assert "bad.csv" in record.error


def test_what_is_not_there_and_what_is_no_file_are_told_of(tmp_path):
    gone, nothing = judged(tmp_path / "gone.csv", "/dev/null")
    assert "nothing there" in gone.error
    assert "something else" in nothing.error


def test_nothing_of_a_run_stays_in_what_the_next_one_is_judged_by(tmp_path):
    compiled = compiled_over()
    table(tmp_path / "run" / "metrics.csv", fails_at=3)
    (tmp_path / "run" / "hparams.yaml").write_text("lr: 0.1\noptimizer: adam\n")
    (tmp_path / "other").mkdir()
    one, other = runs_in([str(tmp_path / "run"), str(table(tmp_path / "other" / "a.csv"))])
    alone = judge(one, compiled), judge(other, compiled)
    assert (judge(one, compiled), judge(other, compiled)) == alone
