"""What calls of libraries yield: each library has a module of its own."""

from __future__ import annotations

from triage.intake.scripts.applying import unseen
from triage.intake.scripts.array_library import array_call
from triage.intake.scripts.bare_weights import PRODUCTS, multiplied
from triage.intake.scripts.builtin_library import builtin_call
from triage.intake.scripts.hub_library import hub_call
from triage.intake.scripts.keras_library import keras_call
from triage.intake.scripts.lightning import lightning_call
from triage.intake.scripts.paths import path_call
from triage.intake.scripts.settings_library import settings_call
from triage.intake.scripts.source import Spot
from triage.intake.scripts.tensorflow_library import tensorflow_call
from triage.intake.scripts.torch_library import torch_call
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Known, Table, Unknown, Value

__all__ = ["called", "entered"]

_READERS = {
    "torch": torch_call,
    "torchvision": torch_call,
    "transformers": hub_call,
    "datasets": hub_call,
    "trl": hub_call,
    **dict.fromkeys(("yaml", "json", "omegaconf", "textwrap"), settings_call),
    **dict.fromkeys(("lightning", "pytorch_lightning"), lightning_call),
    "timm": torch_call,
    "keras": keras_call,
    "tensorflow": tensorflow_call,
    "tensorflow_datasets": tensorflow_call,
    "tensorflow_addons": keras_call,
    "numpy": array_call,
    "sklearn": array_call,
    "pandas": array_call,
    "imblearn": array_call,
    "random": array_call,
    "scipy": array_call,
    "seaborn": array_call,
    "os": path_call,
    "pathlib": path_call,
    "builtins": builtin_call,
    "argparse": builtin_call,
    "collections": builtin_call,
    "copy": builtin_call,
    "types": builtin_call,
    "math": builtin_call,
    "functools": builtin_call,
    "dataclasses": builtin_call,
    "itertools": builtin_call,
}


def called(run: Run, name: str, call: Call) -> Value:
    """What a call of a library yields; `Unknown` where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if last in PRODUCTS:
        multiplied(run, call.args, call.spot)
    reader = _READERS.get(name.split(".", 1)[0])
    found = reader(run, name, call) if reader is not None else None
    if found is not None:
        return found
    if last in ("tqdm", "trange", "track"):
        return call.args[0] if call.args else Unknown(last, run.tick())
    run.happens("unknown_call", call.spot, None, name=name, call=call)
    if last == "prepare" and len(call.args) == 1:
        return call.args[0]
    return unseen(call) or Unknown(name, run.tick())


def entered(run: Run, value: Value, spot: Spot) -> tuple[bool, Value, Spot | None]:
    """What `with` does: whether it switches the gradient, what `as` binds, and the place if it is switched off."""
    if not isinstance(value, Table):
        return False, value, None
    if value.name == "no_grad":
        return True, value, spot
    if value.name == "set_grad":
        held = value.values.get("mode")
        return True, value, spot if isinstance(held, Known) and held.value is False else None
    if value.name == "enable_grad":
        return True, value, None
    return False, value, None
