"""Lightning, which makes the loop itself and calls what a module has for it ("Trainer", documentation of Lightning)."""

from __future__ import annotations

from triage.intake.scripts.attributes import method_of
from triage.intake.scripts.trace import Call, Run, call_of
from triage.intake.scripts.values import Bound, Function, Instance, Model, Table, Unknown, Value

__all__ = ["TRAINER", "lightning_call", "steps_of", "trainer_method"]

TRAINER = "lightning_trainer"
"""Name of the table with the arguments of a trainer."""

_STEPS = ("training_step", "validation_step", "configure_optimizers", "train_dataloader", "val_dataloader")
_DATA = ("prepare_data", "setup", "train_dataloader", "val_dataloader")


def lightning_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if last == "Trainer":
        run.happens(TRAINER, call.spot, None, call=call)
        return Table(dict(call.named), name=TRAINER)
    if last[:1].isupper():
        return Table(dict(call.named), name=last)
    return Unknown(last, run.tick()) if last == "seed_everything" else None


def trainer_method(run: Run, name: str, call: Call) -> Value | None:
    """What a trainer does with a module and its data."""
    if name not in ("fit", "validate", "test", "predict", "tune"):
        return None
    module, data = call.get(0, "model"), call.named.get("datamodule", call.get(1, "train_dataloaders"))
    if isinstance(module, Model):
        steps_of(run, module)
        if name == "fit":
            run.happens("lightning_fit", call.spot, module, call=call)
    if isinstance(data, Instance):
        for word in _DATA:
            _called(run, data, word)
    return Unknown(name, run.tick())


def steps_of(run: Run, owner: Model) -> None:
    """The steps of a module, which the trainer calls."""
    if owner.made_of is None:
        return
    for name in _STEPS:
        called, result = _called(run, owner, name)
        if called:
            run.happens("lightning", owner.spot, owner, name=name, result=result)


def _called(run: Run, owner: Model | Instance, name: str) -> tuple[bool, Value]:
    """Whether there is such a method that nothing has called yet, and what it yields."""
    function = method_of(owner, name)
    if not isinstance(function, Function) or function.node in run.visited:
        return False, None
    words = ("batch", "batch_idx") if name.endswith("_step") else ("stage",)
    given: list[Value] = [Unknown(word, run.tick()) for word in words][: len(function.node.args.args) - 1]
    return True, run.invoke(run, Bound(owner, function), call_of(owner.spot, given))
