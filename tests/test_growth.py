import os
from pathlib import Path

import pytest

from triage.growth import Stamp, grown, stamp_of


@pytest.fixture
def logs(tmp_path):
    files = [tmp_path / name for name in ("losses.csv", "rates.csv")]
    for file in files:
        file.write_text("step,loss\n1,2\n")
    return [str(file) for file in files]


def test_files_that_were_left_alone_have_not_grown(logs):
    assert grown(logs, stamp_of(logs)) is None


def test_a_file_to_which_a_line_was_added_has_grown(logs):
    since = stamp_of(logs)
    with Path(logs[1]).open("a") as log:
        log.write("2,1\n")
    now = grown(logs, since)
    assert now == stamp_of(logs)
    assert grown(logs, now) is None


def test_a_file_written_anew_with_as_many_bytes_counts_too(logs):
    since = stamp_of(logs)
    os.utime(logs[0], ns=(0, 1))
    assert grown(logs, since) == stamp_of(logs)


def test_a_file_that_has_vanished_is_waited_for(logs):
    since = stamp_of(logs)
    Path(logs[0]).unlink()
    assert stamp_of(logs) == Stamp((None, since.files[1]))
    assert grown(logs, since) is None
    Path(logs[0]).write_text("step,loss\n")
    assert grown(logs, since) is not None


def test_files_that_were_never_looked_at_are_new(logs):
    assert grown(logs, None) == stamp_of(logs)


@pytest.mark.parametrize("name", ["nul\0", "x" * 5000, "no/such/folder/run.csv", "\udcff"])
def test_a_name_that_no_file_has_is_only_not_there(name):
    assert stamp_of([name]) == Stamp((None,))
    assert grown([name], None) is None
