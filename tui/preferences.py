"""What a person set for themselves: their keys in ``keymap.yaml``, theme and motion in ``preferences.yaml``."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from triage.errors import TriageError
from triage.language import PREFERENCES
from triage.own_settings import settings_folder
from triage.report.escape import folded, plain
from tui.languages import ENGLISH, Language

__all__ = ["Motion", "Preferences", "Theme", "read_preferences", "save_preferences"]

Theme = Literal["dark", "light", "terminal"]
Motion = Literal["full", "reduced"]

KEYMAP = "keymap.yaml"

LARGEST_FILE = 100_000
MOST_NOTES = 20
MOST_KEYS = 10
"""Keys of one binding."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": get_args(Theme),
    "motion": get_args(Motion),
    "language": get_args(Language),
}
_MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds; what is not set has its default.

    Args:
        keymap: id of a binding -> keys with commas between, as Textual takes them.
        theme: colours on a dark or light ground, or those of the terminal.
        motion: whether things may move.
        notes: what could not be used, a sentence each.
        language: of questions, results and the screen.

    """

    keymap: Mapping[str, str] = field(default_factory=dict)
    theme: Theme = "dark"
    motion: Motion = "full"
    notes: tuple[str, ...] = ()
    language: Language = ENGLISH


def read_preferences(folder: Path | None, known_ids: Collection[str]) -> Preferences:
    """Read both files; one that is not there sets nothing, and what cannot be used becomes a note.

    Args:
        folder: where they are; by default the person's own.
        known_ids: the bindings that there are.

    """
    chosen = settings_folder() if folder is None else folder
    notes: list[str] = []
    keymap = _keymap(_mapping(chosen / KEYMAP, notes), known_ids, notes)
    settings = _settings(_mapping(chosen / PREFERENCES, notes), notes)
    still = bool(os.environ.get("NO_MOTION")) or os.environ.get("TEXTUAL_ANIMATIONS", "").lower() == "none"
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES - 1 :] = [f"{len(notes) - MOST_NOTES + 1} more settings could not be used."]
    return Preferences(
        keymap,
        settings.get("theme", "dark"),  # type: ignore[arg-type]  # held by _CHOICES
        "reduced" if still else settings.get("motion", "full"),  # type: ignore[arg-type]
        tuple(notes),
        settings.get("language", ENGLISH),  # type: ignore[arg-type]
    )


def save_preferences(
    folder: Path | None, *, theme: Theme | None = None, motion: Motion | None = None, language: str | None = None
) -> None:
    """Set theme, motion or language for the next time; what is not given stays as it was.

    Args:
        folder: where; by default the person's own, which is made where it is missing.
        theme: None leaves it.
        motion: None leaves it.
        language: None leaves it.

    Raises:
        TriageError: nothing can be written there.

    """
    chosen = settings_folder() if folder is None else folder
    file = chosen / PREFERENCES
    given = {"theme": theme, "motion": motion, "language": language}
    settings = _settings(_mapping(file, []), []) | {name: value for name, value in given.items() if value is not None}
    beside = file.with_name(f"{PREFERENCES}.{os.getpid()}")
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(f"{name}: {value}\n" for name, value in sorted(settings.items())), encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise TriageError(
            f"{plain(str(file), 300)}: expected a file that can be written, found: {error.strerror}"
        ) from None


def _mapping(file: Path, notes: list[str]) -> dict[object, object]:
    """What a file holds; empty where there is none or it cannot be used."""
    place = plain(str(file), 300)
    try:
        if not file.exists():
            return {}
        if not file.is_file():
            notes.append(f"{place}: expected a file.")
            return {}
        with file.open(encoding="utf-8-sig") as stream:
            text = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        notes.append(f"{place}: cannot be read: {reason}.")
        return {}
    if len(text) > LARGEST_FILE:
        notes.append(f"{place}: expected at most {LARGEST_FILE:,} characters; nothing of it is used.")
        return {}
    from knowledge.errors import KnowledgeError
    from knowledge.reading import load_plain

    try:
        loaded = load_plain(text, str(file))
    except KnowledgeError as error:
        notes.append(f"{folded(str(error), 500)}.")
        return {}
    if loaded is not None and not isinstance(loaded, dict):
        notes.append(f"{place}: expected lines of the form NAME: VALUE, found {type(loaded).__name__}.")
        return {}
    return loaded or {}


def _keymap(loaded: Mapping[object, object], known_ids: Collection[str], notes: list[str]) -> dict[str, str]:
    keymap = {}
    for name, value in loaded.items():
        if name not in known_ids:
            notes.append(f"{KEYMAP}: no action is called {_shown(name)}{_nearest(name, known_ids)}.")
            continue
        keys = [key.strip() for key in value.split(",")] if isinstance(value, str) else []
        wrong = next((key for key in keys if not _is_key(key)), None)
        if not keys or len(keys) > MOST_KEYS:
            notes.append(f"{KEYMAP}: {_shown(name)}: expected keys such as ctrl+g,f9, found {_shown(value)}.")
        elif wrong is not None:
            notes.append(f"{KEYMAP}: {_shown(name)}: {_shown(wrong)} is no key; keys are such as ctrl+g or f9.")
        else:
            keymap[str(name)] = ",".join(keys)
    return keymap


def _is_key(key: str) -> bool:
    from textual.keys import Keys, key_to_character

    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not all(modifier in _MODIFIERS for modifier in modifiers):
        return False
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return last.isascii() and (
        last in _NAMED or last in {known.value for known in Keys} or bool(key_to_character(last))
    )


_NAMED = frozenset({"space", *(f"f{number}" for number in range(1, 25))})


def _settings(loaded: Mapping[object, object], notes: list[str]) -> dict[str, str]:
    settings = {}
    for name, value in loaded.items():
        if name not in _CHOICES:
            notes.append(f"{PREFERENCES}: no setting is called {_shown(name)}{_nearest(name, _CHOICES)}.")
        elif value not in _CHOICES[str(name)]:
            expected = ", ".join(_CHOICES[str(name)])
            notes.append(f"{PREFERENCES}: {name}: expected one of {expected}, found {_shown(value)}.")
        else:
            settings[str(name)] = str(value)
    return settings


def _nearest(name: object, known: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(_shown(name), known, n=1, cutoff=0.5)
    return f"; the nearest is {near[0]}" if near else ""


def _shown(value: object) -> str:
    """A value in a note; of what is no text only its type, for YAML can make a little text mean an endless list."""
    return (folded(value, 60) or "nothing") if isinstance(value, str) else type(value).__name__
