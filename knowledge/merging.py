"""Packs on top of the built-in knowledge.

Rules: an id may stand once in all of it; a pack changes what is there without it only by its overrides, of things of
the built-in knowledge and of the packs that it names in ``after``. Two packs that override the same key are refused
unless they say the same, or one names the other in ``after`` and thereby counts. So the order in which packs are named
never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from knowledge.applying import applied, is_added_up, keys_of, without_things
from knowledge.content import KINDS, Content, Placed, read_files
from knowledge.errors import Problem, nearest_words
from knowledge.overrides import Override
from knowledge.pack import Change, Pack
from knowledge.pack_files import PackFiles
from knowledge.schema import Cause, Check, Finding, Remedy
from knowledge.translation import Titles

__all__ = ["Merged", "merged"]

FINDINGS = ("symptoms", "settings", "checks")


@dataclass
class Merged:
    """What came of merging.

    Args:
        content: everything, as far as it could be merged.
        problems: what is wrong, with the file as its place and the line to be looked up.
        places: ``folder/id`` -> the files of packs that made or changed it, the last one first.

    """

    content: Content
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)


def merged(built_in: Content, packs: Sequence[PackFiles]) -> Merged:
    """Put packs on top of the built-in knowledge.

    Args:
        built_in: the knowledge; it is not changed.
        packs: in the order of `read_packs`.

    """
    whole = Merged(_own_copy(built_in))
    overrides: list[tuple[Pack, Placed]] = []
    for files in packs:
        placed, problems = read_files(file for file in files.files if file[0])
        whole.problems += problems
        whole.content.packs[files.pack.id] = files.pack
        _add(whole, files.pack, [item for item in placed if not item.kind.startswith("overrides/")])
        overrides += [(files.pack, item) for item in placed if item.kind.startswith("overrides/")]
    _override(whole, overrides)
    return whole


def _own_copy(content: Content) -> Content:
    """The same things in mappings of its own."""
    own: dict[str, Any] = {name: dict(getattr(content, name)) for name in Content.model_fields}
    own["translations"] = {language: dict(known) for language, known in content.translations.items()}
    return content.model_copy(update=own)


def _add(whole: Merged, pack: Pack, placed: Sequence[Placed]) -> None:
    for item in placed:
        folder, _, language = item.kind.partition("/")
        if language:
            known: dict[str, Any] = whole.content.translations.setdefault(language, {})
        else:
            known = getattr(whole.content, folder)
        if isinstance(item.thing, Titles) and isinstance(earlier := known.get(item.id), Titles):
            known[item.id] = _together(earlier, item.thing)
            continue
        if (reason := _taken(whole.content, item, folder, known)) is not None:
            whole.problems.append(Problem(item.place, reason, at=("id",)))
            continue
        known[item.id] = item.thing
        key = f"{item.kind}/{item.id}"
        whole.places[key] = [item.place]
        if not language:
            whole.content.origins[key] = pack.id
        whole.problems += _claims_again(whole.content, item)


def _together(earlier: Titles, later: Titles) -> Titles:
    """The titles of a pack beside those that there are; each may name its own things."""
    return Titles(
        id=earlier.id,
        trial=earlier.trial or later.trial,
        causes={**later.causes, **earlier.causes},
        remedies={**later.remedies, **earlier.remedies},
    )


def _taken(content: Content, item: Placed, folder: str, known: Mapping[str, object]) -> str | None:
    """Why an id cannot be given to a thing, or None."""
    others = FINDINGS if folder in FINDINGS else (folder,)
    owner = next((kind for kind in others if item.id in getattr(content, kind, {})), None)
    if folder not in KINDS:
        owner = folder if item.id in known else None
    if owner is None:
        return None
    pack = content.origins.get(f"{owner}/{item.id}")
    whose = "the built-in knowledge has" if pack is None else f"the pack {pack} has"
    hint = "; to change it, say what in overrides" if folder in KINDS else ""
    return f"expected an id of its own, found {item.id!r}, which {whose}{hint}"


def _claims_again(content: Content, item: Placed) -> Iterator[Problem]:
    claims = getattr(item.thing, "claims", {})
    for name, source in content.sources.items():
        if name != item.id or item.kind != "sources":
            for claim in claims.keys() & source.claims.keys():
                yield Problem(
                    item.place, f"expected a claim of its own, found {claim}, which {name} makes", at=("claims", claim)
                )


def _override(whole: Merged, overrides: Sequence[tuple[Pack, Placed]]) -> None:
    content = whole.content
    said: dict[str, dict[str, tuple[Pack, object]]] = {}
    off: list[str] = []
    for pack, item in overrides:
        key = _key(content, item)
        problems = list(_not_overridable(content, pack, item, key))
        override: Override = item.thing  # type: ignore[assignment]
        if key is None or problems:
            whole.problems += problems
            continue
        folder, name = key.split("/")
        thing: BaseModel = getattr(content, folder)[name]
        wanted = keys_of(override, thing)
        earlier = said.setdefault(key, {})
        problems = [
            *_unfit(item, wanted, thing),
            *(problem for part in wanted if (problem := _contradicted(pack, item, part, wanted[part], earlier))),
        ]
        if problems:
            whole.problems += problems
            continue
        changed, changes = applied(override, thing, wanted)
        getattr(content, folder)[name] = changed
        if override.leave_out:
            off.append(key)
        content.changes[key] = [
            *(old for old in content.changes.get(key, []) if old.key not in wanted),
            *(Change(pack=pack.id, reason=override.reason, **change) for change in changes),
        ]
        whole.places[key] = [item.place, *whole.places.get(key, [])]
        earlier.update({part: (pack, value) for part, value in wanted.items()})
    without_things(content, off)


def _key(content: Content, item: Placed) -> str | None:
    return next((f"{folder}/{item.id}" for folder in _overridden(item) if item.id in getattr(content, folder)), None)


def _overridden(item: Placed) -> Sequence[str]:
    """The folders of which an override changes something."""
    folder = item.kind.removeprefix("overrides/")
    return FINDINGS if folder == "findings" else (folder,)


def _not_overridable(content: Content, pack: Pack, item: Placed, key: str | None) -> Iterator[Problem]:
    if key is None:
        kind = {"causes": "cause", "findings": "finding", "remedies": "remedy"}[item.kind.removeprefix("overrides/")]
        hint = nearest_words(item.id, [name for folder in _overridden(item) for name in getattr(content, folder)])
        yield Problem(item.place, f"expected the id of a {kind} to override, found {item.id!r}{hint}", at=("id",))
        return
    owner = content.origins.get(key)
    if owner is not None and owner not in pack.after:
        whose = "this pack itself: change its own file" if owner == pack.id else f"the pack {owner}: name it in after"
        yield Problem(item.place, f"expected something to override, found {item.id!r} of {whose}", at=("id",))


def _unfit(item: Placed, wanted: Mapping[str, object], thing: BaseModel) -> Iterator[Problem]:
    """What an override names that the thing does not have."""
    if "leave_out" in wanted and not isinstance(thing, Cause | Check | Remedy):
        yield Problem(
            item.place, f"expected a cause, check or remedy to leave out, found {item.id!r}", at=("leave_out",)
        )
    if not wanted:
        yield Problem(item.place, "expected something that changes, found none")
    for part in wanted:
        head, _, name = part.partition(".")
        if head == "without":
            yield Problem(
                item.place,
                f"expected a finding or remedy that {item.id} is tied to, found {name!r}",
                at=("without", name),
            )
        elif isinstance(thing, Finding) and head == "states" and name.split(".")[0] not in thing.states:
            state = name.split(".")[0]
            known = ", ".join(thing.states)
            yield Problem(item.place, f"expected a state of {item.id} ({known}), found {state!r}", at=("states", state))
        elif head in ("minutes", "instructions", "snippets") and not isinstance(thing, Check | Remedy):
            yield Problem(
                item.place, f"expected {head} for a check alone, found {item.id!r}, which is none", at=(head,)
            )


def _contradicted(
    pack: Pack, item: Placed, part: str, value: object, earlier: Mapping[str, tuple[Pack, object]]
) -> Problem | None:
    """That another pack says something else of the same key, and this one does not know of it."""
    for known, (other, said) in earlier.items():
        same = known == part and said != value and not is_added_up(part)
        at_odds = same or (known != part and "leave_out" in (known, part))
        if at_odds and other.id != pack.id and other.id not in pack.after:
            return Problem(
                item.place,
                f"expected {part} of {item.id} to be overridden by one pack, found it in {other.id}, too; "
                f"the pack that is to count says after: [...] with the other in its pack.yaml",
                at=tuple(part.split(".")),
            )
    return None
