"""Names that frameworks give to optimizers, schedules, losses, activations and number formats -> what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = [
    "ACTIVATIONS",
    "NORMALIZATIONS",
    "activation_of",
    "loss_of",
    "name_of",
    "optimizer_of",
    "precision_of",
    "schedule_of",
]

_OPTIMIZERS = (
    "adamw", "nadam", "radam", "adamax", "adadelta", "adagrad", "adafactor", "adabelief", "adan", "ademamix", "adam",
    "rmsprop", "rprop", "lbfgs", "muon", "lion", "lamb", "lars", "sophia", "shampoo", "soap", "ranger", "novograd",
    "madgrad", "prodigy", "dadaptation", "galore", "apollo", "nag", "sgd", "asgd",
)  # fmt: skip
"""Longer names first where one begins another."""

_ALIASES = {
    "nag": "sgd", "asgd": "sgd", "momentum": "sgd", "momentumsgd": "sgd", "sgdm": "sgd", "nesterov": "sgd",
    "adamweightdecay": "adamw", "adamweightdecayoptimizer": "adamw", "decoupledadamw": "adamw",
    "bertadam": "adamw", "amsgrad": "adam", "sgdnesterov": "sgd", "stochasticgradientdescent": "sgd",
    "rmspropoptimizer": "rmsprop", "rmsproptf": "rmsprop", "onebitadam": "adam", "zerooneadam": "adam",
    "musgd": "muon",
}  # fmt: skip

_WRAPPINGS = re.compile(
    r"^(?:paged|fused|cpu|deepspeedcpu|deepspeed|distributed|stable|flash|anyprecision|schedulefree|torch|hybrid|eager)"
)
_ENDINGS = re.compile(
    r"(?:torch|fused|apex|npu|xla|hf|bnb|kbit|\d+bits?|anyprecision|schedulefree|torchao|optimizer|layerwise|tf|cpu|"
    r"capturable|legacy|mini)+$"
)

_SCHEDULES: Mapping[str, tuple[str, ...]] = {
    "plateau": ("plateau",),
    "cyclic": ("cosinewithrestarts", "cosineannealingwarmrestarts", "warmrestart", "cosinewithhardrestarts",
               "cosinerestart", "sgdr", "onecycle", "1cycle", "cyclic", "triangular", "restarts"),
    "step": ("multistep", "steplr", "stepdecay", "exponential", "stepscheduler", "multifactor", "warmupmultistep",
             "stepwise", "piecewise"),
    "decay": ("cosine", "linear", "poly", "inversesqrt", "invsqrt", "rsqrt", "noam", "tristage", "warmupstabledecay",
              "wsd", "warmupdecay", "warmuppoly", "flatcosine", "annealing", "sqrtdecay", "decay"),
    "constant": ("constant", "warmuplr", "fixed"),
}  # fmt: skip
"""State -> parts of names, in the order in which they are asked."""

_WHOLE_SCHEDULES = {"step": "step", "none": "constant", "manual": "step", "cos": "decay", "exp": "step"}
_WARM_UP = re.compile(r"^linear(?:warmup|lr$)")
"""A climb alone, as PyTorch's LinearLR mostly is, says nothing of what follows it."""

_LOSSES: tuple[tuple[str, Mapping[str, float]], ...] = (
    (r"ctc|transducer|rnnt", {"alignment_loss": 0.98}),
    (r"bce|binarycross|binaryxent|sigmoidcrossentropy", {"binary_cross_entropy": 0.98}),
    (r"focal|contrastive|triplet|arcface|infonce|ntxent|elbo|hinge|kldiv|kullback|varifocal|margin",
     {"own_formula": 0.95}),
    (r"dice|iou|jaccard|tversky|lovasz", {"overlap_loss": 0.9, "own_formula": 0.06}),
    (r"^nllloss|^nll$|categoricalcrossentropy", {"cross_entropy_on_probabilities": 0.95}),
    (r"crossentropyloss|softmaxcrossentropy|softmaxwithloss|labelsmooth\w*crossentropy|softtargetcrossentropy",
     {"cross_entropy_on_logits": 0.96}),
    (r"^(?:ce|xent|crossentropy|celoss|softmax)$",
     {"cross_entropy_on_logits": 0.85, "cross_entropy_on_probabilities": 0.1}),
    (r"^(?:mse|mae|rmse|l1|l2|smoothl1|huber|logcosh|msle|mape|poisson)(?:loss|error)?$|meansquared|meanabsolute|"
     r"squarederror|absoluteerror|smoothl1|huber|charbonnier", {"squared_or_absolute_error": 0.97}),
)  # fmt: skip
"""Pattern of a name without marks -> likelihood of the states of the loss, the first that fits."""

