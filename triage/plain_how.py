"""How to find something out or to make a change, as the line-mode interview says it."""

from __future__ import annotations

from knowledge.base import KnowledgeBase
from knowledge.schema import Check
from triage.diagnosis import Diagnosis
from triage.plain_lines import code_lines, wrapped
from triage.report.choice import code_in_order, framework_name
from triage.wording import wording

__all__ = ["how_to", "instructions_and_code"]


def how_to(diagnosis: Diagnosis, base: KnowledgeBase, thing: str, framework: str, command: str) -> list[str]:
    """How to find something out, or how to make a change: the instructions and the code of one framework, as lines.

    Args:
        diagnosis: what is believed now; it tells the person's framework.
        base: the knowledge.
        thing: id of a finding or of a remedy.
        framework: the beginning of a framework's name, or nothing for the person's own.
        command: what is typed before the name of another framework.

    """
    say = wording(base.language)
    instructions, code = instructions_and_code(base, thing)
    lines = wrapped(instructions)
    if not code:
        nothing = say("There is no code for this.") if lines else say("There is nothing to look up for this.")
        return [*lines, *wrapped(nothing)]
    wanted = framework.lower().replace(" ", "_")
    ordered = sorted(code_in_order(diagnosis, code), key=lambda item: not item[0].startswith(wanted))
    (name, snippet), *others = ordered
    if not name.startswith(wanted):
        lines += wrapped(say("There is no code for {framework}.", framework=framework))
    body = code_lines(snippet)
    head = "In {framework}, {n} line of code:" if len(body) == 1 else "In {framework}, {n} lines of code:"
    lines += wrapped(say(head, framework=framework_name(name), n=len(body)))
    lines += [*body, say("End of the code.")]
    if others:
        names = say(" or ").join(f"{command} {other}" for other, _ in others)
        lines += wrapped(say("For other frameworks, type {names}.", names=names))
    return lines


def instructions_and_code(base: KnowledgeBase, thing: str) -> tuple[str, dict[str, str]]:
    """The instructions of a finding or of a remedy, empty where there are none, and its code per framework."""
    known = base.findings.get(thing)
    if known is None:
        instructions, code = base.remedies[thing].change, base.remedies[thing].snippets
    elif isinstance(known, Check):
        instructions, code = known.instructions, known.snippets
    else:
        instructions, code = "", known.question.how
    return instructions, {str(framework): text for framework, text in code.items()}
