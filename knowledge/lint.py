"""What must hold between the files of the knowledge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from pathlib import Path

import numpy as np

from knowledge.base import AnyFinding, KnowledgeBase, edges_of
from knowledge.errors import Problem, nearest_words
from knowledge.fields import Condition
from knowledge.languages import incomplete_translations
from knowledge.schema import Basis, Cause, Check, Edge, Framework, OddsEdge, Pair, Remedy, Setting, Symptom
from knowledge.typical import single_cause_tables

__all__ = ["lint", "lint_folders", "unused"]

ROUNDING = 1e-6
FEWEST_FINDINGS = 2
WIDEST_SNIPPET = 90
"""Columns of code, which stands indented in a report of 100."""

TELLING_DISTANCE = 0.3
"""Total variation between two causes' answers to the best question, below which no question tells them apart."""


def lint_folders(packs: Sequence[str | Path] = ()) -> list[Problem]:
    """Problems of the given packs, or of the built-in knowledge where none are given, each with file and line."""
    from knowledge.json_schema import unbound_files
    from knowledge.loader import BUILT_IN, base_of, read_built_in

    if packs:
        from knowledge.pack_lint import lint_packs

        return lint_packs(packs)
    content, problems = read_built_in()
    return problems or [*map(_with_line, lint(base_of(content, ""))), *unbound_files(BUILT_IN)]


def _with_line(problem: Problem) -> Problem:
    """The problem of a built-in thing with file and line."""
    from knowledge.loader import BUILT_IN
    from knowledge.pack_files import located

    place = f"{problem.place}.yaml"
    if not (BUILT_IN / place).is_file():
        return problem
    found = Problem(place, problem.message, problem.severity, problem.at)
    return located([found], {place: (BUILT_IN / place).read_bytes()})[0]


def lint(base: KnowledgeBase) -> list[Problem]:
    """Problems between the files of a base whose files are valid one by one; errors first.

    Args:
        base: the knowledge.

    """
    references = [problem for rule in (_unknown_ids, _unknown_citations) for problem in rule(base)]
    if any(problem.severity == "error" for problem in references):
        return references
    rules: tuple[Callable[[KnowledgeBase], Iterator[Problem]], ...] = (
        unused,
        _incomplete_causes,
        _rows_that_do_not_sum,
        _look_alikes,
        _leaks_above_links,
        _doubled_edges,
        _precondition_cycles,
        _indistinguishable_causes,
        _causes_that_never_lead,
        _missing_evidence,
        _missing_snippets,
        _wide_snippets,
        incomplete_translations,
    )
    problems = references + [problem for rule in rules for problem in rule(base)]
    return sorted(problems, key=lambda problem: problem.severity != "error")


def unused(base: KnowledgeBase) -> Iterator[Problem]:
    """Sources and claims that nothing cites, findings and remedies that no cause uses."""
    yield from _uncited_claims(base)
    yield from _unused_findings_and_remedies(base)


def _unknown_ids(base: KnowledgeBase) -> Iterator[Problem]:
    for cause in base.causes.values():
        here = f"causes/{cause.id}"
        for kind, edges in (("symptom", cause.symptoms), ("check", cause.checks), ("setting", cause.odds)):
            for edge in edges:
                section = "odds" if kind == "setting" else f"{kind}s"
                yield from _unknown_states(base, here, edge.finding, list(edge.states), kind, (section, edge.finding))
        yield from _unknown_in_condition(base, here, cause.requires, "setting")
        yield from _unknown(here, "remedy", (link.remedy for link in cause.remedies), base.remedies, "remedies")
        yield from _unknown(here, "cause", cause.see_also, base.causes, "see_also")
        yield from _unknown(here, "cause", filter(None, [cause.replaced_by]), base.causes, "replaced_by")
    for remedy in base.remedies.values():
        here = f"remedies/{remedy.id}"
        yield from _unknown(here, "remedy", filter(None, [remedy.replaced_by]), base.remedies, "replaced_by")
        checks = [name for name, finding in base.findings.items() if finding.kind == "check"]
        yield from _unknown(here, "check", filter(None, [remedy.trial]), checks, "trial")
        if remedy.trial is None and remedy.id in base.findings:
            yield Problem(here, f"expected trial: {remedy.id}, as the finding of that id is what trying it shows")
    for finding in base.findings.values():
        here = f"{finding.kind}s/{finding.id}"
        yield from _unknown(here, "finding", filter(None, [finding.replaced_by]), base.findings, "replaced_by")
        readouts = finding.readouts if isinstance(finding, Symptom) else []
        for condition in (*finding.asks_when, *(readout.when for readout in readouts)):
            yield from _unknown_in_condition(base, here, condition)
    for pair in base.pairs.values():
        yield from _unknown(f"pairs/{pair.id}", "cause", pair.causes, base.causes, "causes")
        yield from _unknown(f"pairs/{pair.id}", "finding", pair.told_apart_by, base.findings, "told_apart_by")


