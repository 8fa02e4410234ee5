"""Processes on this machine that judge runs, begun from one that has read the programs and the knowledge already.

To read them takes a second, which the first process of a command needs for itself, too: `make_ready` has both done at
the same time. What all workers share is then in memory once.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection, forkserver
from multiprocessing.context import BaseContext
from threading import Thread

__all__ = ["make_ready", "process_pool"]

PROGRAMS = ["triage.one_thread", "triage.batch.judging"]
KNOWLEDGE = "triage.batch.at_hand"

GARBAGE = 10_000
"""New containers between two searches for garbage, as many as some runs make; by default it would be searched for
several times in each."""


def make_ready(packs: tuple[str, ...] = ()) -> None:
    """Begin the process that workers will be copied from; returns at once.

    Args:
        packs: folders with knowledge besides the built-in one.

    """
    if _context(packs).get_start_method() == "forkserver":
        forkserver.ensure_running()


def process_pool(workers: int, packs: tuple[str, ...] = ()) -> ProcessPoolExecutor:
    """Processes that have the knowledge at hand before their first run comes.

    They are begun afresh and not as copies of this process, which may have threads.

    Args:
        workers: how many, at most.
        packs: folders with knowledge besides the built-in one.

    """
    return ProcessPoolExecutor(workers, mp_context=_context(packs), initializer=_begin, initargs=(packs,))


def _context(packs: tuple[str, ...]) -> BaseContext:
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([*PROGRAMS, *([] if packs else [KNOWLEDGE])])
    return context


def _begin(packs: tuple[str, ...]) -> None:
    """Make a worker ready: an interrupt is for the process that began it, and it ends when that one does."""
    from triage.batch.judging import compiled_over

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    compiled_over(packs)
    # The knowledge stays to the end, so that nobody need look through it for what can go; runs leave little in circles.
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
