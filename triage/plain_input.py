"""What a line typed in the line-mode interview means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from triage.diagnosis import Choice
from triage.report.escape import plain
from triage.wording import Wording

__all__ = ["Command", "Heard", "Picked", "Told", "understood"]

_LETTERS = frozenset("?hubrsqa")
_WORDS = {
    "why": "?",
    "how": "h",
    "unknown": "u",
    "back": "b",
    "redo": "r",
    "stand": "s",
    "quit": "q",
    "help": "help",
    "？": "?",
    "为什么": "?",
    "怎么查": "h",
    "不知道": "u",
    "返回": "b",
    "重做": "r",
    "现状": "s",
    "退出": "q",
    "帮助": "help",
}
"""Commands, by letter and by word; in full, so that speech recognition and screen readers have something to hold."""


class Picked(NamedTuple):
    """Some of the choices, by their place."""

    places: tuple[int, ...]


class Told(NamedTuple):
    """FINDING=STATE."""

    finding: str
    states: tuple[str, ...]


class Command(NamedTuple):
    """A command, and what follows it."""

    name: str
    argument: str = ""


Heard: TypeAlias = Picked | Told | Command | str
"""What was understood; where nothing was, what was found instead."""


def understood(line: str, choices: Sequence[Choice], say: Wording) -> Heard:
    """What a typed line means.

    Args:
        line: as it was typed.
        choices: what was offered.
        say: the language of what is said where it means nothing.

    """
    text = " ".join(line.split())
    lowered, (name, _, argument) = text.lower(), text.partition(" ")
    if not text or lowered in _LETTERS | _WORDS.keys():
        return Command(_WORDS.get(lowered, lowered))
    if name.lower() in ("b", "h") and argument and not _beginning_with(text, choices):
        return Command(name.lower(), argument)
    if re.fullmatch(r"[0-9]{1,4}([ ,，、]+[0-9]{1,4})*[.。]?", text):
        places = [int(number) - 1 for number in re.findall(r"[0-9]+", text)]
        if all(0 <= place < len(choices) for place in places):
            return Picked(tuple(dict.fromkeys(places)))
        return say("Found {text}.", text=plain(text, 40))
    if told := re.fullmatch(r"([A-Za-z][A-Za-z0-9_]*) ?= ?([A-Za-z0-9_ ,]+)", text):
        states = tuple(re.findall(r"[a-z0-9_]+", told[2].lower()))
        return Told(told[1].lower(), states) if states else say("Found {text}.", text=plain(text, 40))
    return _by_name(text, choices, say)


def _by_name(text: str, choices: Sequence[Choice], say: Wording) -> Picked | str:
    """One answer by the beginning of its name or label, or several, with commas between them."""
    places = []
    for part in [text] if _beginning_with(text, choices) else re.split("[,，、]", text):
        fitting = _beginning_with(part.strip(), choices)
        if len(fitting) > 1:
            several = say(" and ").join(str(place + 1) for place in fitting)
            return say("{text} fits {several}.", text=plain(part.strip(), 40), several=several)
        if not fitting:
            return say("Found {text}.", text=plain(part.strip(), 40))
        places += fitting
    return Picked(tuple(dict.fromkeys(places)))


def _beginning_with(text: str, choices: Sequence[Choice]) -> list[int]:
    """The places of the choices that a text names: by a whole name or label, else by the beginning of one."""
    wanted = text.lower()
    names = [(choice.state.lower(), " ".join(choice.label.split()).lower()) for choice in choices]
    exactly = [place for place, known in enumerate(names) if wanted and wanted in known]
    return exactly or [
        place for place, known in enumerate(names) if wanted and any(n.startswith(wanted) for n in known)
    ]