ACTIVATIONS: Mapping[str, str] = {
    **dict.fromkeys(("relu", "relu6", "squaredrelu", "relu2"), "relu"),
    **dict.fromkeys(
        ("leakyrelu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "gelunew", "gelufast", "gelupytorchtanh",
         "quickgelu", "gelupython", "silu", "swish", "swiglu", "geglu", "mish", "softplus", "hardswish", "leaky",
         "gelu10", "gelupythontanh", "laplace"), "leaky_or_smooth"),
    **dict.fromkeys(("tanh", "sigmoid", "hardsigmoid", "hardtanh", "softsign", "logistic"), "saturating"),
    **dict.fromkeys(("linear", "identity"), "none_between_layers"),
}  # fmt: skip
"""Name without marks -> state of the hidden activation."""

NORMALIZATIONS: Mapping[str, str] = {
    **dict.fromkeys(("bn", "batch", "batchnorm", "batchnorm1d", "batchnorm2d", "batchnorm3d", "batchnormalization",
                     "syncbn", "syncbatchnorm"), "batch_norm"),
    **dict.fromkeys(("ln", "layer", "layernorm", "gn", "group", "groupnorm", "rms", "rmsnorm", "instance",
                     "instancenorm", "instancenorm2d", "in"), "layer_or_group_norm"),
}  # fmt: skip
"""Name without marks -> state of the normalisation layers."""

_PRECISIONS: Mapping[str, str] = {
    **dict.fromkeys(("16", "16mixed", "fp16", "amp", "fp16mixed", "mixed16", "mixedfloat16", "mixed", "ampfp16", "o1"),
                    "fp16_amp"),
    **dict.fromkeys(("16true", "float16", "half", "torchfloat16"), "fp16_pure"),
    **dict.fromkeys(("bf16", "bf16mixed", "bf16true", "bfloat16", "torchbfloat16", "mixedbfloat16", "ampbf16",
                     "purebf16"), "bf16"),
    **dict.fromkeys(("32", "32true", "fp32", "float32", "torchfloat32", "full", "single"), "fp32"),
    **dict.fromkeys(("64", "64true", "fp64", "float64", "torchfloat64", "double", "fp8", "ampfp8", "tf32",
                     "transformerengine", "int8", "nf4", "8bit", "4bit"), "tf32_or_other"),
}  # fmt: skip


def name_of(text: str) -> str:
    """The last part of a dotted name in small letters, without marks: ``torch.optim.AdamW`` -> ``adamw``."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[.:/]", text.strip())[-1].lower()) if len(text) < 300 else ""


def optimizer_of(text: str) -> str | None:
    """The optimizer that a class or an option names, in small letters; None where it names none that is known."""
    name = name_of(text)
    if name in _ALIASES:
        return _ALIASES[name]
    bare = _WRAPPINGS.sub("", name)
    for tried in (name, bare, _ENDINGS.sub("", name), _ENDINGS.sub("", bare)):
        if tried in _ALIASES:
            return _ALIASES[tried]
        if tried in _OPTIMIZERS:
            return tried
    return None


def schedule_of(text: str) -> str | None:
    """The kind of schedule that a class or an option names; None where it names none that is known."""
    name = _WARM_UP.sub("", name_of(text))
    if name in _WHOLE_SCHEDULES:
        return _WHOLE_SCHEDULES[name]
    parts = ((kind, part) for kind, known in _SCHEDULES.items() for part in known)
    return next((kind for kind, part in parts if part in name), None)


def loss_of(text: str) -> Mapping[str, float] | None:
    """Likelihood of the states of the loss under the name of a class or an option; None where it is not known."""
    name = name_of(text)
    return next((likelihood for pattern, likelihood in _LOSSES if re.search(pattern, name)), None)


def activation_of(text: str) -> str | None:
    """State of the hidden activation that a name stands for; None where it is not known."""
    return ACTIVATIONS.get(name_of(text))


def precision_of(value: object) -> str | None:
    """State of the number format that an option stands for: ``16-mixed``, ``bf16``, 32; None where it is not known."""
    return _PRECISIONS.get(name_of(str(value))) if isinstance(value, str | int) and value is not True else None
