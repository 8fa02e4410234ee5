"""Which networks a traced program trains, on what loss, and through which layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from triage.intake.scripts.aims import Aim
from triage.intake.scripts.applying import apply
from triage.intake.scripts.layers import loss_kind
from triage.intake.scripts.optimizers import Optimizer
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Event, Loop, Run, call_of
from triage.intake.scripts.values import (
    OPAQUE,
    Function,
    Items,
    Known,
    Layer,
    Library,
    Loss,
    Model,
    Table,
    Tensor,
    Term,
    Unknown,
    Value,
    text,
)

__all__ = ["Goal", "Training", "flow_of", "line_of", "output_of", "result_of", "training_of", "units_of"]

SCALES = frozenset({"flatten", "dropout", "neutral", "batch_norm", "other_norm", "pool"})
"""Kinds of layers behind the last with weights that leave its numbers linear in them."""


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """A loss that is minimised.

    Args:
        kind: state of the loss function; empty where it is not told.
        name: class, function or string.
        spot: where it is chosen.
        path: the layers whose outputs are scored; None where that is not told.
        model: the network.
        keras: whether Keras minimises it.
        logits: whether the loss takes raw scores; None where that is not told.
        sign: -1 for what is maximised.
        term: the computed loss, in PyTorch.
        event: backward, fit and the like.
        function: of the program, that works the loss out for Keras.
        aim: what of that function should fall or rise.

    """

    kind: str
    name: str
    spot: Spot
    path: tuple[Layer, ...] | None
    model: Model | Layer | None
    keras: bool
    logits: bool | None
    sign: int
    event: Event
    term: Term | None = None
    function: Function | None = None
    aim: Aim | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What of a program trains.

    Args:
        run: the trace.
        backwards: where gradients are computed.
        fits: where Keras trains.
        goals: losses that are minimised.
        networks: those that are trained.
        optimizers: that are put to use.

    """

    run: Run
    backwards: tuple[Event, ...]
    fits: tuple[Event, ...]
    goals: tuple[Goal, ...]
    networks: tuple[Model | Layer, ...]
    optimizers: tuple[Optimizer, ...]
    _parts: dict[Model | Layer, Collection[Model | Layer]] = field(default_factory=dict, repr=False)

    def parts_of(self, owner: Model | Layer) -> Collection[Model | Layer]:
        """A network and everything inside it, looked for once, as networks do not change any more."""
        found = self._parts.get(owner)
        if found is None:
            found = self._parts[owner] = parts_of(owner)
        return found

    @property
    def learns(self) -> bool:
        """Whether something is minimised, as far as reading tells."""
        others = self.run.of("gradient", "minimize", "lightning")
        return bool(self.backwards or self.fits) or any(True for _ in others)

    @property
    def loops(self) -> tuple[Loop, ...]:
        """Innermost loops around the gradients."""
        return tuple(dict.fromkeys(event.loops[-1] for event in self.backwards if event.loops))


def training_of(run: Run) -> Training:
    """Find what is trained, and how."""
    backwards = tuple(run.of("backward"))
    fits = tuple(e for e in run.of("fit") if isinstance(e.subject, Model) and "compiled" in e.facts)
    goals = [goal for event in backwards for goal in _backward_goals(event)]
    goals += [goal for event in fits for goal in _fit_goals(run, event)]
    goals += [goal for event in run.of("lightning") for goal in _lightning_goals(event)]
    tapes = list(run.of("gradient", "minimize"))
    goals += [goal for event in tapes for goal in _tape_goals(event)]
    networks: dict[Model | Layer, None] = {}
    for event in backwards:
        if isinstance(event.subject, Tensor):
            networks.update(dict.fromkeys(event.subject.models))
    networks.update(dict.fromkeys(event.subject for event in fits))
    networks.update(dict.fromkeys(e.subject for e in run.of("lightning") if isinstance(e.subject, Model)))
    for event in tapes:
        subject = event.subject if event.kind == "gradient" else event.facts.get("loss")
        if isinstance(subject, Tensor):
            networks.update(dict.fromkeys(subject.models))
    return Training(run, backwards, fits, tuple(goals), tuple(networks), tuple(_used(run, fits)))


