"""What a Caffe solver states (caffe.proto, "SolverParameter"; sgd_solver.cpp for the policies of the rate)."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message
from triage.intake.found import Found, Stated, shows

__all__ = ["solver_states"]

NUMBERS = {
    "base_lr": "learning_rate",
    "weight_decay": "weight_decay",
    "max_iter": "max_steps",
    "iter_size": "accumulation_steps",
    "rampup_interval": "warmup_steps",
    "warmup_iter": "warmup_steps",
}
"""Field -> what it states; the ramp-up is that of NVIDIA's fork, the warm-up that of Intel's."""

ADAPTIVE = frozenset({"adam", "adamw", "rmsprop", "adagrad", "adadelta"})

SCHEDULES = {
    "fixed": "constant", "step": "step", "multistep": "step", "exp": "step", "multifixed": "step", "poly": "decay",
    "inv": "decay", "sigmoid": "decay", "plateau": "plateau", "sgdr": "cyclic", "cyclic": "cyclic", "cosine": "decay",
}  # fmt: skip

FACTORS = frozenset({"step", "multistep", "exp"})
"""Policies that multiply the rate by gamma, 0 if it is not set."""

SHRUNK = 1e-5
"""Share of the first rate that nothing is learnt at any more, in the middle of the run."""

Item = Stated | Found | str


def solver_states(solver: Message, source: Source) -> Iterator[Item]:
    """All that a solver says."""
    for name, stated in NUMBERS.items():
        value = solver.number(name)
        if value is not None:
            yield Stated(stated, value, source.place(solver.line_of(name)))
    yield from _defaults(solver, source)
    yield from _optimizer(solver, source)
    yield from _schedule(solver, source)
    yield from _rate_course(solver, source)
    yield shows(
        "gradients_reset", "reset_each_update", "Caffe clears the gradients before each update.", source.place()
    )
    if solver.word("solver_mode").upper() == "CPU":
        place = source.place(solver.line_of("solver_mode"))
        yield shows("devices", "cpu", "The solver runs on the CPU.", place)
    if solver.word("weights"):
        place = source.place(solver.line_of("weights"))
        yield shows("initialization", "pretrained", "The solver loads weights before training.", place)


def _defaults(solver: Message, source: Source) -> Iterator[Item]:
    """What is switched off unless the solver says otherwise, as one that holds for training as a whole."""
    limit = solver.number("clip_gradients")
    place = source.place(solver.line_of("clip_gradients")) if limit is not None else source.place()
    yield Stated("clip_norm", max(limit, 0.0) if limit is not None else 0.0, place)
    if not solver.all("iter_size"):
        yield Stated("accumulation_steps", 1.0, source.place())
    if not solver.all("rampup_interval") and not solver.all("warmup_iter"):
        yield Stated("warmup_steps", 0.0, source.place())


def _optimizer(solver: Message, source: Source) -> Iterator[Item]:
    field = "type" if solver.all("type") else "solver_type"
    named = solver.word(field).lower() or "sgd"
    line = solver.line_of(field if solver.all(field) else "momentum" if solver.all("momentum") else "base_lr")
    yield Stated("optimizer", "sgd" if named == "nesterov" else named, source.place(line))
    momentum, memory, delta = (solver.number(name) for name in ("momentum", "momentum2", "delta"))
    if momentum is not None:
        name = "beta1" if named.startswith("adam") else "momentum"
        yield Stated(name, momentum, source.place(solver.line_of("momentum")))
    if memory is not None and named.startswith("adam"):
        yield Stated("beta2", memory, source.place(solver.line_of("momentum2")))
    if delta is not None and named in ADAPTIVE:
        yield Stated("epsilon", delta, source.place(solver.line_of("delta")))


def _schedule(solver: Message, source: Source) -> Iterator[Item]:
    policy = solver.word("lr_policy")
    place = source.place(solver.line_of("lr_policy"))
    if policy not in SCHEDULES:
        if policy:
            yield f"The policy {policy[:40]!r} of the learning rate is none that Caffe is known to have."
        return
    unused = _idle(solver, policy)
    if unused:
        yield f"The policy {policy} leaves the rate as it is, since the solver sets {unused}."
    yield Stated("schedule", "constant" if unused else SCHEDULES[policy], place)
    last = solver.number("max_iter")
    if policy == "poly" and not unused and last:
        yield Stated("decay_steps", last, source.place(solver.line_of("max_iter")))
    if policy in ("step", "sigmoid") and not solver.number("stepsize"):
        yield f"The policy {policy} needs a stepsize above 0, which the solver does not set: Caffe stops."


def _idle(solver: Message, policy: str) -> str:
    """What is set, or is not, that makes a policy do nothing."""
    if policy in FACTORS and solver.number("gamma") == 1:
        return "a gamma of 1"
    if policy == "multistep" and not solver.all("stepvalue"):
        return "no stepvalue"
    if policy == "inv" and not solver.number("gamma"):
        return "no gamma"
    return "no power" if policy in ("inv", "poly") and not solver.number("power") else ""


def _rate_course(solver: Message, source: Source) -> Iterator[Item]:
    """Rates that follow from the policy and cannot be meant."""
    policy = solver.word("lr_policy")
    place = source.place(solver.line_of("lr_policy"))
    if policy == "poly" and not solver.number("max_iter") and solver.number("power"):
        message = "The policy poly divides by max_iter, which the solver does not set: the rate is nan."
        yield shows("learning_rate_course", "not_finite", message, place)
        return
    if policy not in FACTORS or _idle(solver, policy):
        return
    gamma = solver.number("gamma")
    if not gamma:
        what = "does not set" if gamma is None else "sets to 0"
        message = f"The policy {policy} multiplies the rate by gamma, which the solver {what}: the rate falls to 0."
        yield shows("learning_rate_course", "decays_too_early", message, place)
        return
    last = solver.number("max_iter") or 0.0
    drops = _drops(solver, policy, last / 2)
    if 0 < gamma < 1 and gamma**drops < SHRUNK:
        message = (
            f"The policy {policy} has multiplied the rate by {gamma:g} {drops:,.0f} times halfway through the run."
        )
        yield shows("learning_rate_course", "decays_too_early", message, place, 0.85)
    elif gamma > 1 and policy != "exp" and drops >= 1:
        message = f"The policy {policy} multiplies the rate by {gamma:g}, so that it rises."
        yield Found("learning_rate_course", {"jumps_up": 0.6, "as_planned": 0.35}, message, place)


def _drops(solver: Message, policy: str, iteration: float) -> float:
    """How often the rate has been multiplied by gamma up to an iteration."""
    if policy == "exp":
        return iteration
    if policy == "multistep":
        return float(sum(1 for item in solver.all("stepvalue") if item.number is not None and item.number <= iteration))
    size = solver.number("stepsize")
    return iteration // size if size and size > 0 else 0.0
