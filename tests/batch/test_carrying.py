"""Every run comes back once, whatever becomes of the workers."""

import os
import signal
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from tests.batch import poison
from tests.batch.sweeps import sweep, table
from triage import TriageError
from triage.batch import carrying
from triage.batch.carrying import carry_out
from triage.batch.record import record_in
from triage.batch.runs import runs_in


def carried(folder, *args, **kwargs):
    return [record_in(line) for line in carry_out(runs_in([str(folder)]), *args, **kwargs)]


def once_each(records, size):
    return Counter(record.path for record in records) == Counter({record.path: 1 for record in records}) and (
        len(records) == size
    )


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_every_run_comes_back_once_from_processes_of_our_own(tmp_path, chunk):
    records = carried(sweep(tmp_path, 30, bad={3, 17}), jobs=2, chunk=chunk)
    assert once_each(records, 30)
    assert Counter(record.verdict for record in records) == {"healthy": 19, "faulty": 9, "unreadable": 2}


def test_any_executor_does_and_is_left_open(tmp_path):
    with ThreadPoolExecutor(3) as threads:
        assert once_each(carried(sweep(tmp_path, 20), threads, chunk=3), 20)
        assert threads.submit(int).result() == 0


def test_the_runs_are_taken_as_they_are_needed(tmp_path):
    path = str(table(tmp_path / "a.csv"))
    taken = 0

    def runs():
        nonlocal taken
        while True:
            taken += 1
            yield next(runs_in([path]))

    with ThreadPoolExecutor(1) as threads:
        lines = carry_out(runs(), threads, jobs=1, chunk=2)
        for _ in range(10):
            next(lines)
        lines.close()
    assert taken < 40


def test_a_file_that_kills_its_worker_is_named_and_the_others_are_judged(tmp_path, monkeypatch):
    monkeypatch.setattr(carrying, "lines_of", poison.lines_of)
    table(sweep(tmp_path, 20) / "run_007_poison.csv")
    records = carried(tmp_path, jobs=2, chunk=5)
    assert once_each(records, 21)
    (lost,) = (record for record in records if record.verdict == "unreadable")
    assert lost.path.endswith("run_007_poison.csv")
    assert "dies of it" in lost.error


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_worker_that_is_killed_from_outside_costs_no_run(tmp_path):
    sweep(tmp_path, 60)
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        victim = pool.submit(os.getpid).result()
        lines = carry_out(runs_in([str(tmp_path)]), pool, jobs=2, chunk=3)
        records = [record_in(next(lines))]
        os.kill(victim, signal.SIGKILL)
        records += [record_in(line) for line in lines]
    assert once_each(records, 60)
    assert not any(record.error for record in records)


def test_an_executor_that_takes_nothing_any_more_is_told_of_in_one_line(tmp_path):
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    with pytest.raises(TriageError, match="expected the workers to judge the runs"):
        carried(sweep(tmp_path, 2), threads)


def test_of_nothing_comes_nothing(tmp_path):
    assert carried(tmp_path) == []
