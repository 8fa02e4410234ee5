"""One YAML file -> one validated model, or the problems with file and line."""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from knowledge.complaint import complaint
from knowledge.errors import KnowledgeError, Problem, nearest_words

__all__ = ["decoded", "first_alias", "line_at", "load_plain", "read_yaml_model"]

DEEPEST = 50
"""Levels of nesting; no model has a tenth of them, and libyaml's recursion over many ends the process."""

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
        plain = load_plain(text, place)
    except KnowledgeError as error:
        return None, error.problems
    if not isinstance(plain, dict):
        found = "nothing" if plain is None else "a list" if isinstance(plain, list) else "a single value"
        return None, [Problem(f"{place}:1", f"expected a mapping of keys, found {found}")]
    try:
        return model.model_validate(plain), []
    except ValidationError as error:
        root = yaml.compose(text, SafeLoader)
        return None, [
            Problem(
                f"{place}:{_line_of(root, item['loc'])}",
                f"{_key_path(item) or 'file'}: {complaint(item)}{_nearest_key(model, item)}",
            )
            for item in error.errors(include_url=False)
        ]


def decoded(raw: bytes, place: str) -> str:
    """The text of a file.

    Raises:
        KnowledgeError: it is no UTF-8; with the byte, at ``place:line``.

    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = f"expected UTF-8, found byte 0x{raw[error.start]:02x} at {error.start}"
        raise KnowledgeError([Problem(f"{place}:{line}", found)]) from None


def load_plain(text: str, place: str) -> object:
    """The plain values of a YAML text: no key twice, no merge keys, nothing but safe types.

    Raises:
        KnowledgeError: with the one problem that was met, at ``place:line``.

    """
    try:
        _hold_depth(text)
        plain: object = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 - a safe loader that refuses even more
    except yaml.YAMLError as error:
        problem = Problem(_place_of(error, place, text), f"expected YAML, found a mistake: {_reason(error)}")
        raise KnowledgeError([problem]) from None
    return plain


def first_alias(text: str) -> int | None:
    """Line of the first alias (``*name``) of a YAML text; None where there is none, or before what is no YAML."""
    if "*" not in text:
        return None
    try:
        for event in yaml.parse(text, SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = _mark(event)
                return 1 if mark is None else mark.line + 1
    except yaml.YAMLError:
        return None
    return None


def line_at(text: str, path: tuple[str, ...]) -> int:
    """The line to which keys lead in a valid YAML text.

    Where they do not lead on it is that of the first value below that is called as the last of them, else the last one
    that was met.

    Args:
        text: the content of a file.
        path: keys of mappings; of a list, what its item names as ``finding``, ``remedy``, ``state`` or ``id``, or has
            itself for its value.

    """
    node = yaml.compose(text, SafeLoader)
    line = 1 if node is None or not path else node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                return _line_of_value(node, path[-1]) or line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode):
            item = next((item for item in node.value if _names(item, part)), None)
            if item is None:
                return _line_of_value(node, path[-1]) or line
            line, node = item.start_mark.line + 1, item
    return line


def _line_of_value(node: yaml.Node, value: str) -> int | None:
    if isinstance(node, yaml.ScalarNode):
        return node.start_mark.line + 1 if node.value == value else None
    inside = [item for _, item in node.value] if isinstance(node, yaml.MappingNode) else node.value
    return next((line for item in inside if (line := _line_of_value(item, value)) is not None), None)


def _names(node: yaml.Node, name: str) -> bool:
    if isinstance(node, yaml.MappingNode):
        return any(
            key.value in ("finding", "remedy", "state", "id") and value.value == name for key, value in node.value
        )
    return bool(node.value == name)


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

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse merge keys: nothing here needs them, and merged merges grow without bound."""
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, "a merge key <<", key_node.start_mark)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            value: object = super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError) as error:  # a date of month 13, !!bool abc
            raise yaml.constructor.ConstructorError(None, None, f"a bad value: {error}", node.start_mark) from None
        return value


def _hold_depth(text: str) -> None:
    """Raise where the nesting is deeper than `DEEPEST`; the text is looked at closely only where it could be."""
    if max(map(len, text.splitlines()), default=0) + text.count("[") + text.count("{") < 10 * DEEPEST:
        return
    depth = 0
    for event in yaml.parse(text, SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, f"nesting deeper than {DEEPEST} levels", _mark(event))


def _reason(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or str(error).splitlines()[0])


def _place_of(error: yaml.YAMLError, place: str, text: str) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        before = text.encode()[: error.position]
        line = before.count(b"\n") + 1
        return f"{place}:{line}"
    mark = getattr(error, "problem_mark", None)
    return place if mark is None else f"{place}:{mark.line + 1}"


def _mark(event: yaml.Event) -> yaml.Mark | None:
    mark: yaml.Mark | None = event.start_mark  # type: ignore[assignment]  # the C parser has a like class of its own
    return mark


def _key_path(item: ErrorDetails) -> str:
    path = ".".join(map(str, item["loc"]))
    return path if path.isprintable() else repr(path)


def _nearest_key(model: type[BaseModel], item: ErrorDetails) -> str:
    """The keys of the model, at any depth, that come nearest to one that is not known."""
    if item["type"] != "extra_forbidden":
        return ""
    schema = model.model_json_schema()
    known = {key for part in (schema, *schema.get("$defs", {}).values()) for key in part.get("properties", {})}
    return nearest_words(str(item["loc"][-1]), known)


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