def _used(run: Run, fits: Sequence[Event]) -> Iterator[Optimizer]:
    """Optimizers that make steps; all of them where the steps are out of sight."""
    stepped = [event.subject for event in run.of("step", "applied", "minimize") if isinstance(event.subject, Optimizer)]
    compiled = [event.facts["compiled"].get("optimizer") for event in fits]
    found = [value for value in [*stepped, *compiled] if isinstance(value, Optimizer)]
    if not found:
        found = [event.subject for event in run.of("optimizer")]
    yield from dict.fromkeys(found)


def _backward_goals(event: Event) -> Iterator[Goal]:
    subject = event.subject
    if not isinstance(subject, Tensor):
        return
    for term in subject.terms:
        if term.kind:
            yield _of_term(event, term, subject.sign * term.sign)
    if not subject.terms and subject.models:
        yield _own(event, subject)


def _of_term(event: Event, term: Term, sign: int) -> Goal:
    made = term.facts.get("made")
    output = term.output
    path = output.path if isinstance(output, Tensor) and (output.path or output.models) else None
    reached = output.models if isinstance(output, Tensor) else ()
    if not reached and isinstance(event.subject, Tensor) and len(event.subject.models) == 1:
        reached = event.subject.models
    model = reached[-1] if reached else None
    keras = term.facts.get("framework") == "keras"
    kind, logits = _logits(term.kind, term.name, term.facts, keras)
    spot = made if isinstance(made, Spot) and made.source else term.spot
    return Goal(kind, term.name, spot, path, model, keras, logits, sign, event, term)


def _own(event: Event, subject: Tensor) -> Goal:
    """A loss of own arithmetic on the outputs of a network."""
    names = [(layer.name, layer.spot) for layer in subject.path if layer.kind == "arith"]
    spot = next((spot for _, spot in reversed(names) if spot.source), event.spot)
    kind = ""
    if any(name == "log" for name, _ in names):
        kind = "own_formula"
    elif names and any(name == "pow" for name, _ in names[-2:]) and all(layer is not OPAQUE for layer in subject.path):
        plain = all(name in ("pow", "sub", "minus", "neg", "add", "plus", "div", "mul") for name, _ in names)
        kind = "squared_or_absolute_error" if plain else ""
    path: list[Layer] = []
    for layer in subject.path:
        if layer.kind == "arith":
            break
        path.append(layer)
    whole = tuple(path) if kind else None
    return Goal(kind, "own", spot, whole, subject.models[-1], False, None, subject.sign, event)


def _lightning_goals(event: Event) -> Iterator[Goal]:
    if event.facts.get("name") != "training_step":
        return
    result = event.facts.get("result")
    if isinstance(result, Table):
        result = result.values.get("loss")
    if isinstance(result, Tensor):
        for term in result.terms:
            if term.kind:
                yield _of_term(event, term, result.sign * term.sign)


def _tape_goals(event: Event) -> Iterator[Goal]:
    subject = event.subject if event.kind == "gradient" else event.facts.get("loss")
    if isinstance(subject, Tensor):
        for term in subject.terms:
            if term.kind:
                yield _of_term(event, term, subject.sign * term.sign)


def _logits(kind: str, name: str, facts: dict[str, Value], keras: bool) -> tuple[str, bool | None]:
    """Kind of the loss once it is known what it takes, and whether it takes raw scores."""
    low = name.lower()
    if not keras:
        return kind, low in (
            "crossentropyloss",
            "cross_entropy",
            "bcewithlogitsloss",
            "binary_cross_entropy_with_logits",
        )
    if "with_logits" in low or low in ("softmax_cross_entropy", "sparse_softmax_cross_entropy"):
        return kind, True
    given = facts.get("from_logits")
    logits: bool | None = False
    if given is not None:
        logits = given.value if isinstance(given, Known) and isinstance(given.value, bool) else None
    if kind == "cross_entropy_on_probabilities":
        if logits is None:
            return "", None
        return ("cross_entropy_on_logits" if logits else kind), logits
    return kind, logits


