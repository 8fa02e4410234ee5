"""Described failures with their known causes, as tests of the knowledge.

A case for a cause (``expects: {top: n}``) tells what a person would know of such a failure; a case against it
(``expects: {not_in_top: n}``) resembles it and has another ``true_cause``. ``then`` goes on with outcomes of checks and
of remedies that were tried, and says whose probability must rise or fall with each.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

import knowledge
import triage
from knowledge.base import KnowledgeBase

FOLDER = Path(__file__).parent
FEWEST_ANSWERS, MOST_ANSWERS, MOST_CHECKS = 3, 7, 2

Answers = Annotated[dict[str, str], Field(min_length=1)]
Rank = Annotated[int, Field(ge=1, le=3)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(Strict):
    top: Rank | None = None
    not_in_top: Rank | None = None
    causes: Annotated[list[str], Field(min_length=1)]

    def model_post_init(self, context: object, /) -> None:
        if (self.top is None) == (self.not_in_top is None):
            raise ValueError("a case expects either top or not_in_top")


class Origin(Strict):
    document: str | None = None
    source: str | None = None
    constructed: Literal[True] | None = None

    def model_post_init(self, context: object, /) -> None:
        if len(self.model_fields_set) != 1:
            raise ValueError("a case comes from a document, from a source, or is constructed")


class Step(Strict):
    answers: Answers
    rises: list[str] = []
    falls: list[str] = []

    def model_post_init(self, context: object, /) -> None:
        if not self.rises and not self.falls:
            raise ValueError("a step says whose probability rises or falls")


class Case(Strict):
    id: str
    expects: Expectation
    true_cause: str | None = None
    answers: Answers
    story: Annotated[str, StringConstraints(strip_whitespace=True, min_length=40)]
    source: Origin
    then: list[Step] = []

    def model_post_init(self, context: object, /) -> None:
        if (self.true_cause is None) != (self.expects.not_in_top is None):
            raise ValueError("a case against a cause names the true one, and no other case does")

    @property
    def is_positive(self) -> bool:
        return self.expects.top is not None


def _read(path: Path) -> Case:
    return Case.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


PATHS = sorted(FOLDER.glob("*.yaml"))
CASES = [_read(path) for path in PATHS]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
each_loop = pytest.mark.parametrize("case", [case for case in CASES if case.then], ids=lambda case: case.id)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return knowledge.load()


@pytest.fixture(scope="module")
def session(base: KnowledgeBase) -> triage.Session:
    return triage.Session(base)


def diagnose_in(session: triage.Session, answers: Mapping[str, str]) -> dict[str, float]:
    """Cause -> probability, likeliest first: `triage.diagnose`, but with knowledge that is compiled once."""
    told = session.another()
    for finding, state in answers.items():
        told.answer(finding, state)
    return {cause.id: cause.probability for cause in told.diagnosis().causes}


def is_confirmed(base: KnowledgeBase, case: Case) -> bool:
    """True where the answers hold the outcome of a check that confirms an expected cause."""
    return any(
        edge.confirms and case.answers.get(edge.finding) in edge.states
        for cause in case.expects.causes
        for edge in base.causes[cause].checks
    )


@each_case
def test_case(session: triage.Session, case: Case) -> None:
    probability = diagnose_in(session, case.answers)
    first = list(probability)[: case.expects.top or case.expects.not_in_top]
    for cause in case.expects.causes:
        assert (cause in first) == case.is_positive, probability
    if case.true_cause is not None:
        rivals = [probability.get(cause, 0.0) for cause in case.expects.causes]
        assert probability.get(case.true_cause, 0.0) > max(rivals), probability


@each_loop
def test_then(session: triage.Session, case: Case) -> None:
    answers = dict(case.answers)
    before = diagnose_in(session, answers)
    for step in case.then:
        answers |= step.answers
        after = diagnose_in(session, answers)
        for cause in step.rises:
            assert after.get(cause, 0.0) > before.get(cause, 0.0), (cause, step.answers)
        for cause in step.falls:
            assert after.get(cause, 0.0) < before.get(cause, 0.0), (cause, step.answers)
        before = after


def test_session_says_what_diagnose_says(session: triage.Session, base: KnowledgeBase) -> None:
    for case in CASES[:: len(CASES) // 3]:
        door = triage.diagnose(answers=case.answers, base=base)
        assert {cause.id: cause.probability for cause in door.causes} == diagnose_in(session, case.answers)


def test_every_cause_has_a_case_for_it_and_one_against_it(base: KnowledgeBase) -> None:
    current = {cause.id for cause in base.causes.values() if cause.replaced_by is None}
    for positive in (True, False):
        covered = {cause for case in CASES if case.is_positive == positive for cause in case.expects.causes}
        assert current - covered == set()


@each_case
def test_names_exist(base: KnowledgeBase, case: Case) -> None:
    for answers in (case.answers, *(step.answers for step in case.then)):
        for finding, state in answers.items():
            base.state(finding, state)
    named = {*case.expects.causes, *(cause for step in case.then for cause in (*step.rises, *step.falls))}
    if case.true_cause is not None:
        named.add(case.true_cause)
    assert named - set(base.causes) == set()
    assert case.source.source is None or case.source.source in base.sources
    assert case.source.document is None or case.source.document in {s.document for s in base.sources.values()}


@each_case
def test_case_is_what_a_person_would_know(base: KnowledgeBase, case: Case) -> None:
    checks = [finding for finding in case.answers if base.finding(finding).kind == "check"]
    assert FEWEST_ANSWERS <= len(case.answers) <= MOST_ANSWERS
    assert len(checks) <= MOST_CHECKS
    assert case.true_cause not in case.expects.causes
    if case.is_positive:
        assert case.expects.top == (1 if is_confirmed(base, case) else 3)


def test_files_are_named_by_their_ids() -> None:
    assert [path.stem for path in PATHS] == [case.id for case in CASES]


def test_half_of_the_positive_cases_confirm_nothing(base: KnowledgeBase) -> None:
    positive = [case for case in CASES if case.is_positive]
    assert 2 * sum(not is_confirmed(base, case) for case in positive) >= len(positive)
