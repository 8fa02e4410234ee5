"""The five tools as plain functions over a desk: what was asked -> what is told, as a model and as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel

from knowledge.base import KnowledgeBase
from triage.errors import TriageError
from triage.events import DONT_KNOW
from triage.mcp_server.arguments import (
    AnswerArguments,
    Arguments,
    DiagnoseArguments,
    ExplainArguments,
    NextQuestionArguments,
    SearchArguments,
    arguments_from,
)
from triage.mcp_server.brief import brief, with_one_framework
from triage.mcp_server.desk import Desk
from triage.mcp_server.pages import uri_of
from triage.mcp_server.search import Match, search
from triage.mcp_server.telling import Watch, tell, told_by
from triage.mcp_server.views import Asked, Briefing, Found, Hit
from triage.mcp_server.words import asked_words, briefing_words, found_words, why_words
from triage.report.choice import first_sentences, open_questions, stop_sentence, verdict
from triage.session import Session
from triage.why import Why, explain

__all__ = ["TOOLS", "Answered", "Tool", "call"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a tool gives back.

    Args:
        text: for an agent to read.
        model: the same and more, under the schema of the tool.

    """

    text: str
    model: BaseModel


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, as an agent is told of it.

    Args:
        title: for people.
        description: for agents: what it is for, what to do before and after.
        arguments: what it takes.
        output: what it gives back.
        run: does it; the arguments are those of the model before.
        read_only: whether it leaves all sessions as they are.

    """

    title: str
    description: str
    arguments: type[Arguments]
    output: type[BaseModel]
    run: Callable[[Desk, Any, Watch], Answered]
    read_only: bool


def call(desk: Desk, name: str, given: object, watch: Watch) -> Answered:
    """Use a tool.

    Args:
        desk: the sessions that are under way.
        name: of the tool.
        given: its arguments, as they came.
        watch: whoever waits.

    Raises:
        TriageError: there is no such tool, the arguments do not fit, or what they name cannot be used.
        UnknownIdError: they name something that the knowledge does not have.

    """
    if name not in TOOLS:
        raise TriageError(f"expected one of the tools {', '.join(TOOLS)}, found {name!r}")
    tool = TOOLS[name]
    return tool.run(desk, arguments_from(tool.arguments, given), watch)


def _diagnose(desk: Desk, given: DiagnoseArguments, watch: Watch) -> Answered:
    with desk.lock:
        name, session = (given.session, desk.session(given.session)) if given.session else desk.begin()
    told = told_by(given, session, desk.roots, watch)
    with desk.lock:
        tell(session, told)
        desk.keep(name, session)
        return _briefed(name, session, given.top if given.detail == "brief" else None)


def _next_question(desk: Desk, given: NextQuestionArguments, watch: Watch) -> Answered:
    with desk.lock:
        diagnosis = desk.session(given.session).diagnosis()
    questions = [with_one_framework(diagnosis, question) for question in open_questions(diagnosis)]
    asked = Asked(
        session=given.session,
        question=questions[0] if questions else None,
        others=questions[1:],
        stopped=diagnosis.stopped,
    )
    return Answered(asked_words(asked, stop_sentence(diagnosis)), asked)


def _answer(desk: Desk, given: AnswerArguments, watch: Watch) -> Answered:
    with desk.lock:
        session = desk.session(given.session)
        session.answer(given.finding, given.state)
        return _briefed(given.session, session, given.top)


def _explain(desk: Desk, given: ExplainArguments, watch: Watch) -> Answered:
    with desk.lock:
        desk.base.cause(given.cause)
        why = explain(desk.session(given.session).beliefs(), given.cause)
    return Answered(why_words(why, desk.base), why)


def _search_knowledge(desk: Desk, given: SearchArguments, watch: Watch) -> Answered:
    matches = [match for match in search(desk.index, given.query) if not given.kinds or match.kind in given.kinds]
    found = Found(hits=[_hit(desk.base, match) for match in matches[: given.limit]])
    return Answered(found_words(found), found)


def _briefed(name: str, session: Session, top: int | None) -> Answered:
    whole = session.diagnosis()
    diagnosis, left_out = (whole, []) if top is None else brief(whole, top)
    briefing = Briefing(session=name, verdict=verdict(whole), left_out=left_out, diagnosis=diagnosis)
    return Answered(briefing_words(briefing, session.base, session.history), briefing)


def _hit(base: KnowledgeBase, match: Match) -> Hit:
    make = partial(Hit, kind=match.kind, id=match.id, uri=uri_of(match.kind, match.id))
    if match.kind == "cause":
        cause = base.causes[match.id]
        return make(title=cause.title, summary=first_sentences(cause.mechanism), states={})
    if match.kind == "remedy":
        remedy = base.remedies[match.id]
        tried = base.finding(remedy.trial or remedy.id)
        return make(title=remedy.title, summary=first_sentences(remedy.change), states=_labels(tried.states))
    finding = base.findings[match.id]
    return make(title=finding.title, summary=finding.question.prompt, states=_labels(finding.states))


def _labels(states: Mapping[str, Any]) -> dict[str, str]:
    return {name: state.label for name, state in states.items()}


TOOLS: Mapping[str, Tool] = {
    "diagnose": Tool(
        "Diagnose a training run",
        "Find out why a neural network does not train. Begin here: give whatever is at hand (log, script, "
        "configuration, checkpoint, data, the words of the person, facts) in one call. Files are read, never run or "
        "changed. Gives a session id, what was seen in the files, ranked causes with probabilities that are meant to "
        "be believed, the best check and change with code, and the question whose answer would help most. A log alone "
        "seldom settles it: look up the answer to that question in the code, or ask the person, tell it with answer, "
        "and go on until a cause is sure enough or nothing is asked any more.",
        DiagnoseArguments,
        Briefing,
        _diagnose,
        read_only=False,
    ),
    "next_question": Tool(
        "The question that would help most",
        "The question whose answer tells the possible causes apart best for its effort, with its states, why it is "
        "asked and code that finds out. None where asking more would not help; then it says why. Answer with the tool "
        "answer.",
        NextQuestionArguments,
        Asked,
        _next_question,
        read_only=True,
    ),
    "answer": Tool(
        "Answer a question",
        "Tell a session one more thing: the answer to its question, the outcome of a check that was carried out, or "
        "what came of a remedy that was tried (the finding is then the id of the remedy). Answer only what you looked "
        f"up or were told; '{DONT_KNOW}' is a good answer. A later answer on the same finding replaces the earlier "
        "one. Gives the diagnosis as it is then.",
        AnswerArguments,
        Briefing,
        _answer,
        read_only=False,
    ),
    "explain": Tool(
        "Why a cause stands where it stands",
        "What speaks for and against a cause in a session, in decibans (+3 doubles the odds, +10 makes them tenfold), "
        "why it is behind its rival or ahead of it, and which answers would change it most.",
        ExplainArguments,
        Why,
        _explain,
        read_only=True,
    ),
    "search_knowledge": Tool(
        "Search the knowledge",
        "Look for causes, symptoms, settings, checks and remedies by words or ids, to learn which findings and states "
        "there are to answer with, or what is known of a fault. Each comes with the address of a resource that has all "
        "of it: mechanism, evidence with addresses, code.",
        SearchArguments,
        Found,
        _search_knowledge,
        read_only=True,
    ),
}
"""Name -> the tool."""
