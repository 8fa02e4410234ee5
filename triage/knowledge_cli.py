"""``triage knowledge``: look at the knowledge and check it."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.base import AnyFinding, KnowledgeBase, edges_of
from knowledge.errors import UnknownIdError, nearest_names
from knowledge.schema import Cause, Evidence, Framework, Pair, Remedy, Source
from triage.errors import TriageError
from triage.knowledge_export_cli import add_export_flags, run_export
from triage.knowledge_schema_cli import add_schema_flags, run_schema
from triage.pack_cli import tell_problems
from triage.packs import add_pack_flags, base_given
from triage.provenance import marked
from triage.report.escape import plain
from triage.report.figures import duration
from triage.usage import OneLineParser

__all__ = ["run_knowledge"]

WIDTH = 100


def run_knowledge(arguments: Sequence[str]) -> int:
    """Run ``triage knowledge`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage, an unknown id, or knowledge that cannot be loaded.

    """
    options = _parser().parse_args(arguments)
    try:
        if options.command == "schema":
            return run_schema(options)
        if options.command == "lint":
            return _lint(options.pack)
        base = base_given(options)
        if options.command == "list":
            return _list(base)
        if options.command == "questions":
            return _questions(base)
        if options.command == "export":
            return run_export(base, options)
        return _show(base, options.id)
    except UnknownIdError as error:
        raise TriageError(str(error)) from None


def _lint(packs: list[str]) -> int:
    """All problems, one a line; status 1 if one of them is an error."""
    from knowledge.lint import lint_folders

    return tell_problems(lint_folders(packs))


def _list(base: KnowledgeBase) -> int:
    base = marked(base)
    families = dict.fromkeys(cause.family for cause in base.causes.values())
    for family in families:
        sys.stdout.write(f"{family.replace('_', ' ')}\n")
        for cause in base.causes.values():
            if cause.family == family:
                sys.stdout.write(f"  {cause.id:<44} {plain(cause.title, 400)}\n")
    kinds = {
        kind: sum(finding.kind == kind for finding in base.findings.values())
        for kind in ("symptom", "setting", "check")
    }
    sys.stdout.write(
        f"{len(base.causes)} causes, "
        f"{kinds['symptom']} symptoms, {kinds['setting']} settings, {kinds['check']} checks, "
        f"{len(base.remedies)} remedies, {len(base.sources)} sources with {len(base.claims)} claims; "
        f"version {base.version}, hash {base.hash}{_with_packs(base)}\n"
    )
    return 0


def _with_packs(base: KnowledgeBase) -> str:
    names = ", ".join(plain(pack.name, 120) for pack in base.packs.values())
    return f", with {names}" if names else ""


def _questions(base: KnowledgeBase) -> int:
    for finding in base.findings.values():
        _write(f"{finding.question.prompt} ({finding.kind}, {duration(finding.minutes)})")
        for state, described in finding.states.items():
            _write(f"--answer {finding.id}={state}  {described.label}", "    ")
    return 0


def _show(base: KnowledgeBase, name: str) -> int:
    """All things of that id: a check and the remedy that makes it good may share one."""
    kinds: tuple[Mapping[str, Any], ...] = (base.causes, base.findings, base.remedies, base.pairs, base.sources)
    things = [kind[name] for kind in kinds if name in kind]
    if not things:
        known = [known for kind in kinds for known in kind]
        raise UnknownIdError("cause, finding, remedy, pair or source", name, nearest_names(name, known))
    for index, thing in enumerate(things):
        if index:
            _write("")
        if not isinstance(thing, Pair | Source):
            _show_provenance(base, thing)
        if isinstance(thing, Cause):
            _show_cause(base, thing)
        elif isinstance(thing, Remedy):
            _show_remedy(base, thing)
        elif name in base.findings:
            _show_finding(base, thing)
        else:
            own = base.pack_of(thing)
            fields = thing.model_dump(mode="json", exclude_none=True) | ({} if own is None else {"pack": own.id})
            sys.stdout.write(json.dumps(fields, indent=2) + "\n")
    return 0


def _show_provenance(base: KnowledgeBase, thing: Cause | AnyFinding | Remedy) -> None:
    """Whose own it is and what was changed, before what it says now."""
    if (own := base.pack_of(thing)) is not None:
        sys.stdout.write(f"of the pack {plain(own.name, 120)} ({own.id})\n")
    for change in base.changes_of(thing):
        name = base.packs[change.pack].name
        _write(f"changed by the pack {name}: {change.key} {change.after}, was {change.before}. {change.reason}")


def _show_cause(base: KnowledgeBase, cause: Cause) -> None:
    _write(f"{cause.title}  [{cause.id}]")
    _write(f"family: {cause.family.replace('_', ' ')}; prior: {cause.prior}")
    _write(cause.mechanism)
    for setting, states in cause.requires.items():
        labels = [base.findings[setting].states[state].label for state in states]
        _write(f"only where {base.findings[setting].title}: {', '.join(labels)}")
    for title, edges in (("symptoms", cause.symptoms), ("checks", cause.checks)):
        _write(f"\n{title}")
        for edge in edges:
            finding = base.findings[edge.finding]
            _write(f"{finding.title}{'  (confirms)' if edge.confirms else ''}  [{edge.basis}]", "  ")
            for state, likelihood in edge.states.items():
                _write(f"{likelihood.probability:.3g}  {finding.states[state].label}", "    ")
            _cite(base, edge.evidence)
    if cause.odds:
        _write("\nsettings that make it likelier (>1) or less likely (<1)")
    for weight in cause.odds:
        finding = base.findings[weight.finding]
        factors = ", ".join(f"{finding.states[state].label}: x{factor:g}" for state, factor in weight.states.items())
        _write(f"{finding.title}: {factors}  [{weight.basis}]", "  ")
        _cite(base, weight.evidence)
    _write("\nremedies")
    for link in cause.remedies:
        _write(f"{base.remedies[link.remedy].title}: {base.remedies[link.remedy].change}", "  ")
        _cite(base, link.evidence)
    if cause.see_also:
        _write("\ntaken for: " + ", ".join(base.causes[other].title for other in cause.see_also))


def _show_finding(base: KnowledgeBase, finding: AnyFinding) -> None:
    _write(f"{finding.title}  [{finding.id}, {finding.kind}]")
    _write(f"{finding.question.prompt} ({duration(finding.minutes)})")
    _write(finding.question.why)
    for state, described in finding.states.items():
        base_rate = described.share if finding.kind == "setting" else described.leak
        _write(f"{state}: {described.label} ({base_rate:.3g})", "  ")
    if finding.kind == "check":
        _write("\n" + finding.instructions)
        _code(finding.snippets)
    _code(finding.question.how)
    _cite(base, finding.evidence)
    using = [
        cause.id
        for cause in base.causes.values()
        if finding.id in {edge.finding for edge in edges_of(cause)} | set(cause.requires)
    ]
    _write("\nbears on: " + (", ".join(using) or "no cause"))


def _show_remedy(base: KnowledgeBase, remedy: Remedy) -> None:
    _write(f"{remedy.title}  [{remedy.id}, remedy]")
    _write(f"{remedy.change} ({duration(remedy.minutes)})")
    for name, rule in remedy.values.items():
        _write(f"{name}: {rule.fact} {rule.rule.replace('_', ' ')} {rule.by:g}", "  ")
    _write(f"side effects: {remedy.side_effects}")
    _code(remedy.snippets)
    _cite(base, remedy.evidence)
    causes = [cause.id for cause in base.causes.values() if remedy.id in {link.remedy for link in cause.remedies}]
    _write("\nagainst: " + ", ".join(causes))


def _cite(base: KnowledgeBase, evidence: Sequence[Evidence]) -> None:
    claims = base.claims
    for item in evidence:
        if item.claim is not None:
            source, text = claims[item.claim]
            place = item.claim
        else:
            source, text = base.sources[str(item.source)], item.claim_text or ""
            place = item.locator or ""
        stance = "" if item.stance == "supports" else "contradicts: "
        _write(f"- {stance}{text} ({source.title}{', ' if place else ''}{place})", "      ")


def _code(snippets: Mapping[Framework, str]) -> None:
    for framework, code in snippets.items():
        shown = "\n".join(plain(line, 500) for line in code.rstrip().splitlines())
        sys.stdout.write(f"  {framework}:\n{textwrap.indent(shown, '    ')}\n")


def _write(text: str, indent: str = "") -> None:
    if text.startswith("\n"):
        sys.stdout.write("\n")
    words = plain(" ".join(text.split()), 5000)
    wrapped = textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
    sys.stdout.write("\n".join(wrapped) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="triage knowledge", description="Look at the knowledge and check it.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in (
        ("list", "the causes by family, and how much there is of everything"),
        ("show", "one cause, finding, remedy, pair or source in full"),
        ("lint", "what is wrong with the knowledge files; status 1 if anything is"),
        ("questions", "every question with its answers"),
        ("export", "the graph, a diagram or a Bayesian network, for other tools"),
        ("schema", "JSON Schema of each kind of file, of the diagnosis and of answers"),
    ):
        command = commands.add_parser(name, help=purpose, description=purpose)
        add_pack_flags(command)
        if name == "show":
            command.add_argument("id")
        if name == "export":
            add_export_flags(command)
        if name == "schema":
            add_schema_flags(command)
    return parser
