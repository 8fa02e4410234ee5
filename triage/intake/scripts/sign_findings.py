"""The sign of the loss: whether what is minimised should be."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, shows
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Model, Value

__all__ = ["sign_findings"]

_TO_MINIMISE = frozenset(
    {"cross_entropy_on_logits", "cross_entropy_on_probabilities", "binary_cross_entropy", "squared_or_absolute_error"}
)


def sign_findings(training: Training) -> Iterator[Found]:
    """Findings of the sign."""
    rising = [optimizer for optimizer in training.optimizers if _maximises(optimizer.facts.get("maximize"))]
    # Two networks against each other, or a reward, may rightly turn a loss round.
    alone = len({id(optimizer) for optimizer in training.optimizers}) == 1
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
