"""What of a formula should fall or rise: the sign with which an error or a log-likelihood enters it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ERROR", "LIKELIHOOD", "LIKENESS", "MIXED", "RESIDUAL", "Aim", "after", "together", "turned"]


class Aim(NamedTuple):
    """What a formula holds.

    Args:
        kind: `residual` (output less target), `error` (its square or size), `likelihood` (of what happened),
            `likeness` (of outputs to what they are to be like), or `mixed`, of which nothing can be said.
        sign: 1 where the formula falls as the fit gets better, -1 where it rises; 0 where neither is told.

    """

    kind: str
    sign: int


RESIDUAL = Aim("residual", 0)
ERROR = Aim("error", 1)
LIKELIHOOD = Aim("likelihood", -1)
LIKENESS = Aim("likeness", -1)
MIXED = Aim("mixed", 0)

_KEEP = frozenset({"log", "log2", "log10", "log1p", "logsumexp", "sqrt", "bounded", "add", "sub", "mul", "div"})
_FLAT = frozenset({"merge", "flatten", "neutral"})


def after(aim: Aim | None, kind: str, name: str) -> Aim | None:
    """The aim behind a layer or a step of arithmetic."""
    if aim is None or kind in _FLAT:
        return aim
    if kind != "arith":
        return MIXED
    if name in ("pow", "norm"):
        return ERROR if aim is RESIDUAL else MIXED
    if name in ("neg", "complement"):
        return turned(aim)
    if aim is RESIDUAL:
        return aim if name in ("add", "sub", "mul", "div") else MIXED
    return aim if name in _KEEP else MIXED


def turned(aim: Aim | None) -> Aim | None:
    """The aim of the negative."""
    return None if aim is None else Aim(aim.kind, -aim.sign) if aim.sign else aim


def together(one: Aim | None, other: Aim | None) -> Aim | None:
    """The aim of a sum; of what has none nothing is asked."""
    if one is None or other is None:
        return one or other
    if one.sign and one.sign == other.sign:
        return one if one.kind == other.kind else Aim("error", one.sign)
    return MIXED
