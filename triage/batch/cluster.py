"""An executor on a Dask cluster that is running already; its workers must have triage and see the same files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from triage.errors import TriageError

__all__ = ["executor_at"]

PATIENCE = 10
"""Seconds to wait for the scheduler."""


@contextmanager
def executor_at(address: str) -> Iterator[tuple[Executor, int]]:
    """The executor, and how many threads its workers have.

    A task whose worker is lost goes to another one; one that several workers were lost at comes back broken.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises:
        TriageError: Dask is not installed here, no scheduler answers, or it has no workers.

    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise TriageError(
            "expected the package distributed for --scheduler, found none; pip install 'loss-triage[dask]'"
        ) from None
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise TriageError(f"{address}: expected a Dask scheduler, found: {reason}") from None
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise TriageError(f"{address}: expected a Dask scheduler with workers, found none of them")
        yield client.get_executor(pure=False), workers
