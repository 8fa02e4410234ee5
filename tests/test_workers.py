"""Workers have the knowledge at hand, whether or not the process that they are copied from was begun before."""

import gc
import json
import os

import pytest

from tests.batch.sweeps import table
from triage.batch.judging import lines_of
from triage.batch.runs import runs_in
from triage.workers import make_ready, process_pool


@pytest.mark.parametrize("begun_before", [True, False])
def test_workers_judge_in_processes_of_their_own_what_this_one_would(tmp_path, begun_before):
    runs = tuple(runs_in([str(table(tmp_path / "a.csv"))]))
    if begun_before:
        make_ready()
    with process_pool(1) as pool:
        (line,) = pool.submit(lines_of, runs).result()
        assert pool.submit(os.getpid).result() != os.getpid()
    assert [json.loads(line)] == [json.loads(one) for one in lines_of(runs)]


def test_workers_do_not_search_the_knowledge_for_garbage():
    with process_pool(1) as pool:
        assert pool.submit(gc.get_freeze_count).result() > 0
