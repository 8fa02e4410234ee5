"""One override -> the keys that it changes, the changed thing, and what became of it; and things that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

from pydantic import BaseModel

from knowledge.content import Content
from knowledge.overrides import CauseOverride, FindingOverride, Override
from knowledge.schema import Check, Edge, OddsEdge, RemedyLink

__all__ = ["Changed", "applied", "is_added_up", "keys_of", "without_things"]

SECTIONS = ("symptoms", "checks", "odds", "remedies")
"""Lists of a cause of which the items are told apart by what they lead to."""

LONGEST = 200


Value: TypeAlias = Any
"""What a knowledge file may hold somewhere: a model, a list, a mapping, text or a number."""


class Changed(TypedDict):
    """A key, and what it was and is, in short words."""

    key: str
    before: str
    after: str


def keys_of(override: Override, thing: BaseModel) -> dict[str, Any]:
    """Dotted key -> its new value, None for what is taken away.

    Args:
        override: what changes.
        thing: the cause, finding or remedy before; a name in ``without`` that it is not tied to has the key
            ``without.NAME``.

    """
    if isinstance(override, CauseOverride):
        return dict(_keys_of_cause(override, thing))
    if isinstance(override, FindingOverride):
        return dict(_keys_of_finding(override))
    return dict(_plain(override, ("leave_out", "title", "change", "minutes", "relief", "side_effects"))) | _snippets(
        override
    )


def applied(override: Override, thing: BaseModel, keys: Mapping[str, Any]) -> tuple[BaseModel, list[Changed]]:
    """The thing as it is with the new values, and what became of each key."""
    changes = []
    for key, value in keys.items():
        path = _path(key, thing)
        before = None if key == "leave_out" else _value(thing, path)
        if key != "leave_out":
            thing = _with(thing, path, [*(before or []), *value] if is_added_up(key) else value)
        changes.append(Changed(key=key, before=_short(before), after=_short(value)))
    return thing, changes


def is_added_up(key: str) -> bool:
    """Whether what several packs say of a key comes together, rather than the one instead of the other."""
    return key.endswith(".words")


def without_things(content: Content, keys: Sequence[str]) -> None:
    """Leave out causes, checks and remedies, and whatever leads to them.

    Args:
        content: changed in place.
        keys: ``folder/id`` of each.

    """
    if not keys:
        return
    for key in keys:
        folder, name = key.split("/")
        getattr(content, folder).pop(name)
    off = {folder: {key.split("/")[1] for key in keys if key.startswith(folder)} for folder in SECTIONS}
    gone = {key.split("/")[1] for key in keys if key.startswith("causes/")}
    for name, cause in content.causes.items():
        content.causes[name] = cause.model_copy(
            update={
                "see_also": [other for other in cause.see_also if other not in gone],
                "checks": [edge for edge in cause.checks if edge.finding not in off["checks"]],
                "remedies": [link for link in cause.remedies if link.remedy not in off["remedies"]],
                "replaced_by": None if cause.replaced_by in gone else cause.replaced_by,
            }
        )
    for name, remedy in content.remedies.items():
        content.remedies[name] = remedy.model_copy(
            update={
                "trial": None if remedy.trial in off["checks"] else remedy.trial,
                "replaced_by": None if remedy.replaced_by in off["remedies"] else remedy.replaced_by,
            }
        )
    content.pairs = {
        name: pair.model_copy(update={"told_apart_by": [one for one in pair.told_apart_by if one not in off["checks"]]})
        for name, pair in content.pairs.items()
        if not gone & set(pair.causes)
    }
    for language, titles in content.titles.items():
        content.titles[language] = titles.model_copy(
            update={
                "causes": {name: title for name, title in titles.causes.items() if name not in gone},
                "remedies": {name: title for name, title in titles.remedies.items() if name not in off["remedies"]},
            }
        )
    for known in content.translations.values():
        for name in off["checks"]:
            known.pop(name, None)


def _keys_of_cause(override: CauseOverride, thing: BaseModel) -> Iterator[tuple[str, Any]]:
    yield from _plain(override, ("leave_out", "title", "prior", "mechanism", "requires"))
    for section in SECTIONS:
        for item in getattr(override, section):
            yield f"{section}.{_leads_to(item)}", item
    for name in override.without:
        tied = [section for section in SECTIONS if any(_leads_to(item) == name for item in getattr(thing, section))]
        for section in tied:
            yield f"{section}.{name}", None
        if not tied:
            yield f"without.{name}", None


def _keys_of_finding(override: FindingOverride) -> Iterator[tuple[str, Any]]:
    yield from _plain(override, ("leave_out", "title", "minutes", "instructions"))
    yield from _snippets(override).items()
    for state, changed in override.states.items():
        for key, value in _plain(changed, ("label", "leak", "share", "words")):
            yield f"states.{state}.{key}", value
    if override.question is not None:
        for key, value in _plain(override.question, ("prompt", "why", "minutes", "answerable", "reliability")):
            yield f"question.{key}", value
        for framework, code in override.question.how.items():
            yield f"question.how.{framework}", code


def _plain(override: BaseModel, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The keys that are given; not to be left out, and no words, are no change."""
    for name in names:
        value = getattr(override, name)
        if value is not None and value is not False and value != []:
            yield name, value


def _snippets(override: Value) -> dict[str, Any]:
    return {f"snippets.{framework}": code for framework, code in override.snippets.items()}


def _leads_to(item: Edge | OddsEdge | RemedyLink) -> str:
    return item.remedy if isinstance(item, RemedyLink) else item.finding


def _path(key: str, thing: BaseModel) -> list[str]:
    parts = key.split(".")
    if parts == ["minutes"] and isinstance(thing, Check):
        return ["effort_minutes"]
    return parts


def _value(thing: Value, path: Sequence[str]) -> Value:
    for part in path:
        if isinstance(thing, dict):
            thing = thing.get(part)
        elif isinstance(thing, list):
            thing = next((item for item in thing if _leads_to(item) == part), None)
        else:
            thing = getattr(thing, part)
    return thing


def _with(thing: Value, path: Sequence[str], value: Value) -> Value:
    """The thing with a value at a path; None takes away the item of a list."""
    first, *rest = path
    if isinstance(thing, list):
        places = [place for place, item in enumerate(thing) if _leads_to(item) == first]
        new = [] if value is None else [value]
        if not places:
            return [*thing, *new]
        return [*thing[: places[0]], *new, *thing[places[0] + 1 :]]
    if isinstance(thing, dict):
        return {**thing, first: _with(thing[first], rest, value) if rest else value}
    inside = _with(getattr(thing, first), rest, value) if rest else value
    return thing.model_copy(update={first: inside})


def _short(value: Value) -> str:
    """A value in a few words."""
    if value is None:
        return "none"
    if isinstance(value, Edge):
        words = ", ".join(f"{state} {likelihood.probability:g}" for state, likelihood in value.states.items())
    elif isinstance(value, OddsEdge):
        words = ", ".join(f"{state} x{factor:g}" for state, factor in value.states.items())
    elif isinstance(value, RemedyLink):
        words = "linked" if value.relief is None else f"linked, relief {value.relief}"
    elif isinstance(value, dict):
        words = "; ".join(f"{name}: {', '.join(states)}" for name, states in value.items()) or "none"
    elif isinstance(value, list):
        words = ", ".join(map(str, value)) or "none"
    elif isinstance(value, float):
        words = f"{value:g}"
    else:
        words = "yes" if value is True else " ".join(str(value).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
