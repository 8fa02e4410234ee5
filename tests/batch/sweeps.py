"""Folders of runs for the tests of many runs."""

import math
import os


def table(path, rows=30, fails_at=None, rate=0.1):
    """A history as Keras writes it, that turns NaN at a row if one is given."""
    lines = ["epoch,loss,val_loss,lr"]
    for row in range(rows):
        loss = 2.3 * math.exp(-row / 10) + 0.1 + 0.01 * math.sin(7 * row)
        shown = "nan" if fails_at is not None and row >= fails_at else f"{loss:.6f}"
        lines.append(f"{row},{shown},{loss + 0.1:.6f},{rate}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def sweep(folder, size, bad=()):
    """Runs of which every third fails at a rate of its own; files with the numbers in ``bad`` are no histories."""
    for number in range(size):
        path = folder / f"run_{number:03d}.csv"
        if number in bad:
            path.write_bytes(os.urandom(50) + b"\0")
        else:
            table(path, fails_at=12 if number % 3 == 0 else None, rate=1.0 if number % 3 == 0 else 0.01)
    return folder
