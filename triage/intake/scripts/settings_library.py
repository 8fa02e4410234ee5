"""Settings that stand in a program as a text of YAML or JSON, with the line of each value."""

from __future__ import annotations

import textwrap

from triage.errors import IntakeError
from triage.intake.configs.json_tree import read_json
from triage.intake.configs.structured import Node
from triage.intake.configs.yaml_tree import read_yaml
from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Items, Known, Table, Value, text

__all__ = ["settings_call"]

LONGEST = 20_000
"""Characters of a text that is read."""

_YAML = frozenset({"yaml.safe_load", "yaml.load", "yaml.full_load", "omegaconf.OmegaConf.create"})


def settings_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    given = call.get(0)
    words = text(given)
    if words is None or not isinstance(given, Known) or len(words) > LONGEST:
        return None
    if name == "textwrap.dedent":
        return Known(textwrap.dedent(words), given.settled, given.spot)
    if name not in _YAML and name != "json.loads":
        return None
    try:
        root = read_json(words, "") if name == "json.loads" else read_yaml(words, "")[0]
    except IntakeError:
        return None
    return _value(root, given.spot)


def _value(node: Node, start: Spot | None) -> Value:
    if node.mapping:
        return Table({key: _value(inner, start) for key, inner in node.mapping.items()})
    if node.items:
        return Items([_value(inner, start) for inner in node.items])
    spot = Spot(start.source, start.line + node.line - 1) if start is not None else None
    return Known(node.value if isinstance(node.value, str | int | float | bool) else None, True, spot)