def _unknown_id(here: str, kind: str, name: str, known: Iterable[str], at: tuple[str, ...]) -> Problem:
    return Problem(here, f"expected a {kind}, found the unknown id {name!r}{nearest_words(name, known)}", at=at)


def _unknown(here: str, kind: str, names: Iterable[str], known: Collection[str], key: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield _unknown_id(here, kind, name, known, (key, name))


def _unknown_in_condition(
    base: KnowledgeBase, here: str, condition: Condition, kind: str | None = None
) -> Iterator[Problem]:
    for finding, states in condition.items():
        yield from _unknown_states(base, here, finding, states, kind, ("requires" if kind else "asks_when", finding))


def _unknown_states(
    base: KnowledgeBase,
    here: str,
    finding: str,
    states: list[str],
    kind: str | None = None,
    at: tuple[str, ...] = (),
) -> Iterator[Problem]:
    known = base.findings.get(finding)
    if known is None or (kind is not None and known.kind != kind):
        fitting = [one.id for one in base.findings.values() if kind in (None, one.kind)]
        yield _unknown_id(here, kind or "finding", finding, fitting, at)
        return
    for state in states:
        if state not in known.states:
            message = f"expected a state of {finding} ({', '.join(known.states)}), found {state!r}"
            yield Problem(here, message, at=(*at, "states", state))


def _unknown_citations(base: KnowledgeBase) -> Iterator[Problem]:
    claims = base.claims
    for here, thing in _everything(base):
        evidence = list(base.evidence_of(thing))
        for name in dict.fromkeys(item.claim for item in evidence if item.claim is not None):
            if name not in claims:
                yield _unknown_id(here, "claim of a source document", name, claims, (name,))
        for name in dict.fromkeys(item.source for item in evidence if item.source is not None):
            if name not in base.sources:
                yield _unknown_id(here, "source", name, base.sources, (name,))


def _uncited_claims(base: KnowledgeBase) -> Iterator[Problem]:
    cited = {item.claim for _, thing in _everything(base) for item in base.evidence_of(thing)}
    for claim, (source, _) in base.claims.items():
        if claim not in cited:
            yield Problem(f"sources/{source.id}", f"the claim {claim} is cited nowhere")
    used = {item.source for _, thing in _everything(base) for item in base.evidence_of(thing)}
    for source in base.sources.values():
        if not source.claims and source.id not in used:
            yield Problem(f"sources/{source.id}", "the source is cited nowhere", "warning")


def _incomplete_causes(base: KnowledgeBase) -> Iterator[Problem]:
    for cause in base.causes.values():
        here = f"causes/{cause.id}"
        if len(cause.symptoms) + len(cause.checks) < FEWEST_FINDINGS:
            yield Problem(here, f"expected at least {FEWEST_FINDINGS} symptoms or checks, found fewer")
        if not any(edge.confirms for edge in cause.checks):
            yield Problem(here, "expected a check that confirms it, found none", at=("checks",))
        if not cause.remedies:
            yield Problem(here, "expected a remedy, found none")


def _unused_findings_and_remedies(base: KnowledgeBase) -> Iterator[Problem]:
    causes = base.causes.values()
    used = {edge.finding for cause in causes for edge in edges_of(cause)}
    used |= {name for cause in causes for name in cause.requires}
    used |= {name for finding in base.findings.values() for condition in finding.asks_when for name in condition}
    for finding in base.findings.values():
        if finding.id not in used:
            yield Problem(f"{finding.kind}s/{finding.id}", "no cause uses this finding")
    linked = {link.remedy for cause in causes for link in cause.remedies}
    for remedy in base.remedies.values():
        if remedy.id not in linked:
            yield Problem(f"remedies/{remedy.id}", "no cause uses this remedy")


def _rows_that_do_not_sum(base: KnowledgeBase) -> Iterator[Problem]:
    for finding in base.findings.values():
        here = f"{finding.kind}s/{finding.id}"
        kind = "share" if isinstance(finding, Setting) else "leak"
        values = [getattr(state, kind) for state in finding.states.values()]
        if any(value is None for value in values):
            yield Problem(here, f"expected a {kind} on every state, found a state without one", at=("states",))
        elif abs(sum(values) - 1.0) > ROUNDING:
            yield Problem(here, f"expected {kind}s that sum to 1, found {sum(values):.6g}", at=("states",))
    for cause in base.causes.values():
        for edge in (*cause.symptoms, *cause.checks):
            total = sum(likelihood.probability for likelihood in edge.states.values())
            if total > 1.0 + ROUNDING:
                yield Problem(
                    f"causes/{cause.id}",
                    f"expected states of {edge.finding} that sum to at most 1, found {total:.4g}",
                    at=_edge_at(cause, edge),
                )


def _look_alikes(base: KnowledgeBase) -> Iterator[Problem]:
    for finding in base.findings.values():
        here = f"{finding.kind}s/{finding.id}"
        detector = finding.detector if isinstance(finding, Symptom) else None
        for listed in (finding.question.look_alikes, [] if detector is None else detector.look_alikes):
            for name, count in Counter(pair.state for pair in listed).items():
                if count > 1:
                    yield Problem(here, f"expected one list of what {name} is taken for, found {count}")
            for pair in listed:
                yield from _unknown_states(base, here, finding.id, [pair.state, *pair.taken_for])
                total = sum(likelihood.probability for likelihood in pair.taken_for.values())
                if pair.state in pair.taken_for or total >= 1.0:
                    yield Problem(
                        here, f"expected {pair.state} to be taken for others, and not always, found {total:.4g}"
                    )
                if not pair.evidence and pair.basis is not Basis.MEASURED:
                    yield Problem(here, f"what {pair.state} is taken for has no evidence", "warning")


def _leaks_above_links(base: KnowledgeBase) -> Iterator[Problem]:
    """A state must be likelier with a cause that brings it about than without; of ordered states, it or a worse one."""
    for cause in base.causes.values():
        for edge in (*cause.symptoms, *cause.checks):
            finding = base.findings[edge.finding]
            if isinstance(finding, Setting):
                continue
            names = list(finding.states)
            links = np.array([edge.states[name].probability if name in edge.states else 0.0 for name in names])
            leaks = np.array([state.leak or 0.0 for state in finding.states.values()])
            likelier = links > leaks
            if finding.combine == "ordered":
                likelier |= np.cumsum(links[::-1])[::-1] > np.cumsum(leaks[::-1])[::-1]
            for name, link, leak, fine in list(zip(names, links, leaks, likelier, strict=True))[1:]:
                if name in edge.states and link > 0.0 and not fine:
                    yield Problem(
                        f"causes/{cause.id}",
                        f"expected {finding.id}={name} to be likelier with the cause than its leak {leak:.4g}, "
                        f"found {link:.4g}",
                        at=(*_edge_at(cause, edge), "states", name),
                    )


def _edge_at(cause: Cause, edge: Edge | OddsEdge) -> tuple[str, ...]:
    """The keys that lead to an edge in the file of its cause."""
    section = "odds" if isinstance(edge, OddsEdge) else "symptoms" if edge in cause.symptoms else "checks"
    return section, edge.finding


def _has_edge(cause: Cause, section: str, finding: str) -> bool:
    return any(edge.finding == finding for edge in getattr(cause, section))


def _doubled_edges(base: KnowledgeBase) -> Iterator[Problem]:
    for cause in base.causes.values():
        for finding, count in Counter(edge.finding for edge in edges_of(cause)).items():
            if count > 1:
                sections = [section for section in ("symptoms", "checks", "odds") if _has_edge(cause, section, finding)]
                yield Problem(
                    f"causes/{cause.id}", f"expected one edge to {finding}, found {count}", at=(sections[-1], finding)
                )
        for remedy, count in Counter(link.remedy for link in cause.remedies).items():
            if count > 1:
                yield Problem(
                    f"causes/{cause.id}", f"expected one link to {remedy}, found {count}", at=("remedies", remedy)
                )
        for finding in set(cause.requires) & {edge.finding for edge in cause.odds}:
            excluded = {state for edge in cause.odds if edge.finding == finding for state in edge.states}
            if excluded - set(cause.requires[finding]):
                yield Problem(
                    f"causes/{cause.id}",
                    f"requires and odds disagree on the states of {finding}",
                    at=("requires", finding),
                )
    couples = Counter(frozenset(pair.causes) for pair in base.pairs.values())
    for couple, count in couples.items():
        if count > 1 or len(couple) < FEWEST_FINDINGS:
            yield Problem("pairs", f"expected one file for two different causes {sorted(couple)}, found {count}")


def _precondition_cycles(base: KnowledgeBase) -> Iterator[Problem]:
    graph = {
        finding.id: {name for condition in finding.asks_when for name in condition}
        for finding in base.findings.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        first = base.findings[min(circle)]
        yield Problem(
            f"{first.kind}s/{first.id}", f"preconditions go in a circle: {' -> '.join(circle)}", at=("asks_when",)
        )


def _indistinguishable_causes(base: KnowledgeBase) -> Iterator[Problem]:
    names = list(base.causes)
    tables = single_cause_tables(base).values()
    first, second = np.array(list(combinations(range(1, len(names) + 1), 2)), dtype=int).reshape(-1, 2).T
    distance = np.zeros(first.size)
    for table in tables:
        distance = np.maximum(distance, 0.5 * np.abs(table[first] - table[second]).sum(axis=1))
    for index in np.flatnonzero(distance < TELLING_DISTANCE):
        yield Problem(
            f"causes/{names[first[index] - 1]}",
            f"no question tells it from {names[second[index] - 1]}: "
            f"their answers differ by at most {distance[index]:.2f}",
        )


def _causes_that_never_lead(base: KnowledgeBase) -> Iterator[Problem]:
    """A cause's typical answers are the likeliest state of every finding, given that cause alone."""
    tables = single_cause_tables(base)
    names = list(base.causes)
    for row, name in enumerate(names, start=1):
        score = sum(np.log(np.maximum(table[:, int(table[row].argmax())], 1e-12)) for table in tables.values())
        leader = int(np.argmax(score))
        if leader != row:
            ahead = "no fault" if leader == 0 else names[leader - 1]
            yield Problem(f"causes/{name}", f"its own typical answers make {ahead} the first, not it")


def _missing_evidence(base: KnowledgeBase) -> Iterator[Problem]:
    for cause in base.causes.values():
        for edge in edges_of(cause):
            if not edge.evidence and edge.basis is not Basis.MEASURED:
                yield Problem(
                    f"causes/{cause.id}",
                    f"the edge to {edge.finding} has no evidence",
                    "warning",
                    at=_edge_at(cause, edge),
                )
        for link in cause.remedies:
            if not link.evidence:
                yield Problem(
                    f"causes/{cause.id}",
                    f"the link to {link.remedy} has no evidence",
                    "warning",
                    at=("remedies", link.remedy),
                )


def _missing_snippets(base: KnowledgeBase) -> Iterator[Problem]:
    for finding in base.findings.values():
        if isinstance(finding, Check) and not finding.snippets:
            yield Problem(f"checks/{finding.id}", "the check has no snippet", "warning")


def _wide_snippets(base: KnowledgeBase) -> Iterator[Problem]:
    things: list[tuple[str, Mapping[Framework, str]]] = [
        *((f"{thing.kind}s/{thing.id}", thing.question.how) for thing in base.findings.values()),
        *((f"checks/{thing.id}", thing.snippets) for thing in base.findings.values() if isinstance(thing, Check)),
        *((f"remedies/{thing.id}", thing.snippets) for thing in base.remedies.values()),
    ]
    for here, snippets in things:
        for framework, code in snippets.items():
            widest = max(map(len, code.splitlines()))
            if widest > WIDEST_SNIPPET:
                yield Problem(
                    here, f"expected {framework} code of at most {WIDEST_SNIPPET} columns, found a line of {widest}"
                )


def _everything(base: KnowledgeBase) -> list[tuple[str, Cause | AnyFinding | Remedy | Pair]]:
    return [
        *((f"causes/{thing.id}", thing) for thing in base.causes.values()),
        *((f"{thing.kind}s/{thing.id}", thing) for thing in base.findings.values()),
        *((f"remedies/{thing.id}", thing) for thing in base.remedies.values()),
        *((f"pairs/{thing.id}", thing) for thing in base.pairs.values()),
    ]
