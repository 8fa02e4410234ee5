"""Whether the program takes up an earlier run, and what it restores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.intake.found import Found, shows
from triage.intake.scripts.optimizers import Optimizer, Scheduler
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Model, Table, Unknown, Value

__all__ = ["resume_findings"]

_WORDS = ("resume", "checkpoint", "ckpt", "last", "latest", "snapshot", "start_epoch", "epoch")


def resume_findings(training: Training) -> Iterator[Found]:
    """Findings of what was loaded before training."""
    run = training.run
    fits = [*training.fits, *(e for e in run.of("fit") if isinstance(e.subject, Unknown))]
    starts = [event.at for event in (*training.backwards, *fits)]
    if not starts:
        return
    first = min(starts)
    loads = [e for e in run.of("load_state_dict") if e.at < first and _is_network(run, e.subject) and not e.loops]
    keras = [e for e in run.of("load_weights") if e.at < first and e.subject in training.networks]
    keras += [e for e in run.of("unknown_call") if e.at < first and _loads_weights(e, fits)]
    if loads:
        yield from _torch(training, loads[-1], first)
    elif keras:
        yield from _keras(keras[-1], next(fit for fit in reversed(fits) if fit.subject is keras[-1].subject))
    elif not list(run.of("load_model", "prepared")) and training.networks:
        network = training.networks[0]
        others = [e for e in run.of("load_state_dict", "unknown_call") if e.at < first and _may_load(e)]
        if not others and isinstance(network, Model):
            message = "No earlier weights of this network are loaded."
            place = network.spot.place()
            if not any(isinstance(p, Model) and p.kind == "ready" and p.pretrained is None for p in parts_of(network)):
                yield shows("start_point", "fresh", message, place, 0.9)


def _is_network(run: Run, value: Value) -> bool:
    """Whether it is a network; of one that comes from elsewhere, whether its mode is switched."""
    return isinstance(value, Model) or (
        isinstance(value, Unknown) and any(event.subject is value for event in run.of("mode"))
    )


def _loads_weights(event: Event, fits: Sequence[Event]) -> bool:
    """Whether a network from elsewhere, which Keras trains, takes up weights."""
    return event.facts.get("name") == "load_weights" and any(fit.subject is event.subject for fit in fits)


def _may_load(event: Event) -> bool:
    name = str(event.facts.get("name", "")).lower()
    return event.kind == "load_state_dict" or any(word in name for word in ("load", "resume", "restore", "checkpoint"))


def _torch(training: Training, load: Event, first: int) -> Iterator[Found]:
    run = training.run
    if not _same_run(training, load):
        return
    others = [event for event in run.of("load_state_dict") if event.at < first or event.at > first]
    optimizer = any(isinstance(event.subject, Optimizer) or _named(event.subject, "opt") for event in others)
    scheduler = any(isinstance(event.subject, Scheduler) or _named(event.subject, "sched") for event in others)
    has_scheduler = any(True for _ in run.of("schedule_step"))
    scaler = any(isinstance(event.subject, Table) and event.subject.name == "grad_scaler" for event in others)
    if load.guards:
        message = "The run is taken up from a checkpoint where there is one."
        yield Found("start_point", {"resumed": 0.6, "fresh": 0.35}, message, load.spot.place())
    else:
        message = "The run is taken up from a checkpoint."
        yield shows("start_point", "resumed", message, load.spot.place(), 0.95)
    if hidden_load(training):
        return
    if not optimizer:
        message = "The network is restored from the checkpoint, but the optimizer is not."
        yield shows("resume_state", "optimizer_or_schedule_missing", message, load.spot.place(), 0.97)
    elif has_scheduler and not scheduler:
        message = "The network and the optimizer are restored, but the schedule is not."
        yield shows("resume_state", "optimizer_or_schedule_missing", message, load.spot.place(), 0.95)
    elif not list(run.of("grad_scaler")) or scaler:
        likelihood = {"all_restored": 0.75, "data_position_lost": 0.24}
        yield Found("resume_state", likelihood, "Network and optimizer are restored.", load.spot.place())


def hidden_load(training: Training) -> bool:
    """Whether something out of sight may restore the rest."""
    for event in training.run.of("unknown_call"):
        if any(isinstance(value, Optimizer) for value in event.facts["call"].args) and _may_load(event):
            return True
    return False


def _named(value: Value, word: str) -> bool:
    return isinstance(value, Unknown) and word in value.name.lower()


def _same_run(training: Training, load: Event) -> bool:
    """Whether what is loaded is an earlier state of this run, rather than weights to start from."""
    given = load.facts["call"].get(0, "state_dict")
    name = given.name if isinstance(given, Unknown) else ""
    bounds = [loop.bounds for event in training.backwards for loop in event.loops if loop.bounds is not None]
    epoch = any("epoch" in bound[0].name for bound in bounds if isinstance(bound[0], Unknown))
    either = any(isinstance(bound[0], Unknown) and bound[0].name in ("either", "arithmetic", "int") for bound in bounds)
    words = load.spot.place().words.lower()
    lines = load.spot.source.lines[max(0, load.spot.line - 6) : load.spot.line + 6]
    near = " ".join([words, *(line.lower() for line in lines)])
    if load.subject not in training.networks and not isinstance(load.subject, Unknown):
        return False
    if epoch or either:
        return "epoch" in near or "resume" in near
    return "resume" in near and name != ""


def _keras(load: Event, fit: Event) -> Iterator[Found]:
    initial = fit.facts["call"].named.get("initial_epoch")
    if initial is None or (isinstance(initial, Known) and not initial.value):
        return
    yield shows("start_point", "resumed", "The run is taken up with initial_epoch.", load.spot.place(), 0.95)
    message = "The weights are restored, but the optimizer is not."
    yield shows("resume_state", "optimizer_or_schedule_missing", message, load.spot.place(), 0.97)
