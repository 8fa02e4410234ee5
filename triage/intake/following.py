"""What follows from what a text says as a whole, and what cannot be meant beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from triage.intake.concepts import Item
from triage.intake.merging import Mention

__all__ = ["Preconditions", "in_keeping", "taken_for_granted"]

Preconditions = Mapping[str, Sequence[Mapping[str, Sequence[str]]]]
"""Finding -> alternatives, each finding -> states, one of which must hold for it to be asked at all."""

NAN, NEVER = "nan_onset", "none"

ORDINARY_NUMBERS: Mapping[str, frozenset[str]] = {
    "train_loss_trend": frozenset(
        {
            "falling", "still_falling_at_end", "flat_from_start", "exactly_constant", "plateau", "oscillating",
            "spikes_that_heal", "jump_then_plateau", "falls_then_rises", "collapsed_to_chance",
        }
    ),
    "loss_signature": frozenset({"at_chance", "saturation_constant", "exactly_zero", "negative"}),
    "validation_against_train": frozenset(
        {
            "follows_train", "flattens_while_train_falls", "rises_while_train_falls", "falls_while_train_flat",
            "never_improves", "better_than_train",
        }
    ),
    "speed_of_descent": frozenset({"very_slow", "suspiciously_fast"}),
    "metric_against_loss": frozenset({"loss_falls_metric_stuck", "metric_good_at_once"}),
    "val_loss_course": frozenset({"erratic", "sudden_jump", "exactly_constant"}),
    "predictions_look": frozenset({"varied", "same_for_every_input", "majority_class_only", "cut_off_at_a_bound"}),
    "initial_loss": frozenset({"as_expected", "far_above", "far_below"}),
    "final_quality": frozenset({"somewhat_worse"}),
}  # fmt: skip
"""Symptoms that someone tells of a run whose loss stays a number: NaN would be the first thing to tell."""

NOT_NUMBERS = frozenset({"nan", "inf", "overflow"})
"""Concepts with which a text speaks of something else than ordinary numbers."""

ENOUGH_TOLD = 3
"""Findings from which on a text describes a run, so that what it does not mention counts."""

NOT_A_NUMBER: Mapping[str, frozenset[str]] = {
    "predictions_look": frozenset({"not_a_number"}),
    "grad_norm_course": frozenset({"not_finite_first"}),
    "weights_contain_nan": frozenset({"some_layers", "all"}),
}
SOMEHOW_NAN = ("first_step", "sudden", "after_growth", "intermittent")
"""What is NaN beside a loss that is NaN as well, sooner or later, and what may be said of that loss."""

SURE = 0.8

FALLING_LOSS = "loss_falls_metric_stuck"
STANDING = frozenset({"flat_from_start", "exactly_constant", "plateau"})


def taken_for_granted(
    mentions: Sequence[Mention], states: Mapping[str, Sequence[str]], items: Sequence[Item]
) -> Iterator[Mention]:
    """What goes without saying beside what a text says.

    That the loss never became NaN, where a text describes a run and how it went and speaks of no such thing; that it
    did, where other numbers are NaN; that numbers are predicted, where their squared error is the loss; that layers of
    so many units are dense, where no other kind is named.

    Args:
        mentions: one of each finding that the text tells.
        states: finding -> its states.
        items: what the words of the text stand for.

    """
    told = {mention.finding: mention for mention in mentions}
    for finding, meant, because in (
        (NAN, (NEVER,), _ordinary(mentions, items)),
        (NAN, SOMEHOW_NAN, _elsewhere(mentions, items)),
        ("task", ("regression",), _of_numbers(told, items)),
        ("network_kind", ("dense",), _of_units(told, items)),
    ):
        if finding not in told and because is not None and set(meant) <= set(states.get(finding, ())):
            known = tuple(state for state in states[finding] if state in meant)
            implied = replace(because, finding=finding, states=known, negated=False, score=min(because.score, SURE))
            told[finding] = implied
            yield implied


def _ordinary(mentions: Sequence[Mention], items: Sequence[Item]) -> Mention | None:
    """What tells of a run whose loss is a number."""
    if len(mentions) < ENOUGH_TOLD or any(item.concept in NOT_NUMBERS for item in items):
        return None
    return next(
        (told for told in mentions if set(told.states) <= ORDINARY_NUMBERS.get(told.finding, frozenset())), None
    )


def _elsewhere(mentions: Sequence[Mention], items: Sequence[Item]) -> Mention | None:
    """What tells that something else than the loss is NaN, in a text that calls nothing finite."""
    concepts = {item.concept for item in items}
    if "nan" not in concepts or concepts & {"finit", "fin"}:
        return None
    return next((told for told in mentions if set(told.states) <= NOT_A_NUMBER.get(told.finding, frozenset())), None)


def _of_numbers(told: Mapping[str, Mention], items: Sequence[Item]) -> Mention | None:
    """A squared error, where nothing speaks of classes."""
    mention = told.get("loss_function")
    classes = any(item.concept in {"accuracy", "train_accuracy", "val_accuracy", "class", "hot"} for item in items)
    return mention if mention is not None and mention.states == ("squared_or_absolute_error",) and not classes else None


def _of_units(told: Mapping[str, Mention], items: Sequence[Item]) -> Mention | None:
    units = any(item.concept in {"unit", "neuron"} and item.denied_by < 0 for item in items)
    return (
        next((told[name] for name in ("network_width", "hidden_activation") if name in told), None) if units else None
    )


def in_keeping(
    mentions: Sequence[Mention], preconditions: Preconditions, states: Mapping[str, Sequence[str]]
) -> Iterator[Mention]:
    """Those that the others leave possible.

    A symptom that is only asked about where others hold is not meant where the text tells something abnormal that is
    none of these: who says that nothing was learnt "from the first epoch on" names no time of a failure.

    Args:
        mentions: one of each finding that the text tells.
        preconditions: of each finding.
        states: finding -> its states, the normal one first.

    """
    told = {mention.finding: frozenset(mention.states) for mention in mentions}
    for mention in mentions:
        alternatives = preconditions.get(mention.finding, ()) if mention.kind == "symptom" else ()
        held = any(_held(condition, told) for condition in alternatives)
        if not held and any(_ruled_out(condition, told, states) for condition in alternatives):
            continue
        falls = FALLING_LOSS in told.get("metric_against_loss", ())
        if falls and mention.finding == "train_loss_trend" and set(mention.states) <= STANDING:
            continue
        yield mention


def _held(condition: Mapping[str, Sequence[str]], told: Mapping[str, frozenset[str]]) -> bool:
    return all(finding in told and not told[finding].isdisjoint(states) for finding, states in condition.items())


def _ruled_out(
    condition: Mapping[str, Sequence[str]], told: Mapping[str, frozenset[str]], states: Mapping[str, Sequence[str]]
) -> bool:
    """Whether the text tells something abnormal instead."""
    return any(
        finding in told and told[finding].isdisjoint(allowed) and states[finding][0] not in told[finding]
        for finding, allowed in condition.items()
    )
