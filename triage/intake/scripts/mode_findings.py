"""Training and evaluation mode: whether validation is run in evaluation mode, and training in training mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.intake.found import Found, shows
from triage.intake.scripts.held_out import is_held_out
from triage.intake.scripts.optimizers import Parameters
from triage.intake.scripts.parts import parts_of
from triage.intake.scripts.trace import Event, Loop
from triage.intake.scripts.training import Training, flow_of
from triage.intake.scripts.uncalled import uncalled
from triage.intake.scripts.values import Array, Data, Known, Layer, Loader, Model, Tensor, number

__all__ = ["is_other", "mode_findings"]

_WITH_BATCH_NORM = ("resnet", "densenet", "mobilenet", "efficientnet", "inception", "vgg", "alexnet", "resnext",
                    "wide_resnet", "shufflenet", "mnasnet", "regnet", "googlenet", "squeezenet")  # fmt: skip
"""Networks of torchvision that have batch norm or dropout."""


def mode_findings(training: Training) -> Iterator[Found]:
    """Findings of the mode in which the network is used."""
    for network in training.networks:
        if not isinstance(network, Model) or network.framework != "pytorch":
            continue
        always = _never_off(training, network)
        if always is None and not _minds(training, network):
            continue
        found = list(_of_network(training, network, always))
        yield from found
        if found:
            return
    yield from _keras(training)


def _minds(training: Training, network: Model) -> bool:
    """Whether it has layers that do something else in evaluation mode."""
    parts = training.parts_of(network)
    return any(_layer_minds(part) if isinstance(part, Layer) else _ready_minds(part) for part in parts)


def _layer_minds(layer: Layer) -> bool:
    if layer.kind == "dropout":
        return number(layer.facts.get("p", layer.facts.get("rate"))) != 0
    return layer.kind == "batch_norm" or layer.name.startswith("Transformer")


def _ready_minds(model: Model) -> bool:
    return model.kind == "ready" and model.name.lower().startswith(_WITH_BATCH_NORM)


def _of_network(training: Training, network: Model, always: Layer | None) -> Iterator[Found]:
    run = training.run
    switches = [
        event for event in run.of("mode") if event.subject is network or not isinstance(event.subject, Model | Layer)
    ]
    if any(event.facts["training"] is None for event in switches) or (
        network.pretrained is None and network.kind == "ready"
    ):
        return
    trained = [event for event in run.of("apply") if event.subject is network and _trains(training, event)]
    checked = [event for event in run.of("apply") if event.subject is network and _checks(training, event, trained)]
    if not trained or _elsewhere(training, network):
        return
    left = _left_in_evaluation(switches, trained)
    if left is not None:
        message, spot = (
            "Evaluation mode is switched on here and never off again, so that training goes on in it.",
            left.spot,
        )
        if (named := uncalled(run, "train", lambda owner: owner is network)) is not None:
            message, spot = (
                "train is named here and not called, so that training goes on in evaluation mode.",
                named.spot,
            )
        yield shows("evaluation_code", "mode_not_switched", message, spot.place())
        return
    if always is not None and (checked or switches):
        message = "This dropout acts in evaluation mode too: it is not told of the mode (training=self.training)."
        yield shows("evaluation_code", "mode_not_switched", message, always.spot.place())
        return
    wrong = [event for event in checked if _mode_before(switches, event) is not False]
    if wrong:
        message = "The network is evaluated here while still in training mode, with dropout or batch norm acting."
        # One line for both phases is no fault of its own: the switch before it is.
        shared = any(event.spot == wrong[0].spot for event in trained)
        switched = [event for event in switches if event.at < wrong[0].at and _within(event, wrong[0])]
        spot = switched[-1].spot if shared and switched else wrong[0].spot
        if (named := uncalled(run, "eval", lambda owner: owner is network, wrong[0].at)) is not None:
            message, spot = "eval is named here and not called, so that the network stays in training mode.", named.spot
        yield shows("evaluation_code", "mode_not_switched", message, spot.place())
    elif checked:
        likelihood = {"mode_switched_same_pipeline": 0.85, "separate_pipeline": 0.14}
        switch = [event for event in switches if event.at < checked[-1].at and event.facts["training"] is False]
        message = "Evaluation mode is switched on for validation."
        yield Found("evaluation_code", likelihood, message, (switch or checked)[-1].spot.place())


def _never_off(training: Training, network: Model) -> Layer | None:
    """A dropout that is called as a function, and drops whatever the mode."""
    for layer in flow_of(training.run, network) or ():
        if layer.kind == "dropout" and layer.name.startswith("F."):
            told = layer.facts.get("training")
            if (told is None or getattr(told, "value", None) is True) and number(layer.facts.get("p")) != 0:
                return layer
    return None


def _trains(training: Training, event: Event) -> bool:
    """Whether what comes out of it there is learned from."""
    if event.no_gradient is not None:
        return False
    for backward in training.backwards:
        if backward.loops and event.loops and backward.loops[-1] is event.loops[-1] and event.at < backward.at:
            return not _guarded_apart(event, backward)
        if backward.loops and event.loops and backward.loops[-1] in event.loops and event.at < backward.at:
            return True
    return False


def _guarded_apart(event: Event, backward: Event) -> bool:
    ours = {guard.node: guard.holds for guard in event.guards}
    return any(ours.get(guard.node, guard.holds) is not guard.holds for guard in backward.guards)


def _checks(training: Training, event: Event, trained: list[Event]) -> bool:
    """Whether it is used there to see how good it is."""
    if event in trained:
        return False
    loops = event.loops
    if any(backward.loops and loops and backward.loops[-1] is loops[-1] for backward in training.backwards):
        return False
    if loops and is_other(loops[-1]):
        return True
    if event.no_gradient is None:
        return any(is_held_out(name) for name in event.within)
    return True


def is_other(loop: Loop) -> bool:
    """Whether the loop runs over data that are not for training."""
    over = loop.over
    if isinstance(over, Loader) and isinstance(over.data, Data) and over.data.split == "test":
        return True
    if isinstance(over, Array) and over.split == "test":
        return True
    return is_held_out(loop.text.split(" in ", 1)[-1])


def _elsewhere(training: Training, network: Model) -> bool:
    """Whether a function that cannot be followed may switch the mode."""
    for event in training.run.of("unknown_call"):
        call = event.facts["call"]
        given = [*call.args, *call.named.values()]
        name = str(event.facts.get("name", "")).lower()
        if any(value is network for value in given) and any(
            word in name for word in ("eval", "val", "test", "train", "mode", "step", "epoch", "fit", "predict")
        ):
            return True
    return False


def _mode_before(switches: Sequence[Event], event: Event) -> bool | None:
    """Mode at an event: the last switch before it; None where there was none."""
    before = [switch for switch in switches if switch.at < event.at]
    return before[-1].facts["training"] if before else None


def _within(switch: Event, event: Event) -> bool:
    """Whether the mode is switched in a loop that the event stands in too."""
    return bool(switch.loops) and all(loop in event.loops for loop in switch.loops)


def _left_in_evaluation(switches: Sequence[Event], trained: Sequence[Event]) -> Event | None:
    """The switch to evaluation mode that training runs into, in its first turn or a later one."""
    for event in trained:
        loops = event.loops
        before = [switch for switch in switches if switch.at < event.at]
        inside = [switch for switch in before if loops and any(loop in switch.loops for loop in loops)]
        if before and before[-1].facts["training"] is False and not before[-1].guards:
            return before[-1]
        for loop in loops:
            around = [switch for switch in switches if loop in switch.loops]
            ahead = [switch for switch in around if switch.at < event.at]
            behind = [switch for switch in around if switch.at > event.at]
            if ahead:
                break
            if behind and behind[-1].facts["training"] is False and not inside:
                return behind[-1]
    return None


def _keras(training: Training) -> Iterator[Found]:
    """Keras switches the mode itself, unless it is told otherwise."""
    run = training.run
    for event in run.of("apply"):
        if _trains_at_check(training, event):
            message = "The network is evaluated here with training=True, so that dropout and batch norm act."
            yield shows("evaluation_code", "mode_not_switched", message, event.spot.place())
            return
    learned = _learns_in_evaluation(training)
    if learned is not None:
        message = "The network learns with training=False, so that batch norm and dropout act as in evaluation."
        yield shows("evaluation_code", "mode_not_switched", message, learned.spot.place())
        return
    fitted = {id(event.subject) for event in training.fits}
    checks = [e for e in training.fits if e.facts["call"].get(-1, "validation_data", "validation_split") is not None]
    checks += [e for e in run.of("evaluate") if id(e.subject) in fitted and e.facts["name"].startswith("evaluate")]
    for event in checks[:1]:
        likelihood = {"mode_switched_same_pipeline": 0.85, "separate_pipeline": 0.14}
        yield Found("evaluation_code", likelihood, "Keras validates in evaluation mode itself.", event.spot.place())


def _learns_in_evaluation(training: Training) -> Event | None:
    """Where a network of which a tape takes the gradient is called with training=False, and never otherwise."""
    run = training.run
    for tape in run.of("gradient", "minimize"):
        loss = tape.subject if tape.kind == "gradient" else tape.facts.get("loss")
        sources = tape.facts.get("sources")
        if not isinstance(loss, Tensor) or not isinstance(sources, Parameters) or loss.cut is not None:
            continue
        held = {part for owner in sources.owners if isinstance(owner, Model | Layer) for part in parts_of(owner)}
        for network in loss.models:
            if not isinstance(network, Model) or network not in held or network.framework != "keras":
                continue
            calls = [event for event in run.of("apply") if event.subject is network and event.at < tape.at]
            near = [event for event in calls if event.loops == tape.loops and not _is_check(training, event)]
            modes = [event.facts["mode"] for event in run.of("apply") if event.subject is network]
            if not near or any(not isinstance(mode, Known) or mode.value is not False for mode in modes):
                continue
            if _keras_minds(training, network):
                return near[-1]
    return None


def _keras_minds(training: Training, network: Model) -> bool:
    """Whether it has layers of its own that mind the mode, and none from elsewhere, of which the mode may be meant."""
    if any(isinstance(part, Model) and part.pretrained is not False for part in training.parts_of(network)):
        return False
    layers = [part for part in training.parts_of(network) if isinstance(part, Layer)]
    layers += flow_of(training.run, network) or ()
    return any(layer.frozen is None and _layer_minds(layer) for layer in layers)


def _trains_at_check(training: Training, event: Event) -> bool:
    mode = event.facts.get("mode")
    return (
        isinstance(event.subject, Model)
        and event.subject.framework == "keras"
        and isinstance(mode, Known)
        and mode.value is True
        and _is_check(training, event)
        and _minds(training, event.subject)
    )


def _is_check(training: Training, event: Event) -> bool:
    if event.loops and is_other(event.loops[-1]):
        return True
    return any(is_held_out(name) for name in event.within)
