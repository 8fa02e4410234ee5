"""What names and shapes tell of the network: framework, kind, layers, and whether it is only an adapter."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triage.intake.artifacts.checkpoint import PIECE, Checkpoint
from triage.intake.artifacts.looked import Looked, is_matrix, place_of
from triage.intake.artifacts.tensor import Tensor
from triage.intake.found import Found, Place, Stated, Told, shows

__all__ = ["network_told"]

ADAPTER = re.compile(r"(?:^|[._])lora_|\.lora\.|\.(?:ada|ia3)_")
NO_LAYER = re.compile(
    r"(?:^|[._/])(?:\w*(?:embed\w*|pos|position\w*|token\w*|relative\w*|rel_pos\w*|wte|wpe)|lora\w*)(?:[._/:]|$)"
)
RECURRENT = re.compile(
    r"(?:^|[._])weight_[ih]h_l\d+(?:_reverse)?$|(?:^|/)(?:lstm|gru)\w*/.*recurrent_kernel", re.IGNORECASE
)
ATTENTION = re.compile(
    r"(?:^|[._/])(?:attn|attention|self_attn|self_attention|c_attn|q_proj|in_proj_weight|query_key_value|multi_head\w*)(?:[._/]|$)",
    re.IGNORECASE,
)
LAST = re.compile(r"(?:[._/](?:weight|kernel|bias|vars))?(?:[._/]\d+)?(?::\d+)?$|[._/]weight_[ih]h(?=_l\d)")

FRAMEWORKS: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("pytorch", "lightning"): {"pytorch": 0.97},
    ("pytorch", ""): {"pytorch": 0.78, "hugging_face": 0.2},
    ("safetensors", "pt"): {"hugging_face": 0.55, "pytorch": 0.42},
    ("keras", ""): {"keras_tensorflow": 0.97},
}


def network_told(looked: Looked) -> Told:
    """What stands in the list of tensors."""
    checkpoint = looked.checkpoint
    found = _framework(checkpoint)
    if _whole(checkpoint):
        tensors = [tensor for tensor, _ in looked.floats()]
        return Told(tuple(_layers(tensors)), (*found, *_adapter(tensors), *_kind(tensors)))
    return Told(found=tuple(found), notes=("Not all files of the checkpoint were given; the others may differ.",))


def _framework(checkpoint: Checkpoint) -> list[Found]:
    writer = checkpoint.words.get("writer", "")
    likelihood = FRAMEWORKS.get((checkpoint.format, writer))
    if likelihood is None:
        return []
    named = {"pytorch": "PyTorch", "safetensors": "PyTorch and safetensors", "keras": "Keras"}[checkpoint.format]
    return [Found("framework", likelihood, f"The weights were saved by {named}.", Place(checkpoint.file))]


def _whole(checkpoint: Checkpoint) -> bool:
    piece = PIECE.search(checkpoint.file)
    return piece is None or int(piece[2]) <= checkpoint.pieces


def _layers(tensors: list[Tensor]) -> list[Stated]:
    """Modules that hold a matrix, embeddings left out."""
    matrices = [tensor for tensor in tensors if is_matrix(tensor) and not NO_LAYER.search(tensor.name)]
    modules = {LAST.sub("", tensor.name) for tensor in matrices}
    if not modules or any(ADAPTER.search(tensor.name) for tensor in tensors):
        return []
    place = place_of(matrices[-1])
    return [Stated("layers", len(modules), place)]


def _adapter(tensors: list[Tensor]) -> list[Found]:
    if not tensors or not all(ADAPTER.search(tensor.name) for tensor in tensors):
        return []
    message = "All tensors belong to a LoRA adapter."
    return [shows("trained_part", "head_or_adapter_only", message, place_of(tensors[0]), 0.95)]


def _kind(tensors: list[Tensor]) -> list[Found]:
    """Said only where one kind of layer is there and the others are not."""
    recurrent = [tensor for tensor in tensors if RECURRENT.search(tensor.name)]
    attention = [tensor for tensor in tensors if ATTENTION.search(tensor.name) and len(tensor.shape) > 1]
    kernels = [tensor for tensor in tensors if len(tensor.shape) in (4, 5) and is_matrix(tensor)]
    matrices = [tensor for tensor in tensors if is_matrix(tensor)]
    if any(ADAPTER.search(tensor.name) for tensor in tensors):
        return []
    if recurrent and not attention and not kernels:
        return [shows("network_kind", "recurrent", "The layers are recurrent.", place_of(recurrent[0]), 0.95)]
    if attention and not recurrent and len(kernels) < 3:
        return [
            shows("network_kind", "transformer", "The layers are those of attention.", place_of(attention[0]), 0.93)
        ]
    if len(kernels) >= 2 and 2 * len(kernels) >= len(matrices) and not attention and not recurrent:
        message = f"{len(kernels):,} of {len(matrices):,} weights are kernels of convolutions."
        return [shows("network_kind", "convolutional", message, place_of(kernels[0]), 0.95)]
    return []
