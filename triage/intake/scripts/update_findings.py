"""The update of the weights, step by step: reset, backward, clip, step, in which order and in which loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.optimizers import Optimizer, Parameters
from triage.intake.scripts.trace import Event, Guard, Loop, Run
from triage.intake.scripts.training import Training
from triage.intake.scripts.uncalled import uncalled
from triage.intake.scripts.values import (
    Array,
    Bound,
    Loader,
    Model,
    Table,
    Tensor,
    Unknown,
    Value,
    number,
)

__all__ = ["accumulation_of", "inner_accumulation_of", "is_optimizer", "update_findings"]


_HARMLESS = frozenset({"summary", "watch", "add_graph", "count_parameters", "info", "plot_model", "add_histogram"})
"""Functions that look at a network and leave it as it is."""


def update_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of the loop that updates the weights."""
    run = training.run
    if training.fits and not training.backwards:
        event = training.fits[-1]
        yield shows("gradients_reset", "reset_each_update", "Keras resets the gradients itself.", event.spot.place())
        return
    for event in list(run.of("gradient"))[:1]:
        message = "A gradient tape starts anew at each update."
        yield shows("gradients_reset", "reset_each_update", message, event.spot.place())
    if not training.backwards:
        return
    steps = [event for event in run.of("step") if is_optimizer(event.subject)]
    yield from _resets(training, steps)
    yield from _accumulation(training, steps)
    yield from _clips(training, steps)


def is_optimizer(value: Value) -> bool:
    """Whether its `step` changes weights, as far as its kind or its name tells."""
    if isinstance(value, Optimizer):
        return True
    name = _name(value)
    return "optim" in name or name in ("opt", "optimiser", "optimizers") or name.endswith("_opt")


