"""Rules by which other tools call a run faulty, as far as a history is enough to apply them.

Each is a function of `Curves` that says whether the rule fires; `TOOLS` lists them by tool, and a tool flags a run that
any of its rules flags. Written from FACTS.md, section "Thresholds that others use", and from what is cited; thresholds
are the defaults. What all of them leave out, since no history holds it:

- AUTOTRAINER: vanishing and exploding gradients (ratio of the first to the last layer), dying ReLU (share of gradients
  that are zero), weights, the output layer and the name of the loss.
- SageMaker Debugger: every rule on weights, gradients, activations, inputs and class counts.
- TheDeepChecker: size of the updates (log10 ratio outside [-4, -1]), weights, activations, gradients, data; the first
  loss against ln(classes), as a log does not say how many classes there are; the correlation of loss and accuracy, the
  threshold of which was not found in public text.

A tool that watches batches is given the rows of the log in their place.

Used by tests/benchmarks/labelled_runs.py.
"""

from dataclasses import dataclass

import numpy as np

from triage.history.model import Curve

AUTOTRAINER_LARGE_LOSS = 1e3
AUTOTRAINER_SWING = 0.03
AUTOTRAINER_SWING_SHARE = 0.2
AUTOTRAINER_GAIN = 0.01

SAGEMAKER_STEPS = 10
SAGEMAKER_SAVED_EVERY = 500
SAGEMAKER_OVERFIT = 0.1
SAGEMAKER_PATIENCE_TRAIN = 5
SAGEMAKER_PATIENCE_VALIDATION = 10
SAGEMAKER_DELTA = 0.1

LIGHTNING_WINDOW = 10
LIGHTNING_WARMUP = 1
LIGHTNING_TOLERANCE = 2.0

DEEPCHECKER_WINDOW = 5
DEEPCHECKER_DECREASE = 0.05
DEEPCHECKER_INCREASE = 2.0
DEEPCHECKER_PERIOD = 10
DEEPCHECKER_SMOOTHNESS_WINDOW = 50
DEEPCHECKER_SMOOTHNESS = 0.5


@dataclass(frozen=True)
class Curves:
    """What the rules look at, each None where the run did not log it.

    Args:
        train: training loss.
        val: validation loss.
        train_accuracy: accuracy on the training data.
        val_accuracy: accuracy on the validation data.
        unit: what the steps count, "step" or "epoch" or "row".

    """

    train: Curve | None
    val: Curve | None
    train_accuracy: Curve | None
    val_accuracy: Curve | None
    unit: str


def curves_of(history):
    """The curves of a `History`."""
    names = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
    return Curves(*(history.curve(name) for name in names), history.step_unit)


def autotrainer_explosion(curves):
    """NaN, infinity, or a loss of 1000 and more.

    FACTS.md: "loss >= 1e3 counts as NaN". Zhang et al. 2021, "AUTOTRAINER: An Automatic DNN Training Problem Detection
    and Repair System"; AutoTrainer/utils/monitor.py of https://github.com/shiningrain/AUTOTRAINER. The later version of
    the file asks for NaN in weights or gradients beside it; a history has neither, so the loss decides alone, as in the
    earlier version.
    """
    return any(not np.isfinite(v).all() or v.max() >= AUTOTRAINER_LARGE_LOSS for v in _values(curves.train, curves.val))


def autotrainer_abnormal_loss(curves):
    """A loss below zero. The same file; not in FACTS.md."""
    return any((v < 0).any() for v in _values(curves.train, curves.val))


def autotrainer_oscillation(curves):
    """Swings of the training accuracy of at least 0.03, as many as a fifth of the epochs.

    FACTS.md: "oscillation: accuracy swing >= 0.03 in >= 20 % of epochs". The same file: the first maximum less the
    first minimum, the second less the second, and so on, a level stretch counting as both.
    """
    for accuracy in _values(curves.train_accuracy):
        before, here, after = accuracy[:-2], accuracy[1:-1], accuracy[2:]
        highest = here[(here >= before) & (here >= after)]
        lowest = here[(here <= before) & (here <= after)]
        both = min(len(highest), len(lowest))
        swings = np.count_nonzero(highest[:both] - lowest[:both] >= AUTOTRAINER_SWING)
        if both and swings >= AUTOTRAINER_SWING_SHARE * len(accuracy):
            return True
    return False


