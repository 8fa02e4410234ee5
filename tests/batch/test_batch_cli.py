"""``triage batch`` as a person uses it."""

import json

import pytest

import triage
from tests.batch.sweeps import sweep, table
from triage.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return sweep(tmp_path_factory.mktemp("sweep"), 9, bad={4})


def test_a_summary_tells_which_faults_there_are_and_against_what(folder, capsys):
    assert main(["batch", str(folder), "--jobs", "1"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("9 runs: nothing wrong found in 5, a fault in 3, 1 could not be read\n")
    assert "learning_rate (" in out
    assert "run_004.csv" in out
    assert not err


def test_the_summary_is_there_for_programs(folder, capsys):
    assert main(["batch", str(folder), "--jobs", "1", "--format", "json"]) == 1
    summary = json.loads(capsys.readouterr().out)
    assert (summary["runs"], summary["faulty"]) == (9, 3)
    assert summary["settings"][0]["setting"] == "learning_rate"


def test_lines_go_to_standard_output_alone(folder, capsys):
    assert main(["batch", str(folder), "--jobs", "1", "--format", "jsonl"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len({json.loads(line)["path"] for line in lines}) == len(lines) == 9


def test_results_are_written_and_not_made_twice(folder, tmp_path, capsys):
    output = tmp_path / "results.jsonl"
    assert main(["batch", str(folder), "--jobs", "1", "--output", str(output)]) == 1
    first, content = capsys.readouterr().out, output.read_bytes()
    assert main(["batch", str(folder), "--jobs", "1", "--output", str(output)]) == 1
    assert capsys.readouterr().out == first
    assert output.read_bytes() == content


def test_results_in_the_folder_of_the_runs_are_no_run(tmp_path, capsys):
    sweep(tmp_path, 3)
    for _ in range(2):
        assert main(["batch", str(tmp_path), "--jobs", "1", "--output", str(tmp_path / "results.jsonl")]) == 1
        assert capsys.readouterr().out.startswith("3 runs: ")


def test_parquet_is_written_beside_the_lines(folder, tmp_path, capsys):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
    output = tmp_path / "results.parquet"
    assert main(["batch", str(folder), "--jobs", "1", "--output", str(output), "--quiet"]) == 1
    rows = parquet.read_table(output).to_pylist()
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [row["path"] for row in rows] == [line["path"] for line in lines]
    by_path = {row["path"]: row for row in rows}
    faulty = by_path[str(folder / "run_000.csv")]
    assert faulty["verdict"] == "faulty"
    assert dict(faulty["settings"]) == {"learning_rate": "1.0"}
    assert faulty["causes"][0]["probability"] > 0
    assert by_path[str(folder / "run_004.csv")]["error"]
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("fails", "bad", "status"), [(None, 0, 0), (10, 0, 1), (None, 1, 0)], ids=["healthy", "faulty", "one is bad"]
)
def test_the_exit_status_tells_whether_there_is_a_fault(tmp_path, fails, bad, status):
    table(tmp_path / "a.csv")
    table(tmp_path / "b.csv", fails_at=fails)
    if bad:
        (tmp_path / "c.csv").write_bytes(b"\0")
    assert main(["batch", str(tmp_path), "--jobs", "1", "--quiet"]) == status


def test_nothing_that_could_be_read_is_bad_usage(tmp_path, capsys):
    (tmp_path / "c.csv").write_bytes(b"\0")
    assert main(["batch", str(tmp_path), "--jobs", "1", "--quiet"]) == 2
    assert "none among 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "required: PATH"),
        (["x", "--jobs", "0"], "whole number"),
        (["x", "--output", "results.csv"], "ends in .jsonl or .parquet"),
        (["/nowhere/*.csv"], "pattern"),
        (["x", "--format", "html"], "invalid choice"),
    ],
)
def test_bad_usage_is_one_line(arguments, expected, capsys):
    assert main(["batch", *arguments]) == 2
    err = capsys.readouterr().err
    assert expected in err
    assert err.count("\n") == 1


def test_from_python_records_come_as_they_are_made(folder):
    records = list(triage.diagnose_many(folder, jobs=1))
    assert len(records) == 9
    assert {record.leading for record in records if record.verdict == "faulty"} != {""}
