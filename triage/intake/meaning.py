"""Values that files state -> the states of the settings that they mean.

A number means something only beside others: a rate beside its optimizer, a warm-up beside the length of the run. They
may stand in different files, so what one kind of file states is read with what the others state beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.intake.found import Found, Stated, Told
from triage.intake.size_meaning import SIZE_RULES
from triage.intake.stated_values import SURE, Values, found
from triage.intake.update_meaning import UPDATE_RULES, fresh_rate, image_tuning_rate, text_tuning_rate

__all__ = ["facts_stated", "findings_of"]

RULES = dict(sorted({**UPDATE_RULES, **SIZE_RULES}.items()))
"""By name, so that the order of what is found does not hang on how the rules are divided."""

FACTS = ("batch_size", "clip_norm", "epochs", "epsilon", "learning_rate", "weight_decay")
"""Numbers from which remedies compute their values."""


def findings_of(told: Told, beside: Sequence[Stated] = ()) -> tuple[Found, ...]:
    """All that files of one kind say, their values read as states of settings.

    Args:
        told: what they say.
        beside: what other files state; it is used where these files do not state the same, and not repeated.

    """
    own = {item.name: item for item in told.stated}
    values = {item.name: item for item in beside} | own
    shown = {item.finding for item in told.found}
    states = {item.finding: item.state for item in told.found}
    fine_tuned = states.get("initialization") == "pretrained" and states.get("trained_part") != "head_or_adapter_only"
    image = states.get("framework") in ("pytorch", "keras_tensorflow") and states.get("network_kind") != "transformer"
    tuning = image_tuning_rate if image else text_tuning_rate
    rules = {**RULES, "learning_rate": tuning if fine_tuned else fresh_rate}
    meant = [item for name, rule in rules.items() if name in own for item in rule(values)]
    meant += _regularization(own)
    return (*told.found, *(item for item in meant if item.finding not in shown))


def facts_stated(told: Sequence[Told]) -> dict[str, float]:
    """The numbers from which remedies compute their values, by name; a later file counts before an earlier one."""
    return {
        item.name: item.value
        for some in told
        for item in some.stated
        if item.name in FACTS and isinstance(item.value, float | int)
    }


def _regularization(own: Values) -> list[Found]:
    """Any measure that is on; what a file does not set may stand elsewhere, so its absence says nothing."""
    acting = [own[name] for name in ("dropout", "weight_decay", "augmentations") if name in own and own[name].value]
    if not acting:
        return []
    names = " and ".join(item.name.replace("_", " ") for item in acting)
    return [found("regularization", {"some": SURE}, f"Measures against overfitting: {names}.", acting[0])]
