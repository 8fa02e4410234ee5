"""Several processes that train together, and stop together or not at all."""

from __future__ import annotations

__all__ = ["agreed"]


def agreed(stop: bool, device: object) -> bool:
    """Whether any of the processes wants to stop; each has to ask, at the same time.

    Args:
        stop: whether this one does.
        device: the one it trains on.

    """
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return stop
    votes = torch.tensor(int(stop), device=device)
    distributed.all_reduce(votes, op=distributed.ReduceOp.MAX)
    return bool(votes.item())
