"""The parts of a checkpoint of PyTorch, told apart by what they hold and what they are called.

::

    {name: tensor}                                                  a state dict alone
    {model | state_dict | net ...: {name: tensor}, optimizer: {state, param_groups}, epoch, step}   any loop
    {state_dict, optimizer_states: [...], lr_schedulers, epoch, global_step, pytorch-lightning_version}  Lightning
    {state: {0: {step, exp_avg, exp_avg_sq}}, param_groups: [...]}   an optimizer alone
    a network as an object, with _parameters, _buffers and _modules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from triage.intake.artifacts.checkpoint import Checkpoint, Moment, counted
from triage.intake.artifacts.tensor import Tensor
from triage.intake.artifacts.torch_names import Made, PickleError, TensorRecord

__all__ = ["Tree", "taken_apart"]

MOST_NODES, MOST_TENSORS, DEEPEST = 2_000_000, 300_000, 64
"""Values that are looked at, tensors among them, and how deep they may lie. A file may name one value many times."""

LONGEST_NAME = 120
"""Characters of one step of a path; a file may use one long text many times."""

PROGRESS = re.compile(
    r"epochs?|current_epoch|start_epoch|last_epoch|(?:global_|current_)?steps?|iter(?:ation)?s?|iter_num|n_iter|it"
)
SCHEDULES = re.compile(r"(?:lr_?)?sched(?:uler)?s?(?:_states?|_state_dicts?|_dict)?|lr_schedulers?|lr_sched\w*")
SCALERS = re.compile(
    r"(?:grad_?)?scalers?(?:_state|_state_dict)?|amp|native_amp_scaling_state|MixedPrecision\w*|loss_scaler"
)
WRAPPERS = frozenset(
    {
        "model", "state_dict", "model_state_dict", "model_state", "net", "network", "weights", "params", "parameters",
        "module", "_parameters", "_buffers", "_modules", "models", "generator_state_dict",
    }
)  # fmt: skip
OBJECTS = ("_parameters", "_buffers", "_modules")
LIGHTNING = "pytorch-lightning_version"


@dataclass(slots=True)
class Tree:
    """What was found.

    Args:
        weights: name -> tensor.
        moments: name, slot, epsilon, tensor.
        groups: settings of the optimizers.
        progress: ``epoch`` and ``step``.
        parts: what stands beside the weights.
        words: what is known of the writer.
        objects: classes of which there are objects that were left as they are.
        twins: name -> how many tensors asked for it.

    """

    weights: dict[str, TensorRecord] = field(default_factory=dict)
    moments: list[tuple[str, str, float, TensorRecord]] = field(default_factory=list)
    groups: list[Mapping[str, object]] = field(default_factory=list)
    progress: dict[str, float] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)
    twins: dict[str, int] = field(default_factory=dict)

    def tensors(self) -> Iterator[tuple[str, TensorRecord]]:
        """All that will be read, each under a name of its own."""
        yield from self.weights.items()
        for name, _, _, record in self.moments:
            yield name, record

    def free(self, name: str) -> str:
        """The name itself the first time it is asked for, later with a number."""
        number = self.twins.get(name, 0) + 1
        self.twins[name] = number
        return name if number == 1 else f"{name} ({number})"

    def checkpoint(self, file: str, made: Mapping[str, Tensor], left_out: int) -> Checkpoint:
        """The same with tensors that can be read; those that cannot be are counted."""
        notes = [f"{counted(left_out, 'tensor')} of a type that is not looked into."] if left_out else []
        if self.objects:
            some = ", ".join(sorted(name[:LONGEST_NAME] for name in self.objects)[:3])
            notes.append(
                f"Objects were not made, only the names of their classes read ({len(self.objects):,}): {some}."
            )
        return Checkpoint(
            file,
            "pytorch",
            tuple(made[name] for name in self.weights if name in made),
            tuple(Moment(slot, made[name], epsilon) for name, slot, epsilon, _ in self.moments if name in made),
            tuple(self.groups),
            self.progress,
            frozenset(self.parts),
            self.words,
            tuple(notes),
        )


def taken_apart(root: object) -> Tree:
    """Tell the parts of a checkpoint.

    Args:
        root: lists, dicts, tuples and records, in which one value may stand many times.

    Raises:
        PickleError: it holds no tensor and no optimizer, or more values than can be looked at.

    """
    tree = Tree()
    _progress(tree, root)
    waiting: list[tuple[tuple[str, ...], object]] = [((), root)]
    seen: set[int] = set()
    nodes = 0
    while waiting:
        path, value = waiting.pop()
        nodes += 1
        if nodes > MOST_NODES or len(tree.weights) + len(tree.moments) > MOST_TENSORS:
            raise PickleError("a pickle of more values than weights need")
        if isinstance(value, TensorRecord):
            tree.weights[tree.free(_named(path))] = value
        if not isinstance(value, dict | list | tuple | Made) or id(value) in seen or len(path) > DEEPEST:
            continue
        seen.add(id(value))
        if isinstance(value, Made):
            tree.objects.add(value.name)
            waiting += [(path, state) for state in reversed(value.state)]
        elif isinstance(value, dict) and _is_optimizer(value):
            tree.parts.add("optimizer")
            _optimizer(tree, value)
        elif isinstance(value, dict):
            waiting += [
                ((*path, _text(key)), below) for key, below in reversed(value.items()) if _kept(tree, key, below)
            ]
        else:
            waiting += [((*path, str(place)), below) for place, below in reversed(list(enumerate(value)))]
    if not tree.weights and not tree.moments and not tree.groups:
        raise PickleError("a pickle without a single tensor")
    return tree


def _kept(tree: Tree, key: object, value: object) -> bool:
    """Whether weights may stand below a key; what stands there instead is taken down."""
    name = _text(key)
    if not isinstance(value, dict | list | tuple | Made) or not value:
        return isinstance(value, TensorRecord)
    if SCALERS.fullmatch(name):
        tree.parts.add("scaler")
        return False
    if SCHEDULES.fullmatch(name):
        tree.parts.add("schedule")
        return False
    return name not in ("_metadata", "rng_state", "cuda_rng_state", "random_states", "callbacks", "hyper_parameters")


def _is_optimizer(value: Mapping[object, object]) -> bool:
    return isinstance(value.get("state"), dict) and isinstance(value.get("param_groups"), list)


def _optimizer(tree: Tree, optimizer: Mapping[object, object]) -> None:
    groups = optimizer["param_groups"]
    epsilons: dict[object, float] = {}
    assert isinstance(groups, list)
    for group in groups:
        if not isinstance(group, dict):
            continue
        tree.groups.append({_text(key): value for key, value in group.items() if key != "params"})
        epsilon, params = group.get("eps"), group.get("params")
        if isinstance(epsilon, float) and isinstance(params, list):
            epsilons.update({key: epsilon for key in params if isinstance(key, int | str)})
    states = optimizer["state"]
    assert isinstance(states, dict)
    for key, slots in states.items():
        for slot, record in slots.items() if isinstance(slots, dict) else ():
            if isinstance(record, TensorRecord):
                name = tree.free(f"optimizer.{_text(key)}.{_text(slot)}")
                tree.moments.append((name, _text(slot), epsilons.get(key, 0.0), record))
    if any(state for state in states.values()):
        tree.parts.add("moments")


def _progress(tree: Tree, root: object) -> None:
    if not isinstance(root, dict):
        return
    if LIGHTNING in root:
        tree.words["writer"] = "lightning"
    for key, value in root.items():
        name = _text(key)
        if PROGRESS.fullmatch(name) and isinstance(value, int | float) and not isinstance(value, bool):
            unit = "epoch" if "epoch" in name else "step"
            if 0 <= value < 1e15:
                tree.progress[unit] = max(tree.progress.get(unit, 0.0), float(value))


def _text(key: object) -> str:
    """A key as one step of a path; a number may have more digits than are worth printing."""
    if isinstance(key, str):
        return key[:LONGEST_NAME]
    return str(key) if isinstance(key, int) and abs(key) < 1 << 63 else type(key).__name__


def _named(path: tuple[str, ...]) -> str:
    """The path without what every weight of the file lies in, such as ``state_dict``."""
    first = 1 if len(path) > 1 and path[0] in WRAPPERS else 0
    return ".".join(part for part in path[first:] if part not in OBJECTS) or "tensor"