def _fit_goals(run: Run, event: Event) -> Iterator[Goal]:
    model = event.subject
    loss = event.facts["compiled"].get("loss")
    compile_event = next((e for e in reversed(list(run.of("compile"))) if e.subject is model and e.at < event.at), None)
    if compile_event is None or loss is None:
        return
    spot = compile_event.facts["call"].spot_of("loss", 1)
    if isinstance(loss, Items | Table):
        return
    path = flow_of(run, model)
    if isinstance(loss, Function):
        node = loss.node
        name = getattr(node, "name", "lambda")
        kind = "overlap_loss" if _is_overlap(name) else "own_formula"
        own = Spot(loss.scope.source, node.lineno)
        result = run.invoke(run, loss, call_of(own, [Tensor(), Tensor(path or (OPAQUE,), (model,))]))
        if isinstance(result, Tensor) and len(result.terms) == 1 and result.terms[0].kind:
            kind = result.terms[0].kind
            logits = _logits(kind, result.terms[0].name, result.terms[0].facts, True)
            yield Goal(logits[0], name, spot, path, model, True, logits[1], result.sign * result.terms[0].sign, event)
            return
        aim = result.aim if isinstance(result, Tensor) else None
        yield Goal(kind, name, spot, path, model, True, None, 1, event, function=loss, aim=aim)
        return
    name, facts = "", {}
    if (words := text(loss)) is not None:
        name = words
    elif isinstance(loss, Loss):
        name, facts, spot = loss.name, loss.facts, loss.spot
    elif isinstance(loss, Library):
        name = loss.name.rsplit(".", 1)[-1]
    if not (kind := loss_kind(name)):
        if isinstance(loss, Unknown):
            yield Goal("", "", spot, path, model, True, None, 1, event)
        return
    kind, raw = _logits(kind, name, facts, True)
    yield Goal(kind, name, spot, path, model, True, raw, 1, event)


def _is_overlap(name: str) -> bool:
    return any(word in name.lower() for word in ("dice", "iou", "jaccard", "tversky", "overlap"))


def flow_of(run: Run, model: Model | Layer) -> tuple[Layer, ...] | None:
    """Layers from input to output; None where they are not told."""
    result = result_of(run, model)
    return None if result is None else result.path


def result_of(run: Run, model: Model | Layer) -> Tensor | None:
    """What comes out of a network, the first of several outputs; None where that is not told."""
    if isinstance(model, Layer):
        return Tensor((model,))
    if not model.whole:
        return None
    if model.kind == "graph":
        return Tensor(model.path, severed=model.severed)
    events, latest, inside = run.events, run.latest, run.inside
    run.events, run.inside = {}, 1
    try:
        found = apply(run, model, call_of(model.spot, [Tensor()]))
    finally:
        run.events, run.latest, run.inside = events, latest, inside
    if isinstance(found, Items) and found.values:
        found = found.values[0]
    return found if isinstance(found, Tensor) else None


def output_of(path: Sequence[Layer] | None) -> tuple[str | None, Layer | None]:
    """Activation of the outputs (`linear` for none, None where it is not told) and the layer that it stands in."""
    if not path:
        return None, None
    logged: Layer | None = None
    for layer in reversed(path):
        if layer.kind == "arith":
            if layer.name == "log" and logged is None:
                logged = layer
                continue
            if layer.name == "bounded":
                continue
            return None, None
        if layer.kind == "activation":
            if layer.activation == "":
                continue
            if layer.activation is None:
                return None, None
            return ("log_softmax" if logged and layer.activation == "softmax" else layer.activation), layer
        if layer.kind in ("dense", "conv", "recurrent"):
            if layer.activation is None:
                return None, None
            sort = layer.activation or "linear"
            return ("log_softmax" if logged and sort == "softmax" else sort), layer
        if layer.kind not in SCALES:
            return None, None
    return None, None


def line_of(run: Run, layer: Layer) -> Spot:
    """Where a layer is made; of one from a function that makes several, where that is called for it."""
    spot = layer.spot
    for node, called in reversed(layer.sites):
        if run.followed.get(node, 0) < 2:
            break
        spot = called
    return spot


def units_of(path: Sequence[Layer] | None) -> tuple[float | None, Layer | None]:
    """Outputs of the last layer with weights."""
    for layer in reversed(path or ()):
        if layer.kind in ("dense", "conv") or (layer.kind == "ready" and layer.units is not None):
            return layer.units, layer
        if layer.kind in ("unknown", "ready", "recurrent", "attention", "merge", "embedding"):
            return None, None
    return None, None
