"""The loss against the last activation: what each is, and whether they fit."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Goal, Training, flow_of, line_of, output_of, units_of
from triage.intake.scripts.values import Array, Items, Layer, Tensor, Unknown, Value, number, text

__all__ = ["loss_findings"]

_STATES = {
    "linear": "linear", "softmax": "softmax", "log_softmax": "softmax", "sigmoid": "sigmoid", "relu": "relu",
    "tanh": "tanh",
}  # fmt: skip

_NAMES = {"log_softmax": "log-softmax", "relu": "ReLU"}

_SCORES = frozenset({"cross_entropy_on_logits", "cross_entropy_on_probabilities"})


def loss_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of every loss that is minimised."""
    goals = [goal for goal in training.goals if goal.kind]
    kinds = {goal.kind for goal in goals}
    for goal in goals:
        if len(kinds) == 1 or goal is goals[0]:
            yield _loss(goal)
        yield from _swapped(goal)
        yield from _summed(training, goal)
        sort, layer = output_of(goal.path)
        if sort is not None and layer is not None:
            yield from _fit(training, goal, sort, layer)
    yield from _metric(training)
    yield from _terms(training)
    if not goals:
        yield from _outputs_alone(training)


def _swapped(goal: Goal) -> Iterator[Found]:
    """Outputs where targets belong, and the reverse, in a loss that minds."""
    term = goal.term
    if term is None or goal.kind == "squared_or_absolute_error" or not isinstance(term.target, Tensor):
        return
    if term.target.models and term.target.cut is None and isinstance(term.output, Unknown | Array):
        message = f"{goal.name} is given targets and outputs the wrong way round."
        yield shows("loss_by_hand", "different_formula", message, term.spot.place(), 0.95)


def _summed(training: Training, goal: Goal) -> Iterator[Found]:
    """A sum over the batch where plain gradient descent at a usual rate wants a mean."""
    term, subject = goal.term, goal.event.subject
    if term is None or goal.keras or not isinstance(subject, Tensor) or len(subject.terms) != 1 or subject.shrunk:
        return
    optimizers = training.optimizers
    rate = number(optimizers[0].facts["lr"][0]) if len(optimizers) == 1 and "lr" in optimizers[0].facts else None
    sums = getattr(term.facts.get("reduction"), "value", None) == "sum"
    if sums and rate is not None and rate >= 1e-3 and optimizers[0].name == "sgd":
        message = f"The loss is summed over the batch, and the rate of {rate:g} is one for a mean."
        yield Found("loss_by_hand", {"differs_by_a_factor": 0.85, "agrees": 0.1}, message, goal.spot.place())


def _loss(goal: Goal) -> Found:
    words = {
        "cross_entropy_on_logits": "takes raw scores",
        "cross_entropy_on_probabilities": "takes probabilities" if goal.keras else "takes log-probabilities",
    }.get(goal.kind, "")
    name = "of your own formula" if goal.name in ("own", "lambda", "") else goal.name
    return shows(
        "loss_function", goal.kind, f"The loss is {name}{', which ' + words if words else ''}.", goal.spot.place()
    )


def _fit(training: Training, goal: Goal, sort: str, layer: Layer) -> Iterator[Found]:
    units, _last = units_of(goal.path)
    activation = _NAMES.get(sort, sort)
    harmless = sort == "log_softmax" and goal.kind == "cross_entropy_on_logits"
    if harmless:
        training.run.note(
            f"Line {layer.spot.line}: log-softmax in front of {goal.name} is not needed, and changes nothing."
        )
    elif sort in _STATES and (layer.spot.source is not None):
        ends = "has no activation" if sort == "linear" else f"ends in {activation}"
        place = line_of(training.run, layer).place()
        yield shows("output_activation", _STATES[sort], f"The last layer {ends}.", place)
    problem = _mismatch(goal, sort, units)
    if problem:
        yield shows("loss_by_hand", "different_formula", problem, goal.spot.place(), 0.92)
        return
    if goal.kind == "binary_cross_entropy" and sort == "softmax" and units is not None and units >= 2:
        training.run.note(
            f"Line {goal.spot.line}: binary cross-entropy on a softmax of {units:.0f} units is allowed, "
            "but counts each error more than once; categorical cross-entropy is meant for it."
        )
    if goal.kind == "squared_or_absolute_error" and sort == "softmax":
        training.run.note(f"Line {goal.spot.line}: a squared error on softmax outputs learns classes slowly.")


