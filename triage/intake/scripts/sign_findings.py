"""The sign of the loss: whether what is minimised should be."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.aims import Aim
from triage.intake.scripts.assignments import assignment_of
from triage.intake.scripts.optimizers import Optimizer, Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.source import Source, Spot
from triage.intake.scripts.trace import Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Layer, Model, Tensor, Value

__all__ = ["sign_findings"]

_TO_MINIMISE = frozenset(
    {"cross_entropy_on_logits", "cross_entropy_on_probabilities", "binary_cross_entropy", "squared_or_absolute_error"}
)


def sign_findings(training: Training) -> Iterator[Found]:
    """Findings of the sign."""
    rising = [optimizer for optimizer in training.optimizers if _maximises(optimizer.facts.get("maximize"))]
    # Two networks against each other, or a reward, may rightly turn a loss round.
    count = len({id(optimizer) for optimizer in training.optimizers})
    alone = count == 1 or (count == 0 and bool(training.fits))
    if not alone or len([n for n in training.networks if isinstance(n, Model)]) > 1:
        return
    for goal in training.goals:
        turned = (goal.sign < 0) != bool(rising)
        if goal.kind not in _TO_MINIMISE or not turned or not _only(training, goal.event.at):
            continue
        if rising:
            spot = rising[0].facts["maximize"][1]
            message = f"The optimizer maximises (maximize=True) a {goal.name} that should fall."
        else:
            spot = goal.event.spot
            if goal.term is not None and goal.term.spot.line != spot.line:
                spot = _line_of_minus(goal.term.spot.line, training, spot.line) or goal.term.spot
            message = f"The sign of {goal.name} is turned round, so that the error is made as large as possible."
        yield shows("one_step_lowers_loss", "raises", message, spot.place(), 0.97)
        return
    yield from _formulas(training, rising)


def _formulas(training: Training, rising: list[Optimizer]) -> Iterator[Found]:
    """Formulas of the program's own in which what should fall rises, or the reverse."""
    for aim, made in _own_formulas(training):
        if aim is None or not aim.sign or (aim.sign > 0) is not bool(rising) or _of_costs(made):
            continue
        words = {"likelihood": "a log-likelihood", "likeness": "the likeness"}.get(aim.kind, "the error")
        if rising:
            place = rising[0].facts["maximize"][1].place()
            message = f"The optimizer maximises (maximize=True), although the loss falls as {words} gets better."
        else:
            message = f"The loss falls as {words} gets worse: its minus is missing or one too many."
            place = made.place()
        yield shows("one_step_lowers_loss", "raises", message, place, 0.95)
        return


def _own_formulas(training: Training) -> Iterator[tuple[Aim | None, Spot]]:
    """What is asked of each formula that is minimised, and where it is worked out."""
    optimizers = [optimizer.parameters for optimizer in training.optimizers]
    held = {part for p in optimizers if p for owner in p.owners for part in _parts(owner)}
    for event in (*training.backwards, *training.run.of("gradient")):
        subject = event.subject
        if not isinstance(subject, Tensor) or subject.terms or subject.aim is None or subject.cut is not None:
            continue
        sources = event.facts.get("sources")
        asked = (
            {part for owner in sources.owners for part in _parts(owner)} if isinstance(sources, Parameters) else held
        )
        if asked & set(subject.models):
            yield subject.aim, _line_of_formula(event)
    for goal in training.goals:
        if goal.function is not None:
            yield goal.aim, _line_of_return(goal.function.node, goal.function.scope.source) or goal.spot


def _parts(owner: Value) -> Collection[Model | Layer]:
    return parts_of(owner) if isinstance(owner, Model | Layer) else ()


def _of_costs(spot: Spot) -> bool:
    """Whether what is weighted there is worse the larger it is."""
    words = spot.place().words.lower()
    return any(word in words for word in ("cost", "penalt", "regret"))


def _line_of_formula(event: Event) -> Spot:
    """Where the loss was worked out: the assignment to its name, or the end of the function that was called there."""
    source, call = event.spot.source, event.facts["call"].node
    node = call.args[0] if event.kind == "gradient" and call.args else getattr(call.func, "value", None)
    if not isinstance(node, ast.Name):
        return event.spot
    found = assignment_of(source, node.id, event.spot.line)
    if found is None:
        return event.spot
    if isinstance(found.value, ast.Call) and isinstance(found.value.func, ast.Name):
        for inner in source.statements:
            if isinstance(inner, ast.FunctionDef) and inner.name == found.value.func.id:
                return _line_of_return(inner, source) or Spot(source, found.lineno)
    return Spot(source, found.lineno)


def _line_of_return(function: ast.AST, source: Source) -> Spot | None:
    lines = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Return)]
    return Spot(source, max(lines)) if lines else None


def _maximises(fact: tuple[Value, object] | None) -> bool:
    return fact is not None and isinstance(fact[0], Known) and fact[0].value is True


def _only(training: Training, at: int) -> bool:
    """Whether the loss stands alone where it is minimised."""
    return len([goal for goal in training.goals if goal.event.at == at]) == 1


def _line_of_minus(first: int, training: Training, last: int) -> Spot | None:
    """Line with the minus, between the loss and the gradient."""
    source = training.goals[0].event.spot.source
    for line in range(min(last, len(source.lines)), max(first, 1) - 1, -1):
        words = source.lines[line - 1].replace(" ", "").replace("->", "")
        if any(minus in words for minus in ("=-", "(-", "*-1", "-1*", "-1.0", "neg(", "return-")):
            return Spot(source, line)
    return None
