"""An error of pydantic -> what was expected and what was found, in words that need no knowledge of pydantic."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping

from pydantic_core import ErrorDetails

__all__ = ["complaint"]

LONGEST = 60
"""Characters of what was found."""

_EXPECTED: Mapping[str, str] = {
    "missing": "this key",
    "extra_forbidden": "no key but those that are known here",
    "string_type": "text",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
"""Type of an error -> what was expected, with the names of its context; those of models with YAML or JSON in them.

Source: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = LONGEST


def complaint(error: ErrorDetails) -> str:
    """One error in a line; where it lies is not told.

    What a model's own rule says, as a ``ValueError``, is told as it is.

    Args:
        error: one of those that ``ValidationError.errors`` gives.

    """
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    template = _EXPECTED.get(error["type"])
    if template is None:
        wanted = error["msg"].removeprefix("Input should be ")
    else:
        wanted = template.format_map(error.get("ctx", {}))
    return f"expected {wanted}, found {_found(error)}"


def _found(error: ErrorDetails) -> str:
    value = error["input"]
    if error["type"] == "missing":
        return "none"
    if error["type"] == "extra_forbidden":
        value = error["loc"][-1]
    if error["type"] in ("too_short", "too_long"):
        return str(len(value))
    if value is None:
        return "nothing"
    shown = _SHORT.repr(value)
    is_unquoted = error["type"] == "string_type" and isinstance(value, int | float) and not isinstance(value, bool)
    hint = "; text that looks like a number stands in quotes" if is_unquoted else ""
    return (shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}...") + hint