def autotrainer_slow_convergence(curves):
    """No accuracy gains 0.01 from any epoch to the next.

    FACTS.md: "slow: best gain < 0.01". The same file.
    """
    gains = [np.diff(v).max(initial=0.0) for v in _values(curves.train_accuracy, curves.val_accuracy) if len(v) > 1]
    return bool(gains) and max(gains) < AUTOTRAINER_GAIN


def sagemaker_exploding_tensor(curves):
    """NaN or infinity in what is emitted; here in the losses.

    "ExplodingTensor Rule", https://docs.aws.amazon.com/sagemaker/latest/dg/exploding-tensor.html
    """
    return any(not np.isfinite(v).all() for v in _values(curves.train, curves.val))


def sagemaker_loss_not_decreasing(curves):
    """A training loss that is not below that of at least 10 steps ago, looked at every 10 steps.

    FACTS.md: "loss must fall every 10 steps". "LossNotDecreasing Rule",
    https://docs.aws.amazon.com/sagemaker/latest/dg/loss-not-decreasing.html; any decrease is enough by default. Its
    configuration looks at the training mode. Here with every logged row taken as saved.
    """
    return curves.train is not None and _fails_to_fall(curves.train.steps, curves.train.values)


def sagemaker_loss_not_decreasing_as_saved(curves):
    """The same on the losses that its default configuration saves, those of every 500th step.

    "save_interval": 500 for the collection "losses" in
    smdebug_rulesconfig/rule_config_jsons/ruleConfigs.json of https://github.com/awslabs/sagemaker-debugger-rulesconfig.
    Where the log counts epochs every row stays: how many steps an epoch has is not known.
    """
    if curves.train is None:
        return False
    steps, values = curves.train.steps, curves.train.values
    kept = steps % SAGEMAKER_SAVED_EVERY == 0 if curves.unit == "step" else np.ones(len(steps), dtype=bool)
    return _fails_to_fall(steps[kept], values[kept])


def sagemaker_overfit(curves):
    """(validation - training) / training above 0.1 at any evaluation.

    FACTS.md: "overfit (val - train)/train > 0.1". "Overfit Rule",
    https://docs.aws.amazon.com/sagemaker/latest/dg/overfit.html; its patience is one step. The training loss is that
    of the last step that is not after the evaluation, or of the first one.
    """
    if curves.train is None or curves.val is None:
        return False
    rows = np.searchsorted(curves.train.steps, curves.val.steps, side="right") - 1
    train = curves.train.values[np.maximum(rows, 0)]
    with np.errstate(all="ignore"):
        return bool(((curves.val.values - train) / train > SAGEMAKER_OVERFIT).any())


def sagemaker_overtraining(curves):
    """Neither loss improves by 0.1 any more: the training loss for 5 rows, the validation loss for 10.

    "Overtraining Rule", https://docs.aws.amazon.com/sagemaker/latest/dg/overtraining.html. It does not say whether one
    of the two is enough; both are asked for, which flags less.
    """
    if curves.train is None or curves.val is None:
        return False
    train = _stalls_at(curves.train, SAGEMAKER_PATIENCE_TRAIN)
    val = _stalls_at(curves.val, SAGEMAKER_PATIENCE_VALIDATION)
    return train is not None and val is not None


def lightning_spike(curves):
    """A loss that rises and differs from the mean of the last 10 by twice that mean or more, or is not finite.

    FACTS.md: "|loss - mean of 10| >= 2 x mean". "SpikeDetection",
    https://lightning.ai/docs/pytorch/stable/optional-api/api/lightning.pytorch.callbacks.SpikeDetection, and
    src/lightning/fabric/utilities/spike.py of https://github.com/Lightning-AI/pytorch-lightning: the first batch is
    spared, a loss that does not rise is none, and a value that is not finite always is one.
    """
    for values in _values(curves.train):
        for row in range(LIGHTNING_WARMUP, len(values)):
            if not np.isfinite(values[row]):
                return True
            mean = float(np.mean(values[max(0, row - LIGHTNING_WINDOW) : row]))
            if values[row] > values[row - 1] and abs(values[row] - mean) >= abs(LIGHTNING_TOLERANCE * mean):
                return True
    return False


def deepchecker_not_finite(curves):
    """NaN or infinity in the training loss. For TheDeepChecker see `deepchecker_stagnation`."""
    return any(not np.isfinite(v).all() for v in _values(curves.train))


