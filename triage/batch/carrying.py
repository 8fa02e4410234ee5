"""Runs -> records, on any executor, in bounded memory; a worker that dies takes no run with it.

Chunks of runs are given out, a few more than there are workers, and the next one when one comes back. What was with a
worker that died is tried again file by file, each alone in a process, so that the file that killed it is named and no
other suffers for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, field

from triage.batch.judging import base_over, knowledge_name, lines_of, unread
from triage.batch.record import line_of
from triage.batch.runs import Run
from triage.errors import HistoryError, TriageError
from triage.workers import process_pool

__all__ = ["CHUNK", "carry_out"]

CHUNK = 100
"""Runs that are given out together: what a task costs by itself is then nothing beside them."""

LARGE_CHUNK = 16_000_000
"""Bytes from which on a chunk is large enough, however few its runs are."""

AHEAD = 2
"""Chunks for each worker: one that it works at, and one that waits."""


def carry_out(
    runs: Iterable[Run],
    executor: Executor | None = None,
    *,
    jobs: int | None = None,
    chunk: int = CHUNK,
    packs: Sequence[str] = (),
) -> Iterator[str]:
    """Judge runs; yields a line for each, as `triage.batch.record.record_in` reads it, in no certain order.

    The lines of the runs that one file holds come one after the other.

    Args:
        runs: what to judge; taken as they are needed.
        executor: where; by default processes on this machine. It is not shut down. Where it breaks, the work goes on in
            processes on this machine.
        jobs: how many workers it has, or is to have; by default as many as there are processors.
        chunk: how many runs are given out together.
        packs: folders with knowledge besides the built-in one.

    Raises:
        TriageError: the executor fails in another way than that a worker dies.

    """
    workers = jobs or os.cpu_count() or 1
    work = _Work(executor, workers, tuple(packs))
    chunks = _chunked(runs, chunk)
    try:
        yield from _carried_out(chunks, work, AHEAD * workers)
    finally:
        work.close()


@dataclass
class _Work:
    """Where chunks are judged: the executor that was given, and processes of our own where there is none any more."""

    given: Executor | None
    workers: int
    packs: tuple[str, ...]
    own: ProcessPoolExecutor | None = None
    waiting: dict[Future[list[str]], tuple[Run, ...]] = field(default_factory=dict)

    def give_out(self, runs: tuple[Run, ...]) -> None:
        """Have some runs judged; raises `BrokenExecutor` where that is no longer possible."""
        if self.given is None and self.own is None:
            self.own = process_pool(self.workers, self.packs)
        executor = self.given or self.own
        assert executor is not None
        self.waiting[executor.submit(lines_of, runs, self.packs)] = runs

    def broke(self) -> None:
        """Begin anew behind an executor that broke; all that waits in it comes back broken by itself."""
        self.given = None
        if self.own is not None:
            self.own.shutdown(wait=False, cancel_futures=True)
            self.own = None

    def close(self) -> None:
        for future in self.waiting:
            future.cancel()
        if self.own is not None:
            self.own.shutdown(wait=True, cancel_futures=True)


def _carried_out(chunks: Iterator[tuple[Run, ...]], work: _Work, most: int) -> Iterator[str]:
    left: tuple[Run, ...] = ()
    while True:
        while len(work.waiting) < most and (left := left or next(chunks, ())):
            try:
                work.give_out(left)
                left = ()
            except BrokenExecutor:
                work.broke()
            except RuntimeError as error:
                raise _failed(error) from error
        if not work.waiting:
            return
        done, _ = wait(work.waiting, return_when=FIRST_COMPLETED)
        for future in done:
            runs = work.waiting.pop(future)
            lines = _result(future)
            if lines is None:
                yield from _one_by_one(runs, work.packs)
            else:
                yield from lines


def _result(future: Future[list[str]]) -> list[str] | None:
    """What came back; None where the worker died."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return None
    except TriageError:
        raise
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            return None
        raise _failed(error) from error


def _failed(error: Exception) -> TriageError:
    found = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return TriageError(f"expected the workers to judge the runs, found {found}")


def _one_by_one(runs: Iterable[Run], packs: tuple[str, ...]) -> Iterator[str]:
    """Each run alone in a process of its own pool, so that what ends the process is known."""
    pool = process_pool(1, packs)
    try:
        for run in runs:
            try:
                yield from pool.submit(lines_of, (run,), packs).result()
            except BrokenExecutor:
                pool.shutdown(wait=False, cancel_futures=True)
                pool = process_pool(1, packs)
                reason = "expected to read it, found that the process that does so dies of it"
                name = knowledge_name(base_over(packs))
                yield line_of(unread(run, name, HistoryError(run.name, reason)))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _chunked(runs: Iterable[Run], most: int) -> Iterator[tuple[Run, ...]]:
    chunk: list[Run] = []
    size = 0
    for run in runs:
        chunk.append(run)
        size += max(run.size, 0)
        if len(chunk) >= most or size >= LARGE_CHUNK:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)
