"""Python's search for cyclic garbage, and when it need not take place."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_collection"]


@contextmanager
def without_collection() -> Iterator[None]:
    """Put the search off until the end of the block, of which it would take up to a third.

    A syntax tree is very many small objects that all live on, and each search goes through them anew. What becomes
    unreachable meanwhile is found by the first search behind the block.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