def _name(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.name.lower()
    if isinstance(value, Bound) and isinstance(value.method, str):
        return value.method.lower()
    return ""


def hidden(run: Run, loops: Sequence[Loop]) -> bool:
    """Whether something that is out of sight may do a part of the update: it is handed the optimizer or the network."""
    for event in run.of("unknown_call"):
        name = str(event.facts.get("name", "")).lower()
        if name.rsplit(".", 1)[-1] in _HARMLESS:
            continue
        call = event.facts["call"]
        given = [*call.args, *call.named.values()]
        inside = not loops or any(loop in event.loops for loop in loops)
        if inside and any(isinstance(value, Optimizer | Model | Parameters) or is_optimizer(value) for value in given):
            return True
        if inside and any(word in name for word in ("zero_grad", "reset_grad", "optimizer_step", "update_step")):
            return True
    return False


def _resets(training: Training, steps: list[Event]) -> Iterator[Found]:
    run = training.run
    resets = list(run.of("reset"))
    said = False
    for step in steps:
        before = [event for event in training.backwards if event.at < step.at and _share(event, step)]
        backward = before[-1] if before else None
        if backward is None or not backward.loops:
            continue
        loop = backward.loops[-1]
        mine = [event for event in resets if _concerns(event, step)]
        if not mine:
            others = [event for event in resets if event.loops and loop in event.loops]
            if others:
                message = "The gradients that are reset here are not those that the optimizer steps on."
                if not _may_concern(others, step):
                    ahead = [event for event in others if event.at < backward.at]
                    yield shows("gradients_reset", "not_reset", message, (ahead or others)[-1].spot.place())
                    said = True
            elif not hidden(run, [loop]) and not resets and loop in step.loops:
                message, spot = "The gradients are never reset between updates.", backward.spot
                if (named := uncalled(run, "zero_grad", lambda owner: True)) is not None:
                    message, spot = "zero_grad is named here and not called: its parentheses are missing.", named.spot
                yield shows("gradients_reset", "not_reset", message, spot.place())
                said = True
            continue
        problem = _misplaced(mine, backward, step, loop)
        if problem is not None:
            message, event = problem
            yield shows("gradients_reset", "not_reset", message, event.spot.place())
            said = True
        elif not said and step is steps[-1]:
            near = [event for event in mine if loop in event.loops] or mine
            yield shows("gradients_reset", "reset_each_update", "The gradients are reset at each update.",
                        near[-1].spot.place())  # fmt: skip


def _share(one: Event, other: Event) -> bool:
    """Whether two events stand in a common loop, or both in none."""
    return (not one.loops and not other.loops) or any(loop in other.loops for loop in one.loops)


def _concerns(reset: Event, step: Event) -> bool:
    """Whether the reset is of the weights that the step is of."""
    if reset.subject is step.subject or reset.facts.get("by_hand"):
        return True
    if isinstance(reset.subject, Optimizer) and isinstance(step.subject, Optimizer):
        a, b = reset.subject.parameters, step.subject.parameters
        return a is None or b is None or bool(set(map(id, a.owners)) & set(map(id, b.owners)))
    return True


def _may_concern(resets: list[Event], step: Event) -> bool:
    return any(not isinstance(event.subject, Optimizer) or not isinstance(step.subject, Optimizer) for event in resets)


def _misplaced(resets: list[Event], backward: Event, step: Event, loop: Loop) -> tuple[str, Event] | None:
    inside = [event for event in resets if loop in event.loops]
    if not inside:
        if loop in step.loops and all(not event.loops or event.loops[-1] in backward.loops for event in resets):
            return "The gradients are reset outside of the loop that updates, so that they add up.", resets[-1]
        return None
    first = [event for event in inside if event.at < backward.at and not _turns(event.guards)]
    if loop not in step.loops and first and len(first) == len(inside) and step.loops and _is_batches(loop):
        return "The gradients are reset with each batch, although a step is made only behind all of them.", first[0]
    between = [event for event in inside if backward.at < event.at < step.at and _same_turn(event, backward, step)]
    if between and all(not event.facts.get("by_hand") for event in between):
        return "The gradients are reset between backward and step, so that the step finds none.", between[0]
    rare = [event for event in inside if _turns(event.guards) - _turns(step.guards)]
    if rare and len(rare) == len(inside) and not _turns(step.guards):
        return "The gradients are reset in some turns only, although each makes a step.", rare[0]
    often = [event for event in inside if not _turns(event.guards) and event.at < backward.at]
    if _turns(step.guards) and often and not _turns(backward.guards) and len(often) == len(inside):
        return "The gradients are reset in each turn, although a step is made after several only.", often[0]
    return None


def _is_batches(loop: Loop) -> bool:
    """Whether the loop runs over the batches of an epoch."""
    return isinstance(loop.over, Loader | Array) or any(word in loop.text.lower() for word in ("loader", "batch"))


def _same_turn(event: Event, backward: Event, step: Event) -> bool:
    """Whether the reset stands on the way from backward to step, whatever the branch."""
    here = [guard for guard in event.guards if guard not in backward.guards]
    return all(guard in step.guards for guard in here)


def _turns(guards: Sequence[Guard]) -> set[ast.AST]:
    """Tests that hold every so many turns."""
    return {guard.node for guard in guards if isinstance(guard.node, ast.If) and _is_turn(guard.node.test)}


def _is_turn(test: ast.expr) -> bool:
    return any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) for node in ast.walk(test))


def accumulation_of(training: Training) -> tuple[Event, Event, ast.expr] | None:
    """Backward, step and the number of turns between steps, where gradients are accumulated."""
    for step in training.run.of("step"):
        if not is_optimizer(step.subject):
            continue
        for guard in reversed(step.guards):
            if not (isinstance(guard.node, ast.If) and guard.holds):
                continue
            turns = [n for n in ast.walk(guard.node.test) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mod)]
            before = [b for b in training.backwards if b.at < step.at and _share(b, step)]
            if turns and before and guard not in before[-1].guards and before[-1].loops == step.loops:
                return before[-1], step, turns[0].right
    return None


def inner_accumulation_of(training: Training) -> tuple[Event, float] | None:
    """Backward and its turns, where a loop of its own adds up gradients for one step behind it."""
    for step in training.run.of("step"):
        if not is_optimizer(step.subject):
            continue
        before = [b for b in training.backwards if b.at < step.at and b.loops and b.loops[:-1] == step.loops]
        loop = before[-1].loops[-1] if before else None
        if loop is None or loop.bounds is None or not any(word in loop.text.lower() for word in ("accum", "micro")):
            continue
        low, high = number(loop.bounds[0]), number(loop.bounds[1])
        if low is not None and high is not None and high - low >= 2:
            return before[-1], high - low
    return None


