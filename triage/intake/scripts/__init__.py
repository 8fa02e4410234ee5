"""Training programs in PyTorch and Keras, read as text and never run: what they state and what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from triage.errors import IntakeError
from triage.intake.found import Found, Stated, Told
from triage.intake.scripts.accumulation_findings import accumulation_findings
from triage.intake.scripts.collection import without_collection
from triage.intake.scripts.decay_findings import decay_findings
from triage.intake.scripts.division_findings import division_findings
from triage.intake.scripts.formula_findings import formula_findings
from triage.intake.scripts.framework_findings import framework_findings
from triage.intake.scripts.head_findings import head_findings
from triage.intake.scripts.input_findings import input_findings
from triage.intake.scripts.lightning_findings import lightning_findings
from triage.intake.scripts.loss_findings import loss_findings
from triage.intake.scripts.mask_findings import mask_findings
from triage.intake.scripts.mode_findings import mode_findings
from triage.intake.scripts.network_findings import network_findings
from triage.intake.scripts.pairing_findings import pairing_findings
from triage.intake.scripts.precision_findings import precision_findings
from triage.intake.scripts.rate_findings import rate_findings
from triage.intake.scripts.reading import trace_of
from triage.intake.scripts.refit_findings import refit_findings
from triage.intake.scripts.resume_findings import resume_findings
from triage.intake.scripts.root_findings import root_findings
from triage.intake.scripts.severed_findings import severed_findings
from triage.intake.scripts.shape_findings import shape_findings
from triage.intake.scripts.shuffle_findings import shuffle_findings
from triage.intake.scripts.sign_findings import sign_findings
from triage.intake.scripts.source import open_source
from triage.intake.scripts.split_findings import split_findings
from triage.intake.scripts.start_findings import start_findings
from triage.intake.scripts.stated_findings import stated_values
from triage.intake.scripts.trainer_findings import trainer_findings
from triage.intake.scripts.training import training_of
from triage.intake.scripts.update_findings import update_findings
from triage.intake.scripts.weights_findings import weights_findings

__all__ = ["read_scripts"]

_JUDGES = (
    framework_findings,
    stated_values,
    trainer_findings,
    lightning_findings,
    formula_findings,
    division_findings,
    root_findings,
    loss_findings,
    shape_findings,
    sign_findings,
    update_findings,
    accumulation_findings,
    weights_findings,
    head_findings,
    severed_findings,
    mode_findings,
    network_findings,
    start_findings,
    shuffle_findings,
    pairing_findings,
    split_findings,
    refit_findings,
    mask_findings,
    input_findings,
    rate_findings,
    decay_findings,
    precision_findings,
    resume_findings,
)


def read_scripts(files: Sequence[str | Path]) -> Told:
    """Read the programs of one run together.

    Args:
        files: Python scripts and notebooks; what one imports of another is followed.

    Raises:
        IntakeError: a file cannot be read or is no Python.

    """
    with without_collection():
        return _read(files)


def _read(files: Sequence[str | Path]) -> Told:
    sources = [open_source(file) for file in files]
    try:
        run = trace_of(sources)
        training = training_of(run)
        said = [piece for judge in _JUDGES for piece in judge(training)]
    except RecursionError:
        raise IntakeError(str(files[0]), "expected a training program, found code that is nested too deeply") from None
    stated = _last(piece for piece in said if isinstance(piece, Stated))
    found = _strongest(piece for piece in said if isinstance(piece, Found))
    notes = [note for source in sources for note in source.notes]
    if run.exhausted:
        notes.append("The program is very long; its end was not followed.")
    run.let_go()
    return Told(tuple(stated), tuple(found), tuple(notes) + tuple(run.notes))


def _last(pieces: Iterable[Stated]) -> Iterable[Stated]:
    """Each value once, as it stands last."""
    return {piece.name: piece for piece in pieces}.values()


def _strongest(pieces: Iterable[Found]) -> Iterable[Found]:
    """Each finding once for each state; a fault that is certain before what is only usual."""
    kept: dict[str, Found] = {}
    for piece in pieces:
        before = kept.get(piece.finding)
        if before is None or _rank(piece) > _rank(before):
            kept[piece.finding] = piece
    return kept.values()


_HEALTHY = {
    "gradients_reset": "reset_each_update", "weights_change": "all_change", "compare_class_counts": "agree",
    "find_leaked_samples": "none", "compare_preprocessing": "same", "evaluation_code": "mode_switched_same_pipeline",
    "resume_state": "all_restored", "compare_accumulated_gradient": "equal", "inspect_pairing": "aligned",
    "loss_by_hand": "agrees", "pooling_stride": "at_most_kernel",
}  # fmt: skip


def _rank(piece: Found) -> int:
    """Faults come before what is as it should be."""
    return 0 if _HEALTHY.get(piece.finding) == piece.state else 1
