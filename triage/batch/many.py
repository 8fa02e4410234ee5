"""Many runs in one call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path

from triage.batch.carrying import CHUNK, carry_out
from triage.batch.journal import opened_journal
from triage.batch.judging import base_over, knowledge_name
from triage.batch.parquet import check_parquet, write_parquet
from triage.batch.record import Record, record_in
from triage.batch.runs import check_paths, runs_in

__all__ = ["diagnose_many", "journal_of"]

PARQUET = ".parquet"


def diagnose_many(
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    executor: Executor | None = None,
    *,
    jobs: int | None = None,
    output: str | PathLike[str] | None = None,
    chunk: int = CHUNK,
    packs: Sequence[str] = (),
) -> Iterator[Record]:
    """Judge many runs; yields a record for each as it comes, in no certain order and in bounded memory.

    What cannot be read comes as a record, too, with its ``error``.

    Args:
        paths: files, folders of runs, or patterns such as ``sweep/**/metrics.csv``; folders are gone through.
        executor: where the runs are judged: any of `concurrent.futures`, or what ``Client.get_executor()`` of Dask
            gives. By default processes on this machine, for which a script that calls this must have its
            ``if __name__ == "__main__":``. It is not shut down.
        jobs: how many workers the executor has, or is to have; by default as many as there are processors.
        output: file of results to write, or to go on with where some are in it: what it holds of runs that have not
            changed since is handed on last and not judged again. One that ends in ``.parquet`` is written at the end,
            beside one that ends in ``.jsonl``.
        chunk: how many runs are given out together.
        packs: folders with knowledge besides the built-in one.

    Raises:
        TriageError: a pattern fits no file, the output cannot be written or holds something else, or the executor
            fails.

    """
    given = [paths] if isinstance(paths, str | PathLike) else list(paths)
    names = [os.fspath(path) for path in given]
    check_paths(names)
    target = None if output is None else Path(output)
    if target is not None and target.suffix == PARQUET:
        check_parquet()
    return _judged(names, executor, jobs, target, chunk, tuple(packs))


def journal_of(target: Path) -> Path:
    """The file with a line for each run that goes with a file of results."""
    return target.with_suffix(".jsonl") if target.suffix == PARQUET else target


def _judged(
    names: Sequence[str], executor: Executor | None, jobs: int | None, target: Path | None, chunk: int,
    packs: tuple[str, ...],
) -> Iterator[Record]:  # fmt: skip
    if target is None:
        for line in carry_out(runs_in(names), executor, jobs=jobs, chunk=chunk, packs=packs):
            yield record_in(line)
        return
    path = journal_of(target)
    besides = {str(Path(f"{file}{more}").absolute()) for file in (path, target) for more in ("", ".new", ".lock")}
    with opened_journal(path, knowledge_name(base_over(packs))) as journal:
        runs = journal.not_judged(runs_in(names, besides))
        lines = carry_out(runs, executor, jobs=jobs, chunk=chunk, packs=packs)
        yield from journal.write(lines)
        yield from journal.earlier()
    if target != path:
        write_parquet(path, target)
