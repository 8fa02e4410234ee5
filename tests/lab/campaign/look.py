"""Train runs of the plan and print their curves as numbers: `python -m tests.lab.campaign.look REGEX [--limit N]`."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence

import numpy as np

from .campaign import train_one
from .plan import plan
from .record import Record


def line(name: str, record: Record, seconds: float) -> str:
    """A run on one line: the hidden training loss and the logged validation loss over time, and what came of it."""
    at = np.linspace(0, record.steps - 1, 9)
    hidden = _over(at, record.probe_step, record.probe_loss)
    logged = _over(at[1::2], record.evaluated, record.val_loss)
    lost = int((~np.isfinite(record.loss)).sum())
    truth = record.truth
    return (
        f"{name[:60]:60s}{record.steps:5d} {seconds:4.1f}s | first {record.loss[0]:.3g} | {hidden} | val {logged} | "
        f"quality {truth['quality_train']:.2f} {truth['quality_true']:.2f} dead {truth['dead_units']:.2f} nan {lost}"
    )


def _over(at: np.ndarray, steps: np.ndarray, values: np.ndarray) -> str:
    if not len(values):
        return "none"
    places = np.minimum(np.searchsorted(steps, at), len(steps) - 1)
    return " ".join(f"{values[i]:.3g}" for i in places)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and print the first runs whose id fits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", metavar="REGEX")
    parser.add_argument("--limit", type=int, default=12)
    chosen = parser.parse_args(arguments)
    for run in [run for run in plan() if re.search(chosen.only, run.id)][: chosen.limit]:
        begun = time.process_time()
        record = train_one(run)
        print(line(run.id, record, time.process_time() - begun), flush=True)


if __name__ == "__main__":
    main()
