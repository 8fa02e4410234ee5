"""Paths, patterns and folders hold the runs that a person would say they hold, each once."""

import os
from pathlib import Path

import pytest

from tests.batch.sweeps import sweep, table
from triage import TriageError
from triage.batch.runs import check_paths, runs_in


def names(paths, besides=()):
    return [run.path for run in runs_in([str(path) for path in paths], besides)]


def test_every_file_of_a_folder_is_a_run_in_the_order_of_names(tmp_path):
    sweep(tmp_path, 12)
    assert names([tmp_path]) == [str(tmp_path / f"run_{number:03d}.csv") for number in range(12)]


def test_a_folder_that_a_program_made_for_a_run_is_one_run(tmp_path):
    for version in ("version_0", "version_1"):
        table(tmp_path / "lightning_logs" / version / "metrics.csv")
        (tmp_path / "lightning_logs" / version / "hparams.yaml").write_text("lr: 0.1\n")
        (tmp_path / "lightning_logs" / version / "checkpoints").mkdir()
        (tmp_path / "lightning_logs" / version / "notes.txt").write_text("loss: see there\n")
    found = list(runs_in([str(tmp_path)]))
    assert [Path(run.path).name for run in found] == ["version_0", "version_1"]
    assert [Path(run.files[0]).name for run in found] == ["metrics.csv"] * 2
    assert [Path(run.configs[0]).name for run in found] == ["hparams.yaml"] * 2


def test_a_file_with_the_name_of_a_history_among_many_others_does_not_hide_them(tmp_path):
    sweep(tmp_path, 8)
    table(tmp_path / "log.csv")
    assert len(names([tmp_path])) == 9


def test_what_is_named_twice_is_one_run(tmp_path):
    sweep(tmp_path, 3)
    assert len(names([tmp_path, tmp_path / "run_000.csv", f"{tmp_path}/*.csv", f"{tmp_path}/../{tmp_path.name}"])) == 3


def test_a_pattern_finds_files_and_folders(tmp_path):
    table(tmp_path / "a" / "x" / "metrics.csv")
    table(tmp_path / "b" / "y" / "metrics.csv")
    table(tmp_path / "b" / "y" / "other.csv")
    assert len(names([f"{tmp_path}/**/metrics.csv"])) == 2
    assert names([f"{tmp_path}/[ab]"]) == [str(tmp_path / "a" / "x"), str(tmp_path / "b" / "y")]


def test_a_name_that_looks_like_a_pattern_is_taken_as_it_is_where_it_is_there(tmp_path):
    path = table(tmp_path / "run[1].csv")
    assert names([path]) == [str(path)]


def test_a_configuration_with_the_name_of_a_run_goes_with_it(tmp_path):
    sweep(tmp_path, 2)
    (tmp_path / "run_001.yaml").write_text("dropout: 0.5\n")
    (tmp_path / "config.yaml").write_text("optimizer: adam\n")
    by_folder = list(runs_in([str(tmp_path)]))
    by_name = list(runs_in([str(tmp_path / "run_000.csv"), str(tmp_path / "run_001.csv")]))
    assert by_folder == by_name
    assert [[Path(config).name for config in run.configs] for run in by_folder] == [
        ["config.yaml"],
        ["run_001.yaml", "config.yaml"],
    ]


def test_what_is_not_there_is_a_run_so_that_it_is_told_of(tmp_path):
    (found,) = runs_in([str(tmp_path / "gone.csv")])
    assert found.size == -1


def test_hidden_files_pipes_and_what_is_no_log_by_its_ending_are_passed_over(tmp_path):
    table(tmp_path / ".hidden.csv")
    table(tmp_path / ".git" / "log.csv")
    (tmp_path / "model.pt").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names([tmp_path]) == []


def test_the_results_themselves_are_no_run(tmp_path):
    sweep(tmp_path, 1)
    (tmp_path / "results.jsonl").write_text("{}\n")
    assert len(names([tmp_path], {str(tmp_path / "results.jsonl")})) == 1


def test_a_folder_that_cannot_be_listed_is_told_of_and_the_others_are_gone_through(tmp_path):
    sweep(tmp_path / "b", 2)
    locked = tmp_path / "a"
    locked.mkdir()
    locked.chmod(0)
    try:
        if os.access(locked, os.R_OK):
            pytest.skip("this user may read everything")
        assert len(names([tmp_path])) == 3
    finally:
        locked.chmod(0o700)


@pytest.mark.parametrize(
    ("given", "expected"), [([], "found none"), (["-"], "--log -"), (["/nowhere/*.csv"], "pattern")]
)
def test_what_nothing_can_come_of_is_refused_in_one_line(given, expected):
    with pytest.raises(TriageError, match=expected):
        check_paths(given)
