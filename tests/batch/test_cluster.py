"""On a Dask cluster that is there already, one worker of which is killed midway."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.batch.sweeps import sweep
from triage import TriageError
from triage.batch.carrying import carry_out
from triage.batch.cluster import executor_at
from triage.batch.record import record_in
from triage.batch.runs import runs_in
from triage.cli import main

pytest.importorskip("distributed", reason="the extra dask is not installed")

ROOT = Path(__file__).parents[2]
HERE = ["--host", "127.0.0.1"]
QUIET = {"env": {**os.environ, "PYTHONPATH": str(ROOT)}, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def started(*arguments):
    return subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]], **QUIET)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, workers):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with executor_at(address) as (_, found):
                if found == workers:
                    return
        except TriageError:
            pass
        time.sleep(0.2)
    pytest.fail(f"no cluster of {workers} workers at {address}")


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, and the processes of its two workers, which nobody begins anew."""
    address = f"tcp://127.0.0.1:{free_port()}"
    processes = [started("scheduler", *HERE, "--port", address.rpartition(":")[2], "--no-dashboard")]
    try:
        for number in (1, 2):
            local = tmp_path / f"worker-{number}"
            processes.append(
                started(
                    "worker", address, *HERE, "--nthreads", "1", "--nworkers", "1", "--no-nanny", "--no-dashboard",
                    "--local-directory", str(local),
                )
            )  # fmt: skip
        wait_for(address, 2)
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_no_run_is_lost_or_doubled_where_a_worker_is_killed_midway(cluster, tmp_path):
    address, workers = cluster
    folder = sweep(tmp_path / "runs", 300, bad={30, 200})
    with executor_at(address) as (executor, threads):
        assert threads == 2
        lines = carry_out(runs_in([str(folder)]), executor, jobs=threads, chunk=10)
        records = [record_in(next(lines)) for _ in range(50)]
        os.kill(workers[0].pid, signal.SIGKILL)
        records += [record_in(line) for line in lines]
    assert Counter(record.path for record in records) == Counter({str(path): 1 for path in folder.iterdir()})
    assert sum(record.verdict == "unreadable" for record in records) == 2


def test_the_command_runs_there(cluster, tmp_path, capsys):
    address, _ = cluster
    folder = sweep(tmp_path / "runs", 20)
    assert main(["batch", str(folder), "--scheduler", address, "--output", str(tmp_path / "results.jsonl")]) == 1
    assert capsys.readouterr().out.startswith("20 runs: nothing wrong found in 13, a fault in 7")


def test_where_no_scheduler_answers_that_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("triage.batch.cluster.PATIENCE", 1)
    assert main(["batch", str(ROOT / "tests" / "data"), "--scheduler", f"tcp://127.0.0.1:{free_port()}"]) == 2
    err = capsys.readouterr().err
    assert "expected a Dask scheduler" in err
    assert err.count("\n") == 1
