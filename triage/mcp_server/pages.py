"""Causes, findings and remedies as Markdown pages, each with its evidence and the addresses that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from knowledge.base import AnyFinding, KnowledgeBase, edges_of
from knowledge.schema import Cause, Check, Edge, Evidence, Framework, Remedy
from triage.report.choice import framework_name
from triage.report.figures import duration
from triage.report.markdown import LANGUAGES
from triage.report.marking import code, fenced, link, prose

__all__ = ["SCHEME", "causes_page", "page_of", "uri_of"]

SCHEME = "triage://"
LONGEST = 4_000
"""Characters of a paragraph."""


def uri_of(kind: str, name: str) -> str:
    """The address of the page of a cause, a remedy or a finding of any kind."""
    return f"{SCHEME}{kind if kind in ('cause', 'remedy') else 'finding'}/{name}"


def page_of(base: KnowledgeBase, uri: str) -> str | None:
    """The page at an address; None where there is none.

    Args:
        base: the knowledge.
        uri: ``triage://causes``, ``triage://cause/ID``, ``triage://finding/ID`` or ``triage://remedy/ID``.

    """
    kind, _, name = uri.removeprefix(SCHEME).partition("/")
    if not uri.startswith(SCHEME):
        return None
    if (kind, name) == ("causes", ""):
        return causes_page(base)
    if kind == "cause" and name in base.causes:
        return _page(_cause(base, base.causes[name]))
    if kind == "finding" and name in base.findings:
        return _page(_finding(base, base.findings[name]))
    if kind == "remedy" and name in base.remedies:
        return _page(_remedy(base, base.remedies[name]))
    return None


def causes_page(base: KnowledgeBase) -> str:
    """All causes by family, each with its address."""
    families = dict.fromkeys(cause.family for cause in base.causes.values())
    return _page(
        line
        for family in families
        for line in (
            f"## {prose(family.replace('_', ' '))}",
            "",
            *(
                f"- {prose(cause.title)} ({code(uri_of('cause', cause.id))})"
                for cause in base.causes.values()
                if cause.family == family and cause.replaced_by is None
            ),
            "",
        )
    )


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _cause(base: KnowledgeBase, cause: Cause) -> Iterator[str]:
    yield from (f"# {prose(cause.title)}", "")
    yield from (f"Cause {code(cause.id)}, {prose(cause.family.replace('_', ' '))}; prior: {cause.prior}", "")
    yield from (prose(cause.mechanism, LONGEST), "")
    yield from _cited(base, cause.evidence)
    if cause.requires:
        yield from ("## Only where", "")
        for setting, states in cause.requires.items():
            labels = " or ".join(base.findings[setting].states[state].label for state in states)
            yield f"- {prose(base.findings[setting].title)}: {prose(labels)} ({code(uri_of('finding', setting))})"
        yield ""
    yield from _edges(base, "What it shows", cause.symptoms)
    yield from _edges(base, "How to check", cause.checks)
    if cause.odds:
        yield from ("## Likelier or less likely with", "")
        for weight in cause.odds:
            finding = base.findings[weight.finding]
            for state, factor in weight.states.items():
                yield f"- {prose(finding.title)}: {prose(finding.states[state].label)}, odds times {factor:g}"
            yield from _evidence(base, weight.evidence, "  ")
        yield ""
    yield from ("## What to change", "")
    for remedy_link in cause.remedies:
        remedy = base.remedies[remedy_link.remedy]
        yield f"- {prose(remedy.title)}: {prose(remedy.change, LONGEST)} ({code(uri_of('remedy', remedy.id))})"
        yield from _evidence(base, remedy_link.evidence, "  ")
    if cause.see_also:
        yield from ("", "## Taken for it", "")
        yield from (f"- {prose(base.causes[name].title)} ({code(uri_of('cause', name))})" for name in cause.see_also)
    yield from ("", "## Sources", "")
    yield from (f"- {link(source.title, source.address)}" for source in base.sources_of(cause))


def _edges(base: KnowledgeBase, title: str, edges: Sequence[Edge]) -> Iterator[str]:
    yield from (f"## {title}", "")
    for edge in edges:
        finding = base.findings[edge.finding]
        confirms = "; confirms it" if edge.confirms else ""
        yield f"- {prose(finding.title)} ({code(uri_of('finding', finding.id))}; {edge.basis}{confirms})"
        for state, likelihood in edge.states.items():
            yield f"  - {prose(finding.states[state].label)}: {likelihood.probability:.0%}"
        yield from _evidence(base, edge.evidence, "  ")
    yield ""


def _finding(base: KnowledgeBase, finding: AnyFinding) -> Iterator[str]:
    yield from (f"# {prose(finding.title)}", "")
    yield from (f"{finding.kind.capitalize()} {code(finding.id)}, {duration(finding.minutes)}", "")
    yield from (prose(finding.question.prompt, LONGEST), "", prose(finding.question.why, LONGEST), "")
    yield from ("## States", "")
    yield from (f"- {code(name)}: {prose(state.label)}" for name, state in finding.states.items())
    yield ""
    if isinstance(finding, Check):
        yield from ("## How", "", prose(finding.instructions, LONGEST), "")
        yield from _snippets(finding.snippets)
    yield from _snippets(finding.question.how)
    yield from _cited(base, finding.evidence)
    tied = [
        cause
        for cause in base.causes.values()
        if finding.id in {edge.finding for edge in edges_of(cause)} | set(cause.requires)
    ]
    yield from ("## Bears on", "")
    yield from (f"- {prose(cause.title)} ({code(uri_of('cause', cause.id))})" for cause in tied)


def _remedy(base: KnowledgeBase, remedy: Remedy) -> Iterator[str]:
    yield from (f"# {prose(remedy.title)}", "")
    yield from (f"Remedy {code(remedy.id)}, {duration(remedy.minutes)}", "")
    yield from (prose(remedy.change, LONGEST), "")
    for name, rule in remedy.values.items():
        yield f"- {code(name)}: {code(rule.fact)} {rule.rule.replace('_', ' ')} {rule.by:g}"
    yield from ("", f"Side effects: {prose(remedy.side_effects, LONGEST)}", "")
    yield from _snippets(remedy.snippets)
    yield from _cited(base, remedy.evidence)
    tied = [cause for cause in base.causes.values() if remedy.id in {item.remedy for item in cause.remedies}]
    yield from ("## Against", "")
    yield from (f"- {prose(cause.title)} ({code(uri_of('cause', cause.id))})" for cause in tied)


def _snippets(snippets: Mapping[Framework, str]) -> Iterator[str]:
    for framework, text in snippets.items():
        yield from (f"### {prose(framework_name(framework))}", "", *fenced(text, LANGUAGES.get(framework, "")), "")


def _cited(base: KnowledgeBase, evidence: Sequence[Evidence]) -> Iterator[str]:
    if evidence:
        yield from ("## Evidence", "", *_evidence(base, evidence, ""), "")


def _evidence(base: KnowledgeBase, evidence: Sequence[Evidence], indent: str) -> Iterator[str]:
    """What is cited, in our words, each with a link to where it is said."""
    for item in evidence:
        if item.claim is not None:
            source, text = base.claims[item.claim]
        else:
            source, text = base.sources[str(item.source)], item.claim_text or ""
        stance = "" if item.stance == "supports" else "Against it: "
        place = f", {prose(item.locator)}" if item.locator else ""
        yield f"{indent}- {stance}{prose(text, LONGEST)} {link(source.title, source.address)}{place}"
