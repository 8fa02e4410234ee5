"""The file of results: taken up again after any end, no run is in it twice and none is missing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batch.sweeps import sweep, table
from triage import TriageError, diagnose_many
from triage.batch.journal import opened_journal


def written(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def done(folder, output):
    return list(diagnose_many(folder, jobs=1, output=output))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = sweep(tmp_path_factory.mktemp("sweep"), 6, bad={2})
    header = '"Step","calm-1 - loss","red-2 - loss"\n'
    (folder / "runs_7.csv").write_text(header + "".join(f'"{row}","{1 / (1 + row)}","0.{row}"\n' for row in range(9)))
    output = tmp_path_factory.mktemp("out") / "results.jsonl"
    done(folder, output)
    return folder, output.read_bytes()


def test_a_line_for_each_run_stands_in_it(whole):
    folder, content = whole
    assert len(content.splitlines()) == 8
    assert {json.loads(line)["path"] for line in content.splitlines()} == {str(path) for path in folder.iterdir()}


@given(st.data())
def test_cut_at_any_byte_it_is_made_whole_again(whole, tmp_path_factory, data):
    _, content = whole
    cut = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("cut") / "results.jsonl"
    path.write_bytes(content[:cut])
    with opened_journal(path, "k") as journal:
        kept = path.read_bytes()
        assert content.startswith(kept)
        assert len(kept.splitlines()) >= content[:cut].count(b"\n") - 1
        assert kept.endswith(b"\n") or not kept
        # Both runs of one file or none of them.
        assert kept.count(b"runs_7.csv") % 2 == 0
        assert len(journal.newest) == len({json.loads(line)["path"] for line in kept.splitlines()})


def test_what_is_there_is_not_judged_again_and_is_handed_on(whole, tmp_path):
    folder, content = whole
    output = tmp_path / "results.jsonl"
    lines = content.splitlines(keepends=True)
    output.write_bytes(b"".join(lines[:4]) + lines[4][:30])
    records = done(folder, output)
    assert output.read_bytes().startswith(b"".join(lines[:4]))
    assert sorted(output.read_bytes().splitlines(keepends=True)) == sorted(lines)
    assert Counter((record.path, record.run) for record in records) == Counter(
        (fields["path"], fields["run"]) for fields in map(json.loads, lines)
    )


def test_a_run_that_changed_since_takes_the_place_of_what_it_was(tmp_path):
    folder, output = sweep(tmp_path / "runs", 4), tmp_path / "results.jsonl"
    done(folder, output)
    table(folder / "run_001.csv", rows=50, fails_at=20)
    records = done(folder, output)
    assert len(records) == len(written(output)) == 4
    assert {fields["rows"] for fields in written(output) if fields["path"].endswith("run_001.csv")} == {50}
    assert not list(tmp_path.glob("*.new"))
    assert not list(tmp_path.glob("*.lock"))


def test_results_by_other_knowledge_are_made_anew(tmp_path):
    folder, output = sweep(tmp_path / "runs", 2), tmp_path / "results.jsonl"
    done(folder, output)
    output.write_text(output.read_text().replace(written(output)[0]["knowledge"], "1900.1+old"))
    done(folder, output)
    assert len(written(output)) == 2
    assert "old" not in output.read_text()


@pytest.mark.parametrize("content", ["a,b\n1,2\n", '{"path": "x"}\n', "something", '{"a": 1}'])
def test_a_file_with_something_else_in_it_is_refused_and_left(tmp_path, content):
    output = tmp_path / "results.jsonl"
    output.write_text(content)
    with pytest.raises(TriageError, match=r"results\.jsonl.*expected"):
        done(sweep(tmp_path / "runs", 1), output)
    assert output.read_text() == content


def test_two_at_once_do_not_write_to_one_file(tmp_path):
    output = tmp_path / "results.jsonl"
    with opened_journal(output, "k"), pytest.raises(TriageError, match="alone"), opened_journal(output, "k"):
        pass


def test_an_output_that_cannot_be_written_is_told_of_before_any_work(tmp_path):
    with pytest.raises(TriageError, match="expected a file in a folder that is there"):
        done(sweep(tmp_path / "runs", 1), tmp_path / "no" / "results.jsonl")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_at_any_moment_and_taken_up_again_no_run_is_lost_or_doubled(tmp_path):
    folder, output = sweep(tmp_path / "runs", 120, bad={5, 50}), tmp_path / "results.jsonl"
    command = [
        sys.executable,
        "-m",
        "triage.cli",
        "batch",
        str(folder),
        "--jobs",
        "2",
        "--output",
        str(output),
        "--quiet",
    ]
    chance = random.Random(4)
    for _ in range(4):
        child = subprocess.Popen(command, start_new_session=True)
        before = output.stat().st_size if output.exists() else 0
        while child.poll() is None and (not output.exists() or output.stat().st_size <= before):
            time.sleep(0.005)
        time.sleep(chance.random() * 0.02)
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert subprocess.run(command, check=False).returncode == 1
    found = Counter(fields["path"] for fields in written(output))
    assert found == Counter({str(path): 1 for path in folder.iterdir()})