def _mismatch(goal: Goal, sort: str, units: float | None) -> str:
    """What is wrong between the loss and the outputs; empty where nothing certain is."""
    name, kind = goal.name, goal.kind
    if units == 1 and sort in ("softmax", "log_softmax"):
        return "Softmax on a single unit is always 1, so that the loss teaches nothing."
    if kind in _SCORES and units == 1 and _one_per_sample(goal):
        return f"{name} is for several classes, but the last layer has a single unit."
    if kind == "cross_entropy_on_logits" and sort in ("softmax", "sigmoid"):
        return f"{name} applies softmax itself, and the outputs have been through {sort} already."
    if kind == "cross_entropy_on_logits" and sort in ("relu", "tanh"):
        return f"{name} takes raw scores, but the outputs are cut by {_NAMES.get(sort, sort)}."
    if kind == "cross_entropy_on_probabilities" and not goal.keras and sort in ("linear", "softmax", "sigmoid", "relu"):
        return f"{name} takes log-probabilities, but the outputs {_are(sort)}."
    if kind == "cross_entropy_on_probabilities" and goal.keras and sort in ("linear", "relu", "tanh"):
        return f"{name} takes probabilities (from_logits is not set), but the outputs {_are(sort)}."
    if kind == "binary_cross_entropy":
        if goal.logits is True and sort in ("sigmoid", "softmax"):
            return f"{name} applies the sigmoid itself, and the outputs have been through {sort} already."
        if goal.logits is True and sort == "relu":
            return f"{name} takes raw scores, but the outputs are cut by ReLU."
        if goal.logits is False and sort in ("linear", "relu", "tanh", "log_softmax"):
            return f"{name} takes probabilities, but the outputs {_are(sort)}."
    return ""


def _one_per_sample(goal: Goal) -> bool:
    """Whether the single unit is an output of its own, and no map of pixels or of time."""
    return not any(layer.kind in ("conv", "recurrent", "attention", "unknown") for layer in (goal.path or ())[-1:])


def _are(sort: str) -> str:
    return "have no activation" if sort == "linear" else f"end in {_NAMES.get(sort, sort)}"


def _metric(training: Training) -> Iterator[Found]:
    """Accuracy, which counts equal numbers, of a regression."""
    for event in training.run.of("compile"):
        call = event.facts["call"]
        metrics = call.get(2, "metrics")
        names = [text(part) for part in metrics.values] if isinstance(metrics, Items) else []
        goals = [goal for goal in training.goals if goal.model is event.subject and goal.keras]
        if not goals or not {"accuracy", "acc"} & set(names) or goals[-1].kind != "squared_or_absolute_error":
            continue
        sort, _ = output_of(goals[-1].path)
        units, _ = units_of(goals[-1].path)
        if sort == "linear" and units == 1:
            message = "Accuracy is measured of a regression, whose numbers are hardly ever equal."
            yield shows("metric_by_hand", "differs", message, call.spot_of("metrics", 2).place(), 0.9)
            return


def _terms(training: Training) -> Iterator[Stated]:
    """How many losses are added up, where one place trains."""
    counts: dict[Spot, int] = {}
    for event in training.backwards:
        if isinstance(event.subject, Tensor) and event.subject.terms:
            counts[event.spot] = len(event.subject.terms)
    if len(counts) == 1:
        ((spot, count),) = counts.items()
        yield Stated("loss_terms", count, spot.place())
    elif not counts and training.fits:
        event = training.fits[-1]
        loss = event.facts["compiled"].get("loss")
        compiled = [e for e in training.run.of("compile") if e.subject is event.subject]
        if compiled and loss is not None and not isinstance(loss, Array):
            many = len(loss.values) if isinstance(loss, Items) and not loss.open else _table_size(loss)
            yield Stated("loss_terms", many, compiled[-1].facts["call"].spot_of("loss", 1).place())


def _table_size(loss: Value) -> int:
    values = getattr(loss, "values", None)
    return max(len(values), 1) if isinstance(values, dict) else 1


def _outputs_alone(training: Training) -> Iterator[Found]:
    """The last activation where the loss is out of sight."""
    for model in training.networks[:1]:
        sort, layer = output_of(flow_of(training.run, model))
        if sort in _STATES and sort != "linear" and layer is not None and layer.spot.source is not None:
            message = f"The last layer ends in {_NAMES.get(sort, sort)}."
            yield shows("output_activation", _STATES[sort], message, layer.spot.place(), 0.9)