def _accumulation(training: Training, steps: list[Event]) -> Iterator[Found | Stated]:
    found, inner = accumulation_of(training), inner_accumulation_of(training)
    if found is not None:
        backward, step, _ = found
    elif inner is not None:
        backward, step = inner[0], inner[0]
    else:
        return
    subject = backward.subject
    if not isinstance(subject, Tensor) or not subject.terms:
        return
    summed = any(_is_sum(term.facts.get("reduction")) for term in subject.terms)
    if (reset := _reset_each_turn(training.run, backward, step)) is not None:
        message = "The gradients are reset with each batch, so that those of one batch only are left for a step."
        yield shows("compare_accumulated_gradient", "differs", message, reset.spot.place())
    elif not subject.shrunk and not summed and not _divided(training.run, step):
        message = "The loss is not divided by the number of batches whose gradients are added up."
        yield shows("compare_accumulated_gradient", "differs", message, backward.spot.place())
    elif subject.shrunk:
        message = "The loss is divided by the number of batches whose gradients are added up."
        yield shows("compare_accumulated_gradient", "equal", message, backward.spot.place(), 0.9)


def _reset_each_turn(run: Run, backward: Event, step: Event) -> Event | None:
    """The reset in front of each backward where a step is made after several only."""
    resets = [e for e in run.of("reset") if _concerns(e, step) and e.loops == backward.loops and backward.loops]
    plain = [e for e in resets if not e.guards and e.at < backward.at]
    return plain[0] if plain and len(plain) == len(resets) and not backward.guards and _turns(step.guards) else None


def _is_sum(value: Value) -> bool:
    return getattr(value, "value", None) == "sum"


def _divided(run: Run, step: Event) -> bool:
    """Whether the gradients themselves may be divided before the step."""
    changes = run.of("assign_weights", "stored", "augmented")
    return any(event.loops == step.loops and _on_gradient(event) for event in changes)


def _on_gradient(event: Event) -> bool:
    node = event.facts.get("node")
    if isinstance(node, ast.AugAssign):
        return any(isinstance(inner, ast.Attribute) and inner.attr == "grad" for inner in ast.walk(node.target))
    return isinstance(event.subject, Bound) and event.subject.method == "grad"


def _clips(training: Training, steps: list[Event]) -> Iterator[Found]:
    run = training.run
    for clip in run.of("clip"):
        near = [e for e in training.backwards if _share(e, clip) and e.loops[-1:] == clip.loops[-1:]]
        behind = [event for event in steps if event.loops[-1:] == clip.loops[-1:]]
        if not near or not behind:
            continue
        scaled = any(isinstance(event.facts.get("owner"), Table) for event in behind)
        last_step = behind[-1]
        if clip.at < near[0].at and not any(reset.at > clip.at for reset in run.of("reset") if reset.at < near[0].at):
            if any(reset.at < clip.at and _share(reset, clip) for reset in run.of("reset")):
                message = "The gradients are clipped before backward has computed them."
                yield shows("gradient_clipping", "not_used", message, clip.spot.place(), 0.9)
        elif clip.at < near[0].at:
            message = "The gradients are clipped before they are computed anew."
            yield shows("gradient_clipping", "not_used", message, clip.spot.place(), 0.9)
        elif clip.at > last_step.at and clip.at > near[-1].at:
            message = "The gradients are clipped only after the step has used them."
            yield shows("gradient_clipping", "not_used", message, clip.spot.place(), 0.9)
        elif scaled:
            unscaled = [event for event in run.of("unscale_") if near[0].at < event.at < clip.at]
            limit = number(clip.facts.get("limit"))
            if not unscaled and not hidden(run, [clip.loops[-1]] if clip.loops else []):
                words = f" at {limit:g}" if limit is not None else ""
                message = f"The gradients are clipped{words} while they are still multiplied by the loss scale."
                yield shows("clipped_share", "nearly_all", message, clip.spot.place(), 0.9)


def misplaced_clips(training: Training) -> set[int]:
    """Lines of clippings that do not act."""
    found = {
        id(f.place): f for f in _clips(training, list(training.run.of("step"))) if f.finding == "gradient_clipping"
    }
    return {found_one.place.line or 0 for found_one in found.values()}