def deepchecker_stagnation(curves):
    """Five values in a row, none more than 5 % below the one before it.

    Ben Braiek and Khomh 2022, "Testing Feedforward Neural Networks Training Programs",
    https://arxiv.org/abs/2204.00694; OverfitLossHook in deep_checker/hooks.py of
    https://github.com/thedeepchecker/thedeepchecker. It looks at means of ten iterations while one batch is learnt by
    heart; here at means of ten rows of a log of steps and at each row of a log of epochs, of the whole training. Its
    settings file is not stored in public text; windows and thresholds are those of the tools that adapted it.
    """
    return any(
        np.all((window[:-1] - window[1:]) / window[:-1] < DEEPCHECKER_DECREASE) for window in _windows(_periods(curves))
    )


def deepchecker_divergence(curves):
    """Five values in a row, each at least twice the one before it. The same hook."""
    return any(np.all(window[1:] / window[:-1] >= DEEPCHECKER_INCREASE) for window in _windows(_periods(curves)))


def deepchecker_fluctuation(curves):
    """The loss turns round at half of the last 50 values or more. The same hook."""
    values = _periods(curves)
    for end in range(3, len(values) + 1):
        window = values[max(0, end - DEEPCHECKER_SMOOTHNESS_WINDOW) : end]
        turns = np.count_nonzero(np.diff(window[1:] > window[:-1]))
        if (len(window) - turns) / len(window) < DEEPCHECKER_SMOOTHNESS:
            return True
    return False


SAGEMAKER = {
    "ExplodingTensor": sagemaker_exploding_tensor,
    "Overfit": sagemaker_overfit,
    "Overtraining": sagemaker_overtraining,
}

TOOLS = {
    "AUTOTRAINER": {
        "explosion": autotrainer_explosion,
        "abnormal loss": autotrainer_abnormal_loss,
        "oscillation": autotrainer_oscillation,
        "slow convergence": autotrainer_slow_convergence,
    },
    "SageMaker": {"LossNotDecreasing": sagemaker_loss_not_decreasing, **SAGEMAKER},
    "SageMaker, saved every 500": {"LossNotDecreasing": sagemaker_loss_not_decreasing_as_saved, **SAGEMAKER},
    "Lightning": {"spike": lightning_spike},
    "TheDeepChecker": {
        "not finite": deepchecker_not_finite,
        "stagnation": deepchecker_stagnation,
        "divergence": deepchecker_divergence,
        "fluctuation": deepchecker_fluctuation,
    },
}
"""Name of a tool -> name of a rule -> the rule."""


def fired(tool, curves):
    """Names of the rules of a tool that flag these curves."""
    return [name for name, rule in TOOLS[tool].items() if rule(curves)]


def _values(*curves):
    return [curve.values for curve in curves if curve is not None and len(curve)]


def _fails_to_fall(steps, values):
    """Whether a value is not below the last one that lies at least ten steps back; a NaN is not below anything."""
    due = -np.inf
    for row in range(len(steps)):
        if steps[row] < due:
            continue
        earlier = np.flatnonzero(steps[:row] <= steps[row] - SAGEMAKER_STEPS)
        if not earlier.size:
            continue
        if not values[row] < values[earlier[-1]]:
            return True
        due = steps[row] + SAGEMAKER_STEPS
    return False


def _stalls_at(curve, patience):
    """First row at which the best value is `patience` rows old, or None."""
    best, since = np.inf, 0
    for row, value in enumerate(curve.values):
        if value < best - SAGEMAKER_DELTA:
            best, since = value, row
        elif row - since >= patience:
            return row
    return None


def _periods(curves):
    """The finite values of the training loss before the first that is not: means of ten rows, or epochs as they are."""
    if curves.train is None:
        return np.empty(0)
    values = curves.train.values
    bad = np.flatnonzero(~np.isfinite(values))
    values = values[: bad[0]] if bad.size else values
    if curves.unit != "step":
        return values
    whole = len(values) // DEEPCHECKER_PERIOD * DEEPCHECKER_PERIOD
    return values[:whole].reshape(-1, DEEPCHECKER_PERIOD).mean(axis=1)


def _windows(values):
    if len(values) < DEEPCHECKER_WINDOW:
        return np.empty((0, DEEPCHECKER_WINDOW))
    return np.lib.stride_tricks.sliding_window_view(values, DEEPCHECKER_WINDOW)
