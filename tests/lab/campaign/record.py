"""What one run leaves: the curves that a program could log, and the truth that no log shows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_PART = "part/"
_LEVEL = "level/"


@dataclass(frozen=True)
class Record:
    """A run. A quantity that the program does not have is all NaN, and of length 0 where it has no axis.

    Args:
        loss, accuracy, rate, grad_norm, loss_scale: one value per optimizer step, loss and accuracy as printed, the
            norm before clipping (after unscaling); `loss_scale` is empty without scaling.
        parts: term of the loss -> its weighted values per step; empty for one term.
        val_parts: the same at each evaluation.
        epoch: epoch of each step.
        epoch_loss, epoch_accuracy: means over the batches since the evaluation before.
        val_loss, val_accuracy: as the program's own evaluation code computes them, faults included; of length 0 where
            the program does not evaluate.
        evaluated: step after which each evaluation was made.
        probe_step, probe_loss, probe_val: hidden truth; the program's loss in evaluation mode on a fixed subset of
            training and of sound held-out samples.
        steps_per_epoch: of the program.
        resumes: steps at which the program was started anew.
        truth: numbers: `quality_train`, `quality_true` (0 like guessing, 1 perfect: accuracy above the majority, or
            share of variance), `dead_units`, `weights_start`, `weights_end` (norms), `weights_changed`,
            `weights_nan` (0 or 1), `skipped` (updates that loss scaling left out), `clipped` (share of updates),
            `seconds`.

    """

    loss: Floats
    accuracy: Floats
    rate: Floats
    grad_norm: Floats
    loss_scale: Floats
    epoch: NDArray[np.int32]
    epoch_loss: Floats
    epoch_accuracy: Floats
    val_loss: Floats
    val_accuracy: Floats
    evaluated: NDArray[np.int32]
    probe_step: NDArray[np.int32]
    probe_loss: Floats
    probe_val: Floats
    steps_per_epoch: int
    resumes: tuple[int, ...] = ()
    parts: dict[str, Floats] = field(default_factory=dict)
    val_parts: dict[str, Floats] = field(default_factory=dict)
    truth: dict[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Optimizer steps that the program made."""
        return len(self.loss)


_ARRAYS = [f.name for f in fields(Record) if "Floats" in str(f.type) and "dict" not in str(f.type)]
_ARRAYS += ["epoch", "evaluated", "probe_step"]


def save(path: Path, record: Record, about: dict[str, Any]) -> None:
    """Write a record and what it is about, at once or not at all."""
    arrays = {name: getattr(record, name) for name in _ARRAYS}
    arrays |= {_PART + name: values for name, values in record.parts.items()}
    arrays |= {_LEVEL + name: values for name, values in record.val_parts.items()}
    about = about | {"truth": record.truth, "resumes": record.resumes, "steps_per_epoch": record.steps_per_epoch}
    started = path.with_name(path.name + ".part")
    with started.open("wb") as file:
        np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)
    started.replace(path)


def load(path: Path) -> tuple[Record, dict[str, Any]]:
    """A record, and what it is about."""
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        record = Record(
            **{name: file[name] for name in _ARRAYS},
            parts={name.removeprefix(_PART): file[name] for name in file.files if name.startswith(_PART)},
            val_parts={name.removeprefix(_LEVEL): file[name] for name in file.files if name.startswith(_LEVEL)},
            truth=about.pop("truth"),
            resumes=tuple(about.pop("resumes")),
            steps_per_epoch=about.pop("steps_per_epoch"),
        )
    return record, about
