"""The loaded whole: look-ups by id, and the same as a networkx graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from knowledge.errors import UnknownIdError, nearest_names
from knowledge.pack import Change, Pack
from knowledge.schema import (
    Cause,
    Check,
    Edge,
    Evidence,
    OddsEdge,
    Pair,
    Remedy,
    RemedyLink,
    Setting,
    Source,
    State,
    Symptom,
    Trial,
)
from knowledge.translation import Titles, Translation

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["VERSION", "AnyFinding", "KnowledgeBase", "edge_probabilities", "edges_of"]

VERSION = "2026.11"
"""Version of the built-in knowledge: year and month of its last review."""

AnyFinding = Symptom | Setting | Check | Trial
Thing = TypeVar("Thing")


@dataclass(frozen=True, repr=False)
class KnowledgeBase:
    """The knowledge as plain look-ups.

    Args:
        causes, findings, remedies, pairs, sources: by id; findings are symptoms, then settings, then checks.
        hash: hash over the content of all files and the code that reads them.
        version: version of the built-in knowledge.
        translations: language -> finding -> what is said of it in that language; English is the language of the rest.
        packs: id -> pack, of those that were put on top of the built-in knowledge.
        origins: ``folder/id`` -> the pack that brought a thing; what is built in is not in it.
        changes: ``folder/id`` -> what packs changed of a thing.
        titles: language -> the titles of causes and remedies in it.
        language: the language of titles, questions and labels, as a code of two letters.
        english: the same knowledge in English, of a base in another language.

    """

    causes: Mapping[str, Cause]
    findings: Mapping[str, AnyFinding]
    remedies: Mapping[str, Remedy]
    pairs: Mapping[str, Pair]
    sources: Mapping[str, Source]
    hash: str
    version: str = VERSION
    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    titles: Mapping[str, Titles] = field(default_factory=dict)
    language: str = "en"
    english: KnowledgeBase | None = None

    def __repr__(self) -> str:
        """How much there is of everything, in one line."""
        counts = f"{len(self.causes)} causes, {len(self.findings)} findings, {len(self.remedies)} remedies"
        return f"<KnowledgeBase {self.version}: {counts}, {len(self.sources)} sources>"

    @cached_property
    def trials(self) -> Mapping[str, Trial]:
        """What may come of trying each remedy, by its id; without those whose trial is a check of its own."""
        from knowledge.trial import ENGLISH_WORDS, trial_of

        titles = self.titles.get(self.language)
        words = ENGLISH_WORDS if titles is None or titles.trial is None else titles.trial
        return {
            name: trial_of(remedy, words)
            for name, remedy in self.remedies.items()
            if remedy.trial is None and name not in self.findings and remedy.replaced_by is None
        }

    def cause(self, name: str) -> Cause:
        """The cause of that id.

        Raises:
            UnknownIdError: there is none; the error names the nearest ids.

        """
        return _look_up("cause", name, self.causes)

    def finding(self, name: str) -> AnyFinding:
        """The finding of that id, or what came of trying the remedy of that id.

        Raises:
            UnknownIdError: there is none; the error names the nearest ids, or the check that trying the remedy is.

        """
        if name in self.findings:
            return self.findings[name]
        if name in self.remedies and (check := self.remedies[name].trial) is not None:
            raise UnknownIdError("finding", name, [check])
        return _look_up("finding", name, {**self.findings, **self.trials})

    def remedy(self, name: str) -> Remedy:
        """The remedy of that id; raises `UnknownIdError` with the nearest ids if there is none."""
        return _look_up("remedy", name, self.remedies)

    def state(self, finding: str, name: str) -> State:
        """The state of a finding; raises `UnknownIdError` with the nearest states, or with all if none is near."""
        states = self.finding(finding).states
        if name not in states:
            near = nearest_names(name, states) or list(states)
            raise UnknownIdError(f"state of {finding}", name, near)
        return states[name]

    def pack_of(self, thing: Cause | AnyFinding | Remedy | Pair | Source) -> Pack | None:
        """The pack whose own a thing is; None where it is built in. What trying a remedy shows is the remedy's."""
        owner = self.origins.get(_place_of(thing))
        return None if owner is None else self.packs[owner]

    def changes_of(self, thing: Cause | AnyFinding | Remedy | Pair | Source) -> Sequence[Change]:
        """What packs changed of a thing."""
        return self.changes.get(_place_of(thing), ())

    @cached_property
    def claims(self) -> dict[str, tuple[Source, str]]:
        """Claim id -> the source document that makes the claim, and our wording of it."""
        return {claim: (source, text) for source in self.sources.values() for claim, text in source.claims.items()}

    def evidence_of(self, thing: Cause | AnyFinding | Remedy | Pair) -> Iterator[Evidence]:
        """Every piece of evidence that a thing cites, on itself or on any of its edges."""
        yield from thing.evidence
        if isinstance(thing, Cause):
            for link in cause_links(thing):
                yield from link.evidence
        if isinstance(thing, (Symptom, Setting, Check, Trial)):
            for state in thing.states.values():
                yield from state.evidence
        if isinstance(thing, (Symptom, Setting, Check)):
            for pair in thing.question.look_alikes:
                yield from pair.evidence
        if isinstance(thing, Symptom):
            for pair in thing.detector.look_alikes if thing.detector is not None else []:
                yield from pair.evidence
            for readout in thing.readouts:
                yield from readout.evidence

    def sources_of(self, cause: Cause) -> list[Source]:
        """The sources that a cause rests on, without repeats, in the order in which they are first cited."""
        claims = self.claims
        sources = (
            claims[item.claim][0] if item.claim is not None else self.sources[str(item.source)]
            for item in self.evidence_of(cause)
            if item.claim in claims or item.source in self.sources
        )
        return list({source.id: source for source in sources}.values())

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are, English first."""
        return tuple(dict.fromkeys(("en", *self.translations, *self.titles)))

    def in_language(self, language: str) -> KnowledgeBase:
        """The same knowledge with titles, questions and labels in a language, where they are translated.

        Args:
            language: code of two letters, such as ``zh``.

        Raises:
            UnknownIdError: there are no translations into it; the error names the languages.

        """
        from knowledge.languages import translated

        return translated(self, language)

    def as_graph(self) -> nx.MultiDiGraph:
        """The knowledge as a directed multigraph.

        Nodes are causes, findings, remedies and sources, called ``kind:id``, with ``kind``, ``name`` (the id) and
        ``title``: causes with their prior, findings with how common each state is where no cause acts, remedies with
        how often they help, sources with their address and claims, and all but these with their evidence. Edges have
        their ``kind`` as key and as attribute: from a cause to what it brings about (``shows``, ``is_checked_by``), to
        the settings that it needs or prefers (``requires``, ``weighs``), to its remedies (``is_cured_by``), to other
        causes (``is_taken_for``, and ``goes_with`` for two that come together), and from all of them to their sources
        (``cites``). Edges to findings carry a probability or a factor per state, the basis and the evidence.
        """
        from knowledge.graph import build_graph

        return build_graph(self)


def _place_of(thing: Cause | AnyFinding | Remedy | Pair | Source) -> str:
    """``folder/id`` of a thing: where its file is among those of the knowledge."""
    if isinstance(thing, (Symptom, Setting, Check)):
        return f"{thing.kind}s/{thing.id}"
    folders: dict[type[object], str] = {Cause: "causes", Pair: "pairs", Source: "sources"}
    return f"{folders.get(type(thing), 'remedies')}/{thing.id}"


def _look_up(kind: str, name: str, things: Mapping[str, Thing]) -> Thing:
    try:
        return things[name]
    except KeyError:
        raise UnknownIdError(kind, name, nearest_names(name, things)) from None


def cause_links(cause: Cause) -> list[Edge | OddsEdge | RemedyLink]:
    """Everything that a cause is tied to with evidence of its own."""
    return [*cause.symptoms, *cause.checks, *cause.odds, *cause.remedies]


def edges_of(cause: Cause) -> list[Edge | OddsEdge]:
    """The edges of a cause to findings: symptoms, checks, settings."""
    return [*cause.symptoms, *cause.checks, *cause.odds]


def edge_probabilities(edge: Edge | OddsEdge) -> dict[str, float]:
    """Probability (of symptoms and checks) or factor (of settings) of each state that an edge lists."""
    if isinstance(edge, Edge):
        return {state: likelihood.probability for state, likelihood in edge.states.items()}
    return dict(edge.states)
