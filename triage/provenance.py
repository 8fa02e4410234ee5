"""What comes from a pack says so: in titles, wherever they are shown, and in fields of the diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict, TypeVar, cast

from knowledge.base import AnyFinding, KnowledgeBase
from knowledge.schema import Cause, Remedy
from triage.diagnosis import KnowledgeView, PackView
from triage.wording import Wording, wording

__all__ = ["Provenance", "knowledge_view", "marked", "packs_words", "provenance_of"]

Titled = TypeVar("Titled", bound=Cause | Remedy | AnyFinding)


class Provenance(TypedDict):
    """The fields by which a part of a diagnosis tells where it comes from."""

    pack: str | None
    changed_by: list[str]


def provenance_of(base: KnowledgeBase, thing: Cause | AnyFinding | Remedy) -> Provenance:
    """The pack whose own a thing is, and the packs that changed it, by their ids."""
    own = base.pack_of(thing)
    changed = dict.fromkeys(change.pack for change in base.changes_of(thing))
    return Provenance(pack=None if own is None else own.id, changed_by=list(changed))


def knowledge_view(base: KnowledgeBase) -> KnowledgeView:
    """Which knowledge and which packs a result rests on."""
    packs = [PackView(id=pack.id, title=pack.title, version=pack.version) for pack in base.packs.values()]
    return KnowledgeView(version=base.version, hash=base.hash, packs=packs)


def packs_words(knowledge: KnowledgeView, say: Wording) -> str:
    """The packs in a sentence; empty where there are none."""
    if not knowledge.packs:
        return ""
    return say("With packs: {packs}.", packs=", ".join(pack.name for pack in knowledge.packs))


def marked(base: KnowledgeBase) -> KnowledgeBase:
    """The same knowledge with the title and version of a pack behind the title of what it brought or changed."""
    if not base.packs:
        return base
    return replace(
        base,
        causes=_marked(base, base.causes),
        remedies=_marked(base, base.remedies),
        findings=_marked(base, base.findings),
    )


def _marked(base: KnowledgeBase, things: Mapping[str, Titled]) -> dict[str, Titled]:
    return {name: _with_mark(base, thing) for name, thing in things.items()}


def _with_mark(base: KnowledgeBase, thing: Titled) -> Titled:
    source = provenance_of(base, thing)
    parts = [] if source["pack"] is None else [base.packs[source["pack"]].name]
    if source["changed_by"]:
        parts.append(_changed(base, source["changed_by"]))
    mark = f" [{'; '.join(parts)}]"
    if not parts or thing.title.endswith(mark):
        return thing
    return cast("Titled", thing.model_copy(update={"title": f"{thing.title}{mark}"}))


def _changed(base: KnowledgeBase, packs: Sequence[str]) -> str:
    say = wording(base.language)
    return say("changed by {packs}", packs=", ".join(base.packs[pack].name for pack in packs))
