"""Models of Keras as ``model.to_json`` writes them, of Keras 2 and 3 (Keras, "Whole model saving and loading")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.errors import IntakeError
from triage.intake.configs.json_tree import read_json
from triage.intake.configs.keras_compile import compiled_states
from triage.intake.configs.keras_layers import MODELS, Model, class_of, model_of
from triage.intake.configs.keras_network import network_findings
from triage.intake.configs.source import Source, source_of, told_of
from triage.intake.configs.structured import Node
from triage.intake.found import Found, Stated, Told, shows

__all__ = ["is_keras_model", "read_keras_model"]

_MODEL = re.compile(r'"class_name"\s*:\s*"(?:Sequential|Functional|Model)"')
_LAYERS = re.compile(r'"(?:layers|config)"\s*:\s*\[')

COMPILED = ("compile_config", "training_config")


def is_keras_model(text: str) -> bool:
    """Whether a text is a model of Keras, by its content."""
    return (
        text.lstrip("\ufeff \t\r\n")[:1] == "{" and _MODEL.search(text) is not None and _LAYERS.search(text) is not None
    )


def read_keras_model(text: str, file: str) -> Told:
    """Read a model.

    Args:
        text: the content of the file.
        file: its name, as it was given.

    Raises:
        IntakeError: it is no model of Keras, or cannot be read.

    """
    source = source_of(text, file)
    if not is_keras_model(source.text):
        raise IntakeError(file, "expected a model of Keras as JSON, found no model with layers")
    root = read_json(source.text, file)
    topology = root.mapping.get("modeltopology", root)
    model = topology.mapping.get("model_config", topology)
    if class_of(model) not in MODELS:
        raise IntakeError(file, "expected a Sequential or Functional model, found another object", root.line)
    compiled = next(
        (node for each in (model, topology, root) for key in COMPILED if (node := each.mapping.get(key)) is not None),
        None,
    )
    return told_of(_all(model_of(model), compiled, source))


def _all(model: Model, compiled: Node | None, source: Source) -> Iterator[Stated | Found | str]:
    yield shows("framework", "keras_tensorflow", "The file is a model of Keras.", source.place())
    yield from network_findings(model, source)
    if compiled is not None:
        yield from compiled_states(compiled, model, source)
