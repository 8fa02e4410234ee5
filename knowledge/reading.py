"""One YAML file -> one validated model, or the problems with file and line."""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import Problem

__all__ = ["read_yaml_model"]

Model = TypeVar("Model", bound=BaseModel)

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]


def read_yaml_model(model: type[Model], text: str, place: str) -> tuple[Model | None, list[Problem]]:
    """Validate one file.

    Args:
        model: the model of the file's folder.
        text: the file's content.
        place: name of the file for messages.

    Returns:
        The model and no problem, or None and at least one problem that names ``place:line``.

    """
    try:
        plain = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - a safe loader that also refuses doubled keys
    except yaml.YAMLError as error:
        return None, [Problem(_place_of(error, place), f"expected YAML, found {_reason(error)}")]
    except RecursionError:
        return None, [Problem(place, "expected YAML of ordinary depth, found nesting beyond what can be read")]
    if not isinstance(plain, dict):
        return None, [Problem(f"{place}:1", f"expected a mapping of keys, found {type(plain).__name__}")]
    try:
        return model.model_validate(plain), []
    except ValidationError as error:
        root = yaml.compose(text, SafeLoader)
        return None, [
            Problem(
                f"{place}:{_line_of(root, item['loc'])}",
                f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}{_found(item)}",
            )
            for item in error.errors(include_url=False)
        ]


class _UniqueKeyLoader(SafeLoader):
    """A safe loader that refuses a key given twice, which YAML forbids and PyYAML lets pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} twice in one mapping", key_node.start_mark
                )
            if isinstance(key, str):
                seen.add(key)
        return super().construct_mapping(node, deep)


def _reason(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or str(error).splitlines()[0])


def _place_of(error: yaml.YAMLError, place: str) -> str:
    mark = getattr(error, "problem_mark", None)
    return place if mark is None else f"{place}:{mark.line + 1}"


def _found(item: ErrorDetails) -> str:
    if item["type"] in ("missing", "value_error"):
        return ""
    shown = repr(item["input"])
    return f", found {shown if len(shown) <= 60 else shown[:57] + '...'}"


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line of the deepest node on the way of a pydantic location; keys that validation added are skipped."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
