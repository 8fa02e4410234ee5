"""A file of answers -> finding: state."""

from __future__ import annotations

import json
import reprlib
from pathlib import Path

from triage.errors import AnswerError

__all__ = ["read_answers"]

LARGEST = 1_000_000
"""Bytes; a mapping of every finding to a state is a hundredth of it."""


def read_answers(file: str) -> dict[str, list[str]]:
    """Read answers from a JSON or YAML file: finding -> states, one or a list of those that it may be.

    Raises:
        AnswerError: it cannot be read or is no mapping of findings to states; the message names file and line.

    """
    text = _text_of(file)
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        plain = _from_yaml(text, file)
    if not isinstance(plain, dict):
        raise AnswerError(f"{file}: expected a mapping of findings to states, found {type(plain).__name__}")
    return {finding: _states(finding, state, file) for finding, state in plain.items()}


def _states(finding: object, found: object, file: str) -> list[str]:
    listed = found if isinstance(found, list) else [found]
    states = [state for state in listed if isinstance(state, str)]
    if not isinstance(finding, str) or not states or len(states) < len(listed):
        raise AnswerError(f"{file}: expected FINDING: STATE, found {reprlib.repr(finding)}: {reprlib.repr(found)}")
    return states


def _from_yaml(text: str, file: str) -> object:
    from knowledge.errors import KnowledgeError
    from knowledge.reading import load_plain

    try:
        return load_plain(text, file)
    except KnowledgeError as error:
        raise AnswerError(str(error)) from None


def _text_of(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AnswerError(f"{file}: expected a file of answers, found: {reason}") from None
    if len(raw) > LARGEST:
        raise AnswerError(f"{file}: expected answers, found more than {LARGEST:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswerError(f"{file}: expected UTF-8 text, found bytes that are none") from None
