"""What ranks the entries of a tensor: their values, which a gradient reaches, and their places, which none does."""

from __future__ import annotations

from dataclasses import replace

from triage.intake.scripts.trace import Call
from triage.intake.scripts.values import Items, Tensor, Value, number

__all__ = ["ranked", "ranked_field"]

_RANKED = "ranked"
"""How the pair is made ("torch.max", "torch.sort", "torch.topk", documentation of PyTorch)."""

_ALONG = frozenset({"max", "min", "median", "mode"})
_ALWAYS = frozenset({"topk", "sort", "kthvalue"})
_FIELDS = {"values": 0, "indices": 1}


def ranked(owner: Tensor, name: str, call: Call, position: int) -> Items | None:
    """Values and places along a dimension; None for what has no places.

    Args:
        owner: what is ranked.
        name: of the function or the method.
        call: its arguments.
        position: of the dimension among them.

    """
    along = number(call.get(position, "dim", "axis")) is not None
    if name not in _ALWAYS and not (name in _ALONG and along):
        return None
    return Items([owner, replace(owner, cut=owner.cut or call.spot)], made=_RANKED)


def ranked_field(owner: Items, name: str) -> Value | None:
    """Values or places by their name; None for what the pair has not."""
    return owner.values[_FIELDS[name]] if owner.made == _RANKED and name in _FIELDS else None
